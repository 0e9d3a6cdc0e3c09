"""The project's own files agree with each other, and hold nothing of one machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SKIPPED = {
    ".venv",
    ".bench",
    ".git",
    "classroom",
    "classroom-demo",
    "work",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".ipynb",
    ".csv",
    ".js",
    ".css",
    ".html",
    ".lock",
    ".txt",
    "",
}


def project_files() -> list[Path]:
    """Files that git keeps or would keep; all files where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        paths = [ROOT / line for line in listed.splitlines()]
    except (OSError, subprocess.CalledProcessError):
        paths = list(ROOT.rglob("*"))
    inside = [path for path in paths if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return [path for path in inside if path.is_file() and path.suffix in TEXT]


def plain(requirement: str) -> str:
    return re.sub(r"\s+", "", requirement).lower()


def test_the_conda_environment_names_the_same_packages_and_bounds() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:")[1]
    lines = {plain(match) for match in re.findall(r"^ *- ([a-z][^:\n]*)$", text, re.MULTILINE)}
    wanted = {
        plain(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    }
    assert lines - {"pip", plain(f"python{PROJECT['requires-python']}")} == wanted


def test_every_package_is_locked_with_hashes_and_without_an_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?://|index-url|find-links|file:", lock)
    locked = re.findall(r"^([a-z0-9][a-z0-9._-]*)==\S+.*\\\n +--hash=sha256:", lock, re.MULTILINE)
    assert len(locked) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
    direct = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert {re.split(r"[<>=; ]", line)[0] for line in direct} <= set(locked)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.stem
)
def test_no_notebook_is_kept_with_outputs(path: Path) -> None:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_no_file_names_a_folder_of_one_machine() -> None:
    pattern = re.compile(r"(?<![\w.:/-])/(?:work|root|farm|home|Users)/[A-Za-z]")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in project_files()
        for line in path.read_text("utf-8").splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_make_and_continuous_integration_name_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    places = [ROOT / ".github" / "workflows" / "ci.yml", ROOT / ".ci" / "run", ROOT / "README.md"]
    named = {
        name
        for path in places
        for name in re.findall(r"\bmake ([a-z]+)\b", path.read_text("utf-8"))
    }
    assert {"test", "check", "demo", "lab"} <= named <= targets


def test_every_version_has_its_changes() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## Unreleased" in changes or f"## {PROJECT['version']}" in changes
