"""How the run of a patient ended, with a sentence for a person.

In: a code of the driver. Out: `Status`.
Decided here: the wording. The codes are those of `job`; a test compares.
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """End of a run. Only a patient that is OK has values."""

    OK = 0
    TOO_MANY_STEPS = 1
    NOT_FINITE = 2
    STEP_TOO_SMALL = 3
    OUTSIDE_DOMAIN = 4
    ENDLESS_EVENTS = 5

    @property
    def sentence(self) -> str:
        """What happened and what may help."""
        return SENTENCES[self]


SENTENCES = {
    Status.OK: "solved up to the last time",
    Status.TOO_MANY_STEPS: "stopped: more steps than allowed; look for parameters far outside their range, or allow more steps",
    Status.NOT_FINITE: "stopped: a parameter, a state or a rate is not a finite number",
    Status.STEP_TOO_SMALL: "stopped: the step became too small to move on; a state grows without bound or a rate jumps",
    Status.OUTSIDE_DOMAIN: "not started: a parameter or an initial state is outside the domain of the model",
    Status.ENDLESS_EVENTS: "stopped: events set each other off without end at one time",
}
