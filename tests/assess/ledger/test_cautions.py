"""Cautions: every code has its sentence and can be reached."""

from pathlib import Path

from cartrace.assess import ledger
from cartrace.assess.ledger.cautions import AMOUNT_LOWER_BOUND, CAUTIONS, LOWER_BOUND


def test_lower_bounds_are_cautions():
    assert LOWER_BOUND < AMOUNT_LOWER_BOUND < set(CAUTIONS)
    assert all(sentence.endswith(".") for sentence in CAUTIONS.values())


def test_every_caution_is_said_somewhere():
    room = Path(ledger.__file__).parent
    text = "\n".join(p.read_text(encoding="utf-8") for p in room.glob("*.py") if p.name != "cautions.py")
    assert [code for code in CAUTIONS if f'"{code}"' not in text] == []
