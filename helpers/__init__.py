"""What a student imports, small enough to read.

>>> from helpers import check, functions, plots
>>> from helpers import derivatives, autodiff

Each module tells more: ``help(derivatives)``, ``help(derivatives.gradient)``.

Answers
-------
``helpers``
    `check` marks an answer and says what to look at (``helpers.check``), `progress` says how far you
    are (``helpers.progress``).

Derivatives
-----------
``helpers.derivatives``
    Numerical, of any function, with an error bound: `derivative`, `partial`, `gradient`,
    `directional`, `jacobian`, `hessian`, `taylor_coefficients`; with ``full=True`` each returns an
    `Estimate`, else it warns with a `DerivativeWarning` where there is none. `check_gradient` (with a
    `GradientCheck`) and `convergence_order` tell whether your own are right.
``helpers.autodiff``
    Exact, of plain numpy code: `derivative`, `gradient`, `directional`, `jacobian`, `hessian`, the
    products `jvp`, `vjp` and `hvp`, and `value_and_gradient`; `trace` shows every `Step` of a `Trace`.
``helpers.taylor``
    Taylor `coefficients` of plain numpy code, to any order.

Things to differentiate
-----------------------
``helpers.functions``
    The course's functions, each with its exact derivatives. In the plane: `bowl`, `dome`, `valley`,
    `saddle`, `monkey_saddle`, `hills`, `himmelblau`, `ripple`, `rosenbrock`. Maps: `polar`,
    `spherical`. Families: `quadratic`, `waves`, `gaussian_hills`, `polynomial`, `sinusoid`, ...
    (`FAMILIES` has all), and `random` draws from them. Test problems: `PROBLEMS`, with their `STARTS`
    and `MINIMA`. `build` and `spec` turn plain data into a function and back.
``helpers.datasets``
    `names` of the measurements that come along, `load` to get one.
``helpers.models``
    Models to fit to them, with exact Jacobians: `MODELS` by name, or `named`.
``helpers.networks``
    Networks of logistic neurons: `start`, `output`, `train`, `trainer`, `layer_slopes`, and `fish`, the
    curve that they learn to draw.
``helpers.sandpit``
    The game of week 1: dig a `pit`, `play` it, count what a strategy `wins`, `descend` into it.

Pictures
--------
``helpers.plots``
    One call for each figure, such as `surface_with_tangent`, `contours_with_gradient`, `grid_map`,
    `taylor_orders` or `descent_paths`; ``plots.__all__`` has all.
``helpers.widgets``
    Their moving forms, such as `tangent_plane`, `contours_with_gradient`, `secant_to_tangent`, and the
    `sandpit`; ``widgets.__all__`` has all.

Behind `check`
--------------
Nothing that you need to import, all of it to be read: ``helpers.schemes`` (what is released beside a
notebook), ``helpers.probes`` (the questions), ``helpers.marking`` (points and slips),
``helpers.compare``, ``helpers.plain``, ``helpers.wording``, ``helpers.borrowed``, ``helpers.habits``,
``helpers.seal``, ``helpers.expressions``, and the drivers of answers that are more than a plain
function: ``helpers.drivers_week0``, ``helpers.drivers_week2``, ``helpers.drivers_week4``,
``helpers.drivers_week5``. ``helpers.data`` holds the measurements.
"""

from helpers.check import check
from helpers.progress import progress

__all__ = ["check", "progress"]
