"""The shelf: every model is sound, fresh and returns its published numbers by a second solver."""

from __future__ import annotations

import pytest

from cartrace.errors import UnknownTerm
from cartrace.models import MODELS, load
from cartrace.models.folder import GENERATED, read_folder
from cartrace.models.library import SHELF, equations, folder_of
from cartrace.models.reproduce import reproduce

SLOW = {"cartrace2026", "chaudhury2020_ec50", "chaudhury2020_linear", "dwivedi2014", "hosseini2020", "singh2021"}
"""Models on which the second solver takes longest."""

every_model = pytest.mark.parametrize("name", MODELS)


def test_the_shelf_is_the_list_of_folders():
    assert {path.name for path in SHELF.iterdir() if path.is_dir()} == set(MODELS)
    assert len(MODELS) >= 10


@every_model
def test_a_model_is_sound_and_its_generated_system_is_fresh(name):
    folder = folder_of(name)
    written = (folder / GENERATED).read_text(encoding="utf-8")
    assert read_folder(folder).system.to_json() == written, f"run cartrace models check --write on the folder {name}"


@pytest.mark.parametrize("name", [name for name in MODELS if name != "cartrace2026"])
def test_the_sources_of_a_published_model_are_those_of_its_values_and_numbers(name):
    model = load(name)
    used = {row.source for row in model.parameters} | {entry.source for entry in model.reproduce}
    used |= {row.variability_source.partition(":")[0] for row in model.parameters}
    assert used - {"", "assumed"} == set(model.sources)


@pytest.mark.parametrize("name", [pytest.param(m, marks=pytest.mark.slow) if m in SLOW else m for m in MODELS])
def test_a_model_returns_its_published_numbers(name, solver):
    model = load(name)
    assert model.reproduce
    outcomes = reproduce(model, solver)
    assert [(o.published.id, o.got, o.reason) for o in outcomes if not o.passed] == []


def test_the_equations_are_shown_with_their_comments():
    assert "//" in equations(MODELS[0])


def test_an_unknown_model_is_told_with_the_nearest():
    with pytest.raises(UnknownTerm, match=f"did you mean .*{MODELS[0]}"):
        load(MODELS[0][:-1])
