"""The published coefficients against what they must satisfy. The order of convergence is measured in test_step.py."""

import numpy as np
import pytest

from cartrace.engine import tableau


def square(rows) -> np.ndarray:
    full = np.zeros((tableau.STAGES, tableau.STAGES))
    for i, row in enumerate(rows):
        full[i, : len(row)] = row
    return full


def gamma_matrix() -> np.ndarray:
    """Gamma of the original form, from C = I/gamma - Gamma^-1."""
    return np.linalg.inv(np.eye(tableau.STAGES) / tableau.GAMMA - square(tableau.C))


def test_times_of_stages_follow_from_the_coefficients():
    alpha = square(tableau.A) @ gamma_matrix()
    assert alpha.sum(axis=1) == pytest.approx(tableau.ALPHA, abs=2e-12)
    assert gamma_matrix().sum(axis=1) == pytest.approx(tableau.GAMMA_I, abs=2e-11)


def test_conditions_of_order_up_to_three():
    # Hairer and Wanner, table 7.1, with beta = alpha + gamma and b of the original form.
    gamma = gamma_matrix()
    alpha = square(tableau.A) @ gamma
    beta, b = alpha + gamma, np.array(tableau.B) @ gamma
    assert b.sum() == pytest.approx(1.0, abs=1e-11)
    assert b @ beta.sum(axis=1) == pytest.approx(1 / 2, abs=1e-11)
    assert b @ alpha.sum(axis=1) ** 2 == pytest.approx(1 / 3, abs=1e-11)
    assert b @ beta @ beta.sum(axis=1) == pytest.approx(1 / 6, abs=1e-11)


def test_the_method_is_stiffly_accurate():
    # The last stage sits at the end of the step, and the solution adds only its own increment.
    assert tableau.B[:-1] == tableau.A[-1]
    assert tableau.B[-1] == 1.0
    assert tableau.ALPHA[-1] == 1.0


def test_stages_six_to_eight_add_only_the_stage_before():
    assert tableau.A[6][:5] == tableau.A[5]
    assert tableau.A[7][:6] == tableau.A[6]
