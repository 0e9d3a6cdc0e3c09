"""A student's path through week 1, played in JupyterLab in a headless browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WEEK = "week1_multivariate_calculus"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_S = 90

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

RIGHT = """\
def gradient(f, x):
    x = np.asarray(x, float)
    slopes = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = 1e-5
        slopes.append((f(x + step) - f(x - step)) / 2e-5)
    return slopes
"""
WRONG = RIGHT.replace("return slopes", "return sum(slopes)")

PANEL = "const panel = window.jupyterapp.shell.currentWidget, nb = panel.content;"
CELL = PANEL + "const k = nb.widgets.findIndex(w => w.model.id === id), cell = nb.widgets[k];"


class Notebook:
    """A notebook open in JupyterLab, driven through the application's own commands."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def run(self, cell_id: str) -> str:
        """Run a cell and return the text it shows."""
        script = (
            "nb.activeCellIndex = k; await window.jupyterapp.commands.execute('notebook:run-cell');"
        )
        self.page.evaluate(f"async (id) => {{{CELL}{script}}}", cell_id)
        return self.text(cell_id)

    def text(self, cell_id: str) -> str:
        """The text below a cell."""
        shown: str = self.page.evaluate(
            f"(id) => {{{CELL} return cell.outputArea.node.innerText}}", cell_id
        )
        return shown

    def write(self, cell_id: str, source: str) -> None:
        """Replace a cell's source."""
        script = f"([id, source]) => {{{CELL} cell.model.sharedModel.setSource(source)}}"
        self.page.evaluate(script, [cell_id, source])

    def show(self, cell_id: str) -> None:
        """Scroll to a cell."""
        self.page.evaluate(f"(id) => {{{CELL} cell.node.scrollIntoView()}}", cell_id)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that `course lab` started in an empty folder."""
    folder = tmp_path_factory.mktemp("student")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=",
        "--expose-app-in-browser",
        "--LabApp.news_url=None",
    ]
    log = folder / "lab.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.cli", "lab", *options],
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"},
        )
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def notebook(lab: str) -> Iterator[Notebook]:
    """Week 1, open in a browser with its kernel running."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        opened = Notebook(page)
        page.goto(f"{lab}/lab/tree/{WEEK}/{WEEK}.ipynb?reset")
        page.wait_for_selector(".jp-Notebook-cell", timeout=START_S * 1000)
        page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status == 'idle'",
            timeout=START_S * 1000,
        )
        page.evaluate(PANEL + "nb.notebookConfig = {...nb.notebookConfig, windowingMode: 'none'}")
        opened.run("imports")
        yield opened
        browser.close()


def test_the_lab_opens_the_student_version_of_week_1(lab: str, notebook: Notebook) -> None:
    assert notebook.page.request.get(lab).url == f"{lab}/lab/tree/{WEEK}/{WEEK}.ipynb?"
    source = notebook.page.evaluate(
        f"(id) => {{{CELL} return cell.model.sharedModel.getSource()}}", "gradient"
    )
    assert 'raise NotImplementedError("your turn")' in source


def test_an_unanswered_exercise_says_so(notebook: Notebook) -> None:
    notebook.run("partial")
    assert "not answered yet" in notebook.run("check_partial")


def test_a_wrong_answer_names_the_slip_and_a_right_one_passes(notebook: Notebook) -> None:
    notebook.write("gradient", WRONG)
    notebook.run("gradient")
    said = notebook.run("check_gradient")
    assert "You added the partial derivatives together." in said
    assert "Traceback" not in said
    notebook.write("gradient", RIGHT)
    notebook.run("gradient")
    assert "✓ gradient · visible checks passed" in notebook.run("check_gradient")


def test_a_figure_shows_with_its_description(notebook: Notebook) -> None:
    notebook.run("gradient-picture")
    notebook.show("gradient-picture")
    picture = notebook.page.locator(".jp-OutputArea-output img").first
    picture.wait_for(timeout=30_000)
    assert any(character.isdigit() for character in picture.get_attribute("alt") or "")


def test_moving_a_slider_by_keyboard_changes_the_figure(notebook: Notebook) -> None:
    notebook.run("gradient-widget")
    notebook.show("gradient-widget")
    slider = notebook.page.get_by_role("slider").first
    slider.wait_for(timeout=30_000)
    canvas = notebook.page.locator("canvas").first
    words = notebook.page.locator("[role=img][aria-label]").first
    before, said = canvas.screenshot(), words.get_attribute("aria-label")
    slider.focus()
    for _ in range(5):
        notebook.page.keyboard.press("ArrowLeft")
    notebook.page.wait_for_function(
        "(said) => document.querySelector('[role=img][aria-label]').ariaLabel != said", arg=said
    )
    assert canvas.screenshot() != before


def test_a_cell_that_runs_again_shows_its_figure_once_and_no_still(notebook: Notebook) -> None:
    for _ in range(2):
        notebook.run("gradient-widget")
    notebook.page.wait_for_function(
        f"(id) => {{{CELL} return cell.node.querySelectorAll('.moving canvas').length == 1}}",
        arg="gradient-widget",
    )
    shown = "[...document.querySelectorAll('img[data-still]')].some(image => image.offsetParent)"
    assert not notebook.page.evaluate(shown)


def test_two_views_of_a_figure_move_together(notebook: Notebook) -> None:
    script = "nb.activeCellIndex = k; await window.jupyterapp.commands.execute('notebook:create-output-view');"
    notebook.page.evaluate(f"async (id) => {{{CELL}{script}}}", "gradient-widget")
    said = (
        "[...document.querySelectorAll('.moving canvas')].map(canvas => canvas.ariaLabel)"
        ".filter(text => text.startsWith('Contours'))"
    )
    notebook.page.wait_for_function(f"{said}.length == 2", timeout=30_000)
    before = notebook.page.evaluate(said)
    assert before[0] == before[1]
    slider = notebook.page.get_by_role("slider").first
    slider.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function(
        f"(before) => {{ const now = {said}; return now[0] == now[1] && now[0] != before }}",
        arg=before[0],
    )


def test_the_sandpit_is_dug_from_the_keyboard_alone(notebook: Notebook) -> None:
    notebook.run("sandpit-game")
    notebook.show("sandpit-game")
    stage = notebook.page.get_by_role("group", name="Sandpit.")
    stage.wait_for(timeout=30_000)
    stage.focus()
    for key in ("ArrowLeft", "Shift+ArrowUp", "Enter"):
        notebook.page.keyboard.press(key)
    dug = notebook.page.get_by_role("img", name="dip 1 of 25")
    dug.wait_for(timeout=30_000)
    assert "spade at (2.95, 3.5) m" in (dug.get_attribute("aria-label") or "")


NUMBERS = """(code) => {
  const canvas = new Function(code.replace('export default { render };', 'return { spoken, roundNumbers };'))();
  const ranges = [[-5, 5], [0, 1.07], [-2.2, 2.2], [0, 0.0003], [-1e-7, 3e-7], [0, 2.5e6], [61, 74.5], [-0.04, 0.04]];
  const ticks = ranges.flatMap(([low, high]) => canvas.roundNumbers(low, high));
  const steps = [[0.525, 0.025], [2.5, 2.5], [-0.02, 0.01], [-1e-17, 0.1], [0.3, 0.1], [12, 1], [450, 10]];
  return [ticks, steps.map(([value, step]) => canvas.spoken(value, step))];
}"""


def test_the_numbers_at_axes_and_sliders_say_what_they_stand_for(notebook: Notebook) -> None:
    code = (Path(__file__).parents[1] / "helpers" / "widgets" / "canvas.js").read_text("utf-8")
    ticks, spoken = notebook.page.evaluate(NUMBERS, code)
    assert len(ticks) > 24
    for value, text in ticks:
        assert float(text.replace("−", "-")) == pytest.approx(value, rel=1e-9, abs=1e-15)
        assert "-" not in text
        assert len(text) <= 8
    assert spoken == ["0.525", "2.5", "−0.02", "0.0", "0.3", "12", "450"]


def test_the_browser_met_no_error_on_the_way(notebook: Notebook) -> None:
    assert notebook.complaints == []
