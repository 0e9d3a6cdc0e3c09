"""The page a student gets back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder import feedback, grade, gradebook
from autograder.classroom import Classroom, CourseError
from autograder.grade import Bench
from tests.conftest import ANSWERS, WEEK

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TRUSTED = grade.Options(trusted=True)


@pytest.fixture(scope="module")
def on(tiny_course: Classroom) -> Iterator[Bench]:
    """One warm sandbox for all tests of this module."""
    with grade.bench(tiny_course, WEEK, TRUSTED) as made:
        yield made


def page_of(classroom: Classroom, student: str) -> str:
    return feedback.write(classroom, WEEK, student).read_text("utf-8")


def test_a_page_says_points_and_slip_once_and_names_the_exercises(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", double="def double(x):\n    return x + 2\n", total=ANSWERS["total"])
    grade.grade_one(released, WEEK, "ada", on)
    page = page_of(released, "ada")
    assert "(Score: 2.0 / 7.0)" in page
    assert '<a href="#check_double">double</a> (Score: 0.0 / 3.0)' in page
    assert page.count("You added two.") == 1


def test_a_persons_comment_is_shown_as_clean_markdown(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", why="Because.")
    grade.grade_one(released, WEEK, "ada", on)
    with gradebook.opened(released) as book:
        book.find_comment(
            "why", WEEK, WEEK, "ada"
        ).manual_comment = "**Good**, and $2x$. <script>x</script>"
        book.db.commit()
    page = page_of(released, "ada")
    assert "<strong>Good</strong>" in page
    assert "<mn>2</mn><mi>x</mi>" in page
    assert "<script" not in page


def test_nothing_that_was_put_into_a_graded_notebook_is_live_or_loads(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", **ANSWERS)
    grade.grade_one(released, WEEK, "ada", on)
    path = released.autograded("ada", WEEK)
    book = nbformat.read(path, as_version=4)
    hostile = new_code_cell("print('<script>alert(1)</script>')")
    hostile.outputs = [
        new_output("display_data", data={"text/html": "<script>alert(1)</script>"}),
        new_output("display_data", data={"application/javascript": "alert(1)"}),
        new_output("stream", text="<img src=x onerror=alert(1)>\u202e"),
        new_output("error", ename="<b>", evalue="<i>", traceback=["<script>alert(1)</script>"]),
    ]
    book.cells += [
        hostile,
        new_markdown_cell("<img src='https://example.org/x.png'> [x](javascript:alert(1))"),
    ]
    nbformat.write(book, path)
    page = page_of(released, "ada")
    assert not re.search(
        r"<script|onerror=(?!alert\(1\)&gt;)|javascript:alert\(1\)\"|example\.org/x\.png\"", page
    )
    assert "\u202e" not in page
    assert "default-src 'none'" in page


CALL = "window.__ran(1)"
REMOTE = "https://tricks.invalid"
TRICKS = [
    f"<script>{CALL}</script>",
    f"<SCRIPT SRC={REMOTE}/a.js></SCRIPT>",
    f"<img src=x onerror={CALL}>",
    f"<img src='{REMOTE}/b.png' srcset='{REMOTE}/c.png 2x'>",
    f"![x]({REMOTE}/d.png)",
    f'![x](data:image/svg+xml,<svg onload="{CALL}">)',
    f"<svg onload={CALL}><script>{CALL}</script><animate onbegin={CALL} attributeName=x></svg>",
    f"<svg><a xlink:href='javascript:{CALL}'><text y=20>go</text></a></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}></style></mglyph></table></mtext></math>",
    f"<math href='javascript:{CALL}'><mi>go</mi></math>",
    f"[go](javascript:{CALL})",
    f"[go](&#x6A;avascript:{CALL})",
    f"[go](java\tscript:{CALL})",
    f"<javascript:{CALL}>",
    f"<a href='data:text/html,<script>{CALL}</script>'>go</a>",
    f"<a href=' \x01javascript:{CALL}'>go</a>",
    f"<iframe src='{REMOTE}/e'></iframe><iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<object data='{REMOTE}/f'></object><embed src='{REMOTE}/g'>",
    f"<form action='{REMOTE}/h'><button autofocus onfocus={CALL}>go</button></form>",
    f"<input autofocus onfocus={CALL}><video src='{REMOTE}/i' onerror={CALL}></video>",
    f"<style>@import '{REMOTE}/j.css'; body {{ background: url({REMOTE}/k) }}</style>",
    f"<link rel=stylesheet href='{REMOTE}/l.css'><base href='{REMOTE}/'>",
    f"<meta http-equiv=refresh content='0;url={REMOTE}/m'>",
    f"<div style='background:url({REMOTE}/n)' onmouseover={CALL}>x</div>",
    f"<details open ontoggle={CALL}><summary>x</summary></details>",
    f"$\\href{{javascript:{CALL}}}{{x}}\\style{{background:url({REMOTE}/o)}}{{y}}$",
    f"$$\\unicode{{<img src=x onerror={CALL}>}}\\text{{<script>{CALL}</script>}}$$",
    f"<div>\\(\\href{{javascript:{CALL}}}{{x}}\\)</div>",
    f"```html\n</code></pre><script>{CALL}</script>\n```",
    f"```<img src=x onerror={CALL}>\nx\n```",
    f"```mermaid\n<img src=x onerror={CALL}>\n```",
    f"<!--<img src='--><img src=x onerror={CALL}>'>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<template><script>{CALL}</script></template><xmp><img src=x onerror={CALL}></xmp>",
    f"</div></div></body><script>{CALL}</script>",
    f"# <img src=x onerror={CALL}> `</h1>`",
    f"\x1b[31m<img src=x onerror={CALL}>\x1b]8;;javascript:{CALL}\x07go\x1b]8;;\x07",
    "<div class='modal-backdrop in navbar-fixed-top'>over everything</div>",
]


def full_of_tricks(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Every trick in every place of a graded notebook, its settings included."""
    book.metadata["title"] = book.metadata["authors"] = TRICKS[0]
    book.metadata["kernelspec"] = {"name": TRICKS[2], "display_name": TRICKS[0], "language": "x"}
    book.metadata["language_info"] = {"name": TRICKS[0], "pygments_lexer": TRICKS[0]}
    for trick in TRICKS:
        code = new_code_cell(trick)
        shown = {
            "text/plain": trick,
            "text/html": trick,
            "text/latex": trick,
            "image/svg+xml": trick,
        }
        code.outputs = [
            new_output("stream", text=trick),
            new_output("error", ename=trick, evalue=trick, traceback=[trick]),
            new_output("display_data", data={**shown, "application/javascript": CALL}),
            new_output("display_data", data={"image/png": trick, "text/markdown": trick}),
            new_output("execute_result", data={"text/plain": trick}, execution_count=1),
        ]
        prose = new_markdown_cell(trick, attachments={"x.png": {"image/svg+xml": trick}})
        book.cells += [code, prose]
    return book


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
@pytest.mark.xdist_group("browser")
def test_no_trick_runs_or_loads_anything_in_a_browser(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    from playwright.sync_api import sync_playwright

    hand_in("ada", **ANSWERS, why="\n\n".join(TRICKS))
    grade.grade_one(released, WEEK, "ada", on)
    with gradebook.opened(released) as book:
        comment = book.find_comment("why", WEEK, WEEK, "ada")
        comment.manual_comment = "\n\n".join(TRICKS)
        book.db.commit()
    path = released.autograded("ada", WEEK)
    nbformat.write(full_of_tricks(nbformat.read(path, as_version=4)), path)
    text = feedback.write(released, WEEK, "ada").read_text("utf-8")
    page = released.feedback("ada", WEEK)
    bare = page.with_name("without-policy.html")  # the policy must not be all that holds
    bare.write_text(re.sub("<meta http-equiv=.Content-Security-Policy.*?>", "", text), "utf-8")
    ran: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for place in (page, bare):
            tab = browser.new_page()
            tab.on("request", lambda request: asked.append(request.url))
            tab.on("dialog", lambda dialog: ran.append(dialog.message))
            tab.expose_function("__ran", lambda value: ran.append(str(value)))
            tab.goto(place.as_uri(), wait_until="load")
            for link in tab.locator("a:not([href^='#'])").all():
                assert (link.get_attribute("href") or "https:").startswith(("http", "mailto:"))
            tab.mouse.move(300, 300)
            tab.wait_for_timeout(300)
            live = "script, iframe, object, embed, form, link, base, video, [onload], [onerror], [onfocus]"
            assert tab.locator(live).count() == 0
            assert tab.locator("[style*='url']").count() == 0
            assert tab.locator(".modal-backdrop, .navbar-fixed-top").count() == 0
        browser.close()
    assert ran == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert len([url for url in asked if url.startswith("file")]) == 2


def test_work_that_has_not_been_graded_is_said(released: Classroom) -> None:
    with pytest.raises(CourseError, match="course grade week9_tiny"):
        feedback.write(released, WEEK, "ada")
