"""Slider to redraw in JupyterLab: how long a reader waits for every moving figure, measured in the browser.

JupyterLab is started on a notebook with one cell per figure and opened in headless Chromium. There, a move is an
`input` event on a slider (for the sandpit also a key on the picture, for training a pressed button); the clock
starts just before the event and stops in the first animation frame after the canvas has drawn what Python sent
back. The canvas renews its description at the end of every drawing, which is how the bench knows.

Run ``python bench/redraw.py [FIGURE…]``; `main` returns the rows. It needs Chromium and playwright.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[1]
MOVES = 40
BAR_MS = 60.0
START_S = 120
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

IMPORTS = """\
import numpy as np
from helpers import functions, networks, widgets
from helpers.functions import bowl, hills, polar
square = functions.polynomial(coefficients=[0, 0, 1])
cubic = functions.polynomial(coefficients=[2, -2, 0, 1])
circle = functions.quadratic(A=[[2, 0], [0, 2]], b=[-2, 0], c=-3)
eight = functions.lissajous(amplitudes=[1.5, 1.2], frequencies=[1, 2], phases=[0, 0])
x = np.linspace(0, 2, 24)
inches = np.arange(60.0, 76.0)
normal = lambda x, mu, sig: np.exp(-(((x - mu) / sig) ** 2) / 2) / (sig * np.sqrt(2 * np.pi))
fish = networks.fish(80)
train = networks.trainer(networks.start((1, 6, 7, 2), seed=3), *fish, rate=7.0)"""

FIGURES = {
    "line: secant_to_tangent": "widgets.secant_to_tangent(square)",
    "contour + arrows: contours_with_gradient": "widgets.contours_with_gradient(hills)",
    "surface: tangent_plane": "widgets.tangent_plane(hills)",
    "contours_with_gradient of plain Python": (
        "widgets.contours_with_gradient(lambda p: float(p[0]) ** 2 + 2 * float(p[1]) ** 2)"
    ),
    "convergence_disc": "widgets.convergence_disc()",
    "corner_and_jump": "widgets.corner_and_jump()",
    "cost_landscape": "widgets.cost_landscape()",
    "descent_paths": "widgets.descent_paths(bowl)",
    "grid_map": "widgets.grid_map(polar, (2, 0.5), 0.3, reach=1.4, centre=(1.4, 1.4))",
    "histogram_fit": "widgets.histogram_fit(inches, normal(inches, 68, 2.5), normal, 66, 4)",
    "lagrange_contours": "widgets.lagrange_contours(bowl, circle, reach=3.3)",
    "line_fit": "widgets.line_fit(x, 450 * x + 80 * np.sin(7 * x))",
    "network_1_2_1": "widgets.network_1_2_1()",
    "newton_hops": "widgets.newton_hops(cubic, x0=-1.5)",
    "path_on_field": "widgets.path_on_field(hills, eight)",
    "stacked_derivatives": "widgets.stacked_derivatives(cubic)",
    "taylor_orders": "widgets.taylor_orders(np.sin)",
    "taylor_sheets": "widgets.taylor_sheets(hills)",
    "sandpit": "widgets.sandpit(seed=3)",
    "sandpit, arrow keys": "widgets.sandpit(seed=3)",
    "curve_drawing, 100 iterations": "widgets.curve_drawing(train, fish[1], batch=100)",
}

NOTEBOOK = "const nb = window.jupyterapp.shell.currentWidget.content;"
RUN = f"""async (k) => {{
  {NOTEBOOK}
  nb.activeCellIndex = k;
  await window.jupyterapp.commands.execute('notebook:run-cell');
  nb.widgets[k].node.scrollIntoView();
  return nb.widgets[k].outputArea.node.innerText;
}}"""
READY = (
    f"(k) => {{ {NOTEBOOK} return nb.widgets[k].node.querySelector('.moving canvas[aria-label]') }}"
)
MEASURE = f"""async ([k, moves, way]) => {{
  {NOTEBOOK}
  const root = nb.widgets[k].node.querySelector('.moving');
  const canvas = root.querySelector('canvas');
  const slider = root.querySelector('input[type=range]');
  const stage = root.querySelector('.stage');
  const times = [];
  let count = 0;
  const act = {{
    keys: () => stage.dispatchEvent(new KeyboardEvent('keydown', {{
      key: ++count % 40 < 20 ? 'ArrowLeft' : 'ArrowRight', bubbles: true, cancelable: true }})),
    button: () => [...root.querySelectorAll('button')].at(-1).click(),
    slider: () => {{
      const before = slider.value;
      const up = Number(before) + 3 * Number(slider.step) <= Number(slider.max);
      if (up && count >= 0) slider.value = Number(before) + Number(slider.step);
      else count = -1;
      if (count < 0) slider.value = Number(before) - Number(slider.step);
      if (Number(slider.value) <= Number(slider.min) + 2 * Number(slider.step)) count = 0;
      slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
    }},
  }}[way];
  const move = () => new Promise((drawn, late) => {{
    const limit = setTimeout(() => late(new Error('no redraw in 10 s')), 10000);
    const watch = new MutationObserver(() => {{
      watch.disconnect();
      clearTimeout(limit);
      requestAnimationFrame(() => drawn(performance.now() - start));
    }});
    watch.observe(canvas, {{ attributeFilter: ['aria-label'] }});
    const start = performance.now();
    act();
  }});
  for (let i = 0; i < moves + 3; i++) {{
    times.push(await move());
    await new Promise((go) => setTimeout(go, 20 + 16 * Math.random()));
  }}
  return times.slice(3);
}}"""


@dataclass(frozen=True)
class Row:
    """How long one figure takes.

    Attributes
    ----------
    figure : str
    moves : int
        How many moves were measured, after three that were not.
    median_ms, slow_ms : float
        Median, and what nine of ten moves stay below, in milliseconds.
    bar_ms : float
        The median that we promise to stay below.
    """

    figure: str
    moves: int
    median_ms: float
    slow_ms: float
    bar_ms: float = BAR_MS

    @property
    def holds(self) -> bool:
        """True if the median is within the bar."""
        return self.median_ms <= self.bar_ms


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=", "--expose-app-in-browser", "--LabApp.news_url=None"]
    own = {name: str(folder / name.lower()) for name in SETTINGS}
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = os.environ | own | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": path}
    with (folder / "lab.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


SETTINGS = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start: is it installed in this environment?")


@contextmanager
def notebook(figures: Sequence[str]) -> Iterator[Any]:
    """A browser page with a notebook of the figures, its kernel running and the imports done."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    cells = [nbformat.v4.new_code_cell(text) for text in (IMPORTS, *map(FIGURES.get, figures))]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        written = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(written, Path(name) / "figures.ipynb")
        with lab(Path(name)) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/lab/tree/figures.ipynb?reset")
            _wait_for_kernel(page)
            page.evaluate(RUN, 0)
            yield page
            browser.close()


def _wait_for_kernel(page: Any) -> None:
    page.wait_for_selector(".jp-Notebook-cell", timeout=START_S * 1000)
    kernel = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
    page.wait_for_function(f"{kernel}?.status == 'idle'", timeout=START_S * 1000)
    whole = "nb.notebookConfig = {...nb.notebookConfig, windowingMode: 'none'}"
    page.evaluate(f"() => {{ {NOTEBOOK} {whole} }}")


def measure(page: Any, k: int, figure: str, moves: int = MOVES) -> Row:
    """Run cell k, wait for its figure and move it."""
    said = page.evaluate(RUN, k)
    try:
        page.wait_for_function(READY, arg=k, timeout=START_S * 1000)
    except Exception as error:
        raise RuntimeError(f"{figure} does not show: {said[:400]}") from error
    page.wait_for_timeout(500)
    way = "keys" if "keys" in figure else "button" if "iterations" in figure else "slider"
    times = page.evaluate(MEASURE, [k, moves, way])
    slow = statistics.quantiles(times, n=10)[-1]
    return Row(figure, len(times), statistics.median(times), slow)


def _load() -> float:
    """How many processes wanted a processor in the last minute, for each that there is."""
    return (
        round(os.getloadavg()[0] / (os.cpu_count() or 1), 1) if hasattr(os, "getloadavg") else 0.0
    )


def main(figures: Sequence[str] = (), moves: int = MOVES) -> list[Row]:
    """Measure the figures (all without any), print the table, return its rows."""
    chosen = [name for name in FIGURES if not figures or any(f in name for f in figures)]
    if (load := _load()) > 1:
        print(
            f"{load} processes compete for every processor: times are longer than on a quiet machine"
        )
    print(f"{'figure':42} {'moves':>5} {'median ms':>9} {'9 of 10':>8} {'bar':>4}")
    rows = []
    with notebook(chosen) as page:
        for k, figure in enumerate(chosen, 1):
            row = measure(page, k, figure, moves)
            rows.append(row)
            mark = "" if row.holds else "  over the bar"
            print(
                f"{row.figure:42} {row.moves:5} {row.median_ms:9.1f} {row.slow_ms:8.1f} "
                f"{row.bar_ms:4.0f}{mark}",
                flush=True,
            )
    return rows


if __name__ == "__main__":
    main(sys.argv[1:])
