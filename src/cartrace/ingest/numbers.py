"""Numbers and values as people write them.

In: the text of a cell. Out: a number, a limit, a status, or a sentence that says why not.
Decided here: the decimal sign is settled for a whole table, never cell by cell; thousands separators are refused;
"ND" is refused because it means "not done" in one laboratory and "not detected" in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cartrace.course import Status

_PLAIN = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$", re.ASCII)
_COMMA = re.compile(r"^[+-]?\d+,\d+$", re.ASCII)
_COMMA_CLEAR = re.compile(r"^[+-]?\d+,(\d{1,2}|\d{4,})$", re.ASCII)
_POINT = re.compile(r"^[+-]?\d*\.\d+$", re.ASCII)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}.*)?$", re.ASCII)
_GROUPED = re.compile(r"^[+-]?\d{1,3}([., ']\d{3})+([.,]\d+)?$", re.ASCII)

NOT_RECORDED_WORDS = frozenset({"", "na", "n/a", ".", "nan", "null", "none recorded", "not recorded", "unknown", "-"})
NOT_DONE_WORDS = frozenset({"not done", "not_done", "notdone", "not performed"})
EXCEL_ERRORS = (
    "#n/a",
    "#div/0!",
    "#ref!",
    "#value!",
    "#name?",
    "#num!",
    "#null!",
    "#getting_data",
    "#spill!",
    "#calc!",
)
MOST = 1e100
"""No quantity of the field is larger; conversion stays inside what a number can hold."""
AMBIGUOUS_WORDS = frozenset({"nd", "n.d.", "nr", "bdl", "blq", "<blq", "<lloq", "neg"})


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says: a number with its status, a word, or `problem`."""

    number: float | None = None
    word: str = ""
    status: Status = Status.DONE
    problem: str = ""


def decimal_of(cells: Iterable[str]) -> str:
    """The decimal sign that the number cells of a table use: ".", ",", "mixed", "ambiguous" or "" (no sign seen)."""
    comma = point = unclear = False
    for cell in cells:
        text = cell.strip().lstrip("<>≤≥= ")
        comma = comma or bool(_COMMA_CLEAR.match(text))
        point = point or bool(_POINT.match(text))
        unclear = unclear or bool(_COMMA.match(text) and not _COMMA_CLEAR.match(text))
    if comma and point:
        return "mixed"
    if comma:
        return ","
    if unclear:
        return "ambiguous"
    return "." if point else ""


def number(text: str, *, decimal: str = ".") -> float | None:
    """The number that `text` is, or None. Infinite, absurdly large and not-a-number texts are none."""
    text = text.strip().replace("−", "-")
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    if not _PLAIN.match(text):
        return None
    value = float(text)
    return value if abs(value) <= MOST else None


def value(text: str, *, decimal: str = ".", coded: bool = False) -> Value:
    """What a value cell says. For coded analytes every other text is a word."""
    stripped = text.strip()
    lowered = stripped.lower()
    if lowered in NOT_RECORDED_WORDS:
        return Value(status=Status.NOT_RECORDED)
    if lowered in NOT_DONE_WORDS:
        return Value(status=Status.NOT_DONE)
    if lowered in EXCEL_ERRORS:
        return Value(
            problem="this is an error of the spreadsheet, not a value: mend the formula, or write not recorded"
        )
    if coded:
        return Value(word=stripped)
    if lowered in AMBIGUOUS_WORDS:
        return Value(problem='write "not done", "not recorded" or the limit as "<50"')
    for sign, status in (("<", Status.BELOW), ("≤", Status.BELOW), (">", Status.ABOVE), ("≥", Status.ABOVE)):
        if stripped.startswith(sign):
            limit = number(stripped[1:].lstrip("= "), decimal=decimal)
            if limit is None:
                return Value(problem=f'write the limit as a number after "{sign}"')
            return Value(number=limit, status=status)
    found = number(stripped, decimal=decimal)
    if found is not None:
        return Value(number=found)
    if _DATE.match(stripped):
        return Value(problem="this is a date; a spreadsheet may have turned a number into it: write the number")
    if _GROUPED.match(stripped):
        return Value(problem="write numbers without thousands separators, and say the decimal sign (tables: decimal)")
    return Value(problem="write a number, a limit such as <50, or a status word")


YES_WORDS = {"yes": True, "true": True, "y": True, "1": True, "no": False, "false": False, "n": False, "0": False}


def yes_no(text: str) -> bool | None:
    """True or False for yes/no words, else None."""
    return YES_WORDS.get(text.strip().lower())
