"""What a scenario chooses of a model, held against the library: the model itself, and values of its parameters.

In: a model's id; a parameter with its value. Out: what is wrong with it, as found, expected and what to do; None when nothing is.
Decided here: a parameter that a scenario has a key for is chosen by that key alone; on a log scale a value is above 0, on a logit
scale between 0 and 1.
"""

from __future__ import annotations

from cartrace.ingest.collector import one_of
from cartrace.models import library
from cartrace.simulate import interface
from cartrace.simulate.therapy import load_therapy
from cartrace.vocabulary import terms

Problem = tuple[str, str, str]

KEYS = {
    interface.KNOCK_DOWN: "product.knock_down",
    interface.MARROW: "disease.marrow_blasts",
    interface.SKIN: "disease.skin_ml",
    interface.TESTIS: "disease.testis_ml",
    interface.CD19_NEGATIVE: "disease.cd19_negative",
}
"""Parameter to the key of a scenario that chooses it."""


def unknown_model(model_id: str) -> Problem | None:
    """A model that is not in the library, or that cannot be given a scenario."""
    if model_id not in library.MODELS:
        near = terms.nearest(model_id, library.MODELS)
        return f'the model "{model_id}"', one_of(("a model of the library",), near), "correct the name"
    try:
        load_therapy(model_id)
    except interface.NotTreatable as refused:
        return f'the model "{model_id}"', "a model with a population and hypotheses", str(refused)
    return None


def problem(model_id: str, name: str, value: float) -> Problem | None:
    """What is wrong with a value of a parameter. Nothing is said when the model itself is not known."""
    if unknown_model(model_id) is not None:
        return None
    scales = {row.id: row.scale for row in library.load(model_id).parameters}
    said = f"{name}: {value:g}"
    if name not in scales:
        near = terms.nearest(name, tuple(scales))
        return said, one_of((f"a parameter of {model_id}",), near), "correct the name"
    if name in KEYS:
        return said, f"the key {KEYS[name]}", "say it there"
    if name == interface.FIRST_INFUSION:
        return said, "the first infusion on day 0", "take it away"
    if scales[name] == "log" and value <= 0.0:
        return said, f"{name} above 0", "correct the number"
    if scales[name] == "logit" and not 0.0 < value < 1.0:
        return said, f"{name} between 0 and 1", "correct the number"
    return None
