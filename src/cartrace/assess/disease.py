"""Which disease a record names, as far as rules ask.

In: the name of a disease as it was written. Out: answers.
Decided here: a lymphoma says so or has one of the common abbreviations of B-cell lymphomas; a name that also speaks of
leukaemia (B-lymphoblastic leukaemia/lymphoma) is not meant.
"""

from __future__ import annotations

import re

ABBREVIATIONS = frozenset({"lbcl", "dlbcl", "pmbcl", "hgbcl", "mcl", "fl", "mzl", "nhl"})


def is_lymphoma(name: str) -> bool:
    """Whether a disease of this name is a lymphoma."""
    said = name.lower()
    named = "lymphoma" in said or bool(ABBREVIATIONS & set(re.findall(r"[a-z]+", said)))
    return named and "leuk" not in said
