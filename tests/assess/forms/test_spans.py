"""Episodes as stretches: the rule's own onset, number and resolution."""

import dataclasses
import random

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE as CRS
from cartrace.assess.forms.spans import EpisodeSpan, spans
from cartrace.assess.icans.astct2019 import RULE as ICANS


def crs(given, **options):
    return CRS.run(read_given(f"{given}; complete drugs vasopressors oxygen"), options)


def at(hour, temperature):
    return f"h{hour} temperature {temperature}; h{hour} hypotension no; h{hour} oxygen_device room_air"


def fever(*pairs):
    return "; ".join(at(hour, temperature) for hour, temperature in pairs)


def in_hours(assessment):
    return [(round(s.start * 24), None if s.end is None else round(s.end * 24)) for s in spans(assessment)]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (((6, 37), (12, 37)), []),
        (((6, 39), (12, 37), (24, 37), (36, 37)), [(6, 12)]),
        (((6, 39), (12, 37), (24, 37), (35, 37)), [(6, None)]),
        (((6, 39), (12, 37), (24, 37), (35, 39), (40, 37), (60, 37), (64, 37)), [(6, 40)]),
        (((6, 39), (12, 37), (24, 37), (36, 37), (48, 39), (54, 37), (70, 37), (78, 37)), [(6, 12), (48, 54)]),
        (((6, 39),), [(6, None)]),
    ],
)
def test_episodes_by_hand(pairs, expected):
    assert in_hours(crs(fever(*pairs))) == expected


def test_the_resolution_time_and_the_gap_of_the_rule_are_used():
    pairs = ((6, 39), (12, 37), (24, 37), (36, 37), (48, 39), (54, 37), (70, 37), (78, 37), (102, 37), (126, 37))
    assert in_hours(crs(fever(*pairs), resolution_hours=48)) == [(6, 54)]
    assert in_hours(crs(fever(*pairs), gap_hours=36)) == [(6, 54)]
    assert in_hours(crs(fever(*pairs), gap_hours=35)) == [(6, 12), (48, 54)]
    third = (*pairs, (150, 39), (156, 37), (170, 37), (181, 37))
    assert in_hours(crs(fever(*third), gap_hours=36)) == [(6, 54), (150, 156)]
    assert in_hours(crs(fever(*third), gap_hours=96)) == [(6, 156)]


def test_random_courses_agree_with_the_facts_of_the_rule():
    # Against the engine of the rule: onset, number and last resolution are those of its facts, or there are no spans.
    draw = random.Random(5)
    told = 0
    for _ in range(60):
        hours = sorted(draw.sample(range(0, 200), 18))
        assessment = crs(fever(*((hour, draw.choice((37, 37, 37, 39))) for hour in hours)))
        facts = {fact.id: fact.value for fact in assessment.facts}
        found = spans(assessment)
        assert len(found) in (0, facts["episodes"])
        if found:
            told += 1
            assert found[0].start == facts["onset_time"]
            assert found[-1].end == facts["last_resolution_time"]
            assert sum((s.end or 0) - s.start for s in found if s.end is not None) <= 200 / 24
    assert told > 40


def test_spans_that_the_facts_do_not_confirm_are_none():
    assessment = crs(fever((6, 39), (12, 37), (24, 37), (36, 37)))
    assert len(spans(assessment)) == 1

    def with_fact(name, value):
        facts = [f for f in assessment.facts if f.id != name]
        fact = next(f for f in assessment.facts if f.id == name)
        told = dataclasses.replace(fact, value=value, reason="" if value is not None else "why")
        return dataclasses.replace(assessment, facts=(*facts, told))

    for name, value in (("episodes", 2.0), ("onset_time", 0.1), ("last_resolution_time", 1.0), ("episodes", None)):
        assert spans(with_fact(name, value)) == ()
    none = crs(fever((6, 37), (12, 37)))
    assert spans(none) == ()


def test_icans_by_its_own_rule():
    given = "h10 ice 7; h20 ice 10; h32 ice 10; h44 ice 10"
    calm = "; ".join(f"h{h} consciousness alert; h{h} seizure none; h{h} motor_weakness no" for h in (10, 20, 32, 44))
    more = "; ".join(f"h{h} raised_icp_sign none; h{h} cerebral_oedema none" for h in (10, 20, 32, 44))
    assert in_hours(ICANS.run(read_given(f"{given}; {calm}; {more}; patient age=30"))) == [(10, 20)]


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        (0.0, 1.0, False),
        (0.0, 1.1, True),
        (1.0, 1.5, True),
        (2.0, 3.0, False),
        (1.9, 3.0, True),
        (1.0, None, True),
        (0.9, None, False),
        (2.0, None, False),
        (1.9, None, True),
    ],
)
def test_what_touches_an_episode(start, end, touches):
    assert EpisodeSpan(1.0, 2.0).overlaps(start, end) is touches


def test_an_open_episode_reaches_on():
    assert EpisodeSpan(1.0, None).overlaps(500.0, None)
    assert not EpisodeSpan(1.0, None).overlaps(0.5, None)
