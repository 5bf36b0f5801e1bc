"""When a simulated patient is looked at.

In: how many days. Out: `Schedule`: times of each kind of look, in days since the first infusion, and all of them together.
Decided here (cartrace; the visits of a usual CAR-T trial): temperature and pressure four times a day to day 35; laboratory each
morning to day 30, then weekly to day 90 and every 28 days; marrow and lesions on days 28, 56, 84 and after 6, 9, 12 months and so on,
lesions on day 14 as well; everything once before lymphodepletion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BASELINE = -6.0
MORNING = 0.25
VITALS_EVERY, VITALS_UNTIL = 0.25, 35.0
DAILY_UNTIL, WEEKLY_UNTIL, WEEK, LATE = 30.0, 90.0, 7.0, 28.0
MARROW_EARLY = (28.0, 56.0, 84.0)
YEAR = 365.0
EARLY_LESION_LOOK = 14.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times [d] since the first infusion, ascending: vitals, laboratory, marrow, lesions; `times`: all of them, each once."""

    vitals: Floats
    laboratory: Floats
    marrow: Floats
    lesions: Floats
    times: Floats

    def where(self, kind: str) -> NDArray[np.int64]:
        """Positions of one kind of look among `times`."""
        found: NDArray[np.int64] = np.searchsorted(self.times, getattr(self, kind)).astype(np.int64)
        return found


def schedule(days: float) -> Schedule:
    """The looks at a patient who is followed for `days` after the first infusion."""
    vitals = np.arange(-1.0, min(VITALS_UNTIL, days) + VITALS_EVERY / 2, VITALS_EVERY)
    mornings = np.concatenate(
        [
            [BASELINE],
            np.arange(-1.0, DAILY_UNTIL + 1.0),
            np.arange(DAILY_UNTIL + WEEK, WEEKLY_UNTIL, WEEK),
            np.arange(WEEKLY_UNTIL, days + LATE, LATE),
        ]
    )
    quarters = np.floor(np.arange(2.0, 4.0 * days / YEAR + 1.0) * YEAR / 4.0)
    marrow = np.concatenate([[BASELINE], MARROW_EARLY, quarters])
    lesions = np.sort(np.append(marrow, EARLY_LESION_LOOK))
    laboratory = np.unique(np.concatenate([mornings, marrow])) + MORNING
    kinds = [vitals, laboratory, marrow + MORNING, lesions + MORNING]
    kept = [kind[kind <= days] for kind in kinds]
    vitals, morning, marrow, lesions = kept
    return Schedule(vitals, morning, marrow, lesions, np.unique(np.concatenate(kept)))
