"""The five domains of ICANS one at a time; whole courses are in test_astct2019.py."""

import numpy as np
import pytest

from cartrace.assess.icans import astct2019_domains as domains


@pytest.mark.parametrize(
    ("score", "state", "aphasia", "bounds"),
    [
        (10, domains.ALERT, False, (0, 0)),
        (9, domains.ALERT, False, (1, 1)),
        (6.5, domains.ALERT, False, (1, 1)),
        (6, domains.ALERT, False, (2, 2)),
        (2, domains.ALERT, False, (3, 3)),
        (0, domains.ALERT, False, (3, 3)),
        (0, domains.TOUCH, False, (3, 3)),
        (0, domains.UNAROUSABLE, False, (4, 4)),
        (0, domains.NOT_KNOWN, False, (3, 4)),
        (0, domains.NOT_KNOWN, True, (3, 3)),
    ],
)
def test_ice_bands(score, state, aphasia, bounds):
    found = np.zeros(4, np.int64)
    domains.ice_bands(score, state, aphasia, found)
    assert (found[domains.LOW], found[domains.HIGH]) == bounds


def test_bounds_that_agree_miss_nothing():
    found = np.zeros(4, np.int64)
    domains.set_bounds(found, 2, 2, 5)
    assert found[domains.MISSING] == 0
    domains.set_bounds(found, 0, 2, 5)
    assert found[domains.MISSING] == 1 << 5
