import numpy as np

from cartrace import engine
from cartrace.engine.status import Status
from cartrace.models.system import Parameter, State, System


def test_a_solution_gives_values_by_output_and_reasons_by_patient():
    system = System(
        "root", "d", (Parameter("a", 4.0), Parameter("k", 1.0)), (State("x", "2", "-log(a)*x/k"), State("y", "1", "0"))
    )
    kernel = engine.compile_system(system, ("y", "x"))
    table = engine.parameter_table(system, 3, {"a": [4.0, -1.0, 4.0], "k": [1.0, 1.0, np.nan]})
    solution = engine.solve(kernel, table, [0.0, 1.0])
    np.testing.assert_allclose(solution.of("x")[0, 0], 2.0)
    assert solution.ok.tolist() == [True, False, False]
    assert solution.status.tolist() == [Status.OK, Status.OUTSIDE_DOMAIN, Status.NOT_FINITE]
    assert solution.reason(1).startswith(Status.OUTSIDE_DOMAIN.sentence + ": ")
    assert "log" in solution.reason(1)
    assert solution.reason(2) == Status.NOT_FINITE.sentence
    assert np.isnan(solution.values[1:]).all()
    assert (solution.width, solution.precision) == (kernel.width, "double")
