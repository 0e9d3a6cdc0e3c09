"""What a student imports.

* :func:`check` marks an answer and says what to look at; :func:`progress` says how far you are.
* ``helpers.functions`` holds the course's functions, with exact derivatives.
* ``helpers.derivatives`` differentiates numerically, ``helpers.autodiff`` exactly, ``helpers.taylor`` to any
  order.
* ``helpers.plots`` draws each figure with one call, ``helpers.widgets`` its moving form.
* ``helpers.sandpit`` is the game of week 1.
"""

from helpers.check import check
from helpers.progress import progress

__all__ = ["check", "progress"]
