"""The case tables: `cases/<rule id>.tsv`, one row per case.

In: case, sentence, given, options, expect, threshold, side, locator. Out: `Case` records.
Decided here: the version of the suite. It is that of a release: from one release to the next the first number goes up when
the answer to a case changed or a case was taken out, else the second number when cases were added. What lies between two
releases bears the number of the one to come; the digest tells any two states apart.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

SUITE_VERSION = "1.0"
"""Version of all case tables together; the digest says the rest."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a case table. `threshold` and `side` (below, at, above) tie boundary rows to a named constant."""

    rule: str
    case: str
    sentence: str
    given: str
    options: str
    expect: str
    threshold: str
    side: str
    locator: str


def cases(rule_id: str) -> tuple[Case, ...]:
    """The case table of a rule, in file order; empty when there is none."""
    path = resources.files("cartrace.assess").joinpath("cases", f"{rule_id}.tsv")
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if line and not line.startswith("#")), delimiter="\t")
    return tuple(
        Case(rule=rule_id, **{name: (row.get(name) or "").strip() for name in Case.__slots__[1:]}) for row in rows
    )


def chosen_options(text: str) -> dict[str, str]:
    """`options` cell ("resolution_hours=48 mode=any") as a mapping."""
    return dict(item.split("=", 1) for item in text.split())
