"""The shelf of models: the folders of `library`.

In: a model's id. Out: the `Model`.
Decided here: the list of folders is the shelf; a model of it starts from its generated system, without Antimony or libsbml.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cartrace.errors import UnknownTerm
from cartrace.models.folder import EQUATIONS, TITLE, read_folder
from cartrace.models.model import Model
from cartrace.vocabulary import terms

SHELF = Path(__file__).parent / "library"
MODELS = tuple(sorted(path.parent.name for path in SHELF.glob(f"*/{TITLE}")))
"""The ids of all models."""


def folder_of(model_id: str) -> Path:
    """The folder of a model. Raises UnknownTerm with the nearest ids."""
    if model_id not in MODELS:
        near = terms.nearest(model_id, MODELS)
        raise UnknownTerm("model", model_id, nearest=near, listed_by="cartrace models")
    return SHELF / model_id


@cache
def load(model_id: str) -> Model:
    """A model of the library. Raises UnknownTerm with the nearest ids."""
    return read_folder(folder_of(model_id), generated=True)


def equations(model_id: str) -> str:
    """The text of model.ant with its comments."""
    return (folder_of(model_id) / EQUATIONS).read_text(encoding="utf-8")
