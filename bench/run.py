"""Run every bench, show its table, and write all of them to bench/results.md.

``make bench`` runs this in an environment of its own, with the peers that we compare with. ``--quick`` takes a minute or two and
only shows that everything works; its numbers mean little. Names of benches run only those.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results.md"
QUICK = {
    "derivatives": (),
    "grading": ("--quick",),
    "redraw": ("line: ", "contour + arrows", "surface: "),
}
PACKAGES = (
    "numpy scipy matplotlib autograd jax numdifftools algopy nbgrader jupyterlab playwright".split()
)
GIB = 2**30


def run(name: str, options: Sequence[str] = ()) -> str:
    """Run one bench in a process of its own, show what it prints as it comes, and return it."""
    print(f"\n== {name}", flush=True)
    command = [sys.executable, "-u", str(FOLDER / f"{name}.py"), *options]
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        reason = lines[-1].strip() if lines else f"it ended with {process.returncode}"
        lines = [f"not measured: {reason}\n"]
    return "".join(lines)


def machine() -> str:
    """What this was measured on: no names, no paths."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
        memory = f", {size:.0f} GiB"
    return f"{platform.system()} {platform.machine()}, {cores} cores{memory}"


def versions() -> str:
    """Python and the packages that were measured, as they are installed here."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    return ", ".join(found)


def as_markdown(name: str, said: str) -> str:
    """A bench's section: its tables as they are if they are Markdown already."""
    body = said.strip() if "|---" in said else f"```text\n{said.rstrip()}\n```"
    return f"## {name}\n\n{body}\n"


def main(arguments: Sequence[str]) -> int:
    """Run the benches named, or all; how many could not be measured."""
    quick = "--quick" in arguments
    wanted = [name for name in arguments if name in QUICK] or list(QUICK)
    head = (
        "# What was measured\n\nBy `make bench`; every ratio stands beside the bar it is held to.\n"
    )
    if quick:
        head += "\n**A quick run: it shows that the benches work, not how fast anything is.**\n"
    parts = [head, f"{machine()}  \n{versions()}\n"]
    said = {name: run(name, QUICK[name] if quick else ()) for name in wanted}
    parts += [as_markdown(name, text) for name, text in said.items()]
    RESULTS.write_text("\n".join(parts), "utf-8")
    print(f"\nwritten to {RESULTS.relative_to(FOLDER.parent)}")
    return sum(text.startswith("not measured") for text in said.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
