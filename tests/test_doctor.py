"""What a machine is asked."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

import pytest

from autograder import doctor
from autograder.classroom import Classroom


def test_this_machine_has_what_the_course_needs(released: Classroom) -> None:
    assert [
        finding.what for finding in doctor.examine(released) if finding.needed and not finding.good
    ] == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "scipy":
            raise importlib.metadata.PackageNotFoundError
        return "1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    (finding,) = doctor.packages()
    assert (finding.good, finding.what) == (False, "packages missing: scipy")


def test_a_missing_browser_is_no_disaster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert (doctor.browser().good, doctor.browser().needed) == (False, False)


def test_a_course_without_notebooks_is_noticed(tmp_path: Path) -> None:
    *_, weeks = doctor.folders(Classroom(tmp_path / "class", tmp_path / "nothing"))
    assert (weeks.good, weeks.what) == (False, "0 weeks in nothing")


def test_where_the_course_is_installed_its_own_record_names_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ["numpy<3,>=2", "no-such-package>=1", 'pytest; extra == "test"']
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: known)
    (finding,) = doctor.packages()
    assert finding.what == "packages missing: no-such-package"


def test_the_course_goes_by_the_name_that_is_installed() -> None:
    text = (doctor.ROOT / "pyproject.toml").read_text("utf-8")
    assert f'name = "{doctor.PROJECT}"' in text
