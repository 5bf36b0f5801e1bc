"""`cartrace vocabulary`: analytes, units, drugs and the keys of course.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cartrace.cli.door import guarded, json_option


@click.command(short_help="List analytes, units, drugs and the keys of course.yaml.")
@click.argument("term", required=False, default="")
@json_option
@guarded
def command(term: str, as_json: bool) -> None:
    """List analytes, units, drugs and the keys of course.yaml; or describe one of them by any accepted spelling.

    \b
    Example: cartrace vocabulary
             cartrace vocabulary anc
    """
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json

    if term:
        found = described(term)
        rows = [(name.replace("_", " "), _words(value)) for name, value in found.items() if value]
        click.echo(to_json(found) if as_json else aligned(("", ""), rows).lstrip("\n"))
        return
    tables = everything()
    if as_json:
        click.echo(
            to_json({name: [dict(zip(header, row, strict=True)) for row in rows] for name, header, rows in tables})
        )
        return
    click.echo("\n\n".join(f"{name}\n\n{aligned(header, rows)}" for name, header, rows in tables))


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def described(term: str) -> dict[str, Any]:
    """One analyte, drug or section of course.yaml. Raises `UnknownTerm` with the nearest."""
    from cartrace.errors import UnknownTerm
    from cartrace.vocabulary import terms, units

    analyte = terms.analyte(term)
    if analyte is not None:
        return {
            "code": analyte.code,
            "name": analyte.name,
            "meaning": analyte.meaning,
            "unit": units.canonical(analyte.code),
            "accepted_units": units.accepted(analyte.family) if analyte.family else (),
            "values": analyte.values,
            "plausible": analyte.plausible or (),
            "also_written": analyte.aliases,
            "loinc": analyte.loinc,
            "omop": analyte.omop,
            "sdtm": analyte.sdtm,
        }
    drug = terms.drug(term)
    if drug is not None:
        entry = terms.load("drugs.toml")[drug[1]]
        return {
            "drug": drug[0],
            "class": drug[1],
            "meaning": entry["meaning"],
            "also_written": tuple(entry["drugs"][drug[0]]),
        }
    sections = terms.load("fields.toml")
    if term in sections:
        return {key: field["meaning"] for key, field in sections[term].items() if isinstance(field, dict)}
    near = (*terms.nearest_analytes(term), *terms.nearest_drugs(term), *terms.nearest(term, tuple(sections)))[:3]
    raise UnknownTerm("term", term, nearest=near)


def everything() -> list[tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]]:
    """(title, header, rows) of analytes, drugs and sections."""
    from cartrace.vocabulary import terms, units

    analytes = [
        (a.code, units.canonical(a.code) or "one of: " + ", ".join(a.values), a.loinc, a.meaning)
        for a in terms.analytes().values()
    ]
    drugs = [(name, ", ".join(drugs)) for name, drugs in terms.drug_classes().items()]
    keys = [
        (section, key, field.get("unit", ""), field["meaning"])
        for section, fields in terms.load("fields.toml").items()
        for key, field in fields.items()
        if isinstance(field, dict)
    ]
    return [
        ("Analytes and coded findings", ("code", "unit or values", "LOINC", "meaning"), analytes),
        ("Drugs by class", ("class", "drugs"), drugs),
        ("Keys of course.yaml and columns of tables", ("section", "key", "unit", "meaning"), keys),
    ]
