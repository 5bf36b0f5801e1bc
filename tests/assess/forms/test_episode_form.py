"""The whole form: the made-up course by hand, and courses that cannot answer."""

from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE as CRS
from cartrace.assess.forms import episode_forms
from cartrace.assess.forms.episode_form import fields
from cartrace.assess.icans.astct2019 import RULE as ICANS
from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder, Quantity
from cartrace.course.clock import unknown
from cartrace.vocabulary.sources import source

BUSY = Path(cartrace.__file__).parent / "examples" / "busy-course"

# By hand from vitals.csv, pumps.csv, neurology.csv and course.yaml; the infusion began at 10:00.
CRS_BY_HAND = {
    "occurred": "yes",
    "onset_day": "1",
    "highest_grade": "3",
    "highest_grade_day": "7",
    "investigator_grade": "3",
    "resolved": "yes",
    "resolution_day": "9",
    "episodes": "2",
    "second_wave": "yes",
    "second_wave_day": "6",
    "fever": "yes",
    "hypotension": "yes",
    "vasopressor_agents": "2",
    "respiratory_support": "nasal cannula",
    "tocilizumab": "yes",
    "siltuximab": "no",
    "corticosteroid": "yes",
    # CRS until 08:00 on day 9 (hour 214), ICANS from hour 172.
    "overlap": "42",
}
ICANS_BY_HAND = {
    "onset_day": "7",
    "highest_grade": "3",
    "investigator_grade": "2",
    "second_wave": "no",
    "lowest_ice": "4",
    "consciousness": "awakens to touch",
    "seizure": "brief",
    "motor_weakness": "no",
    "tocilizumab": "no",
    "overlap": "42",
}


@pytest.fixture(scope="module")
def busy():
    course = ingest.read(BUSY).courses[0]
    return course, episode_forms(course, (CRS.run(course), ICANS.run(course)))


def test_the_made_up_course_by_hand(busy):
    crs, icans = busy[1]
    assert {field: crs.found(field).text for field in CRS_BY_HAND} == CRS_BY_HAND
    assert {field: icans.found(field).text for field in ICANS_BY_HAND} == ICANS_BY_HAND


def test_durations_differ_by_convention(busy):
    crs = busy[1][0]
    # From 19:00 on day 1 to 18:00 on day 4: 2 d 23 h elapsed; days 1, 2, 3 and 4.
    assert crs.found("duration_elapsed").number == pytest.approx(71 / 24)
    assert crs.found("duration_inclusive").number == 4.0


def test_each_syndrome_has_its_own_fields_and_its_records(busy):
    course, forms = busy
    uids = {record.uid for group in course.groups() for record in group}
    for form in forms:
        asked = [answer.field.id for answer in form.answers]
        assert asked == [field.id for field in fields() if field.toxicity in ("", form.toxicity.lower())]
        assert all(set(answer.found.used) <= uids for answer in form.answers)
    with pytest.raises(KeyError):
        forms[0].found("lowest_ice")


def test_who_asks_is_said_with_what_was_read():
    assert {field.ebmt for field in fields()} <= {"", "read"}
    assert {field.id for field in fields() if field.ebmt} == {
        "occurred",
        "onset_day",
        "resolution_day",
        "highest_grade",
    }
    assert {field.cibmtr for field in fields()} == {"", "read", "memory"}
    assert {field.id for field in fields() if field.cibmtr == "memory"} == {
        "highest_grade",
        "lowest_ice",
        "anakinra",
        "ruxolitinib",
    }
    for field in fields():
        assert bool(field.locator) == (field.cibmtr == "read"), field.id
        assert not field.locator or source(field.locator.partition(",")[0]).read
    assert len({field.id for field in fields()}) == len(fields())


def form(given):
    (found,) = episode_forms(read_given(given), (CRS.run(read_given(given)),))
    return found


def test_a_course_without_crs():
    calm = form("h6 temperature 37; h6 hypotension no; h6 oxygen_device room_air; complete drugs vasopressors")
    assert calm.found("occurred").text == "no"
    assert calm.found("onset_day").reason == "no episode"
    assert calm.found("second_wave").reason == "no episode"
    assert calm.found("tocilizumab").reason == "no episode"


@pytest.mark.parametrize(
    ("given", "text", "reason"),
    [
        ("h6 temperature 37; h6 hypotension no; h6 oxygen_device room_air; complete drugs vasopressors", "0", ""),
        ("h6 hypotension no", "", "not graded: nothing recorded that could be graded"),
        ("h6 temperature status=not_recorded; h6 hypotension yes", "", "no settled onset; the grade is 0 to 4"),
        ("h6 temperature 39", "1", ""),
    ],
)
def test_no_episode_is_counted_only_where_there_was_none(given, text, reason):
    found = form(given).found("episodes")
    assert (found.text, found.reason) == (text, reason)


def test_a_range_is_never_answered_as_no():
    unknown = form("h6 temperature 39; h6 hypotension no")
    assert unknown.found("occurred").text == "yes"
    assert "to" in unknown.found("highest_grade").text
    assert unknown.found("highest_grade").number is None
    assert form("h6 hypotension no").found("occurred").reason == "not graded by the rule"


def test_an_open_episode_is_not_resolved_and_its_duration_a_lower_bound():
    begun = form(
        "h6 temperature 39; h6 hypotension no; h6 oxygen_device room_air; "
        "h12 temperature 39; h12 hypotension no; h12 oxygen_device room_air; complete drugs vasopressors"
    )
    assert begun.found("resolved").text == "no"
    assert begun.found("resolution_day").reason == "not resolved by the last entry"
    assert begun.found("duration_elapsed").text.startswith(">= ")
    assert begun.found("second_wave_day").reason == "one episode"
    assert begun.found("overlap").reason == "the other syndrome was not graded"


def test_the_investigators_grade_of_this_scale():
    builder = CourseBuilder("one")
    for scale, grade, scope in (
        ("Lee 2014", 4, "maximum"),
        ("", 1, "maximum"),
        ("ASTCT", 2, "maximum"),
        ("ASTCT", 3, "moment"),
    ):
        builder.grade(toxicity="CRS", scale=scale, grade=grade, moment=unknown(), scope=scope)
    course = builder.course()
    (crs,) = episode_forms(course, (CRS.run(course),))
    found = crs.found("investigator_grade")
    assert (found.text, found.used) == ("2", (2,))
    assert crs.found("occurred").reason == "not graded by the rule"
    assert form("h6 temperature 39").found("investigator_grade").reason == "no maximum by an investigator on this scale"


def test_a_second_episode_that_may_have_been_is_not_denied():
    waiting = form("h6 temperature status=not_recorded; h6 hypotension yes")
    assert waiting.found("second_wave").reason == "no settled onset; the grade is 0 to 4"


def told(rule, *episodes):
    """An assessment as a rule would hand it out: grade 1 in each of these (first, last) hours, resolved after 24 h."""
    names = {"onset_day": 0, "onset_time": episodes[0][0] / 24, "episodes": len(episodes)}
    names |= {"peak_day": 0, "last_resolution_time": episodes[-1][1] / 24}
    names |= {"duration_elapsed": (episodes[0][1] - episodes[0][0]) / 24, "duration_inclusive": 1}
    steps = []
    for first, last in episodes:
        grades = ((first, 1), (last, 0), (last + 24, 0))
        steps += [Grade(rule, "graded", grade, grade, at=hour / 24) for hour, grade in grades]
    given = tuple(Quantity(key, key, float(value), "d", rule) for key, value in names.items())
    settings = (("resolution_hours", 24.0), ("gap_hours", 0.0))
    return Assessment(rule, rule, settings, Grade(rule, "graded", 1, 1), tuple(steps), facts=given)


def told_forms(*assessments):
    """Infusion at 10:00 and 39 degrees three hours later, with what the rules are taken to have said."""
    builder = CourseBuilder("one", clock=Clock(start_minute=600))
    builder.observe("temperature", 39, moment=builder.clock.from_elapsed_hours(3))
    return episode_forms(builder.course(), assessments)


@pytest.mark.parametrize(
    ("episodes", "count", "second", "day", "reason"),
    [
        (((2, 10),), "1", "no", "", "one episode"),
        # Infusion at 10:00: hour 62 is midnight, the beginning of day 3; hour 61 is 23:00 of day 2.
        (((2, 10), (62, 70)), "2", "yes", "3", ""),
        (((2, 10), (61, 70), (110, 120)), "3", "yes", "2", ""),
    ],
)
def test_the_second_episode_and_the_study_day_on_which_it_began(episodes, count, second, day, reason):
    (crs,) = told_forms(told("crs.astct2019@1", *episodes))
    assert (crs.found("episodes").text, crs.found("second_wave").text) == (count, second)
    assert (crs.found("second_wave_day").text, crs.found("second_wave_day").reason) == (day, reason)
    assert (crs.found("fever").text, crs.found("highest_temperature").text) == ("yes", "39")


@pytest.mark.parametrize(("theirs", "hours"), [((20, 30), "0"), ((10, 30), "0"), ((6, 30), "4"), ((0, 1), "0")])
def test_syndromes_apart_share_no_hour(theirs, hours):
    crs, icans = told_forms(told("crs.astct2019@1", (2, 10)), told("icans.astct2019@1", theirs))
    assert (crs.found("overlap").text, icans.found("overlap").text) == (hours, hours)


def test_an_episode_that_resolves_at_midnight_resolves_on_the_day_that_begins():
    heat = ((6, 39), (24, 37), (36, 37), (50, 37))
    given = "; ".join(f"h{h} temperature {t}; h{h} hypotension no; h{h} oxygen_device room_air" for h, t in heat)
    assert form(f"{given}; complete drugs vasopressors").found("resolution_day").text == "1"


CALM = ("consciousness alert", "seizure none", "motor_weakness no", "raised_icp_sign none", "cerebral_oedema none")


def both(fever, ice):
    """A course of temperatures and ICE scores by hour, otherwise calm."""
    items = ["patient age=30", "complete drugs vasopressors oxygen"]
    for hour, value in fever:
        items += [f"h{hour} temperature {value}", f"h{hour} hypotension no", f"h{hour} oxygen_device room_air"]
    for hour, value in ice:
        items += [f"h{hour} ice {value}", *(f"h{hour} {word}" for word in CALM)]
    course = read_given("; ".join(items))
    return episode_forms(course, (CRS.run(course), ICANS.run(course)))


FEVER = ((6, 39), (12, 37), (24, 37), (36, 37))


@pytest.mark.parametrize(
    ("ice", "hours"),
    [
        # CRS runs from hour 6 to hour 12.
        (((8, 7), (20, 10), (32, 10), (44, 10)), "4"),
        (((2, 7), (10, 10), (22, 10), (34, 10)), "4"),
        (((12, 7), (20, 10), (32, 10), (44, 10)), "0"),
        (((8, 10), (20, 10)), "0"),
        (((8, 7), (20, 7)), "4"),
    ],
)
def test_the_overlap_of_crs_and_icans(ice, hours):
    crs, icans = both(FEVER, ice)
    assert crs.found("overlap").text == hours
    if icans.found("occurred").text == "yes":
        assert icans.found("overlap").text == hours


def test_two_open_episodes_overlap_for_nobody_knows_how_long():
    crs, _ = both(((6, 39), (12, 39)), ((8, 7), (12, 7)))
    assert (crs.found("overlap").text, crs.found("overlap").lower_bound) == (">= 0", True)


def test_nothing_graded_gives_no_form():
    assert episode_forms(read_given("h6 temperature 39"), ()) == ()
