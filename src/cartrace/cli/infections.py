"""`cartrace infections`: infections per 100 days at risk, of each course and of all of them together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.assess.infection.density import Density

HEADER = ("course", "days", "infections", "days_at_risk", "per_100_days", "low", "high", "remarks")
TOGETHER = "all courses"


@click.command(short_help="Count infections per 100 days at risk, with exact intervals.")
@path_argument
@click.option("--windows", default="0-28,29-90", metavar="0-28,29-90", help="Windows of study days, both ends counted.")
@click.option("--without-day0", is_flag=True, help="Day 0 is no day at risk.")
@click.option(
    "--merge-days",
    type=click.IntRange(0),
    default=14,
    help="The same kind of organism at the same site within so many days is one infection.",
)
@door.csv_option
@json_option
@guarded
def command(path: Path, windows: str, without_day0: bool, merge_days: int, as_csv: bool, as_json: bool) -> None:
    """Count infections per 100 days at risk, of each course and, for a folder of courses, of all of them together.

    Every infection counts, repeated ones too. The intervals are the exact ones of a Poisson count (95 %).

    \b
    Example: cartrace infections my-courses
             cartrace infections my-courses --windows 0-28 --csv
    """
    from cartrace import study
    from cartrace.assess.infection.density import density, pooled_density
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.kinetics import parse_windows

    done = study.run(path, grade=False, measure=False)
    door.say_findings(done.findings)
    courses = [one.course for one in done.courses]
    found: list[tuple[str, Density]] = []
    for first, last in parse_windows(windows):
        window = int(first), int(last)
        if window != (first, last) or last < first:
            raise click.BadParameter(f"{first:g}-{last:g} is no window of study days; write for example 0-28")
        chosen = {"include_day0": not without_day0, "merge_days": merge_days}
        found += [(course.id, density(course, window, **chosen)) for course in courses]  # type: ignore[arg-type]
        if len(courses) > 1:
            found.append((TOGETHER, pooled_density(courses, window, **chosen)))  # type: ignore[arg-type]
    if as_json:
        records = [{"course": name, "density": one, "per_100_days": one.per_100_days} for name, one in found]
        click.echo(to_json({"densities": records, "findings": done.findings, "inputs": done.inputs}))
    elif as_csv:
        click.echo(comma_separated(HEADER, [_row(name, one, "{!r}", len(courses)) for name, one in found]))
    else:
        click.echo(aligned(HEADER, [_row(name, one, "{:.4g}", len(courses)) for name, one in found]))


def _row(name: str, one: Density, form: str, courses: int) -> tuple[str, ...]:
    numbers = ("" if value is None else form.format(value) for value in (one.per_100_days, one.low, one.high))
    counted = ("" if value is None else str(value) for value in (one.infections, one.days))
    taking_part = f"{one.courses} of {courses} courses have a density" if name == TOGETHER and not one.reason else ""
    return (name, f"{one.window[0]} to {one.window[1]}", *counted, *numbers, one.reason or taking_part)
