"""`cartrace figure`: the course figure, a kinetics figure or the image plate as SVG, PDF or PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options
from cartrace.errors import UnknownTerm

if TYPE_CHECKING:
    from cartrace.study import CourseStudy

ENDINGS = (".svg", ".pdf", ".png")
WIDTHS = {"single": 89.0, "double": 183.0}


@click.command(short_help="Draw the course figure as SVG, PDF or PNG.")
@path_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File ending in .svg, .pdf or .png.")
@click.option("--kind", type=click.Choice(["course", "kinetics", "images"]), default="course", help="Which figure.")
@click.option("--column", type=click.Choice(list(WIDTHS)), default="double", help="Journal column: 89 or 183 mm.")
@click.option(
    "--window", default="", metavar="-7-35", help="Days drawn to scale; chosen from the record when left out."
)
@click.option("--pace", type=click.Choice(["auto", "clip", "full"]), default="auto", help="What becomes of other days.")
@table_options
@json_option
@guarded
def command(
    path: Path,
    output: Path | None,
    kind: str,
    column: str,
    window: str,
    pace: str,
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_json: bool,
) -> None:
    """Draw a figure of one course at a journal's column width, texts as texts.

    course: everything on one time axis; kinetics: the CAR-T profile; images: photographs before and after.

    \b
    Example: cartrace figure my-course -o course.svg
             cartrace figure my-course --kind kinetics --column single -o kinetics.pdf
    """
    from cartrace import study
    from cartrace.cli.plain import to_json
    from cartrace.cli.report import file_name
    from cartrace.figures import static
    from cartrace.ingest import TableDefaults

    done = study.run(path, study.StudySettings(defaults=TableDefaults(code, unit, lloq, method)))
    if len(done.courses) != 1:
        raise click.UsageError(f"{path.name} holds {len(done.courses)} courses; a figure shows one. Name its folder.")
    one = done.courses[0]
    target = output or Path(f"{file_name(one.course.id)}-{kind}.svg")
    if target.suffix.lower() not in ENDINGS:
        raise UnknownTerm("figure file ending", target.suffix, nearest=ENDINGS)
    described = _described(one, kind, _days(window), pace)
    draw: Any = {".svg": static.to_svg, ".pdf": static.to_pdf, ".png": static.to_png}[target.suffix.lower()]
    door.write(target, draw(described, width=WIDTHS[column]))
    click.echo(to_json({"written": [str(target)]}) if as_json else str(target))


def _days(window: str) -> tuple[float, float] | None:
    if not window:
        return None
    # "-7-35" has a sign in front; the dash between the days is the one after a digit.
    at = next((n for n in range(1, len(window)) if window[n] == "-" and window[n - 1].isdigit()), 0)
    try:
        start, end = float(window[:at]), float(window[at + 1 :])
    except ValueError:
        raise click.BadParameter(f'"{window}" is not FIRST-LAST, e.g. -7-35', param_hint="--window") from None
    if start >= end:
        raise click.BadParameter(f'"{window}" ends before it starts', param_hint="--window")
    return start, end


def _described(one: CourseStudy, kind: str, window: tuple[float, float] | None, pace: Any) -> Any:
    from cartrace.figures import course_figure
    from cartrace.figures.kinetics import kinetics_figure
    from cartrace.figures.plates import image_plate

    if kind == "images":
        if not one.course.images:
            raise click.UsageError(f"{one.course.id} records no images.")
        return image_plate(one.course, one.folder)
    if kind == "kinetics":
        if not one.profiles:
            raise click.UsageError(f"{one.course.id} has no CAR-T measurement at or after the infusion.")
        return kinetics_figure(one.course, one.profiles[0], pace=pace)
    return course_figure(one.course, one.assessments, one.profiles, window=window, pace=pace)
