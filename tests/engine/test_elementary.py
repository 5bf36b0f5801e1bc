"""The elementary functions against extended precision, over their ranges and at their ends."""

import numpy as np
import pytest

FUNCTIONS = {"EXP": np.exp, "LOG": np.log, "SIN": np.sin, "COS": np.cos}
RANGES = {
    "double": {"EXP": [(-708, 709), (-1, 1), (-1e-9, 1e-9)], "SIN": [(-1e4, 1e4), (-4, 4)]},
    "single": {"EXP": [(-87, 88), (-1, 1), (-1e-5, 1e-5)], "SIN": [(-1e3, 1e3), (-4, 4)]},
}
PRECISIONS = ("double", "single")


def text(name):
    return f"def f(w):\n    w[1] = {name}(w[0])\n"


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_are_below_two_units_of_the_last_digit(name, precision, run_text):
    number = np.float64 if precision == "double" else np.float32
    draw = np.random.default_rng(1)
    ranges = RANGES[precision]
    if name == "LOG":
        arguments = [np.exp(draw.uniform(max(low, -690), high, 8000)) for low, high in ranges["EXP"]]
    else:
        arguments = [draw.uniform(*bounds, 8000) for bounds in ranges["SIN" if name == "COS" else name]]
    for argument in arguments:
        x = argument.astype(number)
        exact = FUNCTIONS[name](x.astype(np.longdouble))
        error = np.abs(run_text(text(name), x, precision)[1] - exact) / np.spacing(np.abs(exact.astype(number)))
        assert error.max() < 2.0


@pytest.mark.parametrize("precision", PRECISIONS)
def test_ends_of_the_ranges(precision, run_text):
    nan, inf = np.nan, np.inf
    least = {"double": 1e-300, "single": 1.17549435e-38}[precision]
    exp = run_text(text("EXP"), np.array([nan, inf, -inf, 800.0, -800.0, 0.0]), precision)[1]
    np.testing.assert_array_equal(exp, [nan, inf, 0.0, inf, 0.0, 1.0])
    log = run_text(text("LOG"), np.array([nan, inf, 1.0, 0.0, -5.0, -inf]), precision)[1]
    np.testing.assert_allclose(log, [nan, inf, 0.0, *3 * [np.log(least)]], rtol=1e-6)
    for name in ("SIN", "COS"):
        far = run_text(
            text(name), np.array([nan, inf, -inf, 1e7, -1e7, 1e300 if precision == "double" else 1e30]), precision
        )[1]
        assert np.isnan(far).all()


def test_a_power_of_zero_is_zero_and_a_negative_ghost_counts_as_zero(run_text):
    found = run_text("def f(w):\n    w[1] = EXP(2.5*LOG(w[0]))\n", np.array([0.0, -1e-17, 4.0]), "double")[1]
    np.testing.assert_allclose(found, [0.0, 0.0, 32.0], rtol=1e-14, atol=1e-300)


def test_a_root_is_exact_above_its_bound_and_nearly_0_below(run_text):
    x = np.array([2.0, 1e-290, 0.0, -1.0, np.inf, np.nan])
    found = run_text(text("SQRT"), x, "double")[1]
    np.testing.assert_array_equal(found[[0, 1, 4, 5]], np.sqrt(x[[0, 1, 4, 5]]))
    assert found[2:4].tolist() == [1e-150, 1e-150]
