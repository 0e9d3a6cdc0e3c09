"""What to say when a derivative cannot be had: one sentence that names the next move."""

from __future__ import annotations


class UntraceableError(TypeError):
    """The derivative got lost on the way, or never existed: the message says what to change."""


NOT_A_NUMBER = (
    "a variable is not a plain number, its derivative would get lost here: use np.sin, not "
    "math.sin (likewise np.exp, np.sqrt, ...), and leave out float() and int()"
)
IN_PLACE = (
    "plain floats cannot hold a variable, its derivative would get lost: instead of filling or "
    "converting (out[0] = ..., out += ..., np.asarray(x, float), np.linalg of np.array([a, b])) "
    "build the array in one go with np.stack([a, b])"
)
SET_ITEM = (
    "the entries of x cannot be assigned to (x[0] = ...): build a new array instead, "
    "with np.array([...]), np.concatenate or np.where"
)
AS_OBJECTS = (
    "variables inside an object array (made by np.array([...]) or by a scipy routine) cannot be "
    "taken by this function: build arrays with np.stack([...]), matrices with "
    "np.stack([...]).reshape(2, 2), and use numpy's functions instead of scipy's"
)
COMPLEX_STEP = (
    "a complex number meets the variable, and derivatives here are for real numbers: write the real "
    "and the imaginary part as two real formulas, np.cos(x) and np.sin(x) for np.exp(1j * x)"
)
NOTHING = "{name} got None from the function: does it end with `return ...`?"
COMPLEX = "x must be real: exact derivatives here are for real numbers, got dtype {dtype}"
NOT_NUMERIC = "x must be a number or an array of numbers, got {kind}"
NOT_FINITE_POINT = "x holds {value}: a derivative needs a finite point"
NOT_CALLABLE = "{name} wants a function first and the point second, got {kind} as the function"
NOT_SCALAR = (
    "{name} wants a function that returns one number, got shape {shape}: use jacobian, "
    "or sum the entries"
)
NOT_ENTRYWISE = (
    "derivative of an array of points wants a function that treats each entry by itself: "
    "use gradient or jacobian for a function that mixes them"
)
WRONG_SHAPE = "{what} must have the shape of {of}, {wanted}, got {got}"


def unknown(name: str) -> str:
    """The sentence for a numpy function without a rule."""
    return (
        f"{name} has no rule in helpers.autodiff: write it with sums, products and the functions "
        "listed in helpers.autodiff.rules.SLOPES, or use helpers.derivatives, which takes any function"
    )
