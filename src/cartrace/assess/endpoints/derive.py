"""Endpoints of one course from its history.

In: `Course`, `EndpointChoices`. Out: `CourseEndpoints`.

**Published definitions** (dohner2017eln, endpoints, adapted to infusion; maude2018eliana, primary endpoint)

    OS          infusion to death of any cause; censored when last known alive
    EFS         infusion to no CR/CRi by the landmark, relapse or death; censored at the last assessment
    RFS         first CR/CRi to relapse or death; only patients with CR/CRi; censored at the last assessment
    DOR         as RFS, with deaths due to the disease only (from memory)
    CIR         first CR/CRi to relapse; death without relapse competes; censored at the last assessment
    NRM         infusion to death without relapse or progression, which compete; censored when last known alive (from memory)
    maintained  CR/CRi within three months, maintained for at least 28 days

**Readings** (all cartrace)
- No response is known when an evaluation within the window of the landmark, or one before and one after it, surely is no
  remission. Without it EFS is not determined, unless death or progression came first.
- A patient without response at the landmark counts as progressed there for NRM.
- A death of unknown cause: DOR is not determined; NRM neither, unless a remission or its absence is known.
- Censoring at transplant or any next therapy, by choice, applies to EFS, RFS, DOR and CIR and to nothing later.
- Derived neutrophil counts (option `course.anc`) never lower the result of the response, as everywhere; an endpoint whose
  response rests on one is flagged (`neutrophils_derived`).
- Maintained: relapse or death before the time is up is "not met"; without an evaluation after it nothing is determined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cartrace.assess import neutrophils
from cartrace.assess.endpoints.history import Dated, History, history
from cartrace.assess.endpoints.record import CourseEndpoints, Endpoint, EndpointChoices, State
from cartrace.assess.options import options_of
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule
from cartrace.assess.shelf import rule
from cartrace.course import Course

NAMES = {
    "os": "Overall survival",
    "efs": "Event-free survival",
    "rfs": "Relapse-free survival",
    "dor": "Duration of response",
    "cir": "Cumulative incidence of relapse",
    "nrm": "Non-relapse mortality",
    "maintained": "Remission within three months, maintained for 28 days",
}
FROM_MEMORY = ("dor", "nrm")
SOURCES = ("dohner2017eln", "maude2018eliana", "cartrace")

DERIVED_NEUTROPHILS = "neutrophils_derived"
"""Flag of endpoints whose response rests on a neutrophil count derived from white cells and their percentage."""

RESPONDED, NO_RESPONSE, OPEN = "responded", "no response", "open"


@dataclass(frozen=True, slots=True)
class _What:
    """Something that ends the time of an endpoint; of two on one day the earlier in the list counts."""

    state: State
    at: Dated
    reason: str


def endpoints(course: Course, choices: EndpointChoices | None = None) -> CourseEndpoints:
    """Every endpoint of one course. Raises `UnknownTerm` for an unknown response rule."""
    choices = choices or EndpointChoices()
    response = rule(choices.response)
    assessment = _assessed_response(course, response)
    past = history(course, response, assessment)
    status = at_landmark(past, choices)
    found = (
        _os(past),
        _efs(past, status, choices),
        *(_from_remission(past, choices, name) for name in ("rfs", "dor", "cir")),
        _nrm(past, status, choices),
        _maintained(past, choices),
    )
    if _rests_on_derived(course, assessment):
        found = tuple(e if e.id == "os" else replace(e, flags=(*e.flags, DERIVED_NEUTROPHILS)) for e in found)
    return CourseEndpoints(course.id, choices, assessment.overall, found)


def _assessed_response(course: Course, response: Rule) -> Assessment:
    """The response; with derived neutrophil counts only where they do not lower the result from the recorded ones alone."""
    found = response.run(course, options_of(response, course, {}))
    recorded = neutrophils.without_derived(course)
    if recorded is course:
        return found
    return neutrophils.higher(response.run(recorded, options_of(response, course, {})), found)


def _rests_on_derived(course: Course, assessment: Assessment) -> bool:
    derived = {one.uid for one in course.observations if neutrophils.is_derived(one)}
    return any(derived.intersection(step.evidence) for step in assessment.steps)


def at_landmark(past: History, choices: EndpointChoices) -> str:
    """Whether the patient had responded at the landmark: RESPONDED, NO_RESPONSE or OPEN."""
    until = choices.landmark_day + choices.landmark_window_days
    if past.remission is not None and past.remission.day <= until:
        return RESPONDED
    before = [grade for grade in past.evaluations if (grade.day or 0) <= until]
    if not before or not all(past.settled(grade) for grade in before):
        return OPEN
    near = (before[-1].day or 0) >= choices.landmark_day - choices.landmark_window_days
    later = next((grade for grade in past.evaluations if (grade.day or 0) > until), None)
    still_none = later is not None and past.settled(later) and not past.in_remission(later)
    return NO_RESPONSE if near or still_none else OPEN


def _endpoint(name: str, state: State, reason: str, **fields: object) -> Endpoint:
    made = Endpoint(name, NAMES[name], "not determined", provisional=name in FROM_MEMORY)
    return replace(made, state=state, reason=reason, **fields)  # type: ignore[arg-type]


def _ended(name: str, start: int, ends: list[_What], censored: _What | None, flags: tuple[str, ...] = ()) -> Endpoint:
    """The first of `ends`, or the censored time."""
    first = min(ends, key=lambda what: what.at.day, default=censored)
    if first is None:
        return _endpoint(name, "not determined", "Nothing is recorded after the infusion.", start=start)
    time = max(first.at.day - start, 0)
    return _endpoint(name, first.state, first.reason, start=start, time=time, flags=flags, evidence=first.at.evidence)


def _alive(past: History) -> _What | None:
    return None if past.alive is None else _What("censored", past.alive, "Last known alive.")


def _assessed(past: History, choices: EndpointChoices) -> _What | None:
    """Censoring where nothing happened."""
    graded = [grade for grade in past.evaluations if grade.low is not None]
    if choices.censor_at == "last_follow_up":
        return _alive(past)
    if not graded:
        return None if past.alive is None else _What("censored", Dated(0), "No response was assessed.")
    return _What("censored", Dated(graded[-1].day or 0, graded[-1].evidence), "Last assessment of the response.")


def _censoring_therapy(past: History, choices: EndpointChoices) -> list[_What]:
    chosen = {"no": None, "transplant": past.transplant, "any": past.next_therapy}[choices.censor_at_next_therapy]
    return [] if chosen is None else [_What("censored", chosen, "Censored at the next anticancer therapy.")]


def _death(past: History, state: State, reason: str) -> list[_What]:
    return [] if past.death is None else [_What(state, past.death, reason)]


def _undated(past: History) -> bool:
    """Whether a death is recorded whose day nobody wrote down."""
    return past.died and past.death is None


def _os(past: History) -> Endpoint:
    if _undated(past):
        return _endpoint("os", "not determined", "Death is recorded without its day.", start=0)
    return _ended("os", 0, _death(past, "event", "Death."), _alive(past))


def _efs(past: History, status: str, choices: EndpointChoices) -> Endpoint:
    ends = [] if past.relapse is None else [_What("event", past.relapse, "Relapse.")]
    ends += [] if past.progression is None else [_What("event", past.progression, "Progression.")]
    ends += _death(past, "event", "Death.")
    failure = Dated(choices.landmark_day if choices.no_response_at == "landmark" else 0)
    if status == NO_RESPONSE:
        ends.append(_What("event", failure, "No remission by the landmark."))
    therapies = _censoring_therapy(past, choices)
    early = any(end.at.day <= choices.landmark_day for end in (*ends, *therapies))
    if status == OPEN and not early:
        if past.alive is not None and past.alive.day < choices.landmark_day and not past.died:
            return _ended("efs", 0, [], _assessed(past, choices), ("ends_before_landmark",))
        return _endpoint(
            "efs", "not determined", "Whether there was a remission at the landmark is not settled.", start=0
        )
    if _undated(past) and not ends:
        return _endpoint("efs", "not determined", "Death is recorded without its day.", start=0)
    return _ended("efs", 0, [*ends, *therapies], _assessed(past, choices), _open_between(past, ends))


def _open_between(past: History, ends: list[_What]) -> tuple[str, ...]:
    """A flag when an evaluation after remission and before the first end is not settled."""
    if past.remission is None:
        return ()
    last = min((end.at.day for end in ends), default=10**9)
    begun = past.remission.day
    between = [grade for grade in past.evaluations if begun < (grade.day or 0) < last]
    return () if all(past.settled(grade) for grade in between) else ("evaluation_not_settled",)


def _from_remission(past: History, choices: EndpointChoices, name: str) -> Endpoint:
    """RFS, DOR and CIR: from the first remission on."""
    if past.remission is None:
        if past.maybe_earlier or not past.evaluations:
            return _endpoint(name, "not determined", "Whether there was a remission is not settled.")
        return _endpoint(name, "not in set", "No remission.")
    start = past.remission.day
    ends = [] if past.relapse is None else [_What("event", past.relapse, "Relapse.")]
    if not ends and _undated(past):
        return _endpoint(name, "not determined", "Death is recorded without its day.", start=start)
    if name == "rfs" or (name == "dor" and choices.dor_death == "any"):
        ends += _death(past, "event", "Death.")
    elif name == "cir":
        ends += _death(past, "competing", "Death without relapse.")
    elif past.cause == "progression":
        ends += _death(past, "event", "Death due to the disease.")
    elif past.cause != "unknown_cause":
        ends += _death(past, "censored", "Death of another cause.")
    elif past.death is not None and not ends:
        return _endpoint(name, "not determined", "The cause of death is not recorded.", start=start)
    flags = ("remission_may_be_earlier",) if past.maybe_earlier else ()
    ends += [what for what in _censoring_therapy(past, choices) if what.at.day >= start]
    return _ended(name, start, ends, _assessed(past, choices), (*flags, *_open_between(past, ends)))


def _nrm(past: History, status: str, choices: EndpointChoices) -> Endpoint:
    ends = [] if past.relapse is None else [_What("competing", past.relapse, "Relapse.")]
    ends += [] if past.progression is None else [_What("competing", past.progression, "Progression.")]
    if status == NO_RESPONSE:
        ends.append(_What("competing", Dated(choices.landmark_day), "No remission by the landmark."))
    if _undated(past) and not ends:
        return _endpoint("nrm", "not determined", "Death is recorded without its day.", start=0)
    if past.cause == "progression":
        ends += _death(past, "competing", "Death due to the disease.")
    elif past.cause == "unknown_cause" and status == OPEN and not ends and past.death is not None:
        return _endpoint("nrm", "not determined", "Neither the cause of death nor the response is recorded.", start=0)
    else:
        ends += _death(past, "event", "Death without relapse or progression.")
    return _ended("nrm", 0, ends, _alive(past))


def _maintained(past: History, choices: EndpointChoices) -> Endpoint:
    if past.remission is None or past.remission.day > choices.remission_by_day:
        if past.maybe_earlier or not past.evaluations:
            return _endpoint("maintained", "not determined", "Whether there was a remission is not settled.")
        return _endpoint("maintained", "not met", "No remission in time.")
    start, needed = past.remission.day, choices.maintained_days
    ended = min((one.day for one in (past.relapse, past.death) if one is not None), default=None)
    flags = ("remission_may_be_earlier",) if past.maybe_earlier else ()
    if ended is not None and ended - start < needed:
        return _endpoint("maintained", "not met", "It ended too early.", start=start, time=ended - start, flags=flags)
    held = [g for g in past.evaluations if past.in_remission(g) and (g.day or 0) >= start + needed]
    shown = next((g for g in held if ended is None or (g.day or 0) < ended), None)
    if shown is None:
        return _endpoint("maintained", "not determined", f"No evaluation shows it {needed} days later.", start=start)
    time = (shown.day or 0) - start
    evidence = (*past.remission.evidence, *shown.evidence)
    return _endpoint(
        "maintained", "met", "Remission, shown again.", start=start, time=time, flags=flags, evidence=evidence
    )
