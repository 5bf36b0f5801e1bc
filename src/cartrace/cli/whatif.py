"""`cartrace whatif`: one scenario, some of its keys changed, the same patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cartrace.cli.door import guarded, json_option
from cartrace.cli.simulate import (
    SIMULATED,
    between,
    changed,
    counted,
    kept_when_stopped,
    number,
    people_options,
    percent,
    progress,
    say_limits,
    shared_changes,
    sharing,
    worker_options,
)

if TYPE_CHECKING:
    from cartrace.simulate.whatif import Contrast

HEADER = ("hypothesis", "outcome", "before", "after", "difference", "95 % interval", "unit", "patients")
CSV_HEADER = ("hypothesis", "outcome", "kind", "unit", "before", "after", "difference", "low", "high", "patients")


@click.command(short_help="Change a scenario and compare the same patients.")
@click.argument("scenario", metavar="SCENARIO")
@click.option("--change", "changes", multiple=True, metavar="KEY=VALUE", help="Another value of a key. Repeatable.")
@people_options
@worker_options
@click.option("--csv", "as_csv", is_flag=True, help="Rows as CSV on standard output.")
@json_option
@guarded
def command(
    scenario: str,
    changes: tuple[str, ...],
    patients: int | None,
    seed: int | None,
    days: float | None,
    workers: int,
    scheduler: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Run a scenario with and without changes on the same virtual patients, and compare each with himself.

    A change of the knock-down is run under both hypotheses, H1 and H2. The interval speaks of the number of virtual patients alone.

    \b
    Example: cartrace whatif founding-case --change product.knock_down=0
             cartrace whatif founding-case --change dose.fractions=[1] --change dose.days=[0]
             cartrace whatif conventional --change tocilizumab="{at: CRS grade 2, mg_per_kg: 8}"
    """
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.simulate import what_if

    found = kept_when_stopped(
        lambda: what_if(
            scenario,
            changed(changes, "--change"),
            before_changes=shared_changes(patients, seed, days),
            mapped=sharing(workers, scheduler),
            progress=progress,
        ),
        None,
    )
    before = found.before.scenario
    failures = {h: (*found.before.failures(h), *found.after.failures(h)) for h in before.hypotheses}
    say_limits(found.said, before.assumed, failures)
    if as_json:
        record = {"scenario": before, "changes": dict(found.changes), "outside_the_data": found.said}
        click.echo(to_json({"simulated": True, **record, "contrasts": found.contrasts}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(one) for one in found.contrasts]))
    else:
        people = before.virtual_patients
        click.echo(before.title)
        click.echo(f"Changed: {', '.join(f'{key} = {value}' for key, value in found.changes)}")
        click.echo(f"{SIMULATED} {counted(before.patients)}, the same twice; seed {people.seed}.\n")
        click.echo(aligned(HEADER, [_row(one) for one in found.contrasts]))


NOISE = 1e-4
"""Share of a number below which a difference is what solving leaves, and printed as 0."""


def _row(one: Contrast) -> tuple[str, ...]:
    from cartrace.simulate.comparison import Interval

    share = one.outcome.kind == "share"
    said = percent if share else number
    difference = one.difference
    if max(abs(difference.low), abs(difference.high)) < NOISE * max(abs(one.before), abs(one.after)):
        difference = Interval(0.0, 0.0, 0.0)
    sizes = said(one.before), said(one.after), said(difference.value), between(difference, share=share)
    return one.hypothesis, one.outcome.name, *sizes, one.outcome.unit, str(one.of)


def _csv_row(one: Contrast) -> tuple[object, ...]:
    sizes = (one.before, one.after, one.difference.value, one.difference.low, one.difference.high)
    outcome = one.outcome
    return one.hypothesis, outcome.id, outcome.kind, outcome.unit, *(repr(size) for size in sizes), one.of
