"""`cartrace concordance`: computed grades beside those of the investigators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.assess.concordance import Agreement, Comparison, Kappa

HEADER = ("course", "toxicity", "scale", "time", "investigators", "computed", "rule", "comparison")
CSV_HEADER = (
    *("course", "toxicity", "scale", "scope", "day", "investigator", "rule", "low", "high"),
    *("verdict", "distance", "reason"),
)
AGREEMENT_HEADER = ("rule", "agree", "in range", "disagree", "not compared", "weighted kappa (95 % interval)")


@click.command(short_help="Hold computed grades against the investigators'.")
@path_argument
@door.rule_option
@door.option_option
@click.option("--disagreements", is_flag=True, help="Only the grades that no reading of missing inputs reconciles.")
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    rules: tuple[str, ...],
    options: tuple[str, ...],
    disagreements: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Hold computed grades against those that investigators set, one by one and as weighted kappa per rule.

    A grade inside a computed range is compatible with it. Kappa rests on settled grades of one maximum per course; beside it
    stands how far the ranges could move it.

    \b
    Example: cartrace concordance my-courses
             cartrace concordance my-courses --rule crs --disagreements --csv
    """
    from cartrace import study
    from cartrace.assess.concordance import agreement, compare
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json

    done = study.run(path, study.StudySettings(rules, door.chosen(options)), measure=False)
    door.say_findings(done.findings)
    every = [one for found in done.courses for one in compare(found.course, found.assessments)]
    listed = [one for one in every if one.disagrees] if disagreements else every
    found = agreement(every)
    if as_json:
        click.echo(
            to_json({"comparisons": listed, "agreement": found, "findings": done.findings, "inputs": done.inputs})
        )
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(one) for one in listed]))
    elif not every:
        click.echo("No grade by an investigator that a rule of this run speaks of.")
    else:
        told = [one for one in listed if one.verdict != "not compared" or one.computed is None]
        if told:
            click.echo(aligned(HEADER, [_text_row(one) for one in told]) + "\n")
        click.echo(aligned(AGREEMENT_HEADER, [_agreement_row(one) for one in found]))


def _text_row(one: Comparison) -> tuple[str, ...]:
    when = "maximum" if one.scope == "maximum" else "" if one.day is None else f"day {one.day}"
    computed = "" if one.computed is None else one.computed.text
    said = one.verdict + (f": {one.reason}" if one.reason else "")
    return one.course, one.toxicity, one.scale, when, str(one.investigator), computed, one.rule, said


def _csv_row(one: Comparison) -> tuple[object, ...]:
    low = one.computed.low if one.computed else None
    high = one.computed.high if one.computed else None
    cells = (one.course, one.toxicity, one.scale, one.scope, one.day, one.investigator, one.rule, low, high)
    return tuple("" if cell is None else cell for cell in (*cells, one.verdict, one.distance, one.reason))


def _agreement_row(one: Agreement) -> tuple[str, ...]:
    counts = (str(one.agree), str(one.within), str(one.disagree), str(one.not_compared))
    if all(kappa.value is None for kappa in (*one.kappas, *one.nearest)):
        return (one.rule, *counts, f"none: {one.kappas[0].reason}")
    said = "; ".join(f"{kappa.weighting} {_kappa(kappa)}" for kappa in one.kappas)
    if one.nearest[0].pairs > one.kappas[0].pairs:
        bounds = (
            f"{near.weighting} {_kappa(near)} and {_kappa(far)}"
            for near, far in zip(one.nearest, one.farthest, strict=True)
        )
        said += f"; with every range read nearest and farthest: {'; '.join(bounds)}"
    return (one.rule, *counts, said)


def _kappa(kappa: Kappa) -> str:
    if kappa.value is None:
        return f"none, {kappa.reason}"
    if kappa.low is None or kappa.high is None:
        return f"{kappa.value:.2f}, {kappa.reason}"
    return f"{kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})"
