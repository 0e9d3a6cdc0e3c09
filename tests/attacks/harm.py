"""Submissions that try to break the machine, the grader or the batch.

Words in capitals stand for places that the test made for them: what is attacked is never the real thing, and
what floods would end by itself.
"""

from __future__ import annotations

from attacks.course import RIGHT, Attack, wrong

OTHERS = ("directional_derivative", "classify")


def cell(name: str, source: str) -> Attack:
    """Honest answers beside a harmful cell: they keep their points."""
    return Attack("harm", name, first=f"import os, sys, threading, time\n{source}")


def call(name: str, body: str) -> Attack:
    """A harmful answer to one exercise: it costs that exercise."""
    return Attack("harm", name, wrong("gradient", f"import os, sys, time\n{body}"), right=OTHERS)


def ending(name: str, source: str) -> Attack:
    """Harm after everything has been answered: all points are kept."""
    return Attack("harm", name, last=f"import os, sys, threading, time\n{source}")


NEVER = (
    "while True:\n    try:\n        while True: time.sleep(0.01)\n    except BaseException: pass"
)
ATTACKS = [
    cell("a fork bomb", "for _ in range(300):\n    os.fork()"),
    cell(
        "a fork bomb from below",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "for number in (56, 57, 58, 220, 435, 1079):\n"
        "    for _ in range(100): libc.syscall(number, 17, 0, 0, 0, 0)",
    ),
    cell(
        "a daemon",
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)",
    ),
    cell(
        "processes by every module",
        "import multiprocessing, subprocess\n"
        "for start in (lambda: subprocess.Popen(['sleep', '60'], start_new_session=True),\n"
        "              lambda: os.system('sleep 60 &'), lambda: os.posix_spawn('/bin/sleep', ['sleep', '60'], {}),\n"
        "              lambda: multiprocessing.Process(target=time.sleep, args=(60,)).start(),\n"
        "              lambda: get_ipython().system('sleep 60 &'), lambda: os.execv('/bin/sleep', ['sleep', '60'])):\n"
        "    try: start()\n"
        "    except Exception as error: print(error)",
    ),
    cell(
        "a thousand threads",
        "threading.stack_size(65536)\nfor _ in range(5_000):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    ),
    cell(
        "threads that stay",
        "for _ in range(20):\n    threading.Thread(target=time.sleep, args=(60,)).start()",
    ),
    cell(
        "a thread that never stops counting",
        "def count():\n    n = 0\n    while True: n += 1\n"
        "threading.Thread(target=count, daemon=True).start()",
    ),
    cell("memory in one piece", "hoard = np.ones(10**10)"),
    cell("memory bit by bit", "hoard = []\nfor _ in range(500): hoard.append(bytearray(10**7))"),
    call(
        "memory in a call", "hoard = []\nfor _ in range(50): hoard.append(np.ones(10**7))\nreturn 0"
    ),
    cell(
        "a disk full of files",
        "for i in range(2_000):\n    open(f'{i}', 'wb').write(bytes(10**6))",
    ),
    cell("a disk full of names", "for i in range(50_000):\n    open(f'{i}', 'wb').close()"),
    cell(
        "one large file",
        "with open('large', 'wb') as file:\n    for _ in range(100): file.write(bytes(10**7))",
    ),
    cell(
        "folders without end",
        "for _ in range(5_000):\n    os.mkdir('d')\n    os.chdir('d')",
    ),
    cell(
        "folders that nobody may enter",
        "os.mkdir('shut'); open('shut/file', 'w').close(); os.chmod('shut', 0)\nos.mkdir('closed', 0)",
    ),
    cell("a flood of output", "while True: print('x' * 100_000)"),
    ending(
        "a flood of displays",
        "from IPython.display import display\nfor _ in range(50_000): display(_)",
    ),
    cell(
        "a flood past Python's streams",
        "import ctypes\nfor _ in range(200):\n    os.write(1, b'x' * 100_000); os.write(2, b'x' * 100_000)\n"
        "    ctypes.CDLL(None).puts(b'x' * 1000)",
    ),
    cell("a loop that swallows interrupts", NEVER),
    call("an answer that swallows interrupts", NEVER),
    call("a loop inside C", "return sum(range(10**13))"),
    call(
        "a regular expression that never ends",
        "import re\nreturn re.match('(a+)+$', 'a' * 64 + 'b')",
    ),
    cell("a cell that ends the process", "os._exit(0)"),
    call("an answer that ends the process", "os._exit(0)"),
    ending("the end of the process at the end", "os._exit(0)"),
    cell("sys.exit in a cell", "sys.exit(1)"),
    call("sys.exit in a call", "sys.exit(1)"),
    cell(
        "an end after a while",
        "threading.Timer(0.3, os._exit, (0,)).start()\ntime.sleep(0.6)",
    ),
    cell(
        "an end soon",
        "def soon():\n    time.sleep(0.02); os._exit(0)\nthreading.Thread(target=soon).start()",
    ),
    cell(
        "an end once the answers are asked",
        "import helpers.probes\nhelpers.probes._same = lambda *a: os._exit(0)",
    ),
    cell("a crash", "import ctypes\nctypes.string_at(0)"),
    call("a crash in a call", "import ctypes\nctypes.memset(0, 0, 1)"),
    call(
        "a crash by recursion", "sys.setrecursionlimit(10**9)\nf = lambda n: f(n + 1)\nreturn f(0)"
    ),
    cell(
        "signals to everyone",
        "import signal\nfor pid in (GRADER, os.getppid(), 0, os.getpid(), -os.getpgid(0)):\n"
        "    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):\n"
        "        try: os.kill(pid, number)\n"
        "        except OSError as error: print(error)",
    ),
    cell(
        "signals by way of a file's owner",
        "import ctypes, fcntl\nr, w = os.pipe()\n"
        "for command, value in ((10, 9), (8, GRADER), (4, 0o20000)):\n"
        "    try: fcntl.fcntl(r, command, value)\n"
        "    except OSError as error: print(error)\n"
        "os.write(w, b'x')",
    ),
    call("a stop", "import signal\nos.kill(os.getpid(), signal.SIGSTOP)\nreturn 0"),
    cell(
        "delete everything",
        "import shutil\nfor place in (CLASSROOM, REPOSITORY, STAGE, '..', os.path.expanduser('~')):\n"
        "    shutil.rmtree(place, ignore_errors=True)",
    ),
    cell(
        "change what others read",
        "for place in (CLASSROOM, CLASSROOM + '/secret', STAGE + '/site/helpers/check.py'):\n"
        "    for act in (lambda: os.chmod(place, 0o777), lambda: os.chown(place, 1, 1), lambda: os.utime(place, (0, 0)),\n"
        "                lambda: os.truncate(place, 0), lambda: open(place, 'a').write('x'), lambda: os.rename(place, 'y'),\n"
        "                lambda: os.setxattr(place, 'user.x', b'y'), lambda: os.unlink(place),\n"
        "                lambda: os.link('x', place + '.new'), lambda: os.fchmod(os.open(place, os.O_RDONLY), 0)):\n"
        "        try: act()\n"
        "        except OSError: pass",
    ),
    cell(
        "teach the next submission something",
        "import helpers\nfor place in (helpers.__file__, STAGE + '/runs/sitecustomize.py',\n"
        "              STAGE + '/config/matplotlibrc', STAGE + '/evil', '/dev/shm/evil'):\n"
        "    try: open(place, 'a').write('raise SystemExit')\n"
        "    except OSError as error: print(error)\n"
        "np.cos = helpers.check = None",
    ),
    cell(
        "atexit and finalisers",
        "import atexit, weakref\natexit.register(time.sleep, 60)\n"
        "class Last:\n    def __del__(self): time.sleep(60)\nlast = Last()",
    ),
    cell(
        "the network",
        "import socket, urllib.request\n"
        "for port in (PORT, 22, 80):\n"
        "    for host in ('127.0.0.1', '::1', 'localhost', '10.0.0.1'):\n"
        "        try: socket.create_connection((host, port), 0.2); print('REACHED')\n"
        "        except OSError as error: print(error)\n"
        "try: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '/dev/log')\n"
        "except OSError as error: print(error)\n"
        "try: socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', '/dev/log')\n"
        "except OSError as error: print(error)",
    ),
    cell("all descriptors closed", "os.closerange(0, 256)"),
    call("all descriptors closed in a call", "os.closerange(0, 256)\nreturn 0"),
    cell(
        "channels made useless",
        "import fcntl\nfor fd in range(256):\n"
        "    for command, value in ((4, os.O_NONBLOCK | os.O_DIRECT | 0o20000), (1031, 4096)):\n"
        "        try: fcntl.fcntl(fd, command, value)\n"
        "        except OSError: pass",
    ),
    cell(
        "requests that nobody takes",
        "import json, struct\n"
        "def answer_without_listening():\n"
        "    text = json.dumps({'outputs': [], 'error': [], 'value': 0, 'errors': [], 'message': '', 'changed': False})\n"
        "    while True:\n"
        "        time.sleep(0.05)\n"
        "        for fd in range(3, 256):\n"
        "            try: os.write(fd, struct.pack('>I', len(text)) + text.encode())\n"
        "            except OSError: pass\n"
        "threading.Thread(target=answer_without_listening, daemon=True).start()\n"
        "#" + "x" * 150_000,
    ),
    call("a huge result", "return np.zeros(10**8)"),
    call("a huge list", "return [[0.0] * 1000] * 5000"),
    call("a huge number", "return 10**100_000"),
    call("a huge text", "return 'x' * 10**8"),
    call("a deep result", "deep = []\nfor _ in range(100_000): deep = [deep]\nreturn deep"),
    call("a result that holds itself", "loop = []\nloop.append(loop)\nreturn loop"),
    call("not numbers at all", "return np.full(len(x), np.nan)"),
    call("too many numbers that are none", "return np.full(99_999, np.inf)"),
    call("an error without end", "raise ValueError('x' * 10**8)"),
    Attack(
        "harm",
        "points earned before a crash are kept",
        wrong("classify", "import os\nos._exit(1)"),
        right=("gradient", "directional_derivative"),
    ),
    Attack(
        "harm",
        "only one of two answers hangs",
        {**wrong("classify", "while True: pass"), "gradient": RIGHT["gradient"]},
        right=("gradient", "directional_derivative"),
    ),
]
