"""The ``course`` command: release, collect, grade, feedback, report, export, and lab, doctor, demo."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder import (
    collect,
    demo,
    doctor,
    export,
    feedback,
    grade,
    gradebook,
    nbgrader_plugin,
    release,
    report,
)
from autograder.classroom import Classroom, CourseError, replace
from autograder.export import number
from autograder.grade import Row

T = TypeVar("T")
USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 if all went well, 1 if something has to be looked at, 2 for a mistake in the call.
    """
    options, rest = parser().parse_known_args(arguments)
    options.rest = rest
    if options.rest and options.command != "lab":
        parser().error(f"{options.command} does not know {' '.join(options.rest)}")
    try:
        code: int = options.run(options)
        return code
    except CourseError as error:
        print(f"course {options.command}: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print(f"course {options.command}: stopped; what is done is kept.", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line, one function per command."""
    whole = argparse.ArgumentParser(prog="course", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, weeks: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(run=RUN[name])
        folder = Path("classroom-demo" if name == "demo" else "classroom")
        made.add_argument(
            "--classroom", type=Path, default=folder, metavar="DIR", help=f"default: {folder}"
        )
        if weeks:
            made.add_argument("weeks", nargs="*", metavar="WEEK", help="default: all")
        return made

    command(
        "release", "make what students get: notebooks without answers, checks, zips", weeks=True
    )
    made = command("collect", "sort a folder of downloads or an export into the classroom")
    made.add_argument("folder", type=Path, metavar="DIR")
    add_grade_options(command("grade", "grade what was handed in", weeks=True))
    made = command("feedback", "make a page for every student", weeks=True)
    made.add_argument("--student", default="", help="only this one")
    command("report", "make a page about the class")
    made = command("export", "write grades as a file to upload", weeks=True)
    made.add_argument("--to", choices=sorted(export.FORMS), default="csv")
    made.add_argument(
        "--output", type=Path, metavar="FILE", help="default: a file of grades in the classroom"
    )
    made = command(
        "lab", "start JupyterLab on your own copies of the weeks; other options go to jupyter lab"
    )
    made.add_argument(
        "--work", type=Path, default=Path("work"), metavar="DIR", help="default: work"
    )
    command("doctor", "say what is missing on this machine and how to get it")
    command("demo", "release, collect, grade and report a class of made-up submissions")
    return whole


def add_grade_options(made: argparse.ArgumentParser) -> None:
    """The options of ``course grade``."""
    made.add_argument("--student", default="", help="only this one")
    made.add_argument("--force", action="store_true", help="grade unchanged submissions again")
    made.add_argument(
        "--i-trust-these-notebooks",
        action="store_true",
        dest="trusted",
        help="grade even where the sandbox does not hold",
    )
    made.add_argument(
        "--workers", type=count, default=0, metavar="N", help="default: one on every core"
    )
    made.add_argument(
        "--no-figures",
        action="store_false",
        dest="figures",
        help="do not draw figures: faster, and the same scores",
    )
    made.add_argument(
        "--dask",
        default="",
        dest="cluster",
        metavar="ADDRESS",
        help="grade on this dask.distributed scheduler's workers",
    )
    made.add_argument(
        "--container",
        default="",
        metavar="COMMAND",
        help="run each submission in a container that this command starts",
    )


def count(text: str) -> int:
    """A number of at least one."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        """The number, once there is one."""
        return Text(f"{task.speed:.1f} a second" if task.speed else "")


def watched(items: Sequence[T] | Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a progress bar on a terminal."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate()
    left = TextColumn("time left"), TimeRemainingColumn()
    with Progress(
        *columns, *left, console=console, disable=not console.is_terminal, transient=True,
        auto_refresh=False,  # no thread of its own: processes are started meanwhile
    ) as progress:  # fmt: skip
        bar = progress.add_task(what, total=total)
        progress.refresh()
        for item in items:
            progress.advance(bar)
            progress.refresh()
            yield item


def classroom_of(options: argparse.Namespace) -> Classroom:
    """The classroom that the command names."""
    return Classroom(options.classroom)


def run_release(options: argparse.Namespace) -> int:
    """``course release``."""
    classroom = classroom_of(options)
    total = len(options.weeks or release.source_weeks(classroom))
    for made in watched(release.release(classroom, options.weeks), total, "Releasing"):
        print(f"{made.week}: {made.zip}")
        for sentence in made.said:
            print(f"  {sentence}")
    print("Next: give students the zips; when their notebooks are back, course collect DIR")
    return 0


def run_collect(options: argparse.Namespace) -> int:
    """``course collect``."""
    result = collect.collect(classroom_of(options), options.folder)
    for sentence in result.said + result.aside:
        print(sentence)
    weeks = sorted({week for _, week in result.taken})
    count = len(result.taken)
    print(
        f"{count} submissions ({result.unchanged} unchanged), {len(result.aside)} files set aside."
    )
    print(
        f"Next: course grade {' '.join(weeks)}".rstrip()
        if count
        else "Next: look at what was set aside."
    )
    lost = [line for line in result.aside if ".ipynb" in line.lower() or ".zip" in line.lower()]
    return 1 if lost or not count else 0


def run_grade(options: argparse.Namespace) -> int:
    """``course grade``."""
    classroom = classroom_of(options)
    todo = grade.chosen(classroom, options.weeks, options.student)
    late = late_plugin(classroom)
    how = grade.Options(
        force=options.force,
        trusted=options.trusted,
        figures=options.figures,
        workers=options.workers,
        cluster=options.cluster,
        container=options.container,
    )
    rows = list(watched(grade.grade_all(classroom, todo, late, how), len(todo), "Grading"))
    show(sorted(rows, key=lambda row: (row.week, row.student)))
    failed = sum(row.log.state == grade.FAILED for row in rows)
    if failed:
        print(
            f"{failed} could not be graded and got 0 and a flag: look at them, then course grade again."
        )
        return 1
    print("Next: course feedback, course report, course export")
    return 0


def late_plugin(classroom: Classroom) -> LateSubmissionPlugin:
    """What nbgrader's settings take off for being late."""
    config = nbgrader_plugin.load(classroom)
    step = AssignLatePenalties(config=config)
    return step.plugin_class(parent=step)


def show(rows: Sequence[Row]) -> None:
    """Print the table of a grading."""
    table = Table(box=None, pad_edge=False)
    for name, side in (
        ("week", "left"),
        ("student", "left"),
        ("points", "right"),
        ("of", "right"),
        ("", "left"),
    ):
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(
            escape(row.week), escape(row.student), number(row.points), number(row.max_points), escape(remark(row))
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)
    layers = sorted({row.log.layers for row in rows if row.log.layers})
    print(
        f"{len(rows)} submissions, {sum(row.unchanged for row in rows)} unchanged; sandbox: {'; '.join(layers)}"
    )


def remark(row: Row) -> str:
    """What to know about a row, in a few words."""
    words = [] if row.log.state == grade.GRADED else [row.log.state]
    words += [f"{row.waiting} to mark by hand"] if row.waiting else []
    words += ["unchanged"] if row.unchanged else []
    return "; ".join([*words, *row.log.notes[:1]])


def run_feedback(options: argparse.Namespace) -> int:
    """``course feedback``."""
    classroom = classroom_of(options)
    todo = grade.chosen(classroom, options.weeks, options.student)
    failed = 0
    for week, student in watched(todo, len(todo), "Writing pages"):
        try:
            feedback.write(classroom, week, student)
        except CourseError as error:
            failed += 1
            print(error)
    print(f"{len(todo) - failed} pages in {classroom.root / 'feedback'}")
    print("Next: course report, course export" if not failed else "Next: course grade")
    return 1 if failed else 0


def run_report(options: argparse.Namespace) -> int:
    """``course report``."""
    print(report.write(classroom_of(options)))
    print("Next: open it in a browser, or print it")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """``course export``."""
    classroom = classroom_of(options)
    entries = gradebook.entries(classroom, options.weeks)
    path = options.output or classroom.root / export.file_name(options.to)
    replace(path, export.table(options.to, entries, classroom).encode())
    waiting = sum(entry.waiting > 0 for entry in entries)
    print(path)
    if waiting:
        blank = "are marked so" if options.to == "csv" else "are blank"
        print(
            f"{waiting} of {len(entries)} wait for a person to mark them and {blank}: jupyter lab, Nbgrader, Formgrader"
        )
    print(
        f"Next: upload it to {options.to.capitalize()}"
        if options.to != "csv"
        else "Next: open or upload it"
    )
    return 0


def run_lab(options: argparse.Namespace) -> int:
    """``course lab``."""
    classroom = classroom_of(options)
    missing = set(release.source_weeks(classroom)) - set(classroom.weeks())
    for _ in watched(
        release.release(classroom, sorted(missing)) if missing else [], len(missing), "Preparing"
    ):
        pass
    for week in copy_weeks(classroom, options.work):
        print(f"{week}: your copy is in {options.work / week}")
    print("Next: open a notebook in JupyterLab and work from the top")
    ask_for_no_news()
    first = demo.WEEK if demo.WEEK in classroom.weeks() else classroom.weeks()[0]
    page = f"--LabApp.default_url=/lab/tree/{first}/{first}.ipynb"
    command = [sys.executable, "-m", "jupyterlab", page, *as_root(), *options.rest]
    return become(command, options.work)


def as_root() -> list[str]:
    """The option without which JupyterLab does not start for root, as whom everybody works in a container."""
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def ask_for_no_news() -> None:
    """Keep JupyterLab's question about news, and its search for updates, off the first page a student sees."""
    here = str(Path(__file__).parent / "jupyter")
    paths = [os.environ["JUPYTER_CONFIG_PATH"]] if os.environ.get("JUPYTER_CONFIG_PATH") else []
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([here, *paths])


def become(command: list[str], folder: Path) -> int:
    """Run a program in this one's place, so that Ctrl-C reaches it alone; its code where that cannot be."""
    sys.stdout.flush()
    if os.name != "nt":
        os.chdir(folder)
        os.execv(command[0], command)
    return subprocess.run(command, cwd=folder, check=False).returncode


def copy_weeks(classroom: Classroom, work: Path) -> list[str]:
    """Copy released weeks that are not in `work` yet; what is there is never touched."""
    new = [week for week in classroom.weeks() if not (work / week).exists()]
    for week in new:
        beside = work / f".{week}-{os.getpid()}"
        shutil.copytree(classroom.release(week), beside)
        beside.rename(work / week)
    work.mkdir(parents=True, exist_ok=True)
    return new


def run_doctor(options: argparse.Namespace) -> int:
    """``course doctor``."""
    findings = doctor.examine(classroom_of(options))
    for finding in findings:
        print(f"{'✓' if finding.good else '✗' if finding.needed else '○'} {finding.what}")
        if not finding.good:
            print(f"    {finding.advice}")
    broken = any(finding.needed and not finding.good for finding in findings)
    print("Next: mend what is marked ✗" if broken else "Next: course lab, or course release")
    return 1 if broken else 0


def run_demo(options: argparse.Namespace) -> int:
    """``course demo``."""
    outcomes = demo.play(
        classroom_of(options), lambda items, total: watched(items, total, "Grading")
    )
    table = Table(box=None, pad_edge=False)
    for name in ("student", "hands in", "expected", "actual", ""):
        table.add_column(
            name, justify="right" if name in {"expected", "actual"} else "left", overflow="fold"
        )
    for outcome in outcomes:
        table.add_row(
            outcome.student, outcome.story, number(outcome.expected), number(outcome.actual),
            "✓" if outcome.agrees else "✗ differs",
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)
    differ = sum(not outcome.agrees for outcome in outcomes)
    print(
        f"Pages: {options.classroom}/feedback, {options.classroom}/report/index.html, {options.classroom}/grades.csv"
    )
    print(
        "Next: open the report"
        if not differ
        else f"{differ} scores differ from what they should be."
    )
    return 1 if differ else 0


RUN = {
    "release": run_release,
    "collect": run_collect,
    "grade": run_grade,
    "feedback": run_feedback,
    "report": run_report,
    "export": run_export,
    "lab": run_lab,
    "doctor": run_doctor,
    "demo": run_demo,
}

if __name__ == "__main__":
    sys.exit(main())
