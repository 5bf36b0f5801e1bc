"""Treatment during the episodes."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.forms.spans import EpisodeSpan
from cartrace.assess.forms.treatments import agents_at_once, treatment

EPISODES = (EpisodeSpan(1.0, 2.0), EpisodeSpan(4.0, 5.0))
COMPLETE = "complete drugs"
OPEN = "none recorded, and the drug chart is not declared complete"


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        (f"h30 drug tocilizumab 560 mg; {COMPLETE}", "tocilizumab", "yes"),
        ("h30 drug tocilizumab 560 mg", "tocilizumab", "yes"),
        (f"h20 drug tocilizumab 560 mg; {COMPLETE}", "tocilizumab", "no"),
        (f"h48 drug tocilizumab 560 mg; {COMPLETE}", "tocilizumab", "no"),
        ("h20 drug tocilizumab 560 mg", "tocilizumab", OPEN),
        (COMPLETE, "anakinra", "no"),
        ("complete vasopressors", "vasopressor", "no"),
        ("complete vasopressors", "anakinra", OPEN),
        # Prophylaxis that goes on after the onset is therapy.
        (f"h0-30 drug dexamethasone 10 mg; {COMPLETE}", "corticosteroid", "yes"),
        (f"h0-24 drug dexamethasone 10 mg; {COMPLETE}", "corticosteroid", "no"),
        (
            f"h0-? drug dexamethasone 10 mg; {COMPLETE}",
            "corticosteroid",
            "recorded, but from when or until when is not",
        ),
        (f"h130-? drug dexamethasone 10 mg; {COMPLETE}", "corticosteroid", "no"),
        (f"h0 drug dexamethasone 10 mg; {COMPLETE}", "corticosteroid", "no"),
        (f"d4 drug siltuximab 700 mg; {COMPLETE}", "siltuximab", "yes"),
        (f"d3 drug siltuximab 700 mg; {COMPLETE}", "siltuximab", "no"),
        (f"h100-110 drug antibiotic; {COMPLETE}", "anti_infective", "yes"),
    ],
)
def test_one_field(given, field, expected):
    found = treatment(read_given(given), field, EPISODES)
    assert (found.text or found.reason) == expected


@pytest.mark.parametrize(
    ("given", "agents"),
    [
        ("h20-40 drug norepinephrine 5 ug/min; h30-35 drug vasopressin 0.03 U/min", "2"),
        ("h20-28 drug norepinephrine 5 ug/min; h28-35 drug epinephrine 5 ug/min", "1"),
        (
            "h10-25 drug norepinephrine 5 ug/min; h12-26 drug epinephrine 5 ug/min; h50-60 drug dopamine 5 ug/kg/min",
            "2",
        ),
        # Together only between the episodes.
        ("h40-60 drug norepinephrine 5 ug/min; h50-100 drug epinephrine 5 ug/min", "1"),
        ("h30-? drug norepinephrine 5 ug/min", ">= 1"),
        ("complete vasopressors", "0"),
    ],
)
def test_agents_at_one_time_within_an_episode(given, agents):
    assert agents_at_once(read_given(given), EPISODES).text == agents


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("d1 drug tocilizumab 560 mg", "yes"),
        ("d0 drug tocilizumab 560 mg", "no"),
        ("h24 drug tocilizumab 560 mg", "no"),
    ],
)
def test_a_dose_on_a_day_may_lie_anywhere_on_it(given, expected):
    afternoon = (EpisodeSpan(1.5, 2.0),)
    assert treatment(read_given(f"{given}; {COMPLETE}"), "tocilizumab", afternoon).text == expected


def test_an_end_nobody_recorded_at_the_onset_itself():
    assert (
        treatment(read_given(f"h24-? drug dexamethasone 10 mg; {COMPLETE}"), "corticosteroid", EPISODES).text == "yes"
    )


def test_agents_of_an_open_chart():
    assert agents_at_once(read_given("h200-210 drug norepinephrine 5 ug/min"), EPISODES).reason == OPEN


def test_of_two_times_with_as_many_agents_the_earlier_is_named():
    course = read_given("h30-35 drug norepinephrine 5 ug/min; h100-110 drug epinephrine 5 ug/min")
    found = agents_at_once(course, EPISODES)
    assert [course.record(uid).drug for uid in found.used] == ["norepinephrine"]
