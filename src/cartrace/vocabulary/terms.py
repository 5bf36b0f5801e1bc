"""Look-up of analytes, coded values and drugs in the vocabulary's data files.

In: a spelling as somebody wrote it. Out: the term, or the nearest spellings.
Decided here: how spellings are folded before they are compared.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

# Dashes and blanks that people and exports write, and the Greek letters of cytokines (IFN-γ, TNF-α, IL-1β).
_FOLDED = str.maketrans({**dict.fromkeys("-_‐‑‒–—", " "), "α": "alpha", "β": "beta", "γ": "gamma"})


@dataclass(frozen=True, slots=True)
class Analyte:
    """One analyte or coded finding. `values` is empty for numbers, `family` is empty for coded terms."""

    code: str
    name: str
    meaning: str
    group: str
    kind: str
    family: str
    plausible: tuple[float, float] | None
    values: tuple[str, ...]
    aliases: tuple[str, ...]
    loinc: str
    omop: str
    sdtm: str

    @property
    def is_number(self) -> bool:
        return self.kind == "number"


@cache
def load(name: str) -> dict[str, Any]:
    """One data file of the vocabulary, parsed once; read only, every caller gets the same tables."""
    text = resources.files("cartrace.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=4096)
def fold(spelling: str) -> str:
    """The form in which codes and drug names are compared: lower case, one underscore between words, Greek letters by name."""
    return "_".join(spelling.lower().translate(_FOLDED).split())


@cache
def analytes() -> dict[str, Analyte]:
    """Every analyte by code, in the order of the data file."""
    table = {}
    for code, entry in load("analytes.toml").items():
        bounds = entry.get("plausible")
        table[code] = Analyte(
            code=code,
            name=entry["name"],
            meaning=entry["meaning"],
            group=entry["group"],
            kind=entry["kind"],
            family=entry.get("family", ""),
            plausible=(float(bounds[0]), float(bounds[1])) if bounds else None,
            values=tuple(entry.get("values", ())),
            aliases=tuple(entry.get("aliases", ())),
            loinc=entry.get("loinc", ""),
            omop=entry.get("omop", ""),
            sdtm=entry.get("sdtm", ""),
        )
    return table


@cache
def _analyte_spellings() -> dict[str, str]:
    spellings = {}
    for analyte in analytes().values():
        for spelling in (analyte.code, analyte.name, *analyte.aliases):
            spellings[fold(spelling)] = analyte.code
    return spellings


def analyte(spelling: str) -> Analyte | None:
    """The analyte written as `spelling`, or None."""
    code = _analyte_spellings().get(fold(spelling))
    return analytes()[code] if code else None


@cache
def drug_classes() -> dict[str, tuple[str, ...]]:
    """Drug names by class."""
    return {name: tuple(entry["drugs"]) for name, entry in load("drugs.toml").items()}


@cache
def _drug_spellings() -> dict[str, tuple[str, str]]:
    spellings = {}
    for drug_class, entry in load("drugs.toml").items():
        for drug, others in entry["drugs"].items():
            for spelling in (drug, *others):
                spellings[fold(spelling)] = (drug, drug_class)
    return spellings


def drug(spelling: str) -> tuple[str, str] | None:
    """(drug, class) for a spelling, or None."""
    return _drug_spellings().get(fold(spelling))


def nearest(spelling: str, accepted: list[str] | tuple[str, ...], *, limit: int = 3) -> tuple[str, ...]:
    """The accepted spellings most like `spelling`, best first; empty when nothing is near."""
    by_fold = {fold(word): word for word in accepted}
    close = difflib.get_close_matches(fold(spelling), list(by_fold), n=limit, cutoff=0.6)
    return tuple(by_fold[word] for word in close)


def nearest_analytes(spelling: str) -> tuple[str, ...]:
    """Codes of the analytes whose spellings are most like `spelling`."""
    spellings = _analyte_spellings()
    close = difflib.get_close_matches(fold(spelling), list(spellings), n=3, cutoff=0.6)
    return tuple(dict.fromkeys(spellings[word] for word in close))


def nearest_drugs(spelling: str) -> tuple[str, ...]:
    """Drugs whose spellings are most like `spelling`."""
    spellings = _drug_spellings()
    close = difflib.get_close_matches(fold(spelling), list(spellings), n=3, cutoff=0.6)
    return tuple(dict.fromkeys(spellings[word][0] for word in close))
