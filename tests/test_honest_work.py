"""Honest work is not hurt by the sandbox: unusual, slow or talkative, it keeps its full score."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.course import RIGHT, WEEK, Attack, released

from autograder.grading import Graded, Runner, grade
from autograder.ingest import ingest
from autograder.sandbox import Limits, stage

LIMITS = Limits(cell_s=30.0, call_s=5.0)
SHOWN = {
    "prints": ("print('hello', flush=True)", "hello"),
    "a warning on stderr": ("import warnings; warnings.warn('careful')", "careful"),
    "words on stderr": ("import sys; print('careful', file=sys.stderr)", "careful"),
    "logging": ("import logging; logging.warning('careful')", ""),
    "a result": ("np.arange(3)", "array([0, 1, 2])"),
    "display": ("display(np.arange(3), 'x')", "array([0, 1, 2])"),
    "IPython's display": ("from IPython.display import display, Markdown, HTML\ndisplay(Markdown('*x*'), HTML('<b>'))", ""),
    "a plot": ("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('ü ∂')", "Text"),
    "a plot that is shown": ("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()", "Figure"),
    "many plots": ("import matplotlib.pyplot as plt\nfor _ in range(30): plt.figure(figsize=(1, 1))\nprint('ok')", "ok"),
    "%matplotlib inline": ("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('ok')", "ok"),
    "%config": ("%config InlineBackend.figure_format = 'retina'\nprint('ok')", "ok"),
    "a style": ("import matplotlib.pyplot as plt\nplt.style.use('ggplot')\nprint('ok')", "ok"),
    "a saved figure": ("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('own.png')\nimport os; print(os.path.getsize('own.png') > 0)", "True"),
    "a figure in three dimensions": ("import matplotlib.pyplot as plt\nplt.figure().add_subplot(projection='3d')\nprint('ok')", "ok"),
    "a figure of ours": ("from helpers import plots\nplots.contours_with_gradient(bowl, at=(1.0, 0.75))", ""),
    "a widget of ours": ("from helpers import widgets\nwidgets.contours_with_gradient(bowl)", ""),
    "ipywidgets": ("import ipywidgets as w\nslider = w.FloatSlider()\ndisplay(slider)\nw.interact(lambda x: x, x=(0, 5))\nprint('ok')", "ok"),
    "%timeit": ("%timeit -n 1 -r 1 sum(range(10))", "loop"),
    "%time": ("%time x = 1\nprint('ok')", "ok"),
    "%%time": ("%%time\nprint('ok')", "ok"),
    "%%capture": ("%%capture out\nprint('x')", ""),
    "%who and %pwd": ("%who\n%pwd", ""),
    "%cd": ("import os; os.makedirs('d', exist_ok=True)\n%cd d\n%cd ..\nprint('ok')", "ok"),
    "%%writefile": ("%%writefile own.txt\nx", "own.txt"),
    "%reset of nothing": ("%load_ext autoreload\n%autoreload 2\nprint('ok')", "ok"),
    "await": ("import asyncio\nawait asyncio.sleep(0.01)\nprint('ok')", "ok"),
    "asyncio by hand": ("import asyncio\nasync def f(): return 'ok'\nprint(await asyncio.gather(f(), f()))", "ok"),
    "threads": ("from concurrent.futures import ThreadPoolExecutor as P\nwith P() as p: print(sum(p.map(abs, range(9))))", "36"),
    "a temporary file": ("import tempfile\nwith tempfile.NamedTemporaryFile() as f: f.write(b'x'); print('ok')", "ok"),
    "a temporary folder": ("import tempfile, os\nwith tempfile.TemporaryDirectory() as d: open(d + '/x', 'w').close()\nprint('ok')", "ok"),
    "pickle": ("import pickle\nclass A: pass\npickle.dump(A(), open('a.pkl', 'wb'))\nprint(type(pickle.load(open('a.pkl', 'rb'))).__name__)", "A"),
    "numpy files": ("np.save('a.npy', np.ones(3)); np.savez('b', a=1); print(np.load('a.npy').sum(), np.load('b.npz')['a'])", "3.0 1"),
    "text files": ("np.savetxt('a.txt', [[1, 2]]); print(np.loadtxt('a.txt'))", "[1. 2.]"),
    "own copies": ("import shutil; open('a', 'w').write('ok'); shutil.copy('a', 'b'); print(open('b').read())", "ok"),
    "warnings as errors": ("import warnings; warnings.simplefilter('error')\nnp.seterr(all='raise')\nprint('ok')", "ok"),
    "a seed": ("np.random.seed(1); print(np.random.rand() < 1, np.random.default_rng(0).normal() < 9)", "True True"),
    "other modules": ("import scipy.optimize, scipy.stats, collections, dataclasses, functools, itertools, math, statistics, decimal, fractions\nprint('ok')", "ok"),
    "sympy": ("import sympy; print(sympy.diff('x**2'))", "2*x"),
    "data of ours": ("from importlib.resources import files\nprint(len(list(files('helpers').joinpath('data').iterdir())) > 0)", "True"),
    "a version": ("import importlib.metadata as m; print(m.version('numpy') == np.__version__)", "True"),
    "unicode": ("α, s = 0.5, '∂f/∂x → 🎈'\nprint(f'{s:>12} {α=}')", "∂f/∂x → 🎈"),
    "classes and types": ("from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: float\nprint(A(1.0))", "A(x=1.0)"),
    "a traceback handled": ("import traceback\ntry: 1 / 0\nexcept ZeroDivisionError: print(traceback.format_exc())", "ZeroDivisionError"),
    "inspect": ("import inspect\ndef f(): pass\nprint(inspect.getsource(f))", "def f(): pass"),
    "check in a cell of one's own": ("try: check('gradient', 5)\nexcept Exception as error: print(type(error).__name__)", ""),
    "sleep": ("import time; time.sleep(0.5); print('ok')", "ok"),
    "a subclass of everything": ("class E(Exception): pass\ntry: raise E('x')\nexcept E as e: print(repr(e))", "E('x')"),
    "random bytes": ("import os, secrets; print(len(os.urandom(8)), len(secrets.token_hex(4)))", "8 8"),
    "the time": ("import datetime, time; print(datetime.datetime.now().year > 2000, time.localtime().tm_year > 2000)", "True True"),
}  # fmt: skip

GRADIENT = {
    "slow": "import time\n" + RIGHT["gradient"].replace("    x, steps", "    time.sleep(0.02)\n    x, steps"),
    "prints": RIGHT["gradient"].replace("    x, steps", "    print(x)\n    x, steps"),
    "warns": "import warnings\n" + RIGHT["gradient"].replace("    x, steps", "    warnings.warn('x')\n    x, steps"),
    "a lambda": "gradient = lambda f, x: [(f(np.array(x) + e) - f(np.array(x) - e)) / 2e-5 for e in 1e-5 * np.eye(len(x))]",
    "functools.partial": "import functools\n" + RIGHT["gradient"].replace("def gradient(f, x)", "def general(h, f, x)").replace("1e-5", "h").replace("2e-5", "(2 * h)") + "gradient = functools.partial(general, 1e-5)",
    "a class": "class Gradient:\n    def __call__(self, f, x):\n        x = np.array(x, float)\n        return [(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(len(x))]\ngradient = Gradient()",
    "a static method": "class Tools:\n    @staticmethod\n    def slope(f, x):\n        x = np.array(x, float)\n        return [(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(len(x))]\ngradient = Tools.slope",
    "np.vectorize": "def gradient(f, x):\n    x = np.array(x, float)\n    def one(i):\n        e = np.zeros(len(x)); e[i] = 1e-5\n        return (f(x + e) - f(x - e)) / 2e-5\n    return np.vectorize(one)(np.arange(len(x)))",
    "a generator inside": "def gradient(f, x):\n    def parts():\n        for e in 1e-5 * np.eye(len(x)):\n            yield (f(np.array(x) + e) - f(np.array(x) - e)) / 2e-5\n    return tuple(parts())",
    "a decorator": "import functools\ndef loud(g):\n    @functools.wraps(g)\n    def inner(*args):\n        return g(*args)\n    return inner\n@loud\n" + RIGHT["gradient"],
    "threads that end": "from concurrent.futures import ThreadPoolExecutor\ndef gradient(f, x):\n    x = np.array(x, float)\n    with ThreadPoolExecutor(2) as pool:\n        return list(pool.map(lambda e: (f(x + e) - f(x - e)) / 2e-5, 1e-5 * np.eye(len(x))))",
    "threads that stay": "from concurrent.futures import ThreadPoolExecutor\nPOOL = ThreadPoolExecutor(2)\ndef gradient(f, x):\n    x = np.array(x, float)\n    return list(POOL.map(lambda e: (f(x + e) - f(x - e)) / 2e-5, 1e-5 * np.eye(len(x))))",
    "very many calls": RIGHT["gradient"].replace("    x, steps", "    sum(abs(k) for k in range(120_000))\n    x, steps"),
    "libraries in its words": RIGHT["gradient"].replace("    x, steps", "    \"\"\"As helpers.autodiff.gradient does, or np.gradient.\"\"\"\n    # not scipy.optimize.approx_fprime\n    x, steps"),
    "its own imports": "def gradient(f, x):\n    import math, numpy\n    x = numpy.array(x, float)\n    return [(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * numpy.eye(len(x))]",
    "single precision": RIGHT["gradient"].replace("return np.array(", "return np.float32(").replace("np.float32([", "np.array([") ,
    "annotations": RIGHT["gradient"].replace("(f, x)", "(f: 'callable', x: 'list[float]') -> 'np.ndarray'"),
    "magics around it": "%matplotlib inline\n%time\n" + RIGHT["gradient"] + "\ngradient?",
    "a comparison below it": RIGHT["gradient"] + "\nfrom helpers import derivatives, autodiff\nprint(derivatives.gradient(bowl, [1.0, 2.0]) - gradient(bowl, [1.0, 2.0]))",
    "tests below it": RIGHT["gradient"] + "\nassert np.allclose(gradient(bowl, [1.0, 2.0]), [2.0, 8.0])\ncheck",
    "a plot below it": RIGHT["gradient"] + "\nimport matplotlib.pyplot as plt\nplt.quiver(0, 0, *gradient(bowl, [1.0, 2.0]))\nplt.show()",
}  # fmt: skip


@pytest.fixture(scope="module", params=[True, False], ids=["figures", "no figures"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    with stage() as where:
        warm = Runner(where, LIMITS, figures=request.param)
        yield warm
        warm.stop()


def graded(runner: Runner, folder: Path, work: Attack) -> Graded:
    path = folder / "week.ipynb"
    path.write_bytes(work.file())
    return grade(WEEK, ingest(released(), path), b"seed", runner)


def _keeps_its_score(result: Graded) -> None:
    for name in RIGHT:
        score = result.scores[f"check_{name}"]
        assert score.points == score.max_points, score.comment
    assert result.notes == ()


def _own_outputs(result: Graded) -> list[dict[str, object]]:
    [own] = [cell for cell in result.notebook.cells if cell.id.startswith("own-")]
    return list(own.outputs)


@pytest.mark.parametrize("name", SHOWN)
def test_own_cell_works_and_costs_nothing(runner: Runner, tmp_path: Path, name: str) -> None:
    source, shown = SHOWN[name]
    result = graded(runner, tmp_path, Attack("honest", name, first=source))
    _keeps_its_score(result)
    outputs = _own_outputs(result)
    assert [out for out in outputs if out["output_type"] == "error"] == []
    assert shown in "".join(_text(out) for out in outputs)


def _text(output: dict[str, object]) -> str:
    data = output.get("data", {})
    assert isinstance(data, dict)
    return str(output.get("text", "")) + str(data.get("text/plain", ""))


@pytest.mark.parametrize("name", GRADIENT)
def test_right_answer_in_any_style_gets_all_points(
    runner: Runner, tmp_path: Path, name: str
) -> None:
    _keeps_its_score(graded(runner, tmp_path, Attack("honest", name, {"gradient": GRADIENT[name]})))


@pytest.mark.parametrize("name", ["a plot", "a plot that is shown", "a figure of ours"])
def test_figures_are_kept_where_they_are_wanted_and_only_there(
    runner: Runner, tmp_path: Path, name: str
) -> None:
    result = graded(runner, tmp_path, Attack("honest", name, first=SHOWN[name][0]))
    kept = [out for out in _own_outputs(result) if "image/png" in json.dumps(out)]
    assert len(kept) == runner.figures


def test_helpers_in_cells_of_ones_own_are_used(runner: Runner, tmp_path: Path) -> None:
    helper = "def slope(f, x, e):\n    return (f(x + e) - f(x - e)) / 2e-5"
    answer = "def gradient(f, x):\n    return [slope(f, np.array(x, float), e) for e in 1e-5 * np.eye(len(x))]"
    _keeps_its_score(
        graded(runner, tmp_path, Attack("honest", "", {"gradient": answer}, first=helper))
    )


def test_a_cell_that_asks_for_input_only_fails_itself(runner: Runner, tmp_path: Path) -> None:
    result = graded(runner, tmp_path, Attack("honest", "", first="input('name? ')"))
    _keeps_its_score(result)
    assert _own_outputs(result)[-1]["output_type"] == "error"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is confined there")
def test_a_shell_command_only_fails_itself(runner: Runner, tmp_path: Path) -> None:
    _keeps_its_score(graded(runner, tmp_path, Attack("honest", "", first="!pip install x\n!ls")))
