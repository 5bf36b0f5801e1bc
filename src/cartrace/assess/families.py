"""Families of rules: the editions of one question, which of them leads, and what they speak about.

In: nothing. Out: `FAMILIES`, `family_of`, `leads`.
Decided here: which edition stands first where there is room for one; the others are shown beside it and are never left
out. The choice is cartrace's and says nothing about which edition is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Subject = Literal["toxicity", "hyperinflammation", "blood", "laboratory", "response", "other"]


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that answer one question.

    id        a short name that stays
    name      what a reader calls the question
    subject   where a report shows it
    members   rule ids or beginnings of them ("ctcae5"), in the order of reading; the year of an edition may be left out
    leading   the members that stand first; the others are editions or scales beside them
    by_term   one rule for each laboratory term
    """

    id: str
    name: str
    subject: Subject
    members: tuple[str, ...]
    leading: tuple[str, ...]
    by_term: bool = False

    def holds(self, rule_id: str) -> bool:
        """Whether a rule belongs to this family."""
        return _within(rule_id, self.members)

    def led_by(self, rule_id: str) -> bool:
        """Whether a rule is a leading edition of this family."""
        return _within(rule_id, self.leading)


def _alone(family_id: str, name: str, subject: Subject, *members: str) -> Family:
    """A family in which every member leads."""
    return Family(family_id, name, subject, members, members)


FAMILIES: tuple[Family, ...] = (
    Family("crs", "CRS", "toxicity", ("crs", "severe_crs"), ("crs.astct",)),
    Family("icans", "ICANS", "toxicity", ("icans",), ("icans.astct",)),
    Family(
        "hyperinflammation", "Hyperinflammation", "hyperinflammation", ("iechs", "hscore", "hlh", "mas"), ("iechs",)
    ),
    Family("easix", "EASIX", "hyperinflammation", ("easix",), ("easix.standard",)),
    Family("tls", "Tumour lysis syndrome", "hyperinflammation", ("tls",), ("tls.cairobishop",)),
    _alone("crs_risk", "Risk of severe CRS", "hyperinflammation", "crs_risk"),
    _alone("infection", "Infections", "hyperinflammation", "infection"),
    _alone("icaht", "ICAHT", "blood", "icaht"),
    _alone("ticaht", "T-ICAHT", "blood", "ticaht"),
    _alone("hematotox", "CAR-HEMATOTOX", "blood", "hematotox"),
    Family("cytopenia", "Cytopenia", "blood", ("recovery", "cytopenia"), ("recovery",)),
    _alone("b_cells", "B cells and immunoglobulins", "blood", "aplasia", "hypogammaglobulinaemia"),
    Family("ctcae", "CTCAE", "laboratory", ("ctcae5", "ctcae6"), ("ctcae5",), by_term=True),
    Family(
        "response_ball",
        "Haematological response in B-ALL",
        "response",
        ("response.ball", "response.cibmtr", "response.nci2010", "response.nccn", "response.pontedilegno2022"),
        ("response.ball",),
    ),
    _alone("mrd", "MRD response", "response", "response.mrd"),
    _alone("extramedullary", "Extramedullary response", "response", "response.extramedullary"),
    _alone("lymphoma", "Response in lymphoma", "response", "response.lugano"),
    _alone("cns", "CNS status", "response", "cns"),
    _alone("relapse", "Relapse", "response", "relapse"),
)


def family_of(rule_id: str) -> Family:
    """The family of a rule (id with or without @version). A rule of no known family is one of its own and leads it."""
    bare = rule_id.split("@")[0]
    for family in FAMILIES:
        if family.holds(bare):
            return family
    begins = bare.split(".")[0]
    return _alone(begins, begins, "response" if begins == "response" else "other", begins)


def leads(rule_id: str) -> bool:
    """Whether a rule (id with or without @version) is a leading edition of its family."""
    bare = rule_id.split("@")[0]
    return family_of(bare).led_by(bare)


def _within(rule_id: str, names: tuple[str, ...]) -> bool:
    return any(re.fullmatch(rf"{re.escape(name)}((19|20)\d\d)?(\..+)?", rule_id) for name in names)
