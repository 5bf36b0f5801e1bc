"""`cartrace gaps`: what to look up in the chart before a course is analysed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options

if TYPE_CHECKING:
    from cartrace.assess.gaps import Query

HEADER = ("course", "weight", "day", "query")
CSV_HEADER = ("course", "severity", "check", "day", "from_d", "until_d", "what", "why", "look_up", "evidence")


def _print_schedule(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Our schedule as the table it is read from, and nothing else."""
    from importlib import resources

    if wanted:
        text = resources.files("cartrace.assess.gaps").joinpath("schedule.tsv").read_text(encoding="utf-8")
        click.echo(text.rstrip("\n"))
        context.exit()


@click.command(short_help="List what to look up: gaps, slips, contradictions.")
@path_argument
@click.option(
    "--schedule",
    type=click.Path(path_type=Path),
    default=None,
    metavar="TSV",
    help="Your protocol's schedule instead of our own (--default-schedule prints ours).",
)
@click.option(
    "--default-schedule",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schedule,
    help="Print our schedule as a table to start from.",
)
@table_options
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    schedule: Path | None,
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List what to look up in the chart: overdue ICE, vital signs, counts and CAR-T samples, impossible values, slips of a
    unit, contradictions, drug records that cannot be counted, computed grades that differ from the investigators'.

    A query asks; it changes no value and no grade.

    \b
    Example: cartrace gaps my-course
             cartrace gaps my-courses --schedule protocol.tsv --csv
    """
    from cartrace import study
    from cartrace.assess.gaps import gaps, read_schedule
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults

    visits = None
    if schedule is not None:
        try:
            visits = read_schedule(schedule.read_text(encoding="utf-8"))
        except ValueError as wrong:
            raise click.BadParameter(str(wrong), param_hint="--schedule") from None
    done = study.run(path, study.StudySettings(defaults=TableDefaults(code, unit, lloq, method)), measure=False)
    door.say_findings(done.findings)
    asked = [(one.course.id, gaps(one.course, visits, one.assessments)) for one in done.courses]
    if as_json:
        records = [{"course": course, "queries": queries} for course, queries in asked]
        click.echo(to_json({"courses": records, "findings": done.findings, "inputs": done.inputs}))
        return
    rows = [(course, query) for course, queries in asked for query in queries]
    if as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(*row) for row in rows]))
    else:
        click.echo(aligned(HEADER, [_text_row(*row) for row in rows]) if rows else "Nothing to look up.")


def _text_row(course: str, query: Query) -> tuple[str, ...]:
    day = "" if query.day is None else str(query.day)
    why = f"{query.why[:1].upper()}{query.why[1:]}"
    return course, query.severity, day, f"{query.what}. {why}. See {query.look_up}."


def _csv_row(course: str, query: Query) -> tuple[object, ...]:
    times = ["" if time is None else f"{time:.6g}" for time in (query.at, query.until)]
    return (
        *(course, query.severity, query.check, "" if query.day is None else query.day, *times),
        *(query.what, query.why, query.look_up, " ".join(map(str, query.evidence))),
    )
