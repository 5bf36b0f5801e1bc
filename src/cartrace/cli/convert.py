"""`cartrace convert`: foreign data sets to course folders."""

from __future__ import annotations

from pathlib import Path

import click

from cartrace.cli.door import guarded, json_option


@click.command(short_help="Turn a public data set into course folders.")
@click.argument("data_set", type=click.Choice(["car22"]))
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("target", type=click.Path(path_type=Path))
@json_option
@guarded
def command(data_set: str, source: Path, target: Path, as_json: bool) -> None:
    """Turn a public data set into course folders that every other command reads.

    car22: the CD22 CAR-T cohort of Lichtenstein 2021 (tables as published; the data are not part of cartrace).

    \b
    Example: cartrace convert car22 car22-hlh-Lichtenstein2021 car22
    """
    from cartrace.cli.plain import to_json
    from cartrace.ingest import car22_cohort

    written = {"car22": car22_cohort.convert}[data_set](source, target)
    click.echo(to_json({"written": written}) if as_json else f"{len(written)} course folders in {target}")
