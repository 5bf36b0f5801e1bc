"""`cartrace kinetics`: cellular kinetics without a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.course import Quantity
    from cartrace.kinetics import ProfileResult
    from cartrace.study import Study

HEADER = ("course", "assay", "site", "method", "metric", "value", "unit", "remarks")
CSV_HEADER = ("course", "assay", "site", "method", "policy", "metric", "value", "unit", "censored", "flags", "reason")


@click.command(short_help="Measure the cellular kinetics.")
@path_argument
@click.option("--windows", default="", metavar="0-28,0-84", help="AUC windows in days since the infusion.")
@click.option("--policy", default="standard", help="What a sample below the LLOQ counts as (see cartrace metrics).")
@click.option("--infusion", type=int, default=1, help="Number of the infusion whose clock is used.")
@click.option("--inflection-day", type=float, default=28.0, help="End of contraction, begin of persistence.")
@click.option(
    "--convert",
    is_flag=True,
    help="Also cells/uL (percentage with cd3_cells) and copies/uL (copies/ug with dna_per_ul) of the same sample.",
)
@click.option("--sensitivity", is_flag=True, help="Every metric once per BLQ policy.")
@click.option(
    "--lloq",
    type=float,
    default=None,
    help="LLOQ of a table's rows, in their unit; in the canonical unit for a course folder.",
)
@click.option("--code", default="car_copies_per_ug", help="Analyte of rows that say none.", show_default=True)
@click.option("--unit", default="", help="Unit of every row that says none.")
@click.option("--method", default="", help="Method of every row that says none.")
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    windows: str,
    policy: str,
    infusion: int,
    inflection_day: float,
    convert: bool,
    sensitivity: bool,
    lloq: float | None,
    code: str,
    unit: str,
    method: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Measure the cellular kinetics: Cmax, Tmax, areas, half-lives, persistence; each a value or a reason.

    Assay kinds are never pooled and never converted without the second input that the conversion needs.

    \b
    Example: cartrace kinetics my-course
             cartrace kinetics profiles.csv --windows 0-28,0-90 --lloq 50
    """
    from cartrace import study
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults
    from cartrace.kinetics import KineticsSettings, parse_windows

    settings = KineticsSettings(policy=policy, infusion=infusion, inflection_day=inflection_day, convert=convert)
    if windows:
        settings = replace(settings, windows=parse_windows(windows))
    if path.is_dir():
        settings = replace(settings, lloq=lloq)
    defaults = TableDefaults(code, unit, lloq, method)
    done = study.run(path, study.StudySettings(kinetics=settings, defaults=defaults, each=False), grade=False)
    door.say_findings(done.findings)
    if as_json:
        records = [{"course": one.course.id, "profiles": one.profiles} for one in done.courses]
        click.echo(to_json({"courses": records, "findings": done.findings, "inputs": done.inputs}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(*row) for row in _quantities(done, sensitivity)]))
    else:
        rows = [_text_row(*row) for row in _quantities(done, sensitivity)]
        click.echo(aligned(HEADER, rows) if rows else "No CAR-T measurement at or after the infusion.")


def _quantities(done: Study, sensitivity: bool) -> list[tuple[str, ProfileResult, str, Quantity]]:
    rows = []
    for one in done.courses:
        for profile in one.profiles:
            chosen = dict(profile.settings)["policy"]
            tables = profile.sensitivity if sensitivity else ((chosen, profile.metrics),)
            rows += [(one.course.id, profile, policy, metric) for policy, metrics in tables for metric in metrics]
    return rows


def _text_row(course: str, profile: ProfileResult, policy: str, metric: Quantity) -> tuple[str, ...]:
    from cartrace.kinetics.metric import FLAGS

    value = "" if metric.value is None else f"{'>= ' if metric.censored else ''}{metric.value:.6g}"
    said = " ".join((metric.reason, *(FLAGS[flag] for flag in metric.flags))).strip()
    name = metric.name if policy == dict(profile.settings)["policy"] else f"{metric.name} [{policy}]"
    return course, profile.assay, profile.site, profile.method, name, value, metric.unit, said


def _csv_row(course: str, profile: ProfileResult, policy: str, metric: Quantity) -> tuple[object, ...]:
    value = "" if metric.value is None else repr(metric.value)
    return (
        *(course, profile.assay, profile.site, profile.method, policy, metric.id, value, metric.unit),
        *("yes" if metric.censored else "no", " ".join(metric.flags), metric.reason),
    )
