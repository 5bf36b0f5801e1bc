"""One table into builders: subjects, settings, what the rows share."""

from __future__ import annotations

from cartrace.course import Clock, CourseBuilder
from cartrace.ingest.collector import Collector
from cartrace.ingest.sections import Entry
from cartrace.ingest.table import TableDefaults, Target, read_table_into


def read(text: str, target: Target, **settings: object) -> list[str]:
    collector = Collector()
    read_table_into(
        text.encode(),
        file="t.csv",
        settings=Entry(values=settings),
        target=target,
        defaults=TableDefaults(),
        collector=collector,
    )
    return [finding.check for finding in collector.findings()]


def test_site_and_method_of_the_settings_fill_empty_cells_only():
    target = Target(Clock(), CourseBuilder("c1"))
    checks = read("day,code,value,unit,site\n1,wbc,3,G/L,\n2,wbc,4,G/L,csf\n", target, site="blood", method="analyser")
    assert checks == []
    assert [(o.site, o.method) for o in target.builder.course().observations] == [
        ("blood", "analyser"),
        ("csf", "analyser"),
    ]


def test_units_of_the_settings_go_by_analyte_under_any_of_its_names():
    target = Target(Clock(), CourseBuilder("c1"))
    checks = read("day,code,value\n1,neut,1200\n1,crp,2\n", target, units={"anc": "/uL", "C-reactive protein": "mg/dL"})
    assert checks == []
    assert [o.value for o in target.builder.course().observations] == [1.2, 20.0]


def test_a_stated_decimal_sign_settles_what_is_ambiguous():
    target = Target(Clock(), CourseBuilder("c1"))
    assert read("day;ferritin [ng/mL]\n1;1,234\n", target, decimal=",") == []
    assert target.builder.course().observations[0].value == 1.234


def test_the_subject_of_one_course_is_named_like_it():
    text = "subject,day,code,value,unit\nc1,1,anc,1,G/L\n"
    assert read(text, Target(Clock(), CourseBuilder("c1"), "c1")) == []
    assert read(text, Target(Clock(), CourseBuilder("c9"), "c9")) == ["subject.other"]


def test_subjects_of_a_plain_table_never_mix():
    target = Target(Clock())
    checks = read("subject,time,code,value,unit\nA,1,anc,1,G/L\nB,1,anc,2,G/L\nA,2,anc,3,G/L\n", target)
    assert checks == []
    courses = {subject: builder.course() for subject, builder in target.subjects.items()}
    assert {s: [o.value for o in c.observations] for s, c in courses.items()} == {"A": [1.0, 3.0], "B": [2.0]}
    assert [course.id for course in courses.values()] == ["A", "B"]


def test_an_empty_wide_cell_is_no_row_and_a_filled_one_knows_its_header():
    target = Target(Clock(), CourseBuilder("c1"))
    assert read("day,ANC [G/L],CRP [mg/L]\n1,,5\n2,1,\n", target) == []
    assert [(o.source.row, o.source.column) for o in target.builder.course().observations] == [
        (2, "CRP [mg/L]"),
        (3, "ANC [G/L]"),
    ]


def test_a_unit_column_goes_row_by_row_and_the_header_fills_its_gaps():
    target = Target(Clock(), CourseBuilder("c1"))
    assert read("day,anc,unit,crp [mg/L],crp_unit\n1,1200,/uL,5,\n2,1.1,G/L,5,mg/L\n", target) == []
    assert [o.value for o in target.builder.course().observations] == [1.2, 5.0, 1.1, 5.0]
    assert read("day,anc,unit,crp [mg/L],crp_unit\n3,1200,,5,mg/dL\n", target) == ["unit.missing", "unit.conflict"]
