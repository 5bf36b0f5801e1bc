"""The kinds of change that leave every result as it is.

In: a mutant that nobody found and that changes no result. Out: its kind, with the usual reason why nothing changes.
Decided here: a kind is told by the text of the line and by the change alone, and the first that fits counts. It orders the
survivors for a reader and proves nothing of any single one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mutants import Mutant


class Kind(NamedTuple):
    """name, what its lines and its changes look like (regular expressions), one example, and why nothing changes."""

    name: str
    line: str
    change: str
    example: str
    reason: str


KINDS = (
    Kind(
        "workspace",
        r"rows=|np\.(zeros|full|empty)\(|_SLOTS\b|PLACES =",
        "",
        "`rows=lambda events: 3 * events + 2`: 2 becomes 3",
        "an array longer than what is written into it; the rows that a kernel returns are cut from it",
    ),
    Kind(
        "another number for none",
        r"-1\b|-1e|-2\b",
        r"^[12] becomes|^1e|^1000",
        "`found = -1`: -2 for -1",
        "any negative number says that there is none; it is only asked whether it is below 0",
    ),
    Kind(
        "first event",
        r"(<|>=) 0\b",
        r"^(< becomes <=|>= becomes >|0 becomes -?1)$",
        "`if i < 0`: <= for <",
        "asks whether there is an event; the answer differs only when it is the very first of all events of the course, which are mostly "
        "the infusion or what came before it",
    ),
    Kind(
        "count or time that is never just so",
        r"(>|<=) 0\b|> 0\.0|>= 0\.0|[<>]=? ROUNDING|ROUNDING",
        r"becomes",
        "`if end > 0`: >= for >",
        "the value on the boundary gives the same on both sides, or cannot be: sums of whole minutes, counts with a margin of rounding",
    ),
    Kind(
        "the only row",
        r"\[0[,\]]",
        r"^0 becomes -1$",
        "`steps.low[0]`: -1 for 0",
        "of an array of one row the last is the first",
    ),
    Kind(
        "the equal one of two",
        r"(<|>|<=|>=)",
        r"^(< becomes <=|> becomes >=|<= becomes <|>= becomes >)$",
        "`if value > best: best = value`: >= for >",
        "two equal values: it does not matter which is taken",
    ),
    Kind(
        "code that only names",
        r"^[A-Z_, ]+ = |\(\"\w+\", \d",
        r"^\d+(\.\d)? becomes",
        '`("ventilator", 1.0)`: 2.0 for 1.0',
        "a number by which a place or a word is known; another that nobody else has names it as well",
    ),
    Kind(
        "already so",
        r"",
        r"^left out$",
        "`grade[MISSING] = 0` left out",
        "the value stands there already, or is written again before it is read",
    ),
    Kind("other", r"", r"", "", "not told apart by any course compared"),
)


def kind_of(mutant: Mutant) -> Kind:
    """The first kind that fits."""
    return next(k for k in KINDS if re.search(k.line, mutant.text) and re.search(k.change, mutant.change))
