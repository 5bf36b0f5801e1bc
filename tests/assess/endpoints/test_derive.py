"""Endpoints: the vectors of the specification, the choices of a protocol, what the record leaves open, and an oracle."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cartrace.assess import rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.endpoints import Endpoint, EndpointChoices, endpoints
from cartrace.assess.endpoints.derive import DERIVED_NEUTROPHILS
from cartrace.assess.neutrophils import with_derived
from cartrace.errors import UnknownTerm

CHARTS = "complete drugs transfusions; "


def look(day: int, blasts: float = 1) -> str:
    """An evaluation: CR with few blasts, none with many."""
    return f"d{day} blasts_percent {blasts} site=marrow; d{day} anc 1.2; d{day} platelets 120; d{day} cns_status cns1; "


def found(given: str, **choices: Any) -> dict[str, tuple[str, int | None]]:
    result = endpoints(read_given(CHARTS + given), EndpointChoices(**choices))
    return {endpoint.id: (endpoint.state, endpoint.time) for endpoint in result.endpoints}


def one(given: str, endpoint: str, **choices: Any) -> Endpoint:
    return endpoints(read_given(CHARTS + given), EndpointChoices(**choices))[endpoint]


V1 = look(28) + "d200 progression yes; d400 death progression"
V2 = look(28) + look(500)
V3 = look(28, 40) + "d90 death unknown_cause"
V4 = look(28) + "d100 procedure transplant; d300 progression yes; d600 last_follow_up yes"
V5 = look(28) + "d60 death infection"
V6 = look(28) + "d48 progression yes; d300 last_follow_up yes"
OUT: tuple[str, None] = ("not in set", None)


@pytest.mark.parametrize(
    ("given", "choices", "expected"),
    [
        (V1, {}, {"os": ("event", 400), "efs": ("event", 200), "rfs": ("event", 172), "cir": ("event", 172)}),
        (V2, {}, {"os": ("censored", 500), "efs": ("censored", 500), "rfs": ("censored", 472), "cir": ("censored", 472)}),
        (V3, {}, {"os": ("event", 90), "efs": ("event", 28), "rfs": OUT, "cir": OUT, "dor": OUT}),
        (V4, {}, {"os": ("censored", 600), "efs": ("event", 300), "rfs": ("event", 272), "cir": ("event", 272)}),
        (
            V4,
            {"censor_at_next_therapy": "transplant"},
            {"os": ("censored", 600), "efs": ("censored", 100), "rfs": ("censored", 72), "cir": ("censored", 72)},
        ),
        (V5, {}, {"os": ("event", 60), "efs": ("event", 60), "rfs": ("event", 32), "cir": ("competing", 32), "nrm": ("event", 60)}),
        (V6, {}, {"os": ("censored", 300), "efs": ("event", 48), "rfs": ("event", 20), "cir": ("event", 20)}),
        (V6, {}, {"maintained": ("not met", 20)}),
    ],
    ids=["V1", "V2", "V3", "V4", "V4 transplant", "V5", "V6", "V6 ELIANA"],
)  # fmt: skip
def test_vectors(given: str, choices: dict[str, Any], expected: dict[str, tuple[str, int | None]]) -> None:
    assert expected.items() <= found(given, **choices).items()


def test_the_best_response_stays_what_it_was() -> None:
    assert endpoints(read_given(CHARTS + V6)).best_response.text == "CR"


@pytest.mark.parametrize(
    ("given", "choices", "endpoint", "expected"),
    [
        # every choice, where it decides
        (V3, {"no_response_at": "start"}, "efs", ("event", 0)),
        (look(28, 40) + look(60), {}, "efs", ("event", 28)),
        (look(28, 40) + look(60), {"landmark_day": 60}, "efs", ("censored", 60)),
        (look(35) + look(90), {}, "efs", ("censored", 90)),
        (look(36) + look(90), {}, "efs", ("not determined", None)),
        (look(36) + look(90), {"landmark_window_days": 8}, "efs", ("censored", 90)),
        (look(28) + "d500 last_follow_up yes", {}, "rfs", ("censored", 0)),
        (look(28) + "d500 last_follow_up yes", {"censor_at": "last_follow_up"}, "rfs", ("censored", 472)),
        (look(28) + "d50 next_therapy yes; " + look(90), {"censor_at_next_therapy": "transplant"}, "rfs", ("censored", 62)),
        (look(28) + "d50 next_therapy yes; " + look(90), {"censor_at_next_therapy": "any"}, "rfs", ("censored", 22)),
        (look(28) + "d40 progression yes; d50 next_therapy yes", {"censor_at_next_therapy": "any"}, "rfs", ("event", 12)),
        (V5, {}, "dor", ("censored", 32)),
        (V5, {"dor_death": "any"}, "dor", ("event", 32)),
        (look(28) + look(60), {}, "maintained", ("met", 32)),
        (look(28) + look(55), {}, "maintained", ("not determined", None)),
        (look(28) + look(56), {}, "maintained", ("met", 28)),
        (look(28) + look(55), {"maintained_days": 27}, "maintained", ("met", 27)),
        (look(21, 40) + look(91) + look(130), {}, "maintained", ("not met", None)),
        (look(21, 40) + look(90) + look(130), {}, "maintained", ("met", 40)),
        (look(21, 40) + look(91) + look(130), {"remission_by_day": 91}, "maintained", ("met", 39)),
        # relapse and progression
        (look(28) + look(90, 30) + look(200), {}, "rfs", ("event", 62)),
        (look(28) + look(90, 30) + "d80 progression yes", {}, "rfs", ("event", 52)),
        ("d10 progression yes; " + look(28, 60), {}, "efs", ("event", 10)),
        ("d10 progression yes; " + look(28, 60) + "d90 death other", {}, "nrm", ("competing", 10)),
        (V1, {}, "nrm", ("competing", 200)),
        (V3, {}, "nrm", ("competing", 28)),
        (V1, {}, "dor", ("event", 172)),
        (look(28) + "d90 death progression", {}, "dor", ("event", 62)),
        (look(28) + "d90 death progression", {}, "nrm", ("competing", 90)),
        (look(28) + "d90 death unknown_cause", {}, "dor", ("not determined", None)),
        (look(28) + "d90 death unknown_cause", {}, "nrm", ("event", 90)),
        ("d90 death unknown_cause", {}, "nrm", ("not determined", None)),
        ("d9 death infection", {}, "efs", ("event", 9)),
        ("d9 death infection", {}, "nrm", ("event", 9)),
        ("d9 death infection", {}, "rfs", ("not determined", None)),
        # what is not known
        ("d60 last_follow_up yes", {}, "efs", ("not determined", None)),
        ("d60 last_follow_up yes", {}, "os", ("censored", 60)),
        ("d10 last_follow_up yes", {}, "efs", ("censored", 0)),
        ("d28 blasts_percent 1; d40 last_follow_up yes", {}, "rfs", ("not determined", None)),
        ("d28 blasts_percent status=not_recorded; d40 last_follow_up yes", {}, "rfs", ("not determined", None)),
        ("d28 blasts_percent 1; d28 cns_status status=not_recorded; d40 last_follow_up yes", {}, "efs", ("not determined", None)),
        (look(14, 40) + "d200 last_follow_up yes", {}, "efs", ("not determined", None)),
        (look(14, 40) + look(60, 40) + "d200 last_follow_up yes", {}, "efs", ("event", 28)),
        (look(14, 40) + look(60) + "d200 last_follow_up yes", {}, "efs", ("not determined", None)),
        (look(28, 40) + "d40 procedure transplant; " + look(60), {}, "rfs", ("not in set", None)),
    ],
)  # fmt: skip
def test_choices_events_and_silence(
    given: str, choices: dict[str, Any], endpoint: str, expected: tuple[str, int | None]
) -> None:
    assert found(given, **choices)[endpoint] == expected


def test_a_count_only_answer_is_none() -> None:
    # CRi by the counts of day 28; nothing but the family counts.
    given = "d28 blasts_percent 1 site=marrow; d28 anc 1.2; d28 platelets 20; d28 cns_status cns1; "
    assert found(given + "d48 progression yes")["rfs"] == ("event", 20)
    # Counts that are lost later are no relapse, nor is MRD alone.
    later = "d90 blasts_percent 1 site=marrow; d90 anc 0.1; d90 platelets 5; d90 cells_counted 300; d90 mrd marrow flow 0.02"
    assert found(given + later)["rfs"] == ("censored", 62)


def test_an_evaluation_that_is_not_settled_is_flagged() -> None:
    assert one(look(28) + "d60 blasts_percent status=not_recorded; " + look(90), "rfs").flags == (
        "evaluation_not_settled",
    )
    assert one("d14 blasts_percent status=not_recorded; " + look(28), "rfs").flags == ("remission_may_be_earlier",)
    assert one(look(28) + look(90), "rfs").flags == ()


def test_evidence_and_memory() -> None:
    course = read_given(CHARTS + V1)
    result = endpoints(course)
    codes = {i.id: {getattr(course.record(uid), "code", "") for uid in i.evidence} for i in result.endpoints}
    assert codes["os"] == {"death"}
    assert codes["efs"] == codes["rfs"] == codes["cir"] == {"progression"}
    assert {i.id for i in result.endpoints if i.provisional} == {"dor", "nrm"}
    assert all(i.reason for i in result.endpoints)


def test_another_edition_may_say_otherwise() -> None:
    # Four weeks are not shown by one evaluation: the CIBMTR does not know yet.
    assert found(look(28), response="response.cibmtr")["rfs"] == ("not determined", None)
    assert found(look(28) + look(60), response="response.cibmtr")["rfs"] == ("censored", 32)
    with pytest.raises(UnknownTerm):
        found(look(28), response="response.balls")


# --- a second computation: every day of follow-up in turn -------------------------------------------------------------


def by_days(
    visits: dict[int, bool], relapse: int | None, death: int | None, last: int
) -> dict[str, tuple[str, int | None]]:
    """Walk through the days; every visit is complete, so that nothing stays open."""
    answer: dict[str, tuple[str, int | None]] = {}
    remission: int | None = None
    ill_at_landmark = not any(clean for day, clean in visits.items() if day <= 35)
    relapsed = False
    for day in range(1, last + 1):
        if day in visits and visits[day] and remission is None:
            remission = day
        sick = (day in visits and not visits[day]) or day == relapse
        came_back = remission is not None and day > remission and sick and not relapsed
        if came_back:
            relapsed = True
            answer.setdefault("efs", ("event", day))
            answer.setdefault("rfs", ("event", day - (remission or 0)))
            answer.setdefault("cir", ("event", day - (remission or 0)))
            answer.setdefault("nrm", ("competing", day))
        if day == 28 and ill_at_landmark:
            answer.setdefault("efs", ("event", 28))
            answer.setdefault("nrm", ("competing", 28))
        if day == death:
            answer["os"] = ("event", day)
            answer.setdefault("efs", ("event", day))
            answer.setdefault("nrm", ("event", day))
            if remission is not None:
                answer.setdefault("rfs", ("event", day - remission))
                answer.setdefault("cir", ("competing", day - remission))
            break
    end = max(day for day in visits)
    answer.setdefault("os", ("censored", last))
    answer.setdefault("nrm", ("censored", last))
    answer.setdefault("efs", ("censored", end))
    for name in ("rfs", "cir"):
        answer.setdefault(name, OUT if remission is None else ("censored", end - remission))
    return answer


def test_random_histories_day_by_day() -> None:
    chance = random.Random(31)
    for _ in range(250):
        days = sorted({28, *chance.sample(range(40, 300), chance.randint(0, 3))})
        visits = {day: chance.random() < 0.7 for day in days}
        death = chance.choice([None, None, max(days) + chance.randint(1, 200)])
        last = death or max(days) + chance.randint(0, 200)
        cured = min((day for day, clean in visits.items() if clean), default=None)
        relapse = None
        if cured is not None and chance.random() < 0.3:
            relapse = chance.randint(cured + 1, last) if last > cured else None
        items = [look(day, 1 if clean else 40) for day, clean in visits.items()]
        items.append(f"d{relapse} progression yes; " if relapse else "")
        items.append(f"d{death} death other; " if death else f"d{last} last_follow_up yes; ")
        chance.shuffle(items)
        expected = by_days(visits, relapse, death, last)
        assert expected.items() <= found("".join(items)).items(), items


def test_censoring_is_shown_by_the_last_evaluation() -> None:
    course = read_given(CHARTS + look(28) + look(90))
    efs = endpoints(course)["efs"]
    assert (efs.state, efs.time) == ("censored", 90)
    assert efs.evidence
    assert {course.record(uid).moment.day for uid in efs.evidence} == {90}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ("d60 last_follow_up yes", "not determined"),
        # Seen last before the landmark, and on the very day.
        ("d27 last_follow_up yes", "censored"),
        ("d28 last_follow_up yes", "not determined"),
        ("d9 death infection", "event"),
    ],
)
def test_event_free_survival_counts_from_the_infusion(given: str, state: str) -> None:
    efs = one(given, "efs")
    assert (efs.state, efs.start) == (state, 0)


def test_a_remission_that_is_not_settled_leaves_open_whether_it_was_maintained() -> None:
    perhaps = "d-5 cns_status cns2a; d28 blasts_percent 1 site=marrow; d28 anc 1.2; d28 platelets 120"
    assert one(perhaps, "maintained").state == "not determined"
    assert one(look(28, 40), "maintained").state == "not met"


DERIVED = (
    "d28 blasts_percent 1 site=marrow; d28 wbc 3; d28 neutrophil_percent 50; d28 platelets 120; d28 cns_status cns1; "
)


def test_an_endpoint_whose_response_rests_on_a_derived_count_says_so():
    result = endpoints(with_derived(read_given(CHARTS + DERIVED + "d60 progression yes")))
    assert result.best_response.text == "CR"
    marked = {one.id for one in result.endpoints if DERIVED_NEUTROPHILS in one.flags}
    assert marked == {"efs", "rfs", "dor", "cir", "nrm", "maintained"}
    recorded = endpoints(read_given(CHARTS + DERIVED + "d60 progression yes"))
    assert not any(DERIVED_NEUTROPHILS in one.flags for one in recorded.endpoints)


def test_a_derived_count_does_not_better_the_response_behind_the_endpoints():
    given = CHARTS + "d27 anc 0.3; " + DERIVED + "d60 progression yes"
    course = read_given(given)
    assert rule("response.ball").run(with_derived(course)).overall.text == "CR", "the example shows nothing"
    result = endpoints(with_derived(course))
    assert result == endpoints(course)
    assert result.best_response.text == "CRi"


def test_a_derived_count_that_no_evaluation_rests_on_marks_nothing():
    course = with_derived(read_given(CHARTS + look(28) + "d60 wbc 3; d60 neutrophil_percent 50; d60 progression yes"))
    assert not any(one.flags for one in endpoints(course).endpoints)
