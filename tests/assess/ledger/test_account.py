"""The whole ledger: the made-up course by hand, and that less recorded is never more given."""

from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
from cartrace.assess.case_notation import read_given
from cartrace.assess.ledger import CAUTIONS, factors, ledger

BUSY = Path(cartrace.__file__).parent / "examples" / "busy-course"


@pytest.fixture(scope="module")
def busy():
    return ingest.read(BUSY).courses[0]


# By hand from course.yaml and pumps.csv: two doses of 8 mg/kg at 68 kg; twelve doses of 10 mg and four of 4 mg; norepinephrine
# and vasopressin as charted; filgrastim on days 9 to 13.
BY_HAND = {
    "tocilizumab_doses": 2,
    "tocilizumab_total": 1088,
    "anakinra_doses": 0,
    "dexamethasone_equivalent": 136,
    "dexamethasone_equivalent_peak_day": 40,
    "corticosteroid_days": 5,
    "vasopressor_hours": 35,
    "norepinephrine_equivalent_peak": 0.295,
    "norepinephrine_equivalent_total": 417,
    "high_dose_equivalent_peak": 14.96,
    "ventilation_hours": 0,
    "g_csf_doses": 5,
    "g_csf_days": 5,
}


def test_the_made_up_course_by_hand(busy):
    found = ledger(busy)
    assert {key: found.quantity(key).value for key in BY_HAND} == pytest.approx(BY_HAND)
    assert [round(dose.interval.value or 0) for dose in found.tocilizumab] == [0, 90]
    assert sum(one.equivalent.value for one in found.steroid_days) == pytest.approx(136)


def test_every_number_has_its_records_and_every_flag_its_sentence(busy):
    uids = {record.uid for group in busy.groups() for record in group}
    for quantity in ledger(busy).quantities:
        assert {*quantity.used, *quantity.left_out} <= uids
        assert bool(quantity.used) == bool(quantity.value)
        assert set(quantity.flags) <= set(CAUTIONS)


def test_ids_are_unique_and_addressable(busy):
    found = ledger(busy)
    ids = [quantity.id for quantity in found.quantities]
    assert len(set(ids)) == len(ids)
    with pytest.raises(KeyError):
        found.quantity("nothing")


def test_other_drugs_of_the_class_have_lines_once_recorded(record):
    plain = {q.id for q in ledger(record()).quantities}
    assert "emapalumab_doses" not in plain
    assert {"tocilizumab_doses", "siltuximab_doses", "anakinra_doses", "ruxolitinib_doses"} <= plain
    assert ledger(record(("emapalumab", "d4", None, 1, "mg/kg"))).quantity("emapalumab_doses").value == 1


def test_the_days_and_factors_used_stand_in_the_ledger(busy):
    own = factors({"oxygen.holds": 12.0})
    found = ledger(busy, own, first_day=-40, last_day=-1)
    assert (found.first_day, found.last_day, found.factors) == (-40, -1, own)
    # Prednisone 60 mg (9 mg of dexamethasone) on fifteen days.
    assert found.quantity("dexamethasone_equivalent").value == pytest.approx(135)
    assert found.tocilizumab == ()


def test_a_record_less_never_adds(record):
    drugs = [
        ("tocilizumab", 60, None, 8, "mg/kg"),
        ("dexamethasone", 60, 90, 10, "mg", "every 6 h"),
        ("norepinephrine", 60, 80, 0.2, "ug/kg/min"),
        ("filgrastim", "d6", "d8", 300, "ug", "daily"),
        ("rbc", "d7", None, None, ""),
    ]
    whole = {q.id: q.value for q in ledger(record(*drugs, weight=70.0)).quantities}
    for left in range(len(drugs)):
        fewer = ledger(record(*(d for n, d in enumerate(drugs) if n != left), weight=70.0))
        for quantity in fewer.quantities:
            if quantity.value is not None and "first_day" not in quantity.id and "last_day" not in quantity.id:
                assert quantity.value <= whole[quantity.id]


DRUGS = [
    ("tocilizumab", 60, None, 8, "mg/kg"),
    ("tocilizumab", 70, None, 560, "mg"),
    ("dexamethasone", 60, 90, 10, "mg", "every 6 h"),
    ("norepinephrine", 60, 80, 0.2, "ug/kg/min"),
    ("vasopressin", 62, 70, 0.03, "U/min"),
    ("filgrastim", "d6", "d8", 300, "ug", "daily"),
    ("rbc", "d7", None, None, ""),
]
LOOKS = tuple((hour, "oxygen_device", word) for hour, word in ((50, "room_air"), (60, "bipap"), (70, "room_air")))


def numbers(found):
    return {q.id: (q.value, q.reason, q.censored, q.flags) for q in found.quantities}


def test_the_order_of_records_changes_nothing(record):
    plain = numbers(ledger(record(*DRUGS, seen=LOOKS, weight=70.0)))
    turned = numbers(ledger(record(*reversed(DRUGS), seen=LOOKS[::-1], weight=70.0)))
    assert {key: value[1:] for key, value in turned.items()} == {key: value[1:] for key, value in plain.items()}
    assert {k: v[0] for k, v in turned.items() if v[0]} == pytest.approx({k: v[0] for k, v in plain.items() if v[0]})


def test_the_unit_of_a_dose_changes_nothing(record):
    in_other_units = [
        ("tocilizumab", 60, None, 8000, "ug/kg"),
        ("tocilizumab", 70, None, 0.56, "g"),
        ("dexamethasone", 60, 90, 10000, "mcg", "q6h"),
        ("norepinephrine", 60, 80, 0.2 * 70, "ug/min"),
        ("vasopressin", 62, 70, 1.8, "IU/h"),
        *DRUGS[5:],
    ]
    plain = numbers(ledger(record(*DRUGS, seen=LOOKS, weight=70.0)))
    other = numbers(ledger(record(*in_other_units, seen=LOOKS, weight=70.0)))
    assert {k: v[0] for k, v in other.items() if v[0]} == pytest.approx({k: v[0] for k, v in plain.items() if v[0]})
    assert {k for k, v in other.items() if v[0] is None} == {k for k, v in plain.items() if v[0] is None}


def test_days_apart_add_up_to_the_whole(record):
    # Counts and amounts of days 0 to 2, 3, and 4 on together are those of the whole course.
    course = record(*DRUGS, seen=LOOKS, weight=70.0)
    whole = ledger(course)
    parts = [ledger(course, first_day=first, last_day=last) for first, last in ((0, 2), (3, 3), (4, None))]
    summed = (
        "_doses",
        "_total",
        "_hours",
        "_transfusions",
        "corticosteroid_days",
        "g_csf_days",
        "dexamethasone_equivalent",
    )
    for quantity in whole.quantities:
        if quantity.id.endswith(summed):
            assert sum(part.quantity(quantity.id).value for part in parts) == pytest.approx(quantity.value), quantity.id


def test_a_declared_chart_settles_and_a_missing_one_never_lowers(record):
    declared = ledger(record(*DRUGS, seen=LOOKS, weight=70.0))
    silent = ledger(record(*DRUGS, seen=LOOKS, weight=70.0, complete=frozenset()))
    for known, open_ended in zip(declared.quantities, silent.quantities, strict=True):
        if open_ended.value is not None:
            assert open_ended.value == known.value
            assert open_ended.censored or open_ended.id.endswith("first_day")
        else:
            assert open_ended.reason


def test_a_ledger_begins_on_the_day_of_the_infusion():
    course = read_given("h-12 drug tocilizumab 400 mg; h1 drug tocilizumab 500 mg; h30 drug tocilizumab 600 mg")
    assert ledger(course).quantity("tocilizumab_total").value == 1100
    assert ledger(course, first_day=-1).quantity("tocilizumab_total").value == 1500
    assert ledger(course, first_day=1).quantity("tocilizumab_total").value == 600
