"""`docs/mutation.md` from the outcomes of `bench/mutation.py`: a table by module, and everything that survived.

In: a file of outcomes, the rule modules as they stand, and `bench/survivors.tsv` (module, mutant, reason).
Out: the page.
Decided here: only outcomes of mutants that the modules still have are counted; a survivor that changes no result of any course
compared needs no reason of its own, every other one stands with the part of the result that it changes.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mutants import Mutant, mutants
from mutation import ASSESS, FOUND, ROOMS, ROOT, SEED, read_kept

PAGE = ROOT / "docs" / "mutation.md"
REASONS = Path(__file__).with_name("survivors.tsv")
NO_REASON = "open: no row or test asserts it yet"

HEAD = """<!-- Written by bench/mutation_page.py. Do not edit. -->

# Mutation run

One line of a rule is made wrong at a time: a comparison moved across its boundary, a number one higher or lower, "and" for
"or", min for max, a statement left out (`bench/mutants.py` has the list).
First the case tables of the module's rules may find it, then the tests of its room and what every grade of the tables must
carry (`tests/assess/conformance/test_tables_grades.py`), nothing else.
A mutant that runs more than three times as long as the right rule is found as well.

What survives is compared with the right rule on the cases, on cases with one item left out, and on cases laid over each
other (`bench/differences.py`).
A mutant that changes no grade, time, fact, flag, settling input or piece of evidence on any of them is taken for another way of
writing the same rule (a sentinel -2 for -1, a larger workspace); the last column leaves them out.

```text
python bench/mutation.py --keep outcomes.jsonl --fraction 0.1
python bench/mutation_page.py outcomes.jsonl
```

The run is no part of the quick tests. A mutant keeps its outcome while its line and the name of its function stay.

Seed {seed}. {judged} of {all} mutants were judged ({fraction:.0%}), a random sample of each module's; {found} were found
({raw:.1%}), {same} change no result, {open} change a result and were not found ({effective:.1%} of those that change one were found).

"""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(item).replace("|", "\\|") for item in line) + " |" for line in lines)


def modules() -> list[str]:
    """Every rule module."""
    patterns = [pattern for room in ROOMS.values() for pattern in room.modules]
    files = {path for pattern in patterns for path in ASSESS.glob(pattern) if path.name != "__init__.py"}
    return sorted(str(path.relative_to(ASSESS)) for path in files)


def page(kept: Mapping[tuple[str, str], str], reasons: Mapping[tuple[str, str], str]) -> str:
    """The page."""
    rows, waiting, total, survivors = [], list[str](), Counter[str](), list[tuple[str, Mutant, str]]()
    for module in modules():
        found = mutants((ASSESS / module).read_text(encoding="utf-8"))
        judged = [(mutant, kept[module, mutant.key]) for mutant in found if (module, mutant.key) in kept]
        outcomes = Counter(outcome for _, outcome in judged)
        if not judged:
            waiting.append(module)
            continue
        rows.append(row(module, len(found), outcomes))
        total += Counter({**outcomes, "all": len(found)})
        survivors += [(module, mutant, outcome) for mutant, outcome in judged if outcome not in FOUND]
    count = total["all"]
    del total["all"]
    rows.append(row("all", count, total))
    head = HEAD.format(
        seed=SEED,
        judged=total.total(),
        all=count,
        fraction=total.total() / count,
        found=(hits := sum(total[outcome] for outcome in FOUND)),
        raw=hits / total.total(),
        same=total["same"],
        open=total.total() - hits - total["same"],
        effective=hits / (total.total() - total["same"]),
    )
    changing = [
        (module, mutant.where, f"`{mutant.text}`", mutant.change, outcome, reasons.get((module, mutant.key), NO_REASON))
        for module, mutant, outcome in survivors
        if outcome != "same"
    ]
    same = [(module, mutant.where, f"`{mutant.text}`", mutant.change) for module, mutant, o in survivors if o == "same"]
    header = ("module", "function", "line", "change")
    parts = [
        table(
            (
                "module",
                "mutants",
                "judged",
                *FOUND,
                "change no result",
                "not found",
                "found",
                "found of those that change one",
            ),
            rows,
        ),
        f"Not judged yet: {', '.join(waiting) or 'none'}.",
        "## Not found, though a result changes\n\n" + table((*header, "what changes", "reason"), changing),
        "## Change no result on any course compared\n\n" + table(header, same),
    ]
    return head + "\n\n".join(parts) + "\n"


def row(module: str, mutants_of: int, outcomes: Counter[str]) -> tuple[object, ...]:
    """One module's numbers."""
    judged, found = outcomes.total(), sum(outcomes[outcome] for outcome in FOUND)
    changing = judged - outcomes["same"]
    shares = (f"{found / judged:.0%}", f"{found / changing:.0%}" if changing else "")
    return module, mutants_of, judged, *(outcomes[o] for o in FOUND), outcomes["same"], changing - found, *shares


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("outcomes", type=Path, help="File of outcomes.")
    with REASONS.open(encoding="utf-8", newline="") as file:
        reasons = {(row["module"], row["mutant"]): row["reason"] for row in csv.DictReader(file, delimiter="\t")}
    PAGE.write_text(page(read_kept(parser.parse_args().outcomes), reasons), encoding="utf-8")


if __name__ == "__main__":
    main()
