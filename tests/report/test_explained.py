"""An explanation as plain text: what stands in it and in which order."""

from __future__ import annotations

from cartrace.report import explain


def test_the_text_is_read_from_the_result_to_the_sources(full):
    why = explain(full, "crs.astct2019")
    titles = [
        line for line in why.text.splitlines() if line in ("Decided by", "Definition", "Method", "Settings", "Sources")
    ]
    assert why.text.startswith(why.sentence)
    assert titles == ["Decided by", "Definition", "Method", "Settings", "Sources"]


def test_only_kinetics_has_its_settings_on_every_number(full):
    assert explain(full, "crs.astct2019").by_rule
    assert not explain(full, "kinetics/car_copies_per_ug/cmax").by_rule
