"""`cartrace simulate`: a treatment run on virtual patients, graded by the same rules as real courses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cartrace.cli.door import BAD_INPUT, guarded, json_option

if TYPE_CHECKING:
    from cartrace.simulate import Results
    from cartrace.simulate.comparison import Interval
    from cartrace.simulate.run import Mapped
    from cartrace.simulate.summary import Line

Function = TypeVar("Function", bound=Callable[..., Any])

HEADER = ("hypothesis", "outcome", "result", "90 % of patients", "unit", "95 % interval", "patients")
CSV_HEADER = ("scenario", "hypothesis", "outcome", "kind", "unit", "value", "low", "high", "events", "patients")
SIMULATED = "Simulation. No patient stands behind these numbers."


def people_options(function: Function) -> Function:
    """How many virtual patients, the seed, the days: --patients, --seed, --days, in place of the scenario's own."""
    for decorate in (
        click.option("--days", type=float, default=None, help="Days after the first infusion."),
        click.option("--seed", type=click.IntRange(0), default=None, help="Seed of everything that is drawn."),
        click.option("--patients", type=click.IntRange(1), default=None, help="Virtual patients."),
    ):
        function = decorate(function)
    return function


def worker_options(function: Function) -> Function:
    """Who does the work: --workers, --scheduler."""
    for decorate in (
        click.option("--scheduler", default="", metavar="HOST:PORT", help="A dask scheduler (extra cartrace[spread])."),
        click.option(
            "--workers",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            help="Processes; the results are the same.",
        ),
    ):
        function = decorate(function)
    return function


@click.command(short_help="Run a treatment on virtual patients.")
@click.argument("scenario", required=False, default="", metavar="[SCENARIO]")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Another value of a key. Repeatable.")
@people_options
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Folder for Parquet and manifest.")
@click.option("--curves", is_flag=True, help="Write the curves of every patient as well (with -o).")
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
    output: Path | None,
    curves: bool,
    workers: int,
    scheduler: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Run a treatment on virtual patients and grade them by the same rules as real courses.

    SCENARIO is the name of a bundled scenario or a YAML file; without one the bundled ones are listed. With -o the run is kept: stopped
    with Ctrl-C it goes on where it was when the same command is given again.

    \b
    Example: cartrace simulate founding-case
             cartrace simulate conventional --patients 1000 -o run --workers 2
             cartrace simulate founding-case --set dose.hold_on_fever=38 --set disease.marrow_percent=40 --set disease.marrow_blasts=nothing
    """
    from cartrace.simulate import run, scenario_file, summary

    if not scenario:
        click.echo(bundled("scenarios"))
        return
    read = scenario_file.load(scenario, {**shared_changes(patients, seed, days), **changed(changes, "--set")})
    results = kept_when_stopped(
        lambda: run.simulate(read, output, mapped=sharing(workers, scheduler), curves=curves, progress=progress), output
    )
    lines = {hypothesis: summary.lines(results.of(hypothesis)) for hypothesis in read.hypotheses}
    failures = {hypothesis: results.failures(hypothesis) for hypothesis in read.hypotheses}
    say_limits(results.said, read.assumed, failures)
    _print(results, lines, as_csv, as_json)
    if all(len(reasons) == read.patients for reasons in failures.values()):
        raise SystemExit(BAD_INPUT)


def _print(results: Results, lines: dict[Any, tuple[Line, ...]], as_csv: bool, as_json: bool) -> None:
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json

    scenario = results.scenario
    if as_json:
        record = {"simulated": True, "scenario": scenario, "outside_the_data": results.said, "outcomes": lines}
        click.echo(to_json(record))
    elif as_csv:
        rows = [_csv_row(scenario.id, hypothesis, line) for hypothesis, found in lines.items() for line in found]
        click.echo(comma_separated(CSV_HEADER, rows))
    else:
        people = scenario.virtual_patients
        click.echo(
            f"{scenario.title}\n{SIMULATED} {counted(scenario.patients)}, seed {people.seed}, {people.sampling}.\n"
        )
        click.echo(aligned(HEADER, [_row(hypothesis, line) for hypothesis, found in lines.items() for line in found]))


def _row(hypothesis: str, line: Line) -> tuple[str, ...]:
    if line.outcome.kind == "share":
        result = f"{line.events}/{line.of} = {percent(line.estimate.value)}"
        return hypothesis, line.outcome.name, result, "", "", between(line.estimate, share=True), str(line.of)
    value, others = number(line.estimate.value), between(line.estimate)
    return hypothesis, line.outcome.name, f"median {value}", others, line.outcome.unit, "", str(line.of)


def _csv_row(scenario: str, hypothesis: str, line: Line) -> tuple[object, ...]:
    found = line.estimate
    size = (repr(found.value), repr(found.low), repr(found.high), "" if line.events is None else line.events, line.of)
    return scenario, hypothesis, line.outcome.id, line.outcome.kind, line.outcome.unit, *size


def counted(count: int) -> str:
    """A number of patients for a reader."""
    return "1 patient" if count == 1 else f"{count} patients"


def percent(value: float) -> str:
    """A share for a reader."""
    return f"{100 * value:.1f} %"


def number(value: float) -> str:
    """A number for a reader: three figures, plain below a million."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}".replace(",", " ")


def between(found: Interval, *, share: bool = False) -> str:
    """Low to high, for a reader."""
    said = percent if share else number
    return f"{said(found.low)} to {said(found.high)}"


def bundled(kind: str) -> str:
    """The bundled scenarios or trials with their titles."""
    from cartrace.cli.columns import aligned
    from cartrace.simulate import scenario_file, trial_file

    read: Callable[[str], Any] = scenario_file.load if kind == "scenarios" else trial_file.load
    return aligned(
        (kind.removesuffix("s"), "title"), [(name, read(name).title) for name in scenario_file.bundled(kind)]
    )


def shared_changes(patients: int | None, seed: int | None, days: float | None) -> dict[str, str]:
    """The options of `people_options` as changes of a scenario."""
    said = {"virtual_patients.count": patients, "virtual_patients.seed": seed, "days": days}
    return {key: str(value) for key, value in said.items() if value is not None}


def changed(words: Sequence[str], option: str) -> dict[str, str]:
    """KEY=VALUE words as a mapping. Raises a usage error for any other word."""
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise click.BadParameter(f'"{word}" is not KEY=VALUE, such as product.knock_down=0', param_hint=option)
        found[key] = value
    return found


def sharing(workers: int, scheduler: str) -> Mapped:
    """How the work is shared."""
    from cartrace.simulate import run, spread

    if scheduler:
        return spread.over_machines(scheduler)
    return run.one_after_another if workers == 1 else run.in_processes(workers)


def progress(done: int, of: int) -> None:
    """One line on standard error that is written over; nothing when nobody looks at it."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of} parts", nl=done == of, err=True)


def kept_when_stopped(work: Callable[[], Any], output: Path | None) -> Any:
    """The result of `work`; Ctrl-C ends with a sentence that says how to go on."""
    try:
        return work()
    except KeyboardInterrupt:
        again = f"what is done stands in {output.name}; the same command goes on" if output else "nothing was kept"
        click.echo(f"\ncartrace: stopped; {again}.", err=True)
        raise SystemExit(BAD_INPUT) from None


def say_limits(said: Sequence[str], assumed: Sequence[str], failures: dict[Any, tuple[str, ...]]) -> None:
    """On standard error: what is outside the data, what was assumed, which patients could not be solved."""
    for sentence in said:
        click.echo(sentence, err=True)
    for sentence in assumed:
        click.echo(f"Assumed: {sentence}", err=True)
    for hypothesis, reasons in failures.items():
        for reason in dict.fromkeys(reasons):
            click.echo(f"{hypothesis}: {counted(reasons.count(reason))} {reason}", err=True)
