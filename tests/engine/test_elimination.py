import numpy as np
import pytest

from cartrace.engine.elimination import eliminate, pivots


def solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The solution by carrying out the operations on numbers."""
    n = len(right)
    pattern = [(i, j) for i in range(n) for j in range(n) if matrix[i, j]]
    plan = eliminate(n, pattern)
    a = {entry: matrix[entry] for entry in plan.entries}
    for kind, i, j, k in plan.operations:
        if kind == "invert":
            a[k, k] = 1.0 / a[k, k]
        elif kind == "scale":
            a[i, k] *= a[k, k]
        elif kind == "subtract":
            a[i, j] -= a[i, k] * a[k, j]
        else:
            assert matrix[i, j] == 0.0
            a[i, j] = -a[i, k] * a[k, j]
    b = right.copy()
    for i, k in plan.forward:
        b[i] -= a[i, k] * b[k]
    for i, columns in plan.backward:
        b[i] = (b[i] - sum(a[i, j] * b[j] for j in columns)) * a[i, i]
    return b


@pytest.mark.parametrize("seed", range(20))
def test_the_solution_is_that_of_a_dense_solver(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 25))
    matrix = np.where(random.random((n, n)) < 0.2, random.normal(size=(n, n)), 0.0) + np.diag(
        5.0 + random.random(n) * n
    )
    right = random.normal(size=n)
    assert solved(matrix, right) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-10, abs=1e-12)


def test_an_arrow_is_eliminated_without_fill_in():
    # The full row and column must come last; in the natural order every entry would fill.
    n = 10
    pattern = [(0, j) for j in range(n)] + [(i, 0) for i in range(n)]
    plan = eliminate(n, pattern)
    assert len(plan.entries) == 3 * n - 2
    assert plan.order[-1] == 0 or plan.order[-2] == 0
    assert not [operation for operation in plan.operations if operation[0] == "fill"]


def test_a_chain_costs_one_operation_per_link():
    plan = eliminate(6, [(i, i - 1) for i in range(1, 6)])
    assert sum(kind == "scale" for kind, *_ in plan.operations) == 0 or len(plan.forward) == 5
    assert len(plan.forward) + sum(len(columns) for _, columns in plan.backward) == 5


def test_the_first_of_equal_pivots_is_taken():
    assert pivots(4, []) == [0, 1, 2, 3]
