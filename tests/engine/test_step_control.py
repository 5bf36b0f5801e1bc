import numpy as np
import pytest

from cartrace.engine import plain, text
from cartrace.engine.composition import program
from cartrace.engine.step_control import SLOTS, control_slots, control_text, workspace_size


@pytest.fixture
def control(dosed):
    composed = program(dosed, ("x",))
    return (
        composed,
        plain.load(control_text(composed)),
        np.zeros((workspace_size(composed), 4)),
        control_slots(composed),
    )


def test_the_text_is_in_the_grammar_and_its_slots_lie_behind_the_program(control):
    composed, _, w, at = control
    text.functions(composed.text + control_text(composed))
    assert sorted(at.values()) == list(range(composed.layout.size, composed.layout.size + len(SLOTS)))
    assert len(w) == composed.layout.size + len(SLOTS)


def test_factors_of_the_step_size_stay_in_their_bounds(control):
    composed, functions, w, at = control
    error = np.array([0.0, 1e-12, 1.0, 1e12])
    w[composed.layout.offset("ERR")] = error
    functions["control"](w)
    np.testing.assert_allclose(w[at["GROW"]], [6.0, 6.0, 0.9, 0.2])
    np.testing.assert_allclose(w[at["SHRINK"], 2:], [0.9, 0.1])


def test_the_step_size_is_given_with_the_inverses_that_a_step_reads(control):
    composed, functions, w, _ = control
    size = np.array([1e-3, 0.01, 1.0, 40.0])
    w[composed.layout.offset("HS")] = size
    functions["inverse"](w)
    np.testing.assert_allclose(w[composed.layout.offset("IH")] * size, 1.0)
    np.testing.assert_allclose(w[composed.layout.offset("IHG")] * size, 1.0 / 0.21193756319429014)


def test_growth_follows_this_error_and_the_one_before(control):
    composed, functions, w, at = control
    w[composed.layout.offset("ERR")] = 0.25
    w[at["OLD"]] = [0.0, np.log(0.5), np.log(0.1), -9.2]
    functions["control"](w)
    expected = 0.9 * 0.5 ** (-0.7 / 5) * np.exp(0.4 / 5 * w[at["OLD"]])
    np.testing.assert_allclose(w[at["GROW"]], expected)
    np.testing.assert_allclose(w[at["NEW"]], np.log(0.5))


def test_only_kept_lanes_take_over_the_step(control):
    composed, functions, w, at = control
    y, yn = (composed.layout.offset(name) for name in ("Y", "YN"))
    n = len(composed.states)
    w[yn : yn + n] = 7.0
    w[at["KEEP"]] = [1.0, 0.0, 1.0, 0.0]
    functions["keep"](w)
    assert (w[y : y + n] == [7.0, 0.0, 7.0, 0.0]).all()


def test_a_state_that_falls_below_its_bound_is_extinct_in_that_lane_only(control):
    composed, functions, w, at = control
    y, yn = (composed.layout.offset(name) + composed.states.index("x") for name in ("Y", "YN"))
    w[y] = [1e-3, 0.9e-3, 1e-3, 1.0]
    w[yn] = [0.5e-3, 0.5e-3, 1e-3, 0.5e-3]
    w[at["KEEP"]] = [1.0, 1.0, 1.0, 0.0]
    functions["extinguish"](w)
    assert w[yn].tolist() == [0.0, 0.5e-3, 1e-3, 0.5e-3]
    assert w[at["GONE"]].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_state_with_a_bound_is_never_negative(control):
    composed, functions, w, at = control
    y, yn = (composed.layout.offset(name) + composed.states.index("x") for name in ("Y", "YN"))
    w[y] = [0.0, 1e-9, 0.0, 0.0]
    w[yn] = [-1e-20, -1e-9, 1e-9, -1e-20]
    w[at["KEEP"]] = [1.0, 1.0, 1.0, 0.0]
    functions["extinguish"](w)
    assert w[yn].tolist() == [0.0, 0.0, 1e-9, -1e-20]
    assert w[at["GONE"]].tolist() == [0.0, 0.0, 0.0, 0.0]
    other = composed.layout.offset("YN") + composed.states.index("z")
    w[other] = -5.0
    functions["extinguish"](w)
    assert w[other].tolist() == [-5.0] * 4


def test_a_state_that_is_not_finite_is_seen(control):
    composed, functions, w, at = control
    w[composed.layout.offset("YN") + 1] = [1.0, np.nan, np.inf, -np.inf]
    functions["sound"](w)
    assert w[at["SOUND"], 0] == 0.0
    assert np.isnan(w[at["SOUND"], 1:]).all()
