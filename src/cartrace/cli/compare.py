"""`cartrace compare`: where the editions of a scale differ, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options

if TYPE_CHECKING:
    from cartrace.assess.comparison import Difference

FAMILY_NAMES = {"crs": "CRS", "icans": "ICANS"}
"""Scales whose editions can be compared, by the beginning of their rules."""

HEADER = ("course", "scale", "day", "from_d", "until_d", "edition", "grade", "line", "settles")
PLACE = HEADER.index("edition")


@click.command(short_help="Show where the editions of a scale differ, and which published line makes the difference.")
@path_argument
@door.option_option
@table_options
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    options: tuple[str, ...],
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show where the editions of CRS grading, and ICANS and CRES, differ on the same evidence, and which published line
    makes the difference.

    For each stretch of time over which two editions differ: the grade by each of them, and its line.

    \b
    Example: cartrace compare my-course
             cartrace compare my-course --option crs.lee2014.organ_silence=normal
    """
    from cartrace import study
    from cartrace.assess.comparison import compare
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults

    settings = study.StudySettings(
        tuple(FAMILY_NAMES), door.chosen(options), defaults=TableDefaults(code, unit, lloq, method)
    )
    done = study.run(path, settings, measure=False)
    door.say_findings(done.findings)
    found = [(one.course.id, compare(one.course, one.assessments)) for one in done.courses]
    if as_json:
        click.echo(to_json({"courses": [{"course": course, "differences": several} for course, several in found]}))
        return
    rows = [row for course, several in found for difference in several for row in _rows(course, difference)]
    if as_csv:
        click.echo(comma_separated(HEADER, rows))
    else:
        click.echo(aligned(HEADER[:-1], _without_repeats(rows)) if rows else "The editions do not differ.")


def _rows(course: str, difference: Difference) -> list[tuple[str, ...]]:
    """One row for each edition; all of a stretch have the same place in front."""
    until = "" if difference.until is None else f"{difference.until:.4g}"
    place = course, FAMILY_NAMES[difference.family], str(difference.day), f"{difference.at:.4g}", until
    return [(*place, one.title, one.grade.text, one.line, ", ".join(one.grade.settles)) for one in difference.standings]


def _without_repeats(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The place of a stretch in its first row only; what would settle a range behind its line."""
    shown: list[tuple[str, ...]] = []
    last: tuple[str, ...] = ()
    for row in rows:
        place, (edition, grade, line, settles) = row[:PLACE], row[PLACE:]
        why = f"{line}. Would be settled by: {settles}." if settles else f"{line}."
        shown.append((*(place if place != last else ("",) * PLACE), edition, grade, why))
        last = place
    return shown
