"""How a number says that it is known only as a bound.

In: nothing. Out: flags of facts, as reasons that a rule lists among its own.
Decided here: their codes and sentences. A value reported as below or above a limit stands for that limit. A lowest or highest
value carries its flag when some value that was taken may lie beyond it.
"""

from __future__ import annotations

from cartrace.assess.rule import Reason

UPPER_BOUND = Reason(
    "upper_bound",
    "The lowest value is an upper bound: a value lies beyond a limit of measurement or is not recorded, and may be lower.",
)

LOWER_BOUND = Reason(
    "lower_bound",
    "The highest value is a lower bound: a value lies beyond a limit of measurement or is not recorded, and may be higher.",
)

BEYOND_LIMIT = Reason(
    "beyond_limit_of_measurement", "The value is known only as below or above a limit of measurement."
)
