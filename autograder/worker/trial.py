"""The self-test of the sandbox: try what a submission must not be able to do, and say what worked."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def attempt(targets: dict[str, Any]) -> list[str]:
    """Names of the attempts that succeeded; none should.

    Parameters
    ----------
    targets : dict
        ``canary`` (a file's path), ``port`` (of a listener on loopback), ``parent`` (a process id).
    """
    canary = Path(targets["canary"])
    attempts: dict[str, Callable[[], object]] = {
        "read a file of the classroom": canary.read_bytes,
        "list a folder of the classroom": lambda: os.listdir(canary.parent),
        "write beside the classroom": lambda: Path(f"{canary}.written").write_bytes(b""),
        "change a file's mode": lambda: _changed_mode(canary),
        "import the reference": lambda: importlib.import_module("autograder.exercises"),
        "read another process": lambda: Path(f"/proc/{targets['parent']}/environ").read_bytes(),
        "connect to a socket": lambda: socket.create_connection(
            ("127.0.0.1", targets["port"]), 1
        ).close(),
        "start a process": lambda: subprocess.run(
            [sys.executable, "-c", ""], check=True, timeout=5
        ),
        "signal another process": lambda: os.kill(targets["parent"], signal.SIGCONT),
    }
    return [name for name, act in attempts.items() if _works(act)]


def _changed_mode(file: Path) -> None:
    """Change a file's mode; some filters say it is done and do nothing."""
    before = file.stat().st_mode
    file.chmod(0o644 if before & 0o777 != 0o644 else 0o600)
    if file.stat().st_mode == before:
        raise PermissionError


def _works(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, ImportError, subprocess.SubprocessError):
        return False
    return True
