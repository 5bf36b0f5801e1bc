"""Calibration of the therapy model's population: `python bench/calibration.py --fit` fits, `--write` renews `docs/calibration.md`.

In: targets.toml of `cartrace2026`, declared before any fit; the engine. Out: `bench/calibration.json` (start, fitted values, misfit; also
the checkpoint from which an interrupted fit goes on), with --apply the values in the folder of the model, with --write the page.
Decided here: the order of blocks, how often they are gone through, how many patients; which threshold follows from the trial.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import calibration_page
import calibration_values
import numpy as np
from calibration_cohort import SEED, Bench, present
from calibration_crs import OUTPUTS as SIGNALS
from calibration_crs import counts, signals
from calibration_fit import BLOCKS, PULL, fit_block

RECORD = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
PATIENTS_OF_FIT, PATIENTS_OF_PAGE = 256, 2048
ROUNDS = 2


def read_record(path: Path) -> dict[str, Any]:
    """What an earlier fit has kept."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def keep(path: Path, record: dict[str, Any]) -> None:
    """Write the record, whole or not at all."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def fit(path: Path, count: int, rounds: int, *, renew: bool) -> dict[str, Any]:
    """Go through the blocks, from where the record stands.

    The start, to which values are pulled, is that of the first fit, whatever the folder says now. `began` is where this fit set out: a
    repeated fit sets out from there again, `renew` from the folder.
    """
    bench = Bench()
    record = read_record(path)
    names = [name for block in BLOCKS for name in block.free]
    if renew or record.get("finished") or record.get("patients") != count or record.get("seed") != SEED:
        start = present(names) | record.get("start", {})
        began = present(names) if renew else record["began"]
        kept = {"start": start, "began": began, "values": dict(began), "blocks": []}
        record = {"seed": SEED, "patients": count, "pull": PULL} | kept
    for number in range(len(record["blocks"]), rounds * len(BLOCKS)):
        block = BLOCKS[number % len(BLOCKS)]
        clock = time.monotonic()
        fitted, before, after = fit_block(bench, block, record["start"], record["values"], count, SEED)
        record["values"] |= fitted
        record["blocks"].append({"block": block.name, "before": before, "after": after})
        keep(path, record)
        print(f"{block.name}: misfit {before:.1f} to {after:.1f}, {time.monotonic() - clock:.0f} s", flush=True)
    conventional = counts()[0]
    found = signals(Bench(SIGNALS), record["values"], "H1", count)
    record["start"].setdefault("a_CRS3", bench.nominal["a_CRS3"])
    record["values"]["a_CRS3"] = found.threshold_for(bench.nominal["b_CRS"], conventional[0] / conventional[1])
    record["finished"] = True
    record["values"] = {name: float(f"{value:.3g}") for name, value in record["values"].items()}
    keep(path, record)
    return record


def main() -> None:
    """Fit, apply, write; each when asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fit", action="store_true", help="fit the population; goes on from the record")
    options.add_argument(
        "--renew", action="store_true", help="let the fit set out from the values in the folder of the model"
    )
    options.add_argument("--apply", action="store_true", help="write the fitted values into the folder of the model")
    options.add_argument("--write", action="store_true", help="renew the page with the model as its folder has it")
    options.add_argument("--patients", type=int, help="virtual patients")
    options.add_argument("--record", type=Path, default=RECORD)
    asked = options.parse_args()
    if asked.fit:
        fit(asked.record, asked.patients or PATIENTS_OF_FIT, ROUNDS, renew=asked.renew)
    record = read_record(asked.record)
    if asked.apply:
        calibration_values.apply(record["values"])
    if asked.write or not (asked.fit or asked.apply):
        text = calibration_page.page(record, asked.patients or PATIENTS_OF_PAGE)
        if asked.write:
            PAGE.write_text(text, encoding="utf-8")
        else:
            print(text)


if __name__ == "__main__":
    np.seterr(over="ignore")
    main()
