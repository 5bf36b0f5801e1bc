"""The whole ledger: the made-up course by hand, and that less recorded is never more given."""

from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
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
