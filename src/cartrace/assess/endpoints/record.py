"""What an endpoint of one course is, and what may be chosen about it.

In: nothing. Out: `Endpoint`, `CourseEndpoints`, `EndpointChoices`.
Decided here: times are whole days between study days; "not in set" (the endpoint is not asked of this patient) and "not
determined" (the record does not tell) are different answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cartrace.assess.result import Grade

State = Literal["event", "competing", "censored", "met", "not met", "not in set", "not determined"]

LANDMARK_DAY = 28
"""[study day] by which CR is expected; cartrace: the usual first evaluation of CD19 CAR-T trials."""

LANDMARK_WINDOW_DAYS = 7
"""[d] how far from the landmark its evaluation may lie; cartrace."""

REMISSION_BY_DAY = 90
"""[study day] three months, within which a remission counts; maude2018eliana, primary endpoint."""

MAINTAINED_DAYS = 28
"""[d] for which the remission has to be maintained; maude2018eliana, primary endpoint."""


@dataclass(frozen=True, slots=True)
class EndpointChoices:
    """Every choice a protocol makes.

    response                the edition of the response that says CR, CRh and CRi
    landmark_day            study day by which CR is expected; who has none by then has the event "no response"
    landmark_window_days    how far from the landmark its evaluation may lie
    no_response_at          when "no response" happens: at the landmark or at the infusion ("start")
    censor_at_next_therapy  end of follow-up of EFS, RFS, DOR and CIR: "no", at "transplant", at "any" next therapy
    censor_at               where nothing happened: at the "last_assessment" of the response or the "last_follow_up"
    dor_death               deaths that end a response: due to the "disease", or "any"
    remission_by_day        study day by which the maintained remission must have begun
    maintained_days         how long it must last
    """

    response: str = "response.ball"
    landmark_day: int = LANDMARK_DAY
    landmark_window_days: int = LANDMARK_WINDOW_DAYS
    no_response_at: Literal["landmark", "start"] = "landmark"
    censor_at_next_therapy: Literal["no", "transplant", "any"] = "no"
    censor_at: Literal["last_assessment", "last_follow_up"] = "last_assessment"
    dor_death: Literal["disease", "any"] = "disease"
    remission_by_day: int = REMISSION_BY_DAY
    maintained_days: int = MAINTAINED_DAYS


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of one course.

    id           "os", "efs", "rfs", "dor", "cir", "nrm" or "maintained"
    state        "event", "competing" or "censored" with a time; "met" or "not met"; "not in set"; "not determined"
    start        study day from which time is counted; None when there is no such day
    time         [d] from `start`; None unless there is one
    reason       what happened, or why nothing can be said, as a sentence
    flags        codes: what in the record may still change the answer
    evidence     uids of the records that decided it
    provisional  True when the definition was written from memory
    """

    id: str
    name: str
    state: State
    start: int | None = None
    time: int | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    provisional: bool = False

    def __post_init__(self) -> None:
        timed = self.state in ("event", "competing", "censored")
        if timed and (self.time is None or self.start is None):
            raise ValueError(f"{self.id}: {self.state!r} without a time")
        if self.time is not None and self.time < 0:
            raise ValueError(f"{self.id}: {self.time} days")


@dataclass(frozen=True, slots=True)
class CourseEndpoints:
    """The endpoints of one course with the choices behind them, and the best response by the chosen edition."""

    course: str
    choices: EndpointChoices
    best_response: Grade
    endpoints: tuple[Endpoint, ...]

    def __getitem__(self, endpoint_id: str) -> Endpoint:
        """One endpoint by its id; KeyError when there is none."""
        for endpoint in self.endpoints:
            if endpoint.id == endpoint_id:
                return endpoint
        raise KeyError(endpoint_id)
