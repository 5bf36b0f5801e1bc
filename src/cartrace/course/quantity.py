"""A number with its unit, or the reason why there is none; and what it was made of.

Shared by toxicity facts (onset, duration) and cellular kinetics (Cmax, half-life), so that both explain themselves alike.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or a reason.

    id         address within its result, e.g. "cmax", "onset_day"
    name       what a reader calls it
    value      None exactly when `reason` is set
    unit       UCUM; "d" for days
    reason     a sentence: why there is no value
    method     rule or method id with version, e.g. "kinetics.auc@1"
    used       uids of the records that decided it
    left_out   uids of the records that were left out
    flags      codes of cautions that travel with the value
    censored   True when the value is a lower bound (still ongoing at last observation)
    """

    id: str
    name: str
    value: float | None
    unit: str
    method: str
    reason: str = ""
    used: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    censored: bool = False

    def __post_init__(self) -> None:
        if (self.value is None) == (not self.reason):
            raise ValueError(f"{self.id}: a quantity is a value or a reason, never both and never neither")
