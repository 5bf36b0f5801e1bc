"""Cellular kinetics: metrics with evidence, reasons of refusal, what the BLQ policy moves."""

from __future__ import annotations

from cartrace.course import CourseBuilder
from cartrace.report import kinetics
from cartrace.report.layout import Drawing, Heading, Paragraph, Table


def tables(section) -> dict[str, Table]:
    return {block.caption: block for block in section.blocks if isinstance(block, Table)}


def test_metrics_with_their_values_and_addresses(full):
    table = tables(kinetics.section(full, interactive=False))["Metrics of CAR copies per µg DNA, blood, qPCR"]
    rows = {row[0].text: row for row in table.rows}
    assert rows["Cmax"][1].text == "41\u202f000 copies/µg DNA"
    assert rows["Tmax"][1].text == "10 days"
    assert rows["Cmax"][1].address == "kinetics/car_copies_per_ug/cmax"


def test_every_metric_has_a_value_or_a_reason(full):
    section = kinetics.section(full, interactive=False)
    shown = [row for caption, table in tables(section).items() if caption.startswith("Metrics") for row in table.rows]
    (profile,) = full.profiles
    assert len(shown) == len(profile.metrics)
    assert all(row[1].text for row in shown)


def test_the_sensitivity_table_lists_only_what_moves(full):
    section = kinetics.section(full, interactive=False)
    (table,) = [t for caption, t in tables(section).items() if caption.startswith("Sensitivity")]
    assert table.head == ("Metric", "standard", "all zero", "half the LLOQ", "all dropped")
    for row in table.rows:
        assert len({cell.text for cell in row[1:]}) > 1
        assert [cell.address.rpartition("@")[2] for cell in row[1:]] == [
            "standard",
            "zero_all",
            "half_lloq",
            "drop_all",
        ]


def test_one_sample_is_no_curve(graded):
    build = CourseBuilder("one")
    build.infusion(moment=build.clock.from_study_day(0))
    build.observe("car_copies_per_ug", 500.0, moment=build.clock.from_study_day(9), site="csf", method="qPCR")
    contents = graded(build.course())
    section = kinetics.section(contents, interactive=False)
    assert not kinetics.is_curve(contents.profiles[0])
    assert not [block for block in section.blocks if isinstance(block, Drawing)]
    assert kinetics.title(contents.profiles[0]) == "CAR copies per µg DNA, CSF, qPCR"


def test_no_measurement_is_one_calm_line(silent):
    (line,) = kinetics.section(silent, interactive=False).blocks
    assert isinstance(line, Paragraph)
    assert line.tone == "calm"


def test_a_re_infusion_is_shown_under_its_own_heading(re_infused):
    blocks = kinetics.section(re_infused, interactive=False).blocks
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    name = "CAR copies per µg DNA, blood, qPCR"
    assert headings == [name, f"{name}, after re-infusion (infusion 2)"]
    assert len({block.id for block in blocks if isinstance(block, Heading)}) == 2
    drawn = [block for block in blocks if isinstance(block, Drawing)]
    assert len({block.key for block in drawn}) == 2
    assert "Time since infusion 2" in drawn[1].svg
