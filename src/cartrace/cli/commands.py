"""The commands by name, each loaded when it is asked for.

In: the words of the command line. Out: the command that they name.
Decided here: the order of help, and what is said to a word that is no command.
"""

from __future__ import annotations

from importlib import import_module

import click

import cartrace

COMMANDS = {
    "check": "check",
    "grade": "grade",
    "concordance": "concordance",
    "endpoints": "endpoints",
    "infections": "infections",
    "kinetics": "kinetics",
    "episodes": "episodes",
    "ledger": "ledger",
    "gaps": "gaps",
    "report": "report",
    "figure": "figure",
    "explain": "explain",
    "compare": "compare",
    "simulate": "simulate",
    "whatif": "whatif",
    "trial": "trial",
    "rules": "rules",
    "metrics": "metrics",
    "models": "models",
    "vocabulary": "vocabulary",
    "conformance": "conformance",
    "convert": "convert",
    "demo": "demo",
}
"""Command to the file of this room that holds it, in the order of help."""


class Commands(click.Group):
    """The commands of `COMMANDS`, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cartrace.cli.{COMMANDS[cmd_name]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from cartrace.vocabulary import terms

            near = terms.nearest(args[0], tuple(COMMANDS))
            hint = f" Did you mean {' or '.join(near)}?" if near else f" Commands: {', '.join(COMMANDS)}."
            raise click.UsageError(f'There is no command "{args[0]}".{hint}', ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(cartrace.__version__, prog_name="cartrace")
def main() -> None:
    """CAR-T treatment courses: record, check, grade by the published rules, measure the kinetics, report.

    PATH is a course folder (course.yaml beside tables), a folder of course folders, or one table (CSV, XLSX, Parquet).
    Research software, not a medical device: it annotates, it never advises treatment.

    \b
    Example: cartrace demo
             cartrace report my-course
    """
