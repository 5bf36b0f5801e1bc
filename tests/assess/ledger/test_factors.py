"""Conversion factors: published values, provenance, and a change by the user."""

import pytest

from cartrace.assess.ledger.factors import factors
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms
from cartrace.vocabulary.sources import sources

# The comparison of glucocorticoid doses: milligrams of equal effect.
EQUAL_MG = {
    "dexamethasone": 0.75,
    "methylprednisolone": 4.0,
    "prednisone": 5.0,
    "prednisolone": 5.0,
    "hydrocortisone": 20.0,
}


def test_glucocorticoids_of_equal_effect_give_one_equivalent():
    table = factors()
    assert {round(mg * table.value("dexamethasone", drug), 12) for drug, mg in EQUAL_MG.items()} == {0.75}


def test_the_published_comparison_in_hydrocortisone():
    table = factors()
    as_dexamethasone = 100.0 * table.value("dexamethasone", "hydrocortisone")
    assert as_dexamethasone == pytest.approx(3.75)


def test_the_suggested_formula_of_vasopressors():
    # 0.2 norepinephrine + 0.1 epinephrine + 2 phenylephrine / 10 + 5 dopamine / 100 + 0.04 vasopressin × 2.5
    table = factors()
    rates = {"norepinephrine": 0.2, "epinephrine": 0.1, "phenylephrine": 2.0, "dopamine": 5.0, "vasopressin": 0.04}
    assert sum(rate * table.value("norepinephrine", drug) for drug, rate in rates.items()) == pytest.approx(0.65)


def test_every_factor_has_a_source_and_a_locator_and_what_was_read():
    table = factors().table
    assert len({factor.id for factor in table}) == len(table)
    for factor in table:
        assert factor.source in sources()
        assert factor.locator
        assert factor.meaning
        assert factor.evidence in {"reprint", "code", "memory", "decision"}


def test_only_what_was_written_from_memory_is_provisional():
    assert {factor.id.partition(".")[0] for factor in factors().table if factor.provisional} == {"high_dose"}


def test_every_drug_of_the_group_is_a_drug_of_its_class():
    classes = terms.drug_classes()
    for group, drug_class in (("dexamethasone", "corticosteroid"), ("norepinephrine", "vasopressor")):
        names = {f.id.partition(".")[2] for f in factors().table if f.id.startswith(f"{group}.")}
        assert names <= set(classes[drug_class])


def test_a_changed_factor_is_the_users_own_and_no_longer_the_sources():
    table = factors({"dexamethasone.prednisone": 0.16, "high_dose.dopamine": 0.5})
    changed = table.get("dexamethasone", "prednisone")
    assert (changed.value, changed.source, changed.evidence) == (0.16, "", "changed")
    assert not changed.provisional
    # The published value said again is no change.
    assert table.get("high_dose", "dopamine") == factors().get("high_dose", "dopamine")


def test_unknown_factors_and_numbers_that_are_none_are_refused():
    with pytest.raises(UnknownTerm, match="did you mean dexamethasone"):
        factors({"dexamethasone.prednison": 0.15})
    for number in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="no factor"):
            factors({"dexamethasone.prednisone": number})
    assert factors({"norepinephrine.vasopressin": 0.0}).value("norepinephrine", "vasopressin") == 0.0
    with pytest.raises(KeyError):
        factors().value("dexamethasone", "corticosteroid")
    assert factors().get("dexamethasone", "corticosteroid") is None


def test_an_unknown_factor_names_the_nearest_ones_and_where_none_is_near_all():
    with pytest.raises(UnknownTerm) as near:
        factors({"dexamethasone.prednison": 0.15})
    assert "dexamethasone.prednisone" in near.value.nearest
    assert len(near.value.nearest) < len(factors().table)
    with pytest.raises(UnknownTerm) as far:
        factors({"zzzzzzzz": 1.0})
    assert set(far.value.nearest) == {factor.id for factor in factors().table}
