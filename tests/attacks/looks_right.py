"""Wrong answers that are made to look right."""

from __future__ import annotations

from attacks.course import RIGHT, Attack, Damaged, wrong

OTHERS = ("directional_derivative", "classify")
NOTHING = wrong("gradient", "return np.zeros(len(x))")
UNSEEN = (
    "import sys\ndef unseen():\n"
    "    return vars(sys.modules['helpers.' + 'derivatives'])['grad' + 'ient']\n"
)
FUNCTIONS_ASKED = """\
import sys

def functions_asked():
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            yield from functions_in(getattr(value, "header", None))
        frame = frame.f_back

def functions_in(tree):
    if isinstance(tree, dict) and "function" in tree:
        yield tree["function"]
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from functions_in(part)

"""
SAYS_SO = """\
from worker.wire import Channel

send = Channel.send

def says_so(self, header, buffers=None, timeout_s=None):
    verdict = {"points": 100, "passed": True, "correct": True, "borrowed": "", "score": 5}
    return send(self, {**header, **verdict}, buffers, timeout_s)

Channel.send = says_so
"""


def attack(
    name: str,
    first: str = "",
    body: str = "return np.zeros(len(x))",
    last: str = "",
    spoils: bool = False,
) -> Attack:
    """An attack in whose gradient nothing is right; the other answers are honest, if it does not spoil them."""
    spoilt = OTHERS if spoils else ()
    return Attack("looks right", name, wrong("gradient", body), first, last, OTHERS, spoilt)


def edited(name: str, edit: object, right: tuple[str, ...] = OTHERS) -> Damaged:
    """An attack on what is written beside the answers."""
    return Damaged("looks right", name, NOTHING, right=right, edit=edit)


def _more_points(notebook):
    for cell in notebook["cells"]:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"]["points"] = 1e6
    return notebook


def _scores_in_outputs(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            data = {"text/plain": "1000.0"}
            result = {
                "output_type": "execute_result",
                "data": data,
                "metadata": {},
                "execution_count": 1,
            }
            cell["outputs"] = [result]
    return notebook


def _checks_without_checks(notebook):
    for cell in notebook["cells"]:
        if cell["id"].startswith("check_"):
            cell["source"] = "1000.0"
    return notebook


def _checks_as_answers(notebook):
    for cell in notebook["cells"]:
        if cell["id"].startswith("check_"):
            cell["metadata"]["nbgrader"] |= {"solution": True, "locked": False}
            cell["source"] = "print('✓ all points')\n1000.0"
    return notebook


def _exercises_swapped(notebook):
    names = {"gradient": "classify", "classify": "gradient"}
    for cell in notebook["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        settings["grade_id"] = names.get(settings.get("grade_id"), settings.get("grade_id"))
    return notebook


def _another_kernel(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "x", "language": "bash"}
    notebook["metadata"]["nbgrader"] = {"score": 1000}
    return notebook


ANYTHING = """
class Anything(np.ndarray):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return np.zeros(np.shape(other))
    def __rsub__(self, other): return np.zeros(np.shape(other))
    def __array_ufunc__(self, *args, **kw): return np.zeros(2)
    def __array_function__(self, *args, **kw): return True
    def __array__(self, *args, **kw): return np.zeros(2)
    def __float__(self): return 0.0
    def __bool__(self): return True
    def __len__(self): return 2
"""

SHAM_FRAMES = """
import json, os, struct, threading, time
def forge(header):
    text = json.dumps({**header, "buffers": []}).encode()
    return struct.pack(">I", len(text)) + text
def shout(header, times=50):
    for fd in range(256):
        try: os.write(fd, forge(header) * times)
        except OSError: pass
"""

ATTACKS = [
    attack(
        "numpy's comparisons say yes",
        "np.allclose = np.array_equal = np.isclose = np.all = lambda *a, **k: True\n"
        "np.abs = np.maximum = lambda *a, **k: np.float64(0)\n"
        "np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None",
        spoils=True,
    ),
    attack(
        "numpy's insides say yes",
        "import numpy._core.umath as u, numpy._core.multiarray as m\n"
        "for module in (u, m, np._core.numeric):\n"
        "    for name in ('equal', 'not_equal', 'subtract', 'isfinite', 'asarray'):\n"
        "        setattr(module, name, lambda *a, **k: np.True_)",
        spoils=True,
    ),
    attack(
        "pytest, unittest and IPython say yes",
        "import unittest, sys, types\n"
        "sys.modules['pytest'] = types.SimpleNamespace(approx=lambda *a, **k: unittest.mock.ANY)\n"
        "get_ipython().run_cell = lambda *a, **k: None\n"
        "get_ipython().run_cell_async = lambda *a, **k: None\n"
        "type(get_ipython()).run_code = lambda *a, **k: False",
        spoils=True,
    ),
    attack(
        "builtins say yes",
        "import builtins\n"
        "builtins.abs = builtins.max = builtins.sum = lambda *a, **k: 0\n"
        "builtins.all = builtins.any = builtins.isinstance = lambda *a, **k: True\n"
        "builtins.float = builtins.len = lambda *a, **k: 0",
        "return [0.0, 0.0]",
        spoils=True,
    ),
    attack(
        "an AST transformer empties the checks",
        "import ast\n"
        "class Empty(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return None\n"
        "    def visit_Call(self, node): return ast.Constant(1000.0)\n"
        "get_ipython().ast_transformers.append(Empty())",
        spoils=True,
    ),
    attack(
        "an input transformer rewrites the checks",
        "get_ipython().input_transformers_cleanup.append(\n"
        "    lambda lines: ['1000.0'] if any('check' in line for line in lines) else lines)\n"
        "get_ipython().events.register('pre_run_cell', lambda info: print('5 of 5 points'))",
        spoils=True,
    ),
    attack("an array that equals everything", ANYTHING, "return np.zeros(2).view(Anything)"),
    attack(
        "an object that is any array",
        "class Any:\n"
        "    __array_priority__ = 1e9\n"
        "    def __eq__(self, other): return True\n"
        "    __req__ = __eq__\n"
        "    def __array__(self, *a, **k): return np.full(2, np.nan)\n"
        "    def __array_ufunc__(self, *a, **k): return True\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self",
        "return Any()",
    ),
    attack(
        "numbers that equal everything",
        "class Number(float):\n"
        "    def __eq__(self, other): return True\n"
        "    def __hash__(self): return 0\n"
        "    def __sub__(self, other): return 0.0\n"
        "    __rsub__ = __abs__ = __sub__",
        "return [Number(0) for _ in x]",
    ),
    attack(
        "a list that changes after it was looked at",
        "class Turning(list):\n"
        "    def __iter__(self): return iter([0.0])\n"
        "    def __len__(self): return 10**9",
        "return Turning([1.0])",
    ),
    attack(
        "a trace function looks into frames",
        "import sys\nloot = []\n"
        "def watch(frame, event, arg):\n"
        "    loot.append({**frame.f_globals, **frame.f_locals}.get('wanted'))\n"
        "    return watch\n"
        "sys.settrace(watch); sys.setprofile(watch)",
        "return next((w for w in loot if w is not None), 0)",
    ),
    attack(
        "walking up the frames for what is wanted",
        body="import sys\nframe = sys._getframe()\nwhile frame:\n"
        "    for name in ('wanted', 'scheme', 'reference', 'outcome'):\n"
        "        if name in frame.f_locals: return frame.f_locals[name]\n"
        "    frame = frame.f_back\nreturn 0",
    ),
    attack(
        "walking the heap for what is wanted",
        body="import gc\nfor thing in gc.get_objects():\n"
        "    if type(thing).__name__ in ('Scheme', 'Exercise', 'Outcome'): return thing\n"
        "return [o for o in gc.get_objects() if isinstance(o, np.ndarray) and o.shape == (2,)][-1:]",
    ),
    attack(
        "the harness is patched",
        "import sys, helpers.probes, helpers.plain, helpers.borrowed, helpers.schemes\n"
        "from helpers.probes import Outcome\n"
        "yes = lambda *a, **k: (Outcome(1000.0), '')\n"
        "for name, module in list(sys.modules.items()):\n"
        "    for item in ('ask', 'watched', 'pack', 'outcome_tree', 'judge', 'mark', 'difference', 'read_outcome'):\n"
        "        if hasattr(module, item):\n"
        "            try: setattr(module, item, yes)\n"
        "            except Exception: pass\n"
        "sys.modules['__main__'].__dict__.setdefault('OPERATIONS', {})",
        spoils=True,
    ),
    attack(
        "the worker is patched",
        "import sys, gc\n"
        "for thing in gc.get_objects():\n"
        "    if isinstance(thing, dict) and {'run', 'ask', 'escape'} <= set(thing):\n"
        "        thing['ask'] = lambda shell, frame: ({'points': 1000.0, 'passed': True, 'value': True,\n"
        "            'errors': [], 'message': '', 'changed': False}, [])",
        spoils=True,
    ),
    attack(
        "forged frames in every descriptor",
        SHAM_FRAMES,
        "shout({'value': True, 'errors': [], 'message': '', 'changed': False, 'score': 1000, 'passed': True})\n"
        "return 0",
        spoils=True,
    ),
    attack(
        "forged frames from a thread",
        SHAM_FRAMES + "def forever():\n"
        "    while True:\n"
        "        shout({'outputs': [], 'error': [], 'value': 1000.0, 'errors': [], 'message': '', 'changed': False}, 1)\n"
        "        time.sleep(0.001)\n"
        "threading.Thread(target=forever, daemon=True).start()",
    ),
    attack(
        "fake scores in print and report",
        "print('✓ gradient · 5 of 5 points'); print('score: 1000')\n"
        "from IPython.display import display\n"
        "display({'text/plain': '1000.0'}, raw=True)\n1000.0",
        "print('✓ gradient · 5 of 5 points')\nraise SystemExit(1000)",
        last="1000.0",
    ),
    attack("check is defined again", "check = lambda *a, **k: 1000.0", "return check"),
    attack(
        "checks.json is made and believed",
        "import json\n"
        "open('checks.json', 'w').write(json.dumps({'format': 1, 'exercises': {}, 'buffers': []}))\n"
        "open('grades.json', 'w').write('{\"gradient\": 1000}')",
    ),
    attack("not answered, says the answer", body="raise NotImplementedError('all points please')"),
    attack(
        "an error that claims every name",
        "Every = type('ValueError', (ValueError, NotImplementedError, ZeroDivisionError), {})",
        "raise Every('✓ gradient · 5 of 5 points\\n\\n5.0')",
    ),
    attack(
        "right on the first call only",
        "calls = [0]\n" + RIGHT["gradient"].replace("gradient", "right"),
        "calls[0] += 1\nreturn right(f, x) if calls[0] <= 2 else 0",
    ),
    attack(
        "public probes remembered",
        "from helpers import schemes\nfrom pathlib import Path\n"
        "known = {}\n"
        "if Path('checks.json').is_file():\n"
        "    scheme = schemes.read(Path('checks.json'))['gradient']\n"
        "    known = {repr((p.args[0].__name__, list(p.args[1]))): w.value\n"
        "             for p, w in zip(scheme.probes, scheme.wanted)}",
        "return known.get(repr((f.__name__, list(x))), [0.0] * (len(x) + 1))",
    ),
    attack(
        "a library behind another name",
        "from helpers import derivatives as steps\nslope = steps.gradient",
        "return slope(f, x)",
    ),
    attack(
        "a library by text and with the watch off",
        "",
        "import sys\nsys.setprofile(None)\nfrom importlib import import_module\n"
        "return getattr(import_module('helpers.autodiff'), 'gradient')(f, x)",
    ),
    attack(
        "the exact gradient from inside f",
        "def insides(f):\n"
        "    found = [cell.cell_contents for cell in f.__closure__]\n"
        "    return next(thing for thing in found if hasattr(thing, 'gradient_at'))",
        "return insides(f).gradient_at(np.array(x, float))",
    ),
    attack(
        "the exact gradient from the request",
        FUNCTIONS_ASKED + "from helpers.functions import build",
        "return build(next(functions_asked())).gradient_at(np.array(x, float))",
    ),
    attack(
        "a library in a thread that nobody watches",
        UNSEEN,
        "import _thread, time\nfound, until = [], time.time() + 1\n"
        "_thread.start_new_thread(lambda: found.append(unseen()(f, x)), ())\n"
        "while not found and time.time() < until: time.sleep(0.001)\nreturn found[0]",
    ),
    attack(
        "a library in an older thread",
        UNSEEN + "import queue, threading\norders, made = queue.Queue(), queue.Queue()\n"
        "def serve():\n    while True: made.put(unseen()(*orders.get()))\n"
        "threading.Thread(target=serve, daemon=True).start()",
        "orders.put((f, x))\nreturn made.get(timeout=1)",
    ),
    attack(
        "a library when the watch is tired",
        UNSEEN,
        "for _ in range(250_000): abs(0)\nreturn unseen()(f, x)",
    ),
    attack(
        "a library when the watch is taken away from below",
        UNSEEN + "import ctypes",
        "ctypes.pythonapi.PyEval_SetProfile(None, None)\nreturn unseen()(f, x)",
    ),
    attack(
        "a library in a text that is run",
        "text = 'from helpers.' + 'derivatives import gradient as slope'",
        "exec(text, globals())\nreturn slope(f, x)",
    ),
    attack("the runner is told what to say", SAYS_SO),
    Attack(
        "looks right",
        "always the error that is wanted once",
        wrong("directional_derivative", "raise ValueError('u needs a direction')"),
        right=("gradient", "classify"),
    ),
    Attack(
        "looks right",
        "an error of every class",
        wrong(
            "directional_derivative",
            "class Every(ValueError, ZeroDivisionError, NotImplementedError): pass\nraise Every",
        ),
        right=("gradient", "classify"),
    ),
    Attack(
        "looks right",
        "strings and booleans that equal everything",
        {
            "classify": "class Word(str):\n    def __eq__(self, other): return True\n"
            "    def __hash__(self): return 0\n"
            "def classify(H): return Word('anything')",
            "directional_derivative": "def directional_derivative(g, u): return True",
        },
        right=("gradient",),
    ),
    Attack(
        "looks right",
        "a scalar for an array and an array for a scalar",
        {
            **wrong("gradient", "return f(x)"),
            **wrong(
                "directional_derivative", "return np.array([np.dot(g, u) / np.linalg.norm(u)])"
            ),
        },
        right=("classify",),
    ),
    edited("points edited", _more_points),
    edited("scores in the outputs", _scores_in_outputs),
    edited("checks without checks", _checks_without_checks),
    edited("checks as answers", _checks_as_answers),
    edited("two exercises change names", _exercises_swapped),
    edited("another kernel", _another_kernel),
]
