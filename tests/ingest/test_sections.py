"""Sections read by their description."""

from __future__ import annotations

import pytest

from cartrace.ingest.collector import Collector
from cartrace.ingest.sections import Entry, SectionReader, keys_of, sections
from cartrace.ingest.yaml_tree import parse


def read(text: str, section: str) -> tuple[Entry, list[tuple[str, int | None, str]]]:
    collector = Collector()
    tree = parse(text, file="c.yaml", collector=collector)
    entry = SectionReader(file="c.yaml", collector=collector).read(tree, section)
    return entry, [(f.check, f.row, f.column) for f in collector.findings()]


def test_values_get_their_type():
    entry, checks = read("age_years: 29\nsex: Male\nweight_kg: 70.5\ndevelopmental_delay: no\n", "patient")
    assert checks == []
    assert entry.values == {"age_years": 29.0, "sex": "male", "weight_kg": 70.5, "developmental_delay": False}
    assert entry.lines["weight_kg"] == 3


@pytest.mark.parametrize(
    "text", ["weight_kg: not recorded", "weight_kg:", "weight_kg: null", "weight_kg: ~", "weight_kg: ''"]
)
def test_not_recorded_and_empty_say_nothing(text):
    entry, checks = read(text, "patient")
    assert (entry.get("weight_kg"), checks) == (None, [])


@pytest.mark.parametrize(("value", "fits"), [("0.9", False), ("1", True), ("350", True), ("350.1", False)])
def test_a_range_includes_its_ends(value, fits):
    entry, checks = read(f"weight_kg: {value}", "patient")
    assert (entry.get("weight_kg") is not None, checks == []) == (fits, fits)


def test_a_rejected_text_goes_no_further():
    entry, checks = read("code: anc\nday: first\n", "observation")
    assert checks == [("yaml.wrong_type", 2, "day")]
    assert "day" not in entry.texts
    assert entry.texts["code"] == "anc"


def test_a_time_may_be_a_day_or_keys():
    entry, checks = read("drug: dexamethasone\nstart: {hour: 30, label: in the evening}\nend: 5\n", "drug")
    assert checks == []
    assert entry.get("start").texts == {"hour": "30", "label": "in the evening"}
    assert entry.get("end") == "5"


def test_a_timed_section_allows_the_keys_of_time():
    assert set(sections()["time"]) <= set(keys_of("infusion"))
    assert "day" not in keys_of("patient")


@pytest.mark.parametrize("section", [name for name in sections() if name not in ("time",)])
def test_every_section_refuses_an_unknown_key(section):
    _, checks = read("qqqq: 1", section)
    assert ("yaml.unknown_key", 1, "qqqq") in checks


@pytest.mark.parametrize("section", sections())
def test_every_required_key_is_asked_for(section):
    _, checks = read("{}", section)
    required = {key for key, entry in keys_of(section).items() if entry.get("required")}
    assert {column for check, _, column in checks if check == "yaml.missing_key"} == required
