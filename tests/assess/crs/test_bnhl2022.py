"""CRS, Chinese consensus for B-NHL: its case table; one moment read from the printed table over all that is possible."""

import random
from itertools import product

import pytest

from cartrace.assess import rule as on_the_shelf
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import bnhl2022, ctcae5
from cartrace.vocabulary import terms

RULE = bnhl2022.RULE


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(RULE, case).wrong == ()


# --- a second oracle: the printed columns, from facts in place of entries ----------------------------------------------

HOUR = 10
AGENTS = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin")
# Support in words, and the column it stands in.
OXYGEN = {
    "room_air": (1,),
    "blow_by": (2,),
    "nasal_cannula oxygen_flow 3": (2,),
    "nasal_cannula oxygen_flow 6": (2,),
    "nasal_cannula oxygen_flow 8": (3,),
    "high_flow_cannula oxygen_flow 50": (3,),
    "nasal_cannula": (2, 3),
    "face_mask": (3,),
    "venturi_mask": (3,),
    "bipap": (4,),
    "invasive_ventilation": (4,),
    "status=not_recorded": (1, 2, 3, 4),
}
LOCAL = {"none": (1,), "enlarged": (2,), "compression": (3,), "decompensated": (4,), "": (1, 2, 3, 4)}
FEVER = {"39": (True,), "38": (True,), "37.9": (False,), "": (True, False)}


def a_moment(rng):
    """(entries, temperature, columns): for each column the printed grades that what is recorded leaves possible."""
    given, agents = ["h4 temperature 39"], rng.sample(AGENTS, rng.choice((0, 0, 0, 1, 2, 3)))
    given += [f"h{HOUR - 1}-{HOUR + 4} drug {agent}" for agent in agents]
    hypotension = rng.choice(("no", "yes", ""))
    given += [f"h{HOUR} hypotension {hypotension}"] if hypotension else []
    charted = rng.random() < 0.7
    if charted or (hypotension == "no" and not agents):
        by_pressure = {"no": (1,), "yes": (2,), "": (1, 2)}[hypotension]
        pressure = (min(2 + len(agents), 4),) if agents else by_pressure
    else:
        pressure = tuple(range(min(2 + len(agents), 4) if agents else 2 if hypotension else 1, 5))
    oxygen, local = rng.choice(tuple(OXYGEN)), rng.choice(tuple(LOCAL))
    device, _, flow = oxygen.partition(" ")
    given += [f"h{HOUR} oxygen_device {device}"] + ([f"h{HOUR} {flow}"] if flow else [])
    given += [f"h{HOUR} local_inflammation {local}"] if local else []
    temperature = rng.choice(tuple(FEVER))
    given += [f"h{HOUR} temperature {temperature or 'status=not_recorded'}"]
    given += ["complete drugs"] if charted else []
    return "; ".join(given), temperature, (pressure, OXYGEN[oxygen], LOCAL[local])


def compare(seed):
    given, temperature, columns = a_moment(random.Random(seed))
    step = next(s for s in RULE.run(read_given(given)).steps if s.at is not None and round(s.at * 24, 6) == HOUR)
    worlds = product(FEVER[temperature], *columns)
    grades = [max(printed) if fever else 0 for fever, *printed in worlds]
    assert (step.low, step.high) == (min(grades), max(grades)), given
    assert bool(step.settles) == (step.low != step.high), given


@pytest.mark.parametrize("block", range(8))
def test_one_moment_over_all_that_is_possible(block):
    for seed in range(block * 50, block * 50 + 50):
        compare(seed)


@pytest.mark.slow
def test_the_same_over_many_moments():
    for seed in range(1000, 4000):
        compare(seed)


# --- beside the other editions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [case for case in cases("crs.astct2019") if "drug vasopressin" not in case.given],
    ids=lambda case: case.case,
)
def test_with_the_waiver_and_no_local_inflammation_it_is_astct_but_for_vasopressin(case):
    course = read_given(case.given)
    astct = on_the_shelf("crs.astct2019").run(course, {"systolic_proxy": "off"})
    chosen = {"systolic_proxy": "off", "local_silence": "none", "fever_waiver": "astct"}
    found = RULE.run(course, chosen)
    assert [(s.at, s.low, s.high) for s in found.steps] == [(s.at, s.low, s.high) for s in astct.steps]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_to_ask_for_fever_throughout_never_grades_higher_than_to_waive_it(case):
    course = read_given(case.given)
    asked, waived = (RULE.run(course, {"fever_waiver": word}) for word in ("none", "astct"))
    for one, other in zip(asked.steps, waived.steps, strict=True):
        assert one.low is None or one.low <= other.low
        assert one.high is None or one.high <= other.high


def test_the_coded_findings_are_the_levels_of_the_column():
    finding = terms.analyte("local_inflammation")
    assert finding.values == ("none", "enlarged", "compression", "decompensated")
    assert len(finding.values) - 1 == bnhl2022.DECOMPENSATED


def test_places_of_options_and_channels():
    names = [option.name for option in RULE.options]
    assert names[bnhl2022.LOCAL_SILENT] == "local_silence"
    assert names[bnhl2022.FEVER_WAIVER] == "fever_waiver"
    assert RULE.channels[bnhl2022.LOCAL].name == "local_inflammation"
    assert dict(zip(names, (o.default for o in RULE.options), strict=True))["systolic_proxy"] == 1.0
    assert RULE.channels[: bnhl2022.LOCAL] == ctcae5.RULE.channels[: bnhl2022.LOCAL]
