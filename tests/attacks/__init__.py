"""Submissions that try to steal points, read secrets, do harm or break the grader, and what they deserve."""

from __future__ import annotations

from attacks import files, harm, looks_right, markup, secrets
from attacks.course import Attack

ATTACKS: list[Attack] = [
    *looks_right.ATTACKS,
    *secrets.ATTACKS,
    *harm.ATTACKS,
    *files.ATTACKS,
    *markup.ATTACKS,
]
