"""The record of a model."""

from __future__ import annotations

from cartrace.models import MODELS, load


def test_values_are_those_of_the_table_and_of_the_system():
    model = load(MODELS[0])
    assert model.values == {item.id: item.value for item in model.system.parameters}
    assert list(model.values) == [row.id for row in model.parameters]
