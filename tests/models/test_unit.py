"""Units of the tables: what is one, and which word of it is none."""

from __future__ import annotations

import pytest

from cartrace.models import MODELS, load
from cartrace.models.unit import WORDS, unknown_words


@pytest.mark.parametrize(
    "unit",
    ["1", "1/d", "%", "pg/(mL d)", "1e9 cells", "10*9/L", "10^9/L", "/uL", "mL^2/cell^2/h", "pg/(mL d Mcell)", "degC"],
)
def test_a_unit_is_made_of_words_and_numbers(unit):
    assert unknown_words(unit) == []


@pytest.mark.parametrize(
    ("unit", "wrong"),
    [("1/day", ["day"]), ("mg/l", ["l"]), ("µg/mL", ["µg"]), ("pg/(mL d", ["pg/(mL d"]), ("cels/dd", ["cels", "dd"])],
)
def test_what_is_no_unit_is_named(unit, wrong):
    assert unknown_words(unit) == wrong


def test_every_word_is_used_by_a_model_of_the_library():
    """The list holds no word that nothing needs."""
    models = [load(name) for name in MODELS]
    units = {row.unit for model in models for row in (*model.parameters, *model.states, *model.observables)}
    joined = " ".join(units).translate(str.maketrans("*/^()", "     ")).split()
    assert set(WORDS) <= set(joined)
