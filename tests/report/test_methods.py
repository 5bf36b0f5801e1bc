"""Methods: versions, settings, hashes, the command, every source once, every provisional sentence."""

from __future__ import annotations

import re

from cartrace import assess
from cartrace.report import methods
from cartrace.report.layout import Listing, Paragraph, Table, cells
from cartrace.vocabulary import sources


def tables(contents) -> dict[str, Table]:
    return {block.caption: block for block in methods.section(contents).blocks if isinstance(block, Table)}


def test_every_rule_stands_there_with_version_settings_and_sources(contents):
    rows = {row[0].text: row for row in tables(contents)["Rules as applied"].rows}
    single = {a.rule for a in contents.assessments if not a.rule.startswith("ctcae")}
    assert set(rows) == {*single, "ctcae5, version 1", "ctcae6, version 1"}
    assert "resolution_hours 24 h" in rows["crs.astct2019@1"][1].text
    assert rows["crs.astct2019@1"][0].badge == "provisional"


def test_the_terms_of_a_laboratory_table_share_a_row_that_says_whose_choice_is_whose(full):
    rows = {row[0].text: row for row in tables(full)["Rules as applied"].rows}
    name, settings, keys = rows["ctcae5, version 1"]
    rules = [rule for rule in assess.RULES if rule.id.startswith("ctcae5.")]
    assert name.note == f"{len(rules)} terms: {', '.join(rule.id.partition('.')[2] for rule in rules)}"
    assert "albumin_hours 24 h (calcium)" in settings.text
    assert re.search(r"limits_missing range \(all but ([a-z_]+, )*[a-z_]+\)", settings.text)
    assert name.badge == "provisional in part"
    assert keys.text == "ctcae5, cartrace"


def test_every_provisional_sentence_is_shown(contents):
    shown = {cell.text for b in methods.section(contents).blocks if isinstance(b, Listing) for cell in b.items}
    for assessment in contents.assessments:
        assert set(assess.rule(assessment.rule).provisional) <= shown


def test_every_source_that_took_part_is_cited_once_with_its_link(full):
    keys = methods.cited(full)
    assert len(keys) == len(set(keys))
    assert {"founding_case2020", "lee2019astct", "pknca"} <= set(keys)
    items = [cell for b in methods.section(full).blocks if isinstance(b, Listing) for cell in b.items if cell.id]
    assert [cell.id for cell in items] == [f"source-{key}" for key in keys]
    for key, cell in zip(keys, items, strict=True):
        assert sources.source(key).title in cell.text
        if sources.source(key).doi:
            assert cell.href == f"https://doi.org/{sources.source(key).doi}"


def test_inputs_by_name_and_hash_and_the_command(full):
    rows = [[cell.text for cell in row] for row in tables(full)["Files read"].rows]
    assert rows == [["course.yaml", "ab" * 32, ""], ["vitals.csv", "cd" * 32, "7"]]
    said = " ".join(cell.text for cell in cells(methods.section(full).blocks))
    assert "cartrace report full" in said
    assert methods.DISCLAIMER in said


def test_kinetics_settings_are_printed(full):
    rows = {row[0].text: row[1].text for row in tables(full)["Settings of the cellular kinetics"].rows}
    assert rows["policy"] == "standard"
    assert "0-28 d" in rows["windows"]


def test_without_results_the_section_still_says_what_it_is():
    from cartrace.course import Course
    from cartrace.report import ReportContents

    blocks = methods.section(ReportContents(Course("none"))).blocks
    assert all(isinstance(block, Paragraph) for block in blocks)
    assert blocks[0].pieces[0].text == methods.DISCLAIMER
