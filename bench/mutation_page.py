"""`docs/mutation.md` from the outcomes of `bench/mutation.py`: a table by module, and everything that survived.

In: outcomes (`mutation_outcomes`), the modules as they stand, and `bench/survivors.tsv` (module, mutant, reason).
Out: the page, and `bench/outcomes.tsv`, from which the next run goes on.
Decided here: only outcomes of mutants that the modules still have are counted; a survivor that changes no result on any course
compared is counted by the kind of its change (`mutation_kinds`), every other one stands with the part of the result that it changes.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import mutation_outcomes
from mutants import Mutant, mutants
from mutation import SEED, modules
from mutation_judge import FOUND, text_of
from mutation_kinds import KINDS, kind_of
from mutation_trace import ROOT

PAGE = ROOT / "docs" / "mutation.md"
HEAD = Path(__file__).with_name("mutation_head.md")
REASONS = Path(__file__).with_name("survivors.tsv")
NO_REASON = "open: neither the rows nor the tests that were asked find it"

Survivor = tuple[str, Mutant, str]
"""(module, mutant, outcome)"""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(item).replace("|", "\\|") for item in line) + " |" for line in lines)


def share(part: int, of: int) -> str:
    """Per cent, cut and not rounded, so that 95 % is never less."""
    return f"{int(1000 * part / of) / 10:.1f}%" if of else ""


def page(kept: Mapping[tuple[str, str], str], reasons: Mapping[tuple[str, str], str]) -> str:
    """The page."""
    rows, waiting, total, survivors = [], list[str](), Counter[str](), list[Survivor]()
    for module in modules():
        found = mutants(text_of(module))
        judged = [(mutant, kept[module, mutant.key]) for mutant in found if (module, mutant.key) in kept]
        outcomes = Counter(outcome for _, outcome in judged)
        total["all"] += len(found)
        if not judged:
            waiting.append(module)
            continue
        rows.append(row(module, len(found), outcomes))
        total += outcomes
        survivors += [(module, mutant, outcome) for mutant, outcome in judged if outcome not in FOUND]
    count = total["all"]
    del total["all"]
    rows.append(row("all", count, total))
    hits, same = sum(total[outcome] for outcome in FOUND), total["same"]
    head = HEAD.read_text(encoding="utf-8").format(
        seed=SEED,
        judged=total.total(),
        all=count,
        fraction=share(total.total(), count),
        found=hits,
        raw=share(hits, total.total()),
        same=same,
        open=total.total() - hits - same,
        effective=share(hits, total.total() - same),
    )
    header = (
        "module",
        "mutants",
        "judged",
        *FOUND,
        "change no result",
        "not found",
        "found",
        "found of those that change one",
    )
    parts = [
        head.rstrip("\n"),
        table(header, rows),
        f"Not judged yet: {', '.join(waiting) or 'none'}.",
        changing_part(survivors, reasons),
        same_part(survivors),
    ]
    return "\n\n".join(parts) + "\n"


def row(module: str, mutants_of: int, outcomes: Counter[str]) -> tuple[object, ...]:
    """One module's numbers."""
    judged, found = outcomes.total(), sum(outcomes[outcome] for outcome in FOUND)
    changing = judged - outcomes["same"]
    shares = share(found, judged), share(found, changing)
    return module, mutants_of, judged, *(outcomes[o] for o in FOUND), outcomes["same"], changing - found, *shares


def changing_part(survivors: Iterable[Survivor], reasons: Mapping[tuple[str, str], str]) -> str:
    """Every survivor that changes a result."""
    rows = [
        (module, mutant.where, f"`{mutant.text}`", mutant.change, outcome, reasons.get((module, mutant.key), NO_REASON))
        for module, mutant, outcome in survivors
        if outcome != "same"
    ]
    header = ("module", "function", "line", "change", "what changes", "reason")
    return "## Not found, though a result changes\n\n" + (table(header, rows) if rows else "None.")


def same_part(survivors: Sequence[Survivor]) -> str:
    """Those that change no result: how many of each kind, and why."""
    same = [(module, mutant) for module, mutant, outcome in survivors if outcome == "same"]
    counts = Counter(kind_of(mutant).name for _, mutant in same)
    rows = [(kind.name, counts[kind.name], kind.example, kind.reason) for kind in KINDS if counts[kind.name]]
    said = "Counted by the text of the line and of the change, with the usual reason; this proves nothing of any single one."
    return f"## Change no result on any course compared\n\n{said}\n\n" + table(
        ("kind", "mutants", "example", "usual reason"), rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("outcomes", type=Path, nargs="?", help="File of outcomes that a run added.")
    with REASONS.open(encoding="utf-8", newline="") as file:
        reasons = {(row["module"], row["mutant"]): row["reason"] for row in csv.DictReader(file, delimiter="\t")}
    kept = mutation_outcomes.read(parser.parse_args().outcomes)
    mutation_outcomes.write(modules(), kept)
    PAGE.write_text(page(kept, reasons), encoding="utf-8")


if __name__ == "__main__":
    main()
