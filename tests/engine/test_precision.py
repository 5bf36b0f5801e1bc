import numpy as np

from cartrace import engine
from cartrace.models.system import Parameter, State, System

TIMES = np.linspace(0.0, 20.0, 21)


def test_a_tame_system_may_use_single_precision(systems):
    table = engine.parameter_table(systems.lotka_volterra, 600, {"a": np.linspace(0.8, 1.4, 600)})
    kernel, check = engine.choose_precision(systems.lotka_volterra, ("prey",), table, TIMES)
    assert (kernel.precision, check.passed, check.patients) == ("single", True, 256)
    assert 0.0 < check.median <= check.worst < 1e-3
    values = engine.solve(kernel, table, TIMES)
    exact = engine.solve(engine.compile_system(systems.lotka_volterra, ("prey",)), table, TIMES, rtol=1e-9)
    assert values.values.dtype == np.float32
    error = np.abs(values.values - exact.values).max(axis=1) / exact.values.max(axis=1)
    assert error.max() < 2e-3
    assert "may be used" in check.sentence


def test_a_difference_of_large_numbers_needs_double_precision():
    system = System(
        "cancel", "d", (Parameter("k", 0.3),), (State("x", "1e8", "-k*(x - 1e8) + 1"), State("y", "0", "x - 1e8 - y"))
    )
    table = engine.parameter_table(system, 10, {"k": np.linspace(0.1, 1.0, 10)})
    kernel, check = engine.choose_precision(system, ("y",), table, TIMES)
    assert (kernel.precision, check.passed) == ("double", False)
    assert "is not used" in check.sentence


def test_numbers_beyond_single_precision_are_lost_there():
    system = System("huge", "d", (Parameter("a", 1e30),), (State("x", "a", "-x*x/(1e20*a)*1e15"),))
    table = engine.parameter_table(system, 4, {"a": [1e30, 1e30, 1e39, 1e39]})
    kernel, check = engine.choose_precision(system, (), table, TIMES)
    assert kernel.precision == "double"
    assert check.lost == 2


def test_the_doses_of_the_compared_patients_go_with_them(systems):
    patients = 1000
    table = engine.parameter_table(systems.decay, patients)
    doses = engine.Doses(np.arange(patients), 1.0, "x", np.linspace(1.0, 1e4, patients))
    kernel, check = engine.choose_precision(systems.decay, (), table, TIMES, doses)
    assert kernel.precision == "single"
    assert check.lost == 0
