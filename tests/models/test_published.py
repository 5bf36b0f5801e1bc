"""reproduce.toml: what passes, and a finding for everything that does not."""

from __future__ import annotations

import pytest

from cartrace.models.findings import Findings
from cartrace.models.published import NEEDS, Published, Reading, Run, RunDose, read_published
from cartrace.models.reproduce import READ
from cartrace.models.system import Event

RUN = """
[run.case]
until = 30
zero = 7
every = 0.5
setting = ["a", "b"]
parameters = { k = 2 }
doses = [ { time = 0, state = "A", amount = "2*k" }, { time = "t", state = "A", amount = 3, duration = 0.5 } ]
events = [ { trigger = "A < 1", assign = { A = "A + 1" } } ]
"""
ENTRY = """
[[published]]
id = "one"
run = "case"
what = "peak"
of = "A"
to = 20
published = 10
unit = "mg"
relative = 0.1
reason = "printed to one figure"
source = "key"
locator = "Table 1"
"""


def read(text: str) -> tuple[dict[str, Run], list[Published], list[str]]:
    findings = Findings()
    runs, entries = read_published(text, "reproduce.toml", findings)
    return runs, entries, [item.check for item in findings.items]


def test_a_run_and_a_number_are_read_whole():
    runs, entries, found = read(RUN + ENTRY)
    assert found == []
    assert runs["case"] == Run(
        id="case", until=30.0, zero=7.0, every=0.5, settings=("a", "b"), parameters={"k": 2.0},
        doses=(RunDose("0", "A", "2*k", "0"), RunDose("t", "A", "3", "0.5")),
        events=(Event("case_1", "A < 1", (("A", "A + 1"),)),),
    )  # fmt: skip
    assert entries == [
        Published(
            id="one", reading=Reading("case", "peak", "A", None, None, 20.0, None), over=None, minus=None, value=10.0, low=9.0,
            high=11.0, unit="mg", reason="printed to one figure", basis="printed", source="key", locator="Table 1", derived="",
            miss="", note="",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "basis"),
    [
        ("", "printed"),
        ('derived = "2 x 5"', "from the equations"),
        ('derived = "g to mg"\nbasis = "printed"', "printed"),
        ('basis = "digitised"', "digitised"),
        ('derived = "version 1"\nbasis = "own run"', "own run"),
    ],
)
def test_what_a_number_is_stands_in_the_file_or_follows_from_a_derivation(line, basis):
    _, entries, found = read(RUN + ENTRY + line + "\n")
    assert found == []
    assert entries[0].basis == basis


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('basis = "guessed"', ["name.unknown"]),
        ('basis = "own run"', ["toml.value"]),
        ('basis = "from the equations"', ["toml.value"]),
    ],
)
def test_a_number_of_our_own_says_how_it_was_worked_out(line, found):
    assert read(RUN + ENTRY + line + "\n")[2] == found


def test_a_comparison_changes_only_the_keys_it_names():
    _, entries, found = read(RUN + ENTRY + 'over = { run = "other", to = 5 }\nminus = { of = "B" }\n')
    assert found == []
    assert entries[0].over == Reading("other", "peak", "A", None, None, 5.0, None)
    assert entries[0].minus == Reading("case", "peak", "B", None, None, 20.0, None)


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        ("relative = 0.1", "absolute = 0.5", 9.5, 10.5),
        ("published = 10", "published = -10", -11, -9),
        ('published = 10\nunit = "mg"\nrelative = 0.1', 'unit = "mg"\nrange = [8, 9]', 8, 9),
    ],
)
def test_the_interval_that_passes(old, new, low, high):
    _, entries, found = read(RUN + ENTRY.replace(old, new))
    assert found == []
    assert (entries[0].low, entries[0].high) == (low, high)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("until = 30", "until = -8"),
        ("until = 30", ""),
        ("until = 30", 'until = "long"'),
        ("every = 0.5", "every = 0"),
        ("k = 2", "k = true"),
        ("relative = 0.1", ""),
        ("relative = 0.1", "relative = 0.1\nabsolute = 1"),
        ("relative = 0.1", "relative = 0.1\nrange = [1, 2]"),
        ("relative = 0.1", 'relative = "tight"'),
        ("published = 10", ""),
        ('published = 10\nunit = "mg"\nrelative = 0.1', 'unit = "mg"\nrange = [1]'),
        ('what = "peak"', 'what = "value"'),  # without at
        ('what = "peak"', 'what = "half_life"'),  # without from
        ('what = "peak"', 'what = "first_above"'),  # without level
        ('reason = "printed to one figure"', ""),
        ('source = "key"', ""),
        ('unit = "mg"', "unit = 1"),
        ("to = 20", 'to = "end"'),
    ],
)
def test_a_value_that_is_missing_or_wrong_is_found(old, new):
    assert (RUN + ENTRY).count(old) == 1
    assert set(read((RUN + ENTRY).replace(old, new))[2]) == {"toml.value"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zero = 7", "null = 7"),
        ("duration = 0.5", "length = 0.5"),
        ("trigger =", "when ="),
        ("relative = 0.1", "relative = 0.1\nderivd = 'x'"),
        ('what = "peak"', 'what = "peek"'),
        ('of = "A"', 'of = "A"\nover = { runs = "x" }'),
    ],
)
def test_a_word_that_the_file_does_not_know_is_found(old, new):
    assert "name.unknown" in read((RUN + ENTRY).replace(old, new))[2]


def test_an_id_twice_is_found():
    assert read(RUN + ENTRY + ENTRY)[2] == ["reproduce.twice"]


def test_a_file_that_is_no_toml():
    assert read("[run")[2] == ["toml.invalid"]


def test_every_word_can_be_read():
    assert set(NEEDS) == {"value", *READ}
