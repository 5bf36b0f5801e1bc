"""The command line: one thin command per room."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `cartrace` command."""
    raise SystemExit(2)
