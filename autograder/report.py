"""One page about the class: who has what, which exercises are hard, which slips are common, what to look at."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder import clean, grade, gradebook
from autograder.classroom import Classroom, CourseError, replace
from autograder.export import full_name, number
from autograder.grade import Log
from autograder.gradebook import Entry
from autograder.grading import CHECK

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 68rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
p.lead { color: #444; margin: .2rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 40%; }
caption { text-align: left; color: #444; padding-bottom: .3rem; }
th, td { padding: .35rem .8rem; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top; }
thead th { border-bottom: 2px solid #444; } tbody th { font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
small { color: #444; }
.bar { display: inline-block; width: 14rem; height: .8rem; background: #e4e4e4; vertical-align: middle; }
.bar span { display: block; height: 100%; background: #0072b2; }
ul { padding-left: 1.2rem; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; }
  tr, li { break-inside: avoid; } .bar, .bar span { print-color-adjust: exact; } }
"""
COMMON_SLIPS = 12


@dataclass(frozen=True)
class Class:
    """What the page is about.

    Attributes
    ----------
    entries : list of Entry
        From the gradebook.
    logs : dict of (str, str) to Log
        What is kept about each grading, by week and student.
    """

    entries: list[Entry]
    logs: dict[tuple[str, str], Log]

    @property
    def weeks(self) -> list[str]:
        """The weeks that have entries, in order."""
        return sorted({entry.week for entry in self.entries})


def read(classroom: Classroom) -> Class:
    """The class as the gradebook and the gradings tell it.

    Raises
    ------
    CourseError
        If nothing has been graded.
    """
    entries = gradebook.entries(classroom)
    if not entries:
        raise CourseError("the gradebook is empty: run `course grade`.")
    logs = {
        (entry.week, entry.student): log
        for entry in entries
        if (log := grade.read_log(classroom, entry.week, entry.student))
    }
    return Class(entries, logs)


def write(classroom: Classroom) -> Path:
    """Write the page; where it is."""
    replace(classroom.report, page(read(classroom)).encode())
    return classroom.report


def page(about: Class) -> str:
    """The page as HTML: no script, nothing loaded from elsewhere, fit to print."""
    students = len({entry.student for entry in about.entries})
    now = datetime.datetime.now().astimezone()
    body = [
        "<h1>The class</h1>",
        f'<p class="lead">{students} students · {len(about.entries)} submissions · {now:%d %B %Y, %H:%M}</p>',
        _section("Points", _points(about)),
        *(_section(f"Exercises of {week}", _exercises(about, week)) for week in about.weeks),
        _section("Common slips", _slips(about)),
        _section("To look at", _flags(about)),
        _section("How it was graded", _layers(about)),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{clean.POLICY}">'
        '<meta name="viewport" content="width=device-width"><title>The class</title>'
        f"<style>{STYLE}</style></head>\n<body><main>{''.join(body)}</main></body></html>\n"
    )


def _text(value: str) -> str:
    return escape(clean.text(value))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{_text(title)}</h2>{content}</section>\n"


def _table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()
) -> str:
    """A table of cells that are HTML already; the first column names the row."""

    def cell(tag: str, i: int, content: str, scope: str = "") -> str:
        kind = ' class="number"' if i in numbers else ""
        return f"<{tag}{scope}{kind}>{content}</{tag}>"

    top = "".join(cell("th", i, _text(name), ' scope="col"') for i, name in enumerate(head))
    lines = "".join(
        "<tr>"
        + cell("th", 0, row[0], ' scope="row"')
        + "".join(cell("td", i, content) for i, content in enumerate(row[1:], 1))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{_text(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _points(about: Class) -> str:
    by_student: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in about.entries:
        by_student[entry.student][entry.week] = entry
    rows = []
    for _, weeks in sorted(by_student.items()):
        own = list(weeks.values())
        total = sum(entry.points or 0.0 for entry in own)
        most = sum(entry.max_points for entry in own)
        rows.append(
            [
                _text(full_name(own[0])),
                *(_cell(about, weeks.get(week)) for week in about.weeks),
                f"{number(total)} of {number(most)}",
            ]
        )
    head = ["Student", *about.weeks, "All"]
    return _table("Points of each student in each week", head, rows, range(1, len(head)))


def _cell(about: Class, entry: Entry | None) -> str:
    if entry is None:
        return "<small>not handed in</small>"
    if entry.points is None:
        return "<small>not graded</small>"
    log = about.logs.get((entry.week, entry.student))
    remarks = [f"{entry.waiting} to mark by hand"] if entry.waiting else []
    remarks += [f"{number(entry.penalty)} off for being late"] if entry.penalty else []
    remarks += [log.state] if log and log.state != grade.GRADED else []
    more = f"<br><small>{_text('; '.join(remarks))}</small>" if remarks else ""
    return f"{number(entry.points)} of {number(entry.max_points)}{more}"


def _exercises(about: Class, week: str) -> str:
    marks = [mark for entry in about.entries if entry.week == week for mark in entry.marks]
    shares: dict[str, list[float]] = {mark.name: [] for mark in marks}
    for mark in marks:
        if mark.points is not None and mark.max_points:
            shares[mark.name].append(min(1.0, mark.points / mark.max_points))
    rows = []
    for name, found in shares.items():
        solved = sum(share >= 1 for share in found)
        mean = sum(found) / len(found) if found else 0.0
        bar = f'<span class="bar"><span style="width:{100 * mean:.0f}%"></span></span> {100 * mean:.0f} %'
        said = f"{solved} of {len(found)}" if found else "<small>nobody marked it yet</small>"
        rows.append([f"<code>{_text(name.removeprefix(CHECK))}</code>", said, bar if found else ""])
    head = ["Exercise", "Solved by", "Points won"]
    return _table(
        "How many have solved each exercise, and the share of its points won", head, rows, [1]
    )


def _slips(about: Class) -> str:
    found = Counter(
        (week, name, sentence)
        for (week, _), log in about.logs.items()
        for name, sentence in log.slips.items()
    )
    if not found:
        return "<p>None of the catalogued slips was found.</p>"
    rows = [
        [f"<code>{_text(name)}</code>", _text(week), _text(sentence), str(count)]
        for (week, name, sentence), count in found.most_common(COMMON_SLIPS)
    ]
    caption = "The slips that were recognised most often: something to talk about in class"
    return _table(caption, ["Exercise", "Week", "Slip", "Students"], rows, [3])


def _flags(about: Class) -> str:
    items = []
    for entry in about.entries:
        log = about.logs.get((entry.week, entry.student))
        notes = [*(log.notes if log else ["Nothing is known about this grading; grade it again."])]
        if entry.waiting:
            notes.append(f"Answers to mark by hand: {entry.waiting}.")
        who = f"<strong>{_text(full_name(entry))}</strong>, {_text(entry.week)}"
        items += [f"<li>{who}: {_text(note)}</li>" for note in notes]
    return f"<ul>{''.join(items)}</ul>" if items else "<p>Nothing.</p>"


def _layers(about: Class) -> str:
    found = Counter(log.layers for log in about.logs.values())
    lines = [
        f"<li>{count} with layers {_text(layers)}</li>" for layers, count in found.most_common()
    ]
    return (
        f"<ul>{''.join(lines)}</ul><p><small>a: own process, limits and clocks; a+: Landlock and seccomp; "
        "b: bubblewrap. Hidden probes are drawn from the class's secret, the week, the student and the bytes "
        "handed in: the same file meets the same probes.</small></p>"
    )
