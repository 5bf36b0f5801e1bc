"""`cartrace trial`: arms of virtual patients compared, many trials over."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli.door import guarded, json_option
from cartrace.cli.simulate import (
    SIMULATED,
    between,
    bundled,
    kept_when_stopped,
    number,
    percent,
    progress,
    say_limits,
    sharing,
    worker_options,
)

if TYPE_CHECKING:
    from cartrace.simulate.trial import ArmContrast, ArmResult

HEADER = ("hypothesis", "outcome", "arm", "n", "one trial, 95 % of trials", "whole pool", "unit", "observed")
CONTRASTS = (
    "hypothesis",
    "outcome",
    "arm",
    "difference, 95 % of trials",
    "p < 0.05",
    "observed",
    "simulated <= observed",
)
CSV_HEADER = (
    *("hypothesis", "outcome", "kind", "unit", "arm", "against", "patients", "value", "low", "high"),
    *("significant", "observed", "observed_low", "observed_high", "observed_p", "as_extreme"),
)


@click.command(short_help="Compare arms of virtual patients.")
@click.argument("trial", required=False, default="", metavar="[TRIAL]")
@click.option("--pool", type=click.IntRange(10), default=None, help="Virtual patients from which trials are drawn.")
@click.option("--repeats", type=click.IntRange(1), default=None, help="Trials drawn.")
@click.option("--seed", type=click.IntRange(0), default=None, help="Seed of everything that is drawn.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Folder in which the arms are kept."
)
@worker_options
@click.option("--csv", "as_csv", is_flag=True, help="Rows as CSV on standard output.")
@json_option
@guarded
def command(
    trial: str,
    pool: int | None,
    repeats: int | None,
    seed: int | None,
    output: Path | None,
    workers: int,
    scheduler: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Simulate the arms of a trial on one population, draw the trial many times, and set it beside what a real one saw.

    TRIAL is the name of a bundled trial or a YAML file; without one the bundled ones are listed. Every arm is compared with the first.
    With -o the simulated arms are kept: after Ctrl-C the same command goes on.

    \b
    Example: cartrace trial sscart19-vs-conventional
             cartrace trial split-vs-single --pool 1000 --workers 2
    """
    from dataclasses import replace

    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.simulate import run_trial, trial_file

    if not trial:
        click.echo(bundled("trials"))
        return
    read = trial_file.load(trial)
    read = trial_file.checked(
        replace(
            read,
            pool=read.pool if pool is None else pool,
            repeats=read.repeats if repeats is None else repeats,
            seed=read.seed if seed is None else seed,
        )
    )
    found = kept_when_stopped(
        lambda: run_trial(read, output, mapped=sharing(workers, scheduler), progress=progress), output
    )
    assumed = tuple(dict.fromkeys(sentence for arm in read.arms for sentence in arm.scenario.assumed))
    say_limits(found.said, (*assumed, *read.notes), {})
    for arm, failed in found.failed.items():
        if failed:
            click.echo(f"{arm}: {failed} patients could not be solved and take no part", err=True)
    if as_json:
        record = {"trial": read, "outside_the_data": found.said, "arms": found.arms, "contrasts": found.contrasts}
        click.echo(to_json({"simulated": True, **record}))
    elif as_csv:
        rows = [_csv_arm(one) for one in found.arms] + [_csv_contrast(one) for one in found.contrasts]
        click.echo(comma_separated(CSV_HEADER, rows))
    else:
        click.echo(read.title)
        drawn = f"{read.repeats} trials drawn from {read.pool} virtual patients, seed {read.seed}"
        click.echo(f"{SIMULATED} {drawn}.\n")
        click.echo(aligned(HEADER, [_arm(one) for one in found.arms]))
        click.echo(f"\nAgainst {read.arms[0].name}\n")
        click.echo(aligned(CONTRASTS, [_contrast(one) for one in found.contrasts]))


def _arm(one: ArmResult) -> tuple[str, ...]:
    share = one.outcome.kind == "share"
    said = percent if share else number
    trials = f"{said(one.trials.value)} ({between(one.trials, share=share)})"
    real = ""
    if one.observed is not None:
        seen, interval = one.observed
        real = f"{seen.events}/{seen.of} = {percent(interval.value)} ({between(interval, share=True)})"
    return (
        one.hypothesis,
        one.outcome.name,
        one.arm,
        str(one.patients),
        trials,
        said(one.pool.value),
        one.outcome.unit,
        real,
    )


def _contrast(one: ArmContrast) -> tuple[str, ...]:
    share = one.outcome.kind == "share"
    said = percent if share else number
    trials = f"{said(one.trials.value)} ({between(one.trials, share=share)})"
    real = extreme = ""
    if one.observed is not None:
        real = f"{percent(one.observed.value)} ({between(one.observed, share=True)}), p {one.observed_p:.3f}"
        extreme = percent(one.as_extreme)
    significant = "" if math.isnan(one.significant) else percent(one.significant)
    return one.hypothesis, one.outcome.name, one.arm, trials, significant, real, extreme


def _cells(*values: float) -> tuple[str, ...]:
    return tuple("" if math.isnan(value) else repr(value) for value in values)


def _csv_arm(one: ArmResult) -> tuple[object, ...]:
    place = (one.hypothesis, one.outcome.id, one.outcome.kind, one.outcome.unit, one.arm, "", one.patients)
    sizes = _cells(one.trials.value, one.trials.low, one.trials.high)
    seen = ("", "", "") if one.observed is None else _cells(*(getattr(one.observed[1], n) for n in _INTERVAL))
    return *place, *sizes, "", *seen, "", ""


def _csv_contrast(one: ArmContrast) -> tuple[object, ...]:
    place = (one.hypothesis, one.outcome.id, one.outcome.kind, one.outcome.unit, one.arm, one.against, "")
    sizes = _cells(one.trials.value, one.trials.low, one.trials.high, one.significant)
    seen = ("", "", "") if one.observed is None else _cells(*(getattr(one.observed, n) for n in _INTERVAL))
    return *place, *sizes, *seen, *_cells(one.observed_p, one.as_extreme)


_INTERVAL = ("value", "low", "high")
