"""Lines of a summary: who answers, and with what interval."""

from __future__ import annotations

import numpy as np

from cartrace.simulate.outcomes import OUTCOMES
from cartrace.simulate.summary import answered, lines


def test_patients_who_do_not_answer_take_no_part():
    values = {outcome.id: np.full(10, np.nan) for outcome in OUTCOMES}
    values["crs_3"] = np.array([1.0, 0.0, 0.0, 1.0] + [np.nan] * 6)
    values["peak_il6"] = np.arange(10.0)
    share, peak = lines(values)
    assert (share.outcome.id, share.events, share.of, share.estimate.value) == ("crs_3", 2, 4, 0.5)
    assert (peak.outcome.id, peak.events, peak.of, peak.estimate.value) == ("peak_il6", None, 10, 4.5)
    assert answered(values["crs_3"]).tolist() == [1.0, 0.0, 0.0, 1.0]
