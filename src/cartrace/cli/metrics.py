"""`cartrace metrics`: the kinetic metrics and the BLQ policies."""

from __future__ import annotations

import click

from cartrace.cli.door import guarded, json_option


@click.command(short_help="List the kinetic metrics and the BLQ policies.")
@json_option
@guarded
def command(as_json: bool) -> None:
    """List the kinetic metrics with their sources, and what a sample below the LLOQ can count as.

    \b
    Example: cartrace metrics
    """
    from inspect import cleandoc

    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json
    from cartrace.kinetics import METRICS, blq

    rows = [(m.id, m.unit, m.cdisc, ", ".join(m.sources), m.description) for m in METRICS]
    header = ("metric", "unit", "CDISC", "sources", "description")
    if as_json:
        records = [dict(zip(("id", "unit", "cdisc", "sources", "description"), row, strict=True)) for row in rows]
        click.echo(to_json({"metrics": records, "policies": blq.POLICIES}))
        return
    click.echo(f"{aligned(header, rows)}\n\nSamples below the LLOQ\n\n{cleandoc(blq.__doc__ or '')}")
