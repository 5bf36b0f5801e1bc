"""`cartrace demo`: the bundled courses, copied out and reported."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import click

from cartrace.cli.door import guarded, json_option

EXAMPLES = ("founding-case", "busy-course")


@click.command(short_help="Copy a bundled course here and write its report.")
@click.argument("example", type=click.Choice(EXAMPLES), default=EXAMPLES[0])
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("cartrace-demo"), help="Folder to write to."
)
@json_option
@guarded
def command(example: str, output: Path, as_json: bool) -> None:
    """Copy a bundled course here and write its report.

    founding-case: the man of the founding case report, with exactly the facts known. busy-course: a made-up dense course.

    \b
    Example: cartrace demo
             cartrace demo busy-course
    """
    from cartrace import study
    from cartrace.cli.plain import to_json
    from cartrace.cli.report import said, write_reports

    folder = output / example
    bundled = resources.files("cartrace").joinpath("examples", example)
    with resources.as_file(bundled) as source:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    done = study.run(folder)
    written = write_reports(done, said(folder, {}), output / f"{example}.html")
    if as_json:
        click.echo(to_json({"course": str(folder), "written": [str(file) for file in written]}))
        return
    click.echo(f"course  {folder}")
    click.echo(f"report  {written[0]}")
