"""The table of definitions: its numbers, its names, what is refused."""

from __future__ import annotations

import pytest

from cartrace.assess.cytopenia import table
from cartrace.assess.cytopenia.table import ANY, NO_END, ON, RUN

TERMS = {term.name: term for term in table.read()}


def test_the_definitions() -> None:
    assert len(TERMS) == 13
    by_mode = {mode: [name for name, term in TERMS.items() if term.mode == mode] for mode in (RUN, ON)}
    assert by_mode[RUN] == ["protracted_severe_neutropenia", "protracted_profound_neutropenia"]
    assert by_mode[ON] == ["label_day28", "marrow_failure"]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("early", 0, 29),
        ("prolonged", 30, 90),
        ("late", 91, NO_END),
        ("day30", 30, NO_END),
        ("prolonged_neutropenia", 21, NO_END),
    ],
)
def test_days(name: str, first: int, last: int) -> None:
    assert (TERMS[name].mode, TERMS[name].day_from, TERMS[name].day_to) == (ANY, first, last)


def test_the_phases_follow_each_other_without_a_gap() -> None:
    phases = [TERMS[name] for name in ("early", "prolonged", "late")]
    assert [term.day_from for term in phases[1:]] == [term.day_to + 1 for term in phases[:-1]]


def test_bounds_in_canonical_units() -> None:
    assert TERMS["anaemia"].bounds[0].canonical_bound == 80.0
    assert TERMS["severe_neutropenia"].bounds[0].canonical_bound == 0.5
    assert [bound.canonical_bound for bound in TERMS["day30"].bounds] == [1.0, 0.5, 50.0, 80.0]


def test_only_protracted_neutropenia_asks_for_a_run() -> None:
    runs = {name: term.run_days for name, term in TERMS.items() if term.run_days != 0}
    assert runs == {"protracted_severe_neutropenia": 7, "protracted_profound_neutropenia": 7}


def test_thresholds_have_names() -> None:
    names = {name: [row.threshold for row in term.rows] for name, term in TERMS.items()}
    assert names["prolonged_neutropenia"] == ["anc <= 1.0", "from day 21"]
    assert names["protracted_severe_neutropenia"] == ["anc <= 0.5", "run of 7 days"]
    assert names["marrow_failure"] == ["anc < 0.5", "on day 42"]
    assert names["prolonged"][-2:] == ["from day 30", "to day 90"]


def test_the_published_text_names_source_and_days() -> None:
    assert "on days 30 to 90" in TERMS["prolonged"].published
    assert "on day 91 or later" in TERMS["late"].published
    assert ", on day 28\n" in TERMS["label_day28"].published
    assert "on day" not in TERMS["severe_neutropenia"].published
    assert "on day" not in TERMS["protracted_severe_neutropenia"].published
    assert "fda_labels" in TERMS["label_day28"].published
    assert "for >= 7 days" in TERMS["protracted_severe_neutropenia"].published


def test_the_arrays_hold_the_rows() -> None:
    code, bound = table.arrays(TERMS["day30"])
    assert code[:, table.LINE].tolist() == [0, 0, 1, 2]
    assert code[:, table.CHOICE].tolist() == [0, 1, -1, -1]
    assert code[:, table.IS_STRICT].tolist() == [1, 1, 1, 1]
    assert bound.tolist() == [1.0, 0.5, 50.0, 80.0]


@pytest.mark.parametrize("change", [{"operator": ">"}, {"option": "edition=4"}, {"mode": "sometimes"}])
def test_what_is_no_definition_is_refused(change: dict[str, str]) -> None:
    row = {
        **{"name": "x", "title": "X", "source": "cartrace", "locator": "here", "analyte": "anc", "unit": "10*9/L"},
        **{"published_wording": "low", "operator": "<", "bound": "1", "mode": "any", "day_from": "0", "day_to": ""},
        **{"run_days": "", "option": ""},
    }
    assert table._definition([row]).name == "x"
    with pytest.raises((ValueError, KeyError)):
        table._definition([{**row, **change}])
