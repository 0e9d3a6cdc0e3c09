"""Submissions that look for what they must not see: answers, grades, other students' work, the grader itself."""

from __future__ import annotations

from attacks.course import Attack, wrong

OTHERS = ("directional_derivative", "classify")


def found(name: str, body: str, first: str = "") -> Attack:
    """A gradient that is looked for instead of written."""
    answer = f"try:\n{_indented(body)}\nexcept BaseException as error:\n    return repr(error)"
    return Attack("secrets", name, wrong("gradient", answer), first, right=OTHERS)


def told(name: str, source: str) -> Attack:
    """Honest answers beside a cell that shows what it finds; words in capitals stand for real places."""
    shown = f"import os, sys, glob\nfrom pathlib import Path\n{source}"
    return Attack("secrets", name, first=shown)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


READ = """
def read(pattern):
    for path in glob.glob(pattern, recursive=True)[:200]:
        try: print(path, Path(path).read_bytes()[:3000])
        except OSError as error: print(type(error).__name__)
"""
ATTACKS = [
    found(
        "import the reference",
        "from autograder.exercises.week1_multivariate_calculus import gradient as g\nreturn g(f, x)",
    ),
    found(
        "import the reference by its parts",
        "import importlib\nfor name in ('autograder', 'autograder.compiler', 'autograder.exercises',\n"
        "             'autograder.exercises.week1_multivariate_calculus'):\n"
        "    module = importlib.import_module(name)\n"
        "return module.gradient(f, x)",
    ),
    found(
        "load the reference from its file",
        "import glob, importlib.util, sys\n"
        "places = [p for q in (*sys.path, REPOSITORY, '/repo', '/srv', '.')\n"
        "          for p in glob.glob(q + '/autograder/exercises/week1_multivariate_calculus.py')]\n"
        "spec = importlib.util.spec_from_file_location('week1', places[0])\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "return module.gradient(f, x)",
    ),
    found(
        "read the reference through open descriptors",
        "import os\nfor fd in range(3, 256):\n"
        "    try:\n"
        "        folder = os.open('autograder/exercises/week1_multivariate_calculus.py', os.O_RDONLY, dir_fd=fd)\n"
        "        return os.read(folder, 100)\n"
        "    except OSError: pass\n"
        "return 0",
    ),
    found(
        "import the reference with another finder",
        "import pkgutil, runpy, zipimport\n"
        "loader = pkgutil.get_loader('autograder') if hasattr(pkgutil, 'get_loader') else None\n"
        "return runpy.run_module('autograder.compiler')['compile_one']('gradient')",
    ),
    found(
        "hidden checks on the student's own machine",
        "check('gradient', lambda f, x: 0, probes='hidden')\nreturn 0",
    ),
    found(
        "find the seed and draw the probes",
        "import hashlib, hmac, helpers.functions\nfrom pathlib import Path\n"
        "secret = Path(CLASSROOM, 'secret').read_bytes()\n"
        "rng = np.random.default_rng(hmac.new(secret, b'week1', hashlib.sha256).digest())\n"
        "return rng.normal(size=len(x))",
    ),
    told(
        "the gradebook",
        "import sqlite3\n"
        "try: print(list(sqlite3.connect(GRADEBOOK).execute('select * from sqlite_master')))\n"
        "except Exception as error: print(error)\n"
        "try: print(open(GRADEBOOK, 'rb').read())\n"
        "except OSError as error: print(error)",
    ),
    told("the class's secret", READ + "read(CLASSROOM + '/secret')\nread(CLASSROOM + '/*')"),
    told(
        "other submissions",
        READ + "read(CLASSROOM + '/submitted/**/*')\nread('../**/*')\nread('..')",
    ),
    told(
        "other submissions by links",
        "os.symlink(CLASSROOM, 'link')\n"
        "try: print(Path('link/secret').read_bytes(), os.listdir('link'))\n"
        "except OSError as error: print(error)\n"
        "try: os.link(CLASSROOM + '/secret', 'hard'); print(Path('hard').read_bytes())\n"
        "except OSError as error: print(error)",
    ),
    told("the notebooks with solutions", READ + "read(REPOSITORY + '/notebooks/**/*.ipynb')"),
    told("the repository's history", READ + "read(REPOSITORY + '/.git/**/*')"),
    told("the environment", "print(dict(os.environ))\n" + READ + "read('/proc/self/environ')"),
    told(
        "the process table",
        READ
        + "read('/proc/*/environ')\nread('/proc/*/cmdline')\nread('/proc/*/maps')\nread('/proc/*/fd/*')",
    ),
    told(
        "the memory of other processes",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "for pid in (os.getppid(), GRADER):\n"
        "    try: print(open(f'/proc/{pid}/mem', 'rb').read(10))\n"
        "    except OSError as error: print(error)\n"
        "    print(libc.ptrace(16, pid, 0, 0), ctypes.get_errno())\n"
        "    here, there = (ctypes.c_size_t * 2)(0, 8), (ctypes.c_size_t * 2)(4194304, 8)\n"
        "    print(libc.process_vm_readv(pid, here, 1, there, 1, 0), ctypes.get_errno())",
    ),
    told(
        "the descriptors of other processes",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "for pid in (os.getppid(), GRADER):\n"
        "    pidfd = libc.syscall(434, pid, 0)\n"
        "    print(pidfd, [libc.syscall(438, pidfd, fd, 0) for fd in range(20)])",
    ),
    told(
        "names that can be watched",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "fd = libc.inotify_init1(0)\n"
        "assert fd < 0 or libc.inotify_add_watch(fd, CLASSROOM.encode(), 0xfff) < 0\n",
    ),
]
