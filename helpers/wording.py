"""Say what a check found: what was called, what was wanted, what came, and which slip it was."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from helpers.compare import kind_of
from helpers.marking import Finding, Report
from helpers.plain import Opaque
from helpers.probes import Outcome, Probe, resolve
from helpers.seal import is_sealed

SHORT = 70
ROUNDING = 1e-10  # smaller numbers are what rounding leaves of a zero


def describe(report: Report, graded: bool = False) -> str:
    """The lines a student reads.

    Parameters
    ----------
    report : Report
    graded : bool
        True when the hidden probes have been asked too.

    Examples
    --------
    >>> print(describe(Report("gradient", 4, 4)))
    ✓ gradient · visible checks passed (fresh ones run when it is graded)
    """
    if not report.answered:
        return f"○ {report.name} · not answered yet · 0 of {_number(report.max_points)} points"
    if report.passed and not graded:
        return f"✓ {report.name} · visible checks passed (fresh ones run when it is graded)"
    score = f"{_number(report.points)} of {_number(report.max_points)} points"
    if report.passed:
        return f"✓ {report.name} · {score}"
    return "\n".join([f"✗ {report.name} · {score}{'' if graded else ' so far'}", *_details(report)])


def _details(report: Report) -> list[str]:
    lines: list[str] = []
    visible = [finding for finding in report.findings if not finding.hidden]
    if report.findings:
        first = visible[0] if visible else report.findings[0]
        lines += ["", *_finding_lines(report.name, first)]
        others = len(report.findings) - 1
        if others:
            lines += ["", f"  {others} more {'probe differs' if others == 1 else 'probes differ'}."]
    lines += ["", *(f"  {remark}" for remark in report.remarks)] if report.remarks else []
    if report.mistake:
        lines += ["", f"  {report.mistake.sentence}", f"  {report.mistake.ask}"]
    return lines


def _finding_lines(name: str, finding: Finding) -> list[str]:
    if finding.hidden:
        return [f"  On a fresh probe ({finding.probe.group}): {finding.sentence}."]
    wanted, got = _outcome_parts(finding.wanted), _outcome_parts(finding.got)
    width = max(len(wanted[0]), len(got[0])) + 3
    lines = [
        f"  {call_text(name, finding.probe)}",
        f"    wanted   {wanted[0]:<{width}} {wanted[1]}".rstrip(),
        f"    got      {got[0]:<{width}} {got[1]}".rstrip(),
    ]
    return lines if finding.got.errors else [*lines, f"    {finding.sentence}"]


def _outcome_parts(outcome: Outcome) -> tuple[str, str]:
    if outcome.errors:
        return outcome.errors[0], " ".join(outcome.message.split())[:200]
    kind = kind_of(outcome.value)
    text = value_text(outcome.value)
    return (kind, "" if kind == text else text)


def call_text(name: str, probe: Probe) -> str:
    """The call a probe stands for, as a student would type it.

    Where a driver uses the answer, the function of its name with ``_text`` writes the call, if there is one.

    Examples
    --------
    >>> call_text("tangent_line", Probe("value", (1.0, [2, 3]), ((0.5,),)))
    'tangent_line(1.0, [2, 3])(0.5)'
    """
    if probe.args is None:
        return name
    if probe.drive:
        with contextlib.suppress(ImportError, AttributeError):
            return str(resolve(f"{probe.drive}_text")(name, *probe.args))
    calls = [probe.args, *probe.then]
    return name + "".join(f"({', '.join(map(value_text, args))})" for args in calls)


def value_text(value: Any) -> str:
    """A value in a few characters.

    Examples
    --------
    >>> value_text(np.array([2.0, 8.0]))
    '[2.0, 8.0]'
    """
    if isinstance(value, Opaque) or is_sealed(value):
        return ""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if callable(value):
        return str(getattr(value, "__name__", "f"))
    text = _rounded(value)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _rounded(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, float | complex | list | tuple | dict):
        return repr(value)
    if isinstance(value, float):
        return repr(0.0 if abs(value) < ROUNDING else float(f"{value:.8g}"))
    if isinstance(value, dict):
        items = (f"{key!r}: {value_text(item)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, complex):
        return f"{value:.6g}"
    inside = ", ".join(
        value_text(item) if callable(item) else _rounded(_listed(item)) for item in value
    )
    if isinstance(value, list):
        return f"[{inside}]"
    return f"({inside},)" if len(value) == 1 else f"({inside})"


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _number(points: float) -> str:
    return f"{points:g}"
