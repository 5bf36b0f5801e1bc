"""The door of the command line: options that commands share, and how a refusal is said.

In: a command's function. Out: the same function, with errors turned into sentences and exit codes.
Decided here: findings go to standard error as sentences; with --json they also stand on standard output; never a traceback
for bad input.
"""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from cartrace.errors import CartraceError, InputRefused

Function = TypeVar("Function", bound=Callable[..., Any])

BAD_INPUT = 1
WRONG_COMMAND = 2

path_argument = click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
json_option = click.option("--json", "as_json", is_flag=True, help="Data as JSON on standard output.")
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Rows as CSV on standard output.")
rule_option = click.option(
    "--rule", "rules", multiple=True, metavar="ID", help="A rule, or the beginning of several (icaht). Repeatable."
)
option_option = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="RULE.OPTION=VALUE",
    help="A choice of a rule, or course.anc=derived (neutrophils from white cells and percentage). Repeatable.",
)


def table_options(function: Function) -> Function:
    """What a plain table may leave out: --code, --unit, --lloq, --method."""
    for decorate in (
        click.option("--method", default="", help="Method of every row."),
        click.option("--lloq", type=float, default=None, help="LLOQ of every row, in the unit of the row."),
        click.option("--unit", default="", help="Unit of every row that says none."),
        click.option("--code", default="", help="Analyte of every row that says none."),
    ):
        function = decorate(function)
    return function


def guarded(function: Function) -> Function:
    """Turn what cartrace refuses into sentences and exit codes."""

    @functools.wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except InputRefused as refused:
            say_findings(refused.findings)
            if kwargs.get("as_json"):
                from cartrace.cli.plain import to_json

                click.echo(to_json({"refused": str(refused), "findings": refused.findings}))
            click.echo(f"cartrace: {refused}.", err=True)
            raise SystemExit(BAD_INPUT) from None
        except CartraceError as error:
            click.echo(f"cartrace: {error}", err=True)
            raise SystemExit(WRONG_COMMAND) from None
        except OSError as error:
            # The name as the user typed it, with the system's own words.
            click.echo(f"cartrace: {error.filename or 'a file'}: {error.strerror or error}", err=True)
            raise SystemExit(WRONG_COMMAND) from None

    return command  # type: ignore[return-value]


def say_findings(findings: Sequence[Any]) -> None:
    """Every finding as one line on standard error."""
    for finding in findings:
        click.echo(finding.sentence, err=True)


def chosen(options: Sequence[str]) -> dict[str, str]:
    """RULE.OPTION=VALUE words as a mapping. Raises a usage error for any other word."""
    found = {}
    for word in options:
        name, equals, value = word.partition("=")
        if not equals or "." not in name:
            raise click.BadParameter(f'"{word}" is not RULE.OPTION=VALUE', param_hint="--option")
        found[name] = value
    return found


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: beside it first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
