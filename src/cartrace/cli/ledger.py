"""`cartrace ledger`: what was given against the toxicities, counted and added up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.assess.ledger import Ledger, TocilizumabDose
    from cartrace.course import Quantity

NONE_GIVEN = "none given"
HEADER = ("course", "treatment", "value", "unit", "remarks")
CSV_HEADER = ("course", "id", "treatment", "day", "value", "unit", "censored", "cautions", "reason", "used", "left_out")


@click.command(short_help="Count and add up the treatment given.")
@path_argument
@click.option("--from-day", type=int, default=0, show_default=True, help="First study day that counts.")
@click.option(
    "--to-day", type=int, default=None, help="Last study day that counts; to the end of the record without it."
)
@click.option(
    "--factor",
    "changed",
    multiple=True,
    metavar="ID=NUMBER",
    help="A conversion factor or limit of your own. Repeatable.",
)
@click.option("--factors", "list_factors", is_flag=True, help="Print the factors with their sources as well.")
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    from_day: int,
    to_day: int | None,
    changed: tuple[str, ...],
    list_factors: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Count and add up the treatment given: tocilizumab dose by dose, steroids as dexamethasone, vasopressors in
    norepinephrine equivalents, oxygen and ventilation in hours, G-CSF and transfusions.

    An amount that cannot be converted is left out and named; the total is then a lower bound (>=).

    \b
    Example: cartrace ledger my-course
             cartrace ledger my-course --from-day 0 --to-day 28 --csv
             cartrace ledger my-course --factor dexamethasone.prednisone=0.16
    """
    from cartrace import study
    from cartrace.assess.ledger import factors, ledger
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json

    try:
        chosen = factors(_numbers(changed))
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--factor") from None
    done = study.run(path, grade=False, measure=False)
    door.say_findings(done.findings)
    ledgers = [ledger(one.course, chosen, first_day=from_day, last_day=to_day) for one in done.courses]
    if as_json:
        click.echo(to_json({"ledgers": ledgers, "findings": done.findings, "inputs": done.inputs}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [row for one in ledgers for row in _csv_rows(one)]))
    else:
        click.echo(aligned(HEADER, [row for one in ledgers for row in _text_rows(one)]))
        if list_factors:
            rows = [(f.id, f"{f.value:g}", f.unit, f.source, f.evidence, f.meaning) for f in chosen.table]
            click.echo("\n" + aligned(("factor", "value", "unit", "source", "evidence", "meaning"), rows))


def _numbers(words: tuple[str, ...]) -> dict[str, float]:
    """ID=NUMBER words as a mapping. Raises a usage error for any other word."""
    found = {}
    for word in words:
        name, _, value = word.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise click.BadParameter(f'"{word}" is not ID=NUMBER', param_hint="--factor") from None
    return found


def _quantities(one: Ledger) -> list[tuple[int | None, Quantity]]:
    """Totals, each tocilizumab dose, each day with a corticosteroid, with their study day."""
    rows: list[tuple[int | None, Quantity]] = [(None, quantity) for quantity in one.quantities]
    for dose in one.tocilizumab:
        rows += [(dose.day, quantity) for quantity in (dose.amount, dose.amount_per_kilogram, dose.interval)]
    return rows + [(day.day, day.equivalent) for day in one.steroid_days]


def _text_rows(one: Ledger) -> list[tuple[str, ...]]:
    told: dict[tuple[str, str], Quantity] = {}
    for quantity in one.quantities:
        # Where none was given, the count says so; a reason is said once for each treatment.
        if quantity.reason != NONE_GIVEN:
            told.setdefault((quantity.name.partition(", ")[0], quantity.reason or quantity.id), quantity)
    totals = [_text_row(one.course, quantity) for quantity in told.values()]
    doses = [_dose_row(one.course, dose) for dose in one.tocilizumab]
    return [*totals, *doses, *(_text_row(one.course, day.equivalent) for day in one.steroid_days)]


def _text_row(course: str, quantity: Quantity) -> tuple[str, ...]:
    return course, quantity.name, _value(quantity), _unit(quantity), _remarks(quantity.reason, quantity.flags)


def _dose_row(course: str, dose: TocilizumabDose) -> tuple[str, ...]:
    parts = [f"{_value(q)} {_unit(q)}" for q in (dose.amount, dose.amount_per_kilogram) if q.value is not None]
    parts += [f"{_value(dose.interval)} h after the dose before"] if dose.interval.value is not None else []
    name = f"Tocilizumab, dose {dose.number} on study day {dose.day}"
    said = f"{', '.join(parts)}. " if parts else ""
    return course, name, "", "", (said + _remarks("", dose.cautions)).strip()


def _csv_rows(one: Ledger) -> list[tuple[object, ...]]:
    return [
        (
            *(one.course, q.id, q.name, "" if day is None else day, "" if q.value is None else repr(q.value), q.unit),
            *("yes" if q.censored else "no", " ".join(q.flags), q.reason),
            *(" ".join(map(str, q.used)), " ".join(map(str, q.left_out))),
        )
        for day, q in _quantities(one)
    ]


def _value(quantity: Quantity) -> str:
    return "" if quantity.value is None else f"{'>= ' if quantity.censored else ''}{quantity.value:.6g}"


def _unit(quantity: Quantity) -> str:
    return "" if quantity.unit == "1" else quantity.unit


def _remarks(reason: str, cautions: tuple[str, ...]) -> str:
    from cartrace.assess.ledger import CAUTIONS

    sentence = f"{reason[:1].upper()}{reason[1:]}." if reason else ""
    # A reason that names the chart needs no second sentence about it.
    codes = [code for code in cautions if not (reason and code in ("chart_open", "start_not_recorded"))]
    return " ".join(filter(None, (sentence, *(CAUTIONS[code] for code in codes))))
