"""Where editions differ, checked against the grades of each edition moment by moment."""

import dataclasses
from itertools import pairwise

import pytest

from cartrace.assess import RULES, rule, rules_of
from cartrace.assess.case_notation import read_given
from cartrace.assess.comparison import compare, lines
from cartrace.assess.conformance import cases
from cartrace.assess.crs.episode import AXES
from cartrace.assess.icans.episode import DOMAINS
from cartrace.course import Clock

LABS = "d0 creatinine 1.0 high=1.2; d0 alt 20 high=40; d0 ast 20 high=40; d0 bilirubin 0.6 high=1.2"
CALM = (
    f"{LABS}; h0 crs_admission no; h6 local_inflammation none; complete drugs oxygen; "
    "h6 temperature 39; h6 hypotension no; h6 oxygen_device room_air"
)
TITLES = [
    "ASTCT 2019",
    "Lee 2014",
    "Penn 2018",
    "CARTOX 2018",
    "MSKCC 2018",
    "CTCAE 5",
    "Chinese consensus for B-NHL 2022",
]


def compared(given, family="crs"):
    course = read_given(given)
    return compare(course, [one.run(course) for one in rules_of(family)])


def test_fever_alone_is_grade_1_in_every_edition():
    assert compared(CALM) == ()


@pytest.mark.parametrize(
    ("more", "grades"),
    [
        ("h6 fluid_bolus yes; h7 fluid_bolus yes; h7 hypotension yes", ["2", "2", "3", "2", "1", "2", "2"]),
        ("h7-13 drug norepinephrine 5 ug/min", ["3", "2", "3", "2", "2", "3", "3"]),
        ("h7 oxygen_device nasal_cannula; h7 oxygen_flow 2", ["2", "2", "3", "2", "2", "2", "2"]),
        ("h7 oxygen_device cpap; h7 fio2 50", ["4", "3", "3", "3", "3", "3", "4"]),
        ("h7 creatinine 4.0 high=1.2", ["1", "3", "3", "3", "1", "1", "1"]),
        ("h7 alt 900 high=40", ["1", "3", "3", "3", "1", "1", "1"]),
        ("h7 drug cryoprecipitate", ["1", "1", "3", "1", "1", "1", "1"]),
        ("h7 local_inflammation compression", ["1", "1", "1", "1", "1", "1", "3"]),
    ],
)
def test_the_published_cross_table(more, grades):
    found = compared(f"{CALM}; {more}; h8 temperature 39")
    at = next(d for d in found if d.at * 24 == 7)
    assert [standing.title for standing in at.standings] == TITLES
    assert [standing.grade.text for standing in at.standings] == grades


def test_why_is_the_published_line_of_each_edition():
    (first, *_) = compared(
        f"{CALM}; h7-13 drug norepinephrine 5 ug/min; h13 hypotension no; h13 oxygen_device room_air"
    )
    assert (round(first.at * 24, 6), round(first.until * 24, 6), first.day) == (7, 13, 0)
    said = dict(zip(TITLES, (standing.line for standing in first.standings), strict=True))
    assert said["ASTCT 2019"] == "one vasopressor, vasopressin besides it or not"
    assert said["Lee 2014"] == "hypotension responding to fluids or a low dose of one vasopressor"
    assert "MSKCC 2018: 2, any vasopressor for less than 24 h." in first.why


def test_a_range_names_both_lines_and_what_would_settle_it():
    found = compared("h6 temperature 39; h6 hypotension no; h6 oxygen_device room_air; complete drugs")
    standing = next(s for s in found[0].standings if s.title == "Lee 2014")
    assert standing.grade.text == "1 to 4"
    assert standing.line.startswith(
        "at least symptoms that need symptomatic treatment only; at most grade 4 organ toxicity"
    )
    assert "would be settled by creatinine, alt, ast, bilirubin" in standing.sentence


def test_the_reason_when_fever_makes_the_difference():
    more = "h12 temperature 36.8; h12 hypotension yes; h12 oxygen_device room_air"
    at = next(d for d in compared(f"{CALM}; {more}") if d.at * 24 == 12)
    assert [standing.grade.text for standing in at.standings][:2] == ["0", "2"]
    assert (
        at.standings[0].line
        == "hypotension, hypoxia, organ toxicity or local inflammation without fever does not count"
    )


@pytest.mark.parametrize("rule_id", sorted({rule_id for rule_id, _, _ in lines()}))
def test_stretches_hold_every_difference_and_nothing_else(rule_id):
    family = rule_id.partition(".")[0]
    for case in cases(rule_id)[:: 4 if family == "crs" else 1]:
        course = read_given(case.given)
        assessments = [one.run(course) for one in rules_of(family)]
        found = compare(course, assessments)
        moments = sorted({step.at for assessment in assessments for step in assessment.steps})
        for moment in moments:
            held = [next((s for s in reversed(a.steps) if s.at <= moment), None) for a in assessments]
            ranges = {(s.low, s.high) for s in held if s is not None and s.low is not None}
            inside = [d for d in found if d.at <= moment and (d.until is None or moment < d.until)]
            assert len(inside) == (1 if len(ranges) > 1 else 0), case.case
        assert all(first.until is not None and first.until <= second.at for first, second in pairwise(found))
        assert all(standing.line for difference in found for standing in difference.standings)


WELL = (
    "patient age=40; h6 cartox10 10; h6 ice 10; h6 consciousness alert; h6 seizure none; h6 motor_weakness no; "
    "h6 raised_icp_sign none"
)


@pytest.mark.parametrize(
    ("more", "grades", "lines_said"),
    [
        ("h7 cartox10 7; h7 ice 7", None, None),
        (
            "h7 seizure brief; h7 seizure_type generalised",
            ["3", "4"],
            (
                "any seizure that resolves rapidly, or on EEG with intervention",
                "generalised seizure or status epilepticus",
            ),
        ),
        (
            "h7 raised_icp_sign papilloedema; h7 papilloedema_stage 2",
            ["4", "3"],
            (
                "diffuse oedema, posturing, sixth nerve palsy, papilloedema or Cushing triad",
                "papilloedema of stage 1 or 2, or raised opening pressure below 20 mmHg",
            ),
        ),
        (
            "h7 consciousness awakens_to_voice; h7 cartox10 9; h7 ice 9",
            ["2", "1"],
            ("awakens to voice", "CARTOX-10 of 7 to 9"),
        ),
        (
            "h7 consciousness awakens_to_voice; h7 cartox10 6; h7 ice 7",
            None,
            None,
        ),
        (
            "h7 cerebral_oedema focal",
            ["3", "4"],
            (
                "focal oedema on imaging",
                "papilloedema of stage 3 to 5, opening pressure from 20 mmHg or cerebral oedema",
            ),
        ),
        (
            "h7 csf_opening_pressure 25",
            ["0", "4"],
            (
                "no domain of the scale is affected",
                "papilloedema of stage 3 to 5, opening pressure from 20 mmHg or cerebral oedema",
            ),
        ),
        ("h7 cartox10 6; h7 ice 7", ["1", "2"], ("ICE of 7 to 9", "CARTOX-10 of 3 to 6")),
    ],
)
def test_where_cres_and_icans_differ(more, grades, lines_said):
    found = compared(f"{WELL}; {more}", "icans")
    if grades is None:
        assert found == ()
        return
    (at,) = found
    assert [standing.title for standing in at.standings] == ["ASTCT 2019", "CARTOX 2018"]
    assert (at.family, [standing.grade.text for standing in at.standings]) == ("icans", grades)
    assert tuple(standing.line for standing in at.standings) == lines_said


def test_without_an_age_both_scores_make_a_line():
    (at, *_) = compared(
        "h6 capd 9; h6 ice 10; h6 cartox10 10; h6 consciousness alert; h6 seizure none; h6 motor_weakness no; h6 raised_icp_sign none",
        "icans",
    )
    assert at.standings[0].line == "at least no domain of the scale is affected; at most CAPD of 9 or more"


def test_every_line_belongs_to_an_edition_and_an_axis():
    axes = {"crs": (*AXES, "fever"), "icans": DOMAINS}
    for rule_id, axis, level in lines():
        family = rule_id.partition(".")[0]
        assert rule(rule_id).id == rule_id
        assert axis in axes[family]
        assert level in range(1, 5) if family == "icans" else (level == 0) == (axis == "fever")
    editions = {one.id for one in RULES if one.id.partition(".")[0] in axes}
    assert {rule_id for rule_id, _, _ in lines()} == editions


def test_without_editions_there_is_nothing_to_compare():
    course = read_given(CALM)
    assert compare(course, ()) == ()
    assert compare(course, [rule("tls.howard2011").run(course)]) == ()


PRESSOR = f"{CALM}; h{{0}}-60 drug norepinephrine 5 ug/min; h70 temperature 39"


@pytest.mark.parametrize(("start_minute", "hour", "day"), [(600, 14, 1), (600, 13, 0), (None, 24, 1), (None, 23, 0)])
def test_the_day_of_a_difference_is_local_and_without_the_hour_of_infusion_counted_in_whole_days(
    start_minute, hour, day
):
    course = dataclasses.replace(read_given(PRESSOR.format(hour)), clock=Clock(start_minute=start_minute))
    found = compare(course, [one.run(course) for one in rules_of("crs")])
    at = next(d for d in found if round(d.at * 24) == hour)
    assert at.day == day


def test_the_least_line_is_that_of_the_lowest_level_an_axis_can_have():
    # A vasopressor without its rate: a low dose at least, a high dose at most.
    found = compared(f"{CALM}; h7-13 drug norepinephrine; h8 temperature 39")
    lee = next(s for d in found for s in d.standings if s.title == "Lee 2014" and s.grade.state == "range")
    assert (lee.grade.low, lee.grade.high) == (2, 3)
    least, _, most = lee.line.partition("; ")
    assert least == "at least hypotension responding to fluids or a low dose of one vasopressor"
    assert most.startswith("at most ")
    assert most != "at most " + least.removeprefix("at least ")
