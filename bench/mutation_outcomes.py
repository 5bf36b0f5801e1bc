"""Outcomes of mutants, kept so that a later run goes on from them.

In: `bench/outcomes.tsv` (module, function, mark of its text, one letter for each of its mutants in the order of the text) and
what a run has added since. Out: the outcome of each mutant that the modules still have.
Decided here: the outcomes of a function are kept while its text stays, those of the rest of a module while that does. Case rows
and tests only come: what they found once they find again, so a mutant that was found is not judged again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mutants import Mutant, digests, mutants
from mutation_judge import OUTCOMES, text_of
from mutation_trace import ASSESS

FILE = Path(__file__).with_name("outcomes.tsv")
# same, cases, tests, time; then what a mutant that nobody found changes: grade, fact, flag, settles, evidence, record.
LETTERS = dict(zip(OUTCOMES, ".ctlgfasev", strict=True))
NOT_JUDGED = "-"

Kept = dict[tuple[str, str], str]
"""(module, key of the mutant) to outcome."""


@cache
def by_function(module: str) -> dict[str, list[Mutant]]:
    """The mutants of a module by the function they are in, each in the order of the text."""
    found: dict[str, list[Mutant]] = {}
    for mutant in mutants(text_of(module)):
        found.setdefault(mutant.where, []).append(mutant)
    return found


def read(added: Path | None = None, file: Path = FILE) -> Kept:
    """What is kept, then what a run has added: the last outcome of each mutant."""
    kept: Kept = {}
    outcomes = {letter: outcome for outcome, letter in LETTERS.items()}
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                if mark_of(row["module"], row["function"]) != row["mark"]:
                    continue
                own = by_function(row["module"]).get(row["function"], [])
                if len(own) == len(row["outcomes"]):
                    pairs = zip(own, row["outcomes"], strict=True)
                    kept |= {(row["module"], m.key): outcomes[letter] for m, letter in pairs if letter in outcomes}
    if added is not None and added.is_file():
        for module, key, mark, outcome, *_ in map(json.loads, added.read_text(encoding="utf-8").splitlines()):
            if mark_of(module, key.partition(" | ")[0]) == mark:
                kept[module, key] = outcome
    return kept


def line(module: str, mutant: Mutant, outcome: str, seconds: float) -> str:
    """What a run adds for one mutant; the processor seconds are for a reader."""
    said = [module, mutant.key, mark_of(module, mutant.where), outcome, round(seconds, 2)]
    return json.dumps(said, ensure_ascii=False) + "\n"


@cache
def marks(module: str) -> dict[str, str]:
    """The marks of a module's functions as they stand; none when it is gone."""
    return digests(text_of(module)) if (ASSESS / module).is_file() else {}


def mark_of(module: str, function: str) -> str:
    """The mark of one function."""
    return marks(module).get(function, "")


def write(modules: Iterable[str], kept: Mapping[tuple[str, str], str], file: Path = FILE) -> None:
    """Keep the outcomes of these modules, and forget the rest."""
    lines = ["module\tfunction\tmark\toutcomes\n"]
    for module in modules:
        for function, own in by_function(module).items():
            letters = "".join(LETTERS[o] if (o := kept.get((module, m.key))) else NOT_JUDGED for m in own)
            lines.append(f"{module}\t{function}\t{mark_of(module, function)}\t{letters}\n")
    file.write_text("".join(lines), encoding="utf-8")
