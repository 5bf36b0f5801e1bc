"""`cartrace check`: every finding about the input, at once."""

from __future__ import annotations

from pathlib import Path

import click

from cartrace.cli.door import BAD_INPUT, guarded, json_option, path_argument, table_options


@click.command(short_help="Find every problem of the input at once.")
@path_argument
@table_options
@json_option
@guarded
def command(path: Path, code: str, unit: str, lloq: float | None, method: str, as_json: bool) -> None:
    """Find every problem of the input at once: place, what was found, what is allowed, what to do.

    Exit code 1 when one of them is an error; warnings and remarks alone give 0.

    \b
    Example: cartrace check my-course
             cartrace check anc.csv --json
    """
    from cartrace import study
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults

    findings = study.check(path, TableDefaults(code, unit, lloq, method))
    count = {severity: sum(f.severity == severity for f in findings) for severity in ("error", "warning", "info")}
    if as_json:
        click.echo(to_json({"path": path.resolve().name, **count, "findings": findings}))
    else:
        for finding in findings:
            click.echo(finding.sentence)
        click.echo(
            f"{path.resolve().name}: {count['error']} errors, {count['warning']} warnings, {count['info']} remarks"
        )
    if count["error"]:
        raise SystemExit(BAD_INPUT)
