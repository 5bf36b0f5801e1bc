"""The schedule: our own, and one by the user."""

import pytest

from cartrace.assess.gaps.schedule import COLUMNS, default_schedule, read_schedule
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms

LINE = ("crp", "CRP", "crp", "0", "14", "24", "low", "protocol", "why", "where")


def table(**changed):
    row = dict(zip(COLUMNS, LINE, strict=True)) | changed
    return "\t".join(COLUMNS) + "\n" + "\t".join(row[name] for name in COLUMNS)


def test_the_default_is_marked_as_our_own():
    assert {visit.source for visit in default_schedule()} == {"cartrace"}
    assert len({visit.id for visit in default_schedule()}) == len(default_schedule())
    assert {code for visit in default_schedule() for code in visit.codes} <= set(terms.analytes())


def test_it_asks_for_what_the_issue_names():
    asked = {code for visit in default_schedule() for code in visit.codes}
    assert {"ice", "temperature", "spo2", "systolic_bp", "car_copies_per_ug", "anc", "platelets"} <= asked


def test_a_protocols_own_schedule():
    (visit,) = read_schedule(table(codes="crp hscrp", from_day="-7", every_hours="12.5"))
    assert (visit.codes, visit.from_day, visit.every_hours, visit.severity) == (("crp", "hscrp"), -7, 12.5, "low")


@pytest.mark.parametrize(("column", "word"), [("codes", "crpp"), ("severity", "urgent")])
def test_words_that_do_not_exist_are_refused(column, word):
    with pytest.raises(UnknownTerm, match=word):
        read_schedule(table(**{column: word}))


def test_a_missing_column_is_named():
    with pytest.raises(UnknownTerm, match="why"):
        read_schedule(table().replace("\twhy\t", "\treason\t", 1))


@pytest.mark.parametrize("changed", [{"to_day": "-1"}, {"every_hours": "0"}, {"every_hours": "nan"}, {"from_day": "x"}])
def test_numbers_that_are_no_schedule_are_refused(changed):
    with pytest.raises(ValueError, match=r"no schedule|invalid literal"):
        read_schedule(table(**changed))
