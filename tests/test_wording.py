"""What a check prints is short, exact, and never more than a student needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers.functions import bowl
from helpers.marking import Finding, Mistake, Report
from helpers.plain import Opaque
from helpers.probes import Outcome, Probe
from helpers.wording import call_text, describe, value_text

PROBE = Probe("value", (bowl, [1.0, 2.0]))
SUM = Mistake("sums", "You added the partial derivatives together.", "How many are there?", ())


def finding(got: Outcome, hidden: bool = False, sentence: str = "it is different") -> Finding:
    return Finding(PROBE, Outcome(np.array([2.0, 8.0])), got, sentence, hidden)


def report(*findings: Finding, **more: Any) -> Report:
    return Report("gradient", 1, 4, findings, **more)


def test_a_slip_is_shown_with_the_call_what_was_wanted_what_came_and_a_question() -> None:
    text = describe(report(finding(Outcome(10.0)), mistake=SUM))
    assert text.splitlines() == [
        "✗ gradient · 1 of 4 points so far",
        "",
        "  gradient(bowl, [1.0, 2.0])",
        "    wanted   shape (2,)    [2.0, 8.0]",
        "    got      a number      10.0",
        "    it is different",
        "",
        "  You added the partial derivatives together.",
        "  How many are there?",
    ]


def test_the_visible_check_says_that_more_will_come_and_the_graded_one_gives_points() -> None:
    right = Report("gradient", 4, 4)
    assert "fresh ones run when it is graded" in describe(right)
    assert describe(right, graded=True) == "✓ gradient · 4 of 4 points"
    assert describe(report(), graded=True).startswith("✗ gradient · 1 of 4 points")
    assert "so far" not in describe(report(), graded=True)


def test_an_exercise_that_is_not_answered_is_neither_right_nor_wrong() -> None:
    text = describe(Report("gradient", 0, 4, answered=False))
    assert text == "○ gradient · not answered yet · 0 of 4 points"


def test_a_fresh_probe_is_never_shown_with_its_values() -> None:
    text = describe(report(finding(Outcome(7.125), hidden=True)), graded=True)
    assert "On a fresh probe (value): it is different." in text
    for secret in ("bowl", "[1.0, 2.0]", "8.0", "7.125"):
        assert secret not in text


def test_a_visible_finding_is_shown_before_a_fresh_one_and_the_others_are_counted() -> None:
    findings = [finding(Outcome(1.0), hidden=True), finding(Outcome(2.0)), finding(Outcome(3.0))]
    text = describe(report(*findings))
    assert "got      a number      2.0" in text
    assert "2 more probes differ." in text
    assert "1 more probe differs." in describe(report(*findings[:2]))
    assert "differ" not in describe(report(findings[1])).replace("different", "")


def test_an_error_is_shown_on_one_line_by_its_class_and_message() -> None:
    got = Outcome(errors=("TypeError", "Exception"), message="no\n  way " + "x" * 999)
    lines = describe(report(finding(got))).splitlines()
    [line] = [line for line in lines if line.startswith("    got")]
    assert "TypeError" in line
    assert "no way xxx" in line
    assert len(line) < 300
    assert "    it is different" not in lines


def test_two_values_that_print_alike_are_told_apart_by_a_sentence() -> None:
    close = finding(Outcome(np.array([2.0, 8.0 + 1e-9])), sentence="largest error 1e-10 at [1]")
    text = describe(report(close))
    assert text.count("[2.0, 8.0]") == 2
    assert "largest error 1e-10 at [1]" in text


def test_remarks_are_shown_where_there_are_no_findings() -> None:
    text = describe(report(remarks=("won 12 of 50, 80% wanted",), mistake=SUM))
    assert "  won 12 of 50, 80% wanted" in text
    assert text.endswith("  How many are there?")


def test_halves_of_points_are_shown_as_they_are() -> None:
    assert "1.5 of 4 points" in describe(Report("gradient", 1.5, 4.0))


@pytest.mark.parametrize(
    ("probe", "wanted"),
    [
        (Probe("value", (bowl, np.array([1, 2]), 0)), "f(bowl, [1, 2], 0)"),
        (Probe("value", ((1.0,), [bowl, 2])), "f((1.0,), [bowl, 2])"),
        (Probe("value", (1,), ((2.0,), ("a", None))), "f(1)(2.0)('a', None)"),
        (Probe("value", ()), "f()"),
        (Probe("value", None), "f"),
    ],
)
def test_a_probe_is_shown_as_the_call_that_a_student_would_type(probe: Probe, wanted: str) -> None:
    assert call_text("f", probe) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1 / 3, "0.33333333"),
        (2.0000000000131, "2.0"),
        (1.4e-11, "0.0"),
        (-1e300, "-1e+300"),
        (float("nan"), "nan"),
        (np.array([[1.0, 2e-16], [0.1, 3]]), "[[1.0, 0.0], [0.1, 3.0]]"),
        (np.array(2.5), "2.5"),
        ([np.array(2.5), np.array([1, 2])], "[2.5, [1, 2]]"),
        ((1, "a", True, None), "(1, 'a', True, None)"),
        ((1.0,), "(1.0,)"),
        ({"A": np.array([0.5, 1.0]), "B": {"C": 0.1}}, "{'A': [0.5, 1.0], 'B': {'C': 0.1}}"),
        (1 + 0.5j, "1+0.5j"),
        (Opaque("a function"), ""),
        ("line\nline", r"'line\nline'"),
    ],
)
def test_a_value_is_shown_in_a_few_characters(value: Any, wanted: str) -> None:
    assert value_text(value) == wanted


def test_a_long_value_is_cut() -> None:
    text = value_text(np.arange(1000.0))
    assert len(text) == 70
    assert text.endswith("…")
