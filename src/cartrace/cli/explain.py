"""`cartrace explain`: why a number is what it is."""

from __future__ import annotations

from pathlib import Path

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options


@click.command(short_help="Explain a grade or a number down to the deciding rows.")
@path_argument
@click.argument("address", required=False, default="")
@click.option("--course", "course_id", default="", help="Which course, when PATH holds several.")
@door.option_option
@table_options
@json_option
@guarded
def command(
    path: Path,
    address: str,
    course_id: str,
    options: tuple[str, ...],
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_json: bool,
) -> None:
    """Explain a grade or a number: rule, settings, deciding rows, sources. Without ADDRESS, list every address.

    ADDRESS is a rule (crs.astct2019), a fact (crs.astct2019/onset_day), a day (crs.astct2019/d3), an hour
    (crs.astct2019/h26), a part (response.extramedullary/testis), a metric (kinetics/car_copies_per_ug/cmax), an infection
    density (infections/d0-28) or a field of a registry form (forms/crs/resolved).

    \b
    Example: cartrace explain my-course crs.astct2019/d3
             cartrace explain my-course kinetics/car_copies_per_ug/cmax
    """
    from cartrace import report, study
    from cartrace.cli.plain import to_json
    from cartrace.errors import UnknownTerm
    from cartrace.ingest import TableDefaults
    from cartrace.vocabulary import terms

    settings = study.StudySettings((), door.chosen(options), defaults=TableDefaults(code, unit, lloq, method))
    done = study.run(path, settings)
    by_id = {one.course.id: one for one in done.courses}
    if course_id and course_id not in by_id:
        raise UnknownTerm("course", course_id, nearest=terms.nearest(course_id, tuple(by_id)) or tuple(by_id)[:5])
    if not course_id and len(by_id) != 1:
        raise click.UsageError(f"{path.name} holds {len(by_id)} courses; say which with --course.")
    one = by_id[course_id] if course_id else done.courses[0]
    contents = study.contents(one, "")
    if not address:
        found = report.addresses(contents)
        click.echo(to_json({"addresses": found}) if as_json else "\n".join(found))
        return
    explanation = report.explain(contents, address)
    click.echo(to_json(explanation) if as_json else explanation.text)
