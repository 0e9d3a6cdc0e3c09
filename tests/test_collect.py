"""Downloads of every form end up where they are graded."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from autograder import collect, gradebook
from autograder.classroom import Classroom, CourseError
from tests.conftest import WEEK

OTHER = "week1_other"
NOON = 1_700_000_000


@pytest.fixture
def two_weeks(released: Classroom) -> Classroom:
    """A classroom in which two weeks have been released."""
    folder = released.release(OTHER)
    folder.mkdir(parents=True)
    text = (
        released.released(WEEK)
        .read_text("utf-8")
        .replace('"double"', '"triple"')
        .replace("check_double", "check_triple")
    )
    (folder / f"{OTHER}.ipynb").write_text(text, "utf-8")
    return released


def put(folder: Path, name: str, content: str = "{}", time_s: int = NOON) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    os.utime(path, (time_s, time_s))
    return path


def zipped(files: dict[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2024, 5, 1, 12, 0, 0))
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "student", "week"),
    [
        (f"ada/{WEEK}/{WEEK}.ipynb", "ada", WEEK),
        (f"ada/{WEEK}.ipynb", "ada", WEEK),
        ("ada/Week 9 tiny (1).ipynb", "ada", WEEK),
        ("ada/week9_tiny-1.IPYNB", "ada", WEEK),
        ("ada/Week-09 final.ipynb", "ada", WEEK),
        ("ada/week1_other - Copy.ipynb", "ada", OTHER),
        (f"{WEEK}/ada/answers.ipynb", "ada", WEEK),
        (f"submitted/ada/{WEEK}/{WEEK}.ipynb", "ada", WEEK),
        (f"Ada Lovelace_1234567_assignsubmission_file_/{WEEK}.ipynb", "Ada-Lovelace", WEEK),
        (f"Ada Lovelace_1234567_assignsubmission_file_{WEEK}.ipynb", "Ada-Lovelace", WEEK),
        ("Žofia Müller_77_assignsubmission_file_/Week 9.ipynb", "Žofia-Müller", WEEK),
        (f"lovelaceada_12345_67890_{WEEK}-2.ipynb", "lovelaceada_12345", WEEK),
        (f"lovelaceada_LATE_12345_67890_{WEEK}.ipynb", "lovelaceada_12345", WEEK),
        (f"ada+{WEEK}+2024-05-01 12:00:00.000000 UTC+x1/{WEEK}.ipynb", "ada", WEEK),
    ],
)
def test_a_file_name_tells_student_and_week(
    two_weeks: Classroom, tmp_path: Path, name: str, student: str, week: str
) -> None:
    put(tmp_path / "in", name, '{"a": 1}')
    result = collect.collect(two_weeks, tmp_path / "in")
    assert result.aside == []
    assert list(result.taken) == [(student, week)]
    assert two_weeks.submitted(student, week).read_bytes() == b'{"a": 1}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_exercises_inside_tell_the_week_when_the_name_does_not(
    two_weeks: Classroom, tmp_path: Path, encoding: str
) -> None:
    text = two_weeks.released(OTHER).read_text("utf-8")
    path = put(tmp_path / "in", "ada/Untitled3.ipynb")
    path.write_bytes(text.encode(encoding)[:-40])
    assert list(collect.collect(two_weeks, tmp_path / "in").taken) == [("ada", OTHER)]


def test_what_cannot_be_sorted_is_set_aside_with_a_sentence_and_the_rest_goes_on(
    two_weeks: Classroom, tmp_path: Path
) -> None:
    put(tmp_path / "in", "ada/mystery.ipynb")
    put(tmp_path / "in", f"{WEEK}.ipynb")
    put(tmp_path / "in", "ada/notes.txt")
    put(tmp_path / "in", f"bob/{WEEK}.ipynb")
    put(tmp_path / "in", f"bob/.ipynb_checkpoints/{WEEK}-checkpoint.ipynb", "old", NOON + 100)
    result = collect.collect(two_weeks, tmp_path / "in")
    assert list(result.taken) == [("bob", WEEK)]
    assert sorted(result.aside) == [
        "ada/mystery.ipynb: nothing says which week it is.",
        "ada/notes.txt: not a notebook.",
        f"{WEEK}.ipynb: nothing says whose it is.",
    ]


def test_the_newest_of_several_files_counts_and_that_is_said(
    released: Classroom, tmp_path: Path
) -> None:
    put(tmp_path / "in", f"ada/{WEEK}.ipynb", "old", NOON)
    put(tmp_path / "in", f"ada/{WEEK} (1).ipynb", "new", NOON + 60)
    result = collect.collect(released, tmp_path / "in")
    assert released.submitted("ada", WEEK).read_text() == "new"
    assert result.said == [
        f"ada has several files for {WEEK}: ada/{WEEK} (1).ipynb is newer than ada/{WEEK}.ipynb."
    ]


def test_of_files_of_one_age_the_highest_copy_counts(released: Classroom, tmp_path: Path) -> None:
    for number in (2, 10, 3):
        put(tmp_path / "in", f"ada/{WEEK} ({number}).ipynb", str(number))
    collect.collect(released, tmp_path / "in")
    assert released.submitted("ada", WEEK).read_text() == "10"


def test_the_time_is_written_as_nbgrader_reads_it(released: Classroom, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{WEEK}.ipynb")
    collect.collect(released, tmp_path / "in")
    when = gradebook.timestamp(released.submitted("ada", WEEK).parent)
    assert when is not None
    assert when.isoformat() == "2023-11-14T22:13:20"


def test_collecting_again_changes_nothing_and_an_older_file_does_not_win(
    released: Classroom, tmp_path: Path
) -> None:
    put(tmp_path / "in", f"ada/{WEEK}.ipynb", "one", NOON)
    collect.collect(released, tmp_path / "in")
    assert collect.collect(released, tmp_path / "in").unchanged == 1
    put(tmp_path / "late", f"ada/{WEEK}.ipynb", "older", NOON - 3600)
    result = collect.collect(released, tmp_path / "late")
    assert released.submitted("ada", WEEK).read_text() == "one"
    assert result.said == [f"ada has a newer {WEEK} here already: ada/{WEEK}.ipynb is older."]


def test_zips_are_opened_also_a_students_zip_in_the_platforms(
    released: Classroom, tmp_path: Path
) -> None:
    inner = zipped({f"my work/{WEEK}.ipynb": b"inner"})
    outer = {
        "Ada Archer_11_assignsubmission_file_/hand-in.zip": inner,
        f"Ben Brook_12_assignsubmission_file_/{WEEK}.ipynb": b"ben",
        "__MACOSX/._x.ipynb": b"junk",
    }
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Maths-Week 9-555.zip").write_bytes(zipped(outer))
    result = collect.collect(released, tmp_path / "in")
    assert result.aside == []
    assert {student: found.content for (student, _), found in result.taken.items()} == {
        "Ada-Archer": b"inner",
        "Ben-Brook": b"ben",
    }


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("../../evil/week9_tiny.ipynb", stat.S_IFREG, "leads out"),
        ("/etc/week9_tiny.ipynb", stat.S_IFREG, "leads out"),
        ("..\\evil\\week9_tiny.ipynb", stat.S_IFREG, "leads out"),
        ("C:\\week9_tiny.ipynb", stat.S_IFREG, "leads out"),
        ("ada/week9_tiny.ipynb", stat.S_IFLNK, "not a regular file"),
        ("ada/run.exe", stat.S_IFREG, "not a notebook"),
    ],
)
def test_a_zip_cannot_write_elsewhere_or_bring_links(
    released: Classroom, tmp_path: Path, name: str, mode: int, reason: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.zip").write_bytes(zipped({name: b"{}"}, mode | 0o644))
    before = sorted(tmp_path.rglob("*.ipynb"))
    result = collect.collect(released, tmp_path / "in")
    assert not result.taken
    assert len(result.aside) == 1
    assert reason in result.aside[0]
    assert sorted(tmp_path.rglob("*.ipynb")) == before


def test_a_zip_in_a_zip_in_a_zip_is_not_opened(released: Classroom, tmp_path: Path) -> None:
    deep = zipped({"a.zip": zipped({"b.zip": zipped({f"{WEEK}.ipynb": b"{}"})})})
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "c.zip").write_bytes(deep)
    result = collect.collect(released, tmp_path / "in")
    assert not result.taken
    assert "a zip in a zip in a zip" in result.aside[0]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a zip", zipped({"x.ipynb": b"{}" * 99})[:-30]]
)
def test_a_damaged_zip_is_set_aside(released: Classroom, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "week9.zip").write_bytes(content)
    put(tmp_path / "in", f"bob/{WEEK}.ipynb")
    result = collect.collect(released, tmp_path / "in")
    assert list(result.taken) == [("bob", WEEK)]
    assert len(result.aside) == 1


def test_a_zip_bomb_is_not_unpacked(
    released: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "MAX_UNPACKED_BYTES", (1000, 100))
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "week9.zip").write_bytes(zipped({f"{WEEK}.ipynb": b" " * 5000}))
    result = collect.collect(released, tmp_path / "in")
    assert not result.taken
    assert "5,000 bytes" in result.aside[0]


def test_links_pipes_and_giants_are_not_followed_opened_or_copied(
    released: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.ingest.MAX_BYTES", 1000)
    secret = put(tmp_path, "secret.ipynb", "secret")
    for student in ("ada", "bob", "eve"):
        (tmp_path / "in" / student).mkdir(parents=True)
    (tmp_path / "in" / "ada" / f"{WEEK}.ipynb").symlink_to(secret)
    os.mkfifo(tmp_path / "in" / "bob" / f"{WEEK}.ipynb")
    put(tmp_path / "in", f"eve/{WEEK}.ipynb", " " * 2000)
    (tmp_path / "in" / "all").symlink_to(tmp_path)
    result = collect.collect(released, tmp_path / "in")
    assert not result.taken
    assert len(result.aside) == 4


def test_two_people_of_one_name_are_kept_apart(released: Classroom, tmp_path: Path) -> None:
    put(tmp_path / "in", f"Ada Archer_11_assignsubmission_file_/{WEEK}.ipynb", "one")
    put(tmp_path / "in", f"Ada Archer_12_assignsubmission_file_/{WEEK}.ipynb", "two")
    result = collect.collect(released, tmp_path / "in")
    assert sorted(result.taken) == [("Ada-Archer", WEEK), ("Ada-Archer-12", WEEK)]
    assert result.said == ["Two people are called Ada Archer; one of them is Ada-Archer-12 here."]


def test_a_folder_around_the_students_folders_is_not_taken_for_a_student(
    released: Classroom, tmp_path: Path
) -> None:
    for student in ("ada", "bob"):
        put(tmp_path / "in", f"Assignment export/{student}/{WEEK}.ipynb")
    assert sorted(collect.collect(released, tmp_path / "in").taken) == [
        ("ada", WEEK),
        ("bob", WEEK),
    ]


def test_what_the_platforms_call_students_is_kept(released: Classroom, tmp_path: Path) -> None:
    put(tmp_path / "in", f"Ada Archer_11_assignsubmission_file_/{WEEK}.ipynb")
    put(tmp_path / "in", f"brookben_22_33_{WEEK}.ipynb")
    collect.collect(released, tmp_path / "in")
    assert json.loads(released.origins.read_text()) == {
        "Ada-Archer": {"moodle": {WEEK: "11"}},
        "brookben_22": {"canvas": "22"},
    }
    with gradebook.opened(released) as book:
        student = book.find_student("Ada-Archer")
        assert (student.first_name, student.last_name) == ("Ada", "Archer")


def test_a_missing_folder_and_an_unreleased_course_are_said(
    released: Classroom, tmp_path: Path
) -> None:
    with pytest.raises(CourseError, match="is not a folder"):
        collect.collect(released, tmp_path / "nowhere")
    shutil.rmtree(released.root / "release")
    with pytest.raises(CourseError, match="course release"):
        collect.collect(released, tmp_path)
