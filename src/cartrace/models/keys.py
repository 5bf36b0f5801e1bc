"""Values of the TOML files of a model by key.

In: tables as read from TOML, of any shape. Out: values of the kind that is asked for, and findings.
Decided here: what is missing or of another kind is a finding, and reading goes on with nothing in its place.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from typing import Any

from cartrace.models.findings import Findings


class Keys:
    """Reads values of one file. `place` in the methods says where in it, for the findings."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file, self.findings = file, findings

    def read(self, text: str) -> dict[str, Any] | None:
        """The whole file; None, with a finding, when it is no TOML."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.findings.error("toml.invalid", self.file, str(error), "TOML", "correct the file")
            return None

    def known(self, place: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        """Only these keys may stand in the table."""
        for key in sorted(table.keys() - set(keys)):
            self.findings.unknown(f"one of {', '.join(keys)}", self.file, key, keys, column=place)

    def wrong(self, place: str, found: str, expected: str) -> None:
        """A value that cannot be used."""
        self.findings.error("toml.value", self.file, found, expected, "correct the entry", column=place)

    def number(self, place: str, table: Mapping[str, Any], key: str) -> float | None:
        """A number, or None."""
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(place, f"{key} = {value!r}", "a number")
            return None
        return float(value)

    def text(self, place: str, table: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
        """A text; empty when there is none."""
        value = table.get(key, "")
        if not isinstance(value, str):
            self.wrong(place, f"{key} = {value!r}", "a text")
            return str(value)
        if needed and not value:
            self.wrong(place, f'no "{key}"', "one")
        return str(value)

    def texts(self, place: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(place, f"{key} = {value!r}", "a list of texts")
            return ()
        return tuple(value)

    def table(self, place: str, table: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A table within the table."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            self.wrong(place, f"{key} = {value!r}", "a table")
            return {}
        return value

    def tables(self, place: str, table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """A list of tables within the table."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(place, f"{key} = {value!r}", "a list of tables")
            return []
        return value

    def numbers(self, place: str, table: Mapping[str, Any], key: str) -> dict[str, float]:
        """A table of numbers."""
        given = self.table(place, table, key)
        found = {name: self.number(place, given, name) for name in given}
        return {name: value for name, value in found.items() if value is not None}
