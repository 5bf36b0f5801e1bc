"""One fevered moment, graded by every edition: a second oracle that reads the published lines over all possible worlds.

The oracle knows facts, not entries: what is not recorded is every fact it could be, and the range is the mildest and the
worst grade over all of them.
"""

import dataclasses
import random
from itertools import product

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import cartox2018, ctcae5, evidence, lee2014, mskcc2018, penn2018
from cartrace.course.clock import unknown
from cartrace.course.record import DrugCourse

EDITIONS = (lee2014, penn2018, cartox2018, mskcc2018, ctcae5)
HOUR = 40
# A value of each grade; baselines 1.0, 20, 20 and 0.6, upper limits 1.2, 40, 40 and 1.2.
VALUES = {
    "creatinine": (1.0, 1.3, 2.0, 4.0, 8.0),
    "alt": (20, 50, 150, 300, 900),
    "ast": (20, 50, 150, 300, 900),
    "bilirubin": (0.6, 1.5, 2.5, 5, 15),
}
LIMIT = {"creatinine": 1.2, "alt": 40, "ast": 40, "bilirubin": 1.2}
BASE = "d0 creatinine 1.0 high=1.2; d0 alt 20 high=40; d0 ast 20 high=40; d0 bilirubin 0.6 high=1.2"
HIGH = {"norepinephrine": 20, "epinephrine": 10, "dopamine": 10, "phenylephrine": 200}
SHARE = {"norepinephrine": 1, "epinephrine": 1, "dopamine": 0.5, "phenylephrine": 0.1}
UNIT = {"dopamine": "ug/kg/min", "vasopressin": "U/min"}
NONE, VENTILATOR = 0, 1000


def a_moment(rng):
    """(entries, worlds): what is recorded, and for each fact what it may be."""
    given, facts = [f"h{HOUR} temperature 39", BASE], {}
    agents = rng.sample((*HIGH, "vasopressin"), rng.choice((0, 0, 1, 1, 2, 3)))
    since = rng.choice((1, 5, 30))
    pressors = []
    for agent in agents:
        rate = rng.choice((1, 5, 12, 25, 250))
        known = agent == "vasopressin" or rng.random() < 0.8
        given.append(f"h{HOUR - since}-44 drug {agent}" + (f" {rate} {UNIT.get(agent, 'ug/min')}" if known else ""))
        pressors.append([(agent, r) for r in ((rate,) if known else (0, 1e6))])
    facts["pressors"] = [(since, chosen) for chosen in product(*pressors)]
    boluses = rng.choice(("none", "denied", 1, 2)) if not agents else "denied"
    hypotension = rng.choice(("no", "yes", ""))
    given += [f"h{HOUR} hypotension {hypotension}"] if hypotension else []
    given += [f"h{HOUR - k} fluid_bolus yes" for k in range(boluses)] if isinstance(boluses, int) else []
    given += [f"h{HOUR} fluid_bolus no"] if boluses == "denied" else []
    facts["hypotension"] = [hypotension == "yes"] if hypotension else [False, True]
    if isinstance(boluses, int):
        facts["hypotension"] = [True]
        if hypotension == "no":
            given.remove(f"h{HOUR} hypotension no")
    facts["boluses"] = {"none": [0, 1, 2], "denied": [0], 1: [1, 2], 2: [2]}[boluses]
    facts["oxygen"] = oxygen(rng, given)
    for analyte, values in VALUES.items():
        grade = rng.choice((0, 0, 0, 1, 2, 3, 4))
        missing = rng.random() < 0.1
        entry = (
            f"h39 {analyte} status=not_recorded" if missing else f"h39 {analyte} {values[grade]} high={LIMIT[analyte]}"
        )
        given.append(entry)
        facts[analyte] = [0, 1, 2, 3, 4] if missing else [grade]
    charts = ["vasopressors", "oxygen"]
    admitted = rng.choice(("no", "no", "yes", ""))
    given += [f"h0 temperature 36.5; h0 hypotension no; h0 crs_admission {admitted}"] if admitted else []
    facts["admission"] = [admitted == "yes"] if admitted else [False, True]
    transfused = rng.choice((False, False, True, None))
    charts += ["transfusions"] if transfused is not None else []
    given += [f"h{HOUR - 2} drug cryoprecipitate"] if transfused else []
    facts["product"] = [False, True] if transfused is None else [transfused]
    return "; ".join([*given, f"complete {' '.join(charts)}"]), facts


def oxygen(rng, given):
    device = rng.choice(("room_air", "room_air", "nasal_cannula", "venturi_mask", "cpap", "invasive_ventilation", "?"))
    if device == "?":
        given.append(f"h{HOUR} oxygen_device status=not_recorded")
        return [NONE, 30, 50, VENTILATOR]
    given.append(f"h{HOUR} oxygen_device {device}")
    if device == "room_air":
        return [NONE]
    if device == "invasive_ventilation":
        return [VENTILATOR]
    share = rng.choice((30, 39, 40, 60, None))
    if share is not None:
        given.append(f"h{HOUR} fio2 {share}")
        return [share]
    if device == "nasal_cannula":
        flow = rng.choice((2, 4, 5, 6))
        given.append(f"h{HOUR} oxygen_flow {flow}")
        return [20 + 4 * flow]
    return [30, 50]


def high_dose(since, agents):
    if since < 3:
        return False
    others = [(agent, rate) for agent, rate in agents if agent != "vasopressin"]
    equivalent = sum(SHARE[agent] * rate for agent, rate in others)
    together = 10 if len(others) < len(agents) else 20
    return any(rate >= HIGH[agent] for agent, rate in others) or (len(agents) > 1 and equivalent >= together)


def by_oxygen(share):
    return 4 if share == VENTILATOR else 3 if share >= 40 else 2 if share > NONE else 1


def lee(f):
    since, agents = f["pressors"]
    low = 3 if len(agents) > 1 or high_dose(since, agents) else 2 if agents or f["hypotension"] else 1
    liver = max(f["alt"], f["ast"])
    organs = max(f["creatinine"], f["bilirubin"], min(liver, 3))
    return (max(low, by_oxygen(f["oxygen"]), organs),)


def penn(f):
    since, agents = f["pressors"]
    low = (4 if high_dose(since, agents) else 3) if agents else f["boluses"] + 1 if f["hypotension"] else 1
    liver = max(f["alt"], f["ast"], f["bilirubin"])
    organs = max((1, 1, 2, 3, 3)[f["creatinine"]], (1, 1, 1, 2, 3)[liver])
    air = 4 if f["oxygen"] == VENTILATOR else 3 if f["oxygen"] > NONE else 1
    return (max(low, air, organs, 3 if f["product"] else 1, 2 if f["admission"] else 1),)


def mskcc(f):
    since, agents = f["pressors"]
    return (max((3 if since >= 24 else 2) if agents else 1, by_oxygen(f["oxygen"])),)


def ctcae(f):
    _, agents = f["pressors"]
    several = (3, 4) if len(agents) > 1 else (3,) if agents else (2,) if f["hypotension"] else (1,)
    return tuple(max(grade, by_oxygen(f["oxygen"])) for grade in several)


PUBLISHED = {lee2014: lee, penn2018: penn, cartox2018: lee, mskcc2018: mskcc, ctcae5: ctcae}


def compare(seed):
    given, facts = a_moment(random.Random(seed))
    for edition in EDITIONS:
        course = read_given(given)
        step = next(s for s in edition.RULE.run(course).steps if s.at is not None and round(s.at * 24, 6) == HOUR)
        worlds = [dict(zip(facts, chosen, strict=True)) for chosen in product(*facts.values())]
        grades = [grade for world in worlds for grade in PUBLISHED[edition](world)]
        assert (step.low, step.high) == (min(grades), max(grades)), (edition.RULE.id, given)
        if step.low != step.high:
            assert step.settles, (edition.RULE.id, given)


@pytest.mark.parametrize("block", range(8))
def test_every_edition_grades_what_its_lines_say_over_all_that_is_possible(block):
    for seed in range(block * 25, block * 25 + 25):
        compare(seed)


@pytest.mark.slow
def test_the_same_over_many_moments():
    for seed in range(1000, 3000):
        compare(seed)


def test_one_course_gives_every_edition_the_same_channels_in_front():
    longest = max((edition.RULE.channels for edition in EDITIONS), key=len)
    for edition in EDITIONS:
        # CTCAE asks for the clinician's word after what it shares.
        shared = tuple(channel for channel in edition.RULE.channels if channel.name != "crs_life_threatening")
        assert shared == longest[: len(shared)]
    assert [channel.name for channel in evidence.CHANNELS[evidence.CREATININE : evidence.BILIRUBIN + 1]] == list(VALUES)


def test_a_product_of_unknown_date_takes_its_declaration_back():
    course = read_given("h6 temperature 39; complete transfusions")
    undated = DrugCourse(99, "cryoprecipitate", "coagulation_product", unknown())
    rule = penn2018.RULE
    for drugs, declared in (((), evidence.COMPLETE_COAGULATION), ((undated,), 0)):
        events = rule.events(dataclasses.replace(course, drugs=drugs))
        (charts,) = events.value[events.channel == 18]
        assert int(charts) & evidence.COMPLETE_COAGULATION == declared


def test_days_on_which_only_the_laboratory_was_heard_of_are_not_graded():
    found = lee2014.RULE.run(
        read_given(f"h6 temperature 39; {BASE}; d9 creatinine 2.0 high=1.2; complete drugs oxygen")
    )
    assert [day.day for day in found.days] == [0]
