"""The engine beside its peers and beside C: `python bench/engine.py --write` measures and writes `bench/engine.md`.

In: three problems with virtual patients. Out: tables of ratios. Needs the peers of `bench/peers.txt`, in an environment that
also has cartrace (about half an hour):
`python -m venv peers && peers/bin/pip install -r bench/peers.txt . && peers/bin/python bench/engine.py --write`
Decided here: what is measured, and in which order; how is said in `engine_speed` and `engine_cost`.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from engine_cost import derivatives, many, starts, threads
from engine_page import page
from engine_problems import THERAPY, Problem, problems
from engine_speed import Row, candidates, speed, truth

PAGE = Path(__file__).with_name("engine.md")
LEVELS = (1e-4, 1e-5)
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def speeds(chosen: dict[str, Problem], rounds: int) -> dict[str, Any]:
    """Rows of every problem and level, how well the two truths agree, what is not installed."""
    rows: list[Row] = []
    agreement: dict[str, float] = {}
    missing: set[str] = set()
    for name, problem in chosen.items():
        true, agreement[name] = truth(problem)
        ways, absent = candidates(problem)
        missing |= set(absent)
        for level in LEVELS:
            rows += speed(problem, level, ways, true, rounds)
            for row in rows[-len(ways) :]:
                print(f"{name} {level:.0e} {row.way}: {row.median * 1e6:.1f} µs, error {row.error:.1e}", flush=True)
    return {"speed": rows, "agreement": agreement, "missing": sorted(missing)}


def main() -> None:
    """Measures; writes the page when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page instead of printing it")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="largest number of patients")
    parser.add_argument("--problems", nargs="*", help="only these")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    known = problems()
    some = {name: known[name] for name in chosen.problems or known}
    found = speeds(some, chosen.rounds)
    found["starts"] = starts(3)
    found["threads"] = {name: threads(problem, 8192, 5) for name, problem in some.items()}
    found["many"] = many(tuple(size for size in SIZES if size <= chosen.most))
    found["derivatives"] = derivatives(known[THERAPY], 512, 3)
    text = page(some, found, THERAPY)
    if chosen.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
