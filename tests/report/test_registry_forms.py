"""Registry forms in the report: every field is answered or stands in a line with its reason."""

from __future__ import annotations

import re

from cartrace.report import explain, registry_forms
from cartrace.report.layout import Paragraph, Table, cells


def rows_of(contents, caption):
    (table,) = [b for b in registry_forms.section(contents).blocks if isinstance(b, Table) and b.caption == caption]
    return {row[0].text: row for row in table.rows}


def test_every_field_is_answered_or_counted_under_its_reason(contents):
    section = registry_forms.section(contents)
    shown = [cell.address for cell in cells(section.blocks) if cell.address]
    others = [re.search(r"and (\d+) other fields", cell.text) for cell in cells(section.blocks)]
    counted = sum(int(found[1]) for found in others if found)
    assert len(shown) == len(set(shown))
    assert len(shown) + counted == sum(len(form.answers) for form in contents.forms)
    answered = {f"forms/{f.toxicity.lower()}/{a.field.id}" for f in contents.forms for a in f.answers if a.found.text}
    assert answered <= set(shown)


def test_answers_as_a_reader_says_them(full):
    rows = rows_of(full, "CRS: answers to registry forms")
    assert rows["Study day of onset (first finding of the rule)"][1].text == "day 1"
    assert rows["Highest temperature during an episode"][1].text == "39.1 °C"
    assert rows["Hypotension during an episode"][1].text == "yes"
    assert rows["Tocilizumab during an episode"][2].text == "CIBMTR"
    assert rows["Hypotension during an episode"][2].text == "CIBMTR"
    assert rows["Highest grade"][2].text == "CIBMTR (from memory), EBMT"


def test_an_answer_is_explained_down_to_its_records(full):
    why = explain(full, "forms/crs/highest_temperature")
    assert (why.said, why.value, why.method) == ("39.1 °C", 39.1, "crs.astct2019@1")
    assert [row.place for row in why.evidence] == ["vitals.csv, row 4, temperature"]
    assert explain(full, "forms/crs/highest_grade").provisional
    assert not explain(full, "forms/crs/hypotension").provisional
    assert not explain(full, "forms/crs/onset_day").provisional


def test_fields_without_an_answer_are_named_with_the_reason(silent):
    lines = [
        "".join(p.text for p in b.pieces) for b in registry_forms.section(silent).blocks if isinstance(b, Paragraph)
    ]
    assert any(line.startswith("Not graded by the rule: Did it occur?") for line in lines)


def test_a_plain_table_of_values_has_no_forms(full):
    import dataclasses

    plain = dataclasses.replace(full, course=dataclasses.replace(full.course, infusions=(), drugs=(), procedures=()))
    assert registry_forms.section(plain) is None
