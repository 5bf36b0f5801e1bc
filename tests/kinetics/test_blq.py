"""What a sample below the limit counts as, row by row of the table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import Status
from cartrace.kinetics import blq

nan = np.nan
KINDS = st.lists(
    st.sampled_from([blq.NOTHING, blq.BELOW, blq.QUANTIFIED, blq.UNNUMBERED]), min_size=0, max_size=12
).map(lambda found: np.array(found, dtype=np.int8))


@pytest.mark.parametrize(
    ("value", "status", "lloq", "kind"),
    [
        (49.9, Status.DONE, 50.0, blq.BELOW),
        (50.0, Status.DONE, 50.0, blq.QUANTIFIED),
        (50.1, Status.DONE, 50.0, blq.QUANTIFIED),
        (0.0, Status.DONE, nan, blq.BELOW),
        (0.1, Status.DONE, nan, blq.QUANTIFIED),
        (nan, Status.DONE, 50.0, blq.NOTHING),
        (nan, Status.BELOW, nan, blq.BELOW),
        (50.0, Status.BELOW, 50.0, blq.BELOW),
        (1e6, Status.ABOVE, 50.0, blq.QUANTIFIED),
        (nan, Status.ABOVE, 50.0, blq.UNNUMBERED),
        (nan, Status.NOT_DONE, 50.0, blq.NOTHING),
        (nan, Status.NOT_RECORDED, 50.0, blq.NOTHING),
    ],
)
def test_what_a_sample_says(value, status, lloq, kind):
    found = blq.kinds(np.array([value]), np.array([int(status)], dtype=np.int8), np.array([lloq]))
    assert found[0] == kind


@pytest.mark.parametrize(
    ("policy", "before", "between", "after"),
    [
        ("standard", 0.0, nan, 0.0),
        ("zero_all", 0.0, 0.0, 0.0),
        ("half_lloq", 0.0, 25.0, 0.0),
        ("drop_all", nan, nan, nan),
    ],
)
def test_the_table_of_policies(policy, before, between, after):
    kind = np.array([blq.BELOW, blq.QUANTIFIED, blq.BELOW, blq.QUANTIFIED, blq.BELOW], dtype=np.int8)
    value = np.array([nan, 100.0, nan, 80.0, 0.0])
    used = blq.concentrations(value, kind, np.full(5, 50.0), blq.POLICIES.index(policy))
    np.testing.assert_array_equal(used, [before, 100.0, between, 80.0, after])


def test_half_an_unknown_limit_is_no_number():
    kind = np.array([blq.QUANTIFIED, blq.BELOW, blq.QUANTIFIED], dtype=np.int8)
    used = blq.concentrations(np.array([9.0, nan, 8.0]), kind, np.full(3, nan), blq.HALF_LLOQ)
    np.testing.assert_array_equal(used, [9.0, nan, 8.0])


def test_a_profile_without_a_quantifiable_sample_lies_before_it():
    kind = np.full(3, blq.BELOW, dtype=np.int8)
    for policy in (blq.STANDARD, blq.ZERO_ALL, blq.HALF_LLOQ):
        np.testing.assert_array_equal(blq.concentrations(np.full(3, nan), kind, np.full(3, 50.0), policy), np.zeros(3))


@given(KINDS, st.sampled_from(range(4)))
def test_against_sentences(kind, policy):
    """The table again, said in words over lists: no loop of the source is repeated here."""
    value = np.where(kind == blq.QUANTIFIED, 100.0, nan)
    used = blq.concentrations(value, kind, np.full(len(kind), 50.0), policy)
    seen = [i for i, k in enumerate(kind) if k == blq.QUANTIFIED]
    for i, k in enumerate(kind):
        inside = bool(seen) and min(seen) < i < max(seen)
        name = blq.POLICIES[policy]
        if k == blq.QUANTIFIED:
            assert used[i] == 100.0
        elif k != blq.BELOW or name == "drop_all" or (inside and name == "standard"):
            assert np.isnan(used[i])
        else:
            assert used[i] == (25.0 if inside and name == "half_lloq" else 0.0)
