"""The instructor's side of the course: marking schemes, release, collection, trusted grading, feedback.

Nothing in this package is ever shipped to students or importable where their code runs.
"""

import importlib
import sys
from typing import Any

# jsonschema takes a second to build a grammar of web addresses, of which a notebook's format has none
_modules: dict[str, Any] = sys.modules
if "rfc3987_syntax" not in _modules:
    _modules["rfc3987_syntax"] = None
    importlib.import_module("jsonschema")
    del _modules["rfc3987_syntax"]
