"""A section of course.yaml read by its description in vocabulary/fields.toml.

In: a map of the tree. Out: an `Entry`: typed values with the line of each key.
Decided here: unknown keys, wrong types, words outside the allowed ones and numbers outside the range are errors;
`not recorded` and an empty value both mean that the key says nothing, which a required key may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cartrace.ingest import numbers
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.yaml_tree import Map, Scalar, Sequence, Tree
from cartrace.vocabulary import terms

NOT_RECORDED = "not recorded"


@cache
def sections() -> dict[str, dict[str, Any]]:
    """Every section of fields.toml."""
    return terms.load("fields.toml")


def keys_of(section: str, among: Mapping[str, dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """The keys a section allows, time keys included where it is timed. `among` describes the sections of another file."""
    described = (among or sections())[section]
    keys = {key: entry for key, entry in described.items() if isinstance(entry, dict)}
    if described.get("timed"):
        keys = {**sections()["time"], **keys}
    return keys


@dataclass(frozen=True, slots=True)
class Entry:
    """Typed values of one section. `line` is its first line; `lines` those of its keys; `texts` what stood there where it
    was accepted."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    line: int = 0

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` when it is not recorded."""
        return self.values.get(key, default)


def _says_nothing(text: str) -> bool:
    return text.strip().lower() in ("", NOT_RECORDED)


class SectionReader:
    """Reads sections of one file into a collector. `described`: sections of another kind of file than course.yaml."""

    def __init__(
        self, *, file: str, collector: Collector, described: Mapping[str, dict[str, Any]] | None = None
    ) -> None:
        self.file = file
        self.collector = collector
        self.described = described

    def error(self, check: str, *, row: int | None, column: str, found: str, expected: str, action: str) -> None:
        self.collector.add(
            "error", check, file=self.file, row=row, column=column, found=found, expected=expected, action=action
        )

    def read(self, tree: Tree, section: str) -> Entry:
        """The entry of a section; empty with a finding when the tree is not a map."""
        if not isinstance(tree, Map):
            if not (isinstance(tree, Scalar) and tree.null):
                self.error(
                    "yaml.not_a_map",
                    row=tree.line,
                    column=section,
                    found="a single value or a list",
                    expected=f"key: value lines of {section}",
                    action="indent the keys below it",
                )
            return Entry(line=tree.line)
        keys = keys_of(section, self.described)
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for key, node in tree.entries.items():
            if key not in keys:
                near = terms.nearest(key, tuple(keys))
                self.error(
                    "yaml.unknown_key",
                    row=tree.lines[key],
                    column=key,
                    found=f"the key {quoted(key)} in {section}",
                    expected=one_of(tuple(keys), near),
                    action="correct or remove the key",
                )
                continue
            value = self._value(node, keys[key], key)
            if value is not None:
                values[key] = value
                if isinstance(node, Scalar):
                    texts[key] = node.text
        for key, described in keys.items():
            stands = tree.entries.get(key)
            empty = isinstance(stands, Scalar) and (stands.null or _says_nothing(stands.text))
            if described.get("required") and (stands is None or empty):
                self.error(
                    "yaml.missing_key",
                    row=tree.line,
                    column=key,
                    found=f"no {key} in {section}",
                    expected=f"{key} ({described['meaning']})",
                    action=f"add {key}",
                )
        return Entry(values, dict(tree.lines), texts, tree.line)

    def _value(self, node: Tree, described: dict[str, Any], key: str) -> Any:
        kind = described["type"]
        if kind == "map":
            return self.read(node, described["of"])
        if kind in ("maps", "texts", "numbers"):
            return self._list(node, described, key)
        if kind == "free":
            return self._free(node, key)
        if kind == "moment" and isinstance(node, Map):
            return self.read(node, "time")
        if not isinstance(node, Scalar):
            self._wrong(node, key, "a list or a section", described)
            return None
        if node.null or (_says_nothing(node.text) and kind != "moment" and not described.get("allowed")):
            return None
        if kind == "moment":
            return node.text.strip()
        return self._scalar(node, described, key)

    def _list(self, node: Tree, described: dict[str, Any], key: str) -> Any:
        kind = described["type"]
        if isinstance(node, Scalar) and node.null:
            return ()
        if not isinstance(node, Sequence):
            self._wrong(node, key, "something that is not a list", described)
            return ()
        if kind == "maps":
            return tuple(self.read(item, described["of"]) for item in node.items)
        scalar = {**described, "type": "text" if kind == "texts" else "number"}
        values = [self._value(item, scalar, key) for item in node.items]
        return tuple(value for value in values if value is not None)

    def _free(self, node: Tree, key: str) -> Any:
        if isinstance(node, Map):
            for name, item in node.entries.items():
                if not isinstance(item, Scalar):
                    self._wrong(item, f"{key}: {name}", "a list or a section", {"meaning": "one text for each key"})
            return {name: item.text for name, item in node.entries.items() if isinstance(item, Scalar)}
        if not (isinstance(node, Scalar) and node.null):
            self._wrong(node, key, "something that is not key: value lines", {"meaning": "key: value lines"})
        return {}

    def _scalar(self, node: Scalar, described: dict[str, Any], key: str) -> Any:
        kind, text = described["type"], node.text.strip()
        value: Any = text
        if kind in ("number", "integer"):
            value = numbers.number(text)
            if value is None or (kind == "integer" and value != int(value)):
                self._wrong(node, key, quoted(text), described)
                return None
            value = int(value) if kind == "integer" else value
        elif kind == "yes_no":
            value = numbers.yes_no(text)
            if value is None:
                self._wrong(node, key, quoted(text), {**described, "allowed": ["true", "false"]})
                return None
        return self._allowed(node, described, key, value)

    def _allowed(self, node: Scalar, described: dict[str, Any], key: str, value: Any) -> Any:
        allowed, bounds = described.get("allowed"), described.get("range", ())
        if allowed and isinstance(value, str):
            matched = next((word for word in allowed if terms.fold(str(word)) == terms.fold(value)), None)
            if matched is None and value.lower() == NOT_RECORDED:
                return None
            if matched is None:
                near = terms.nearest(value, tuple(str(word) for word in allowed))
                self.error(
                    "yaml.not_allowed",
                    row=node.line,
                    column=key,
                    found=quoted(value),
                    expected=one_of(allowed, near),
                    action="correct the word",
                )
                return None
            return matched
        outside = (allowed and value not in allowed) or (bounds and not bounds[0] <= value <= bounds[1])
        if outside:
            expected = one_of(allowed) if allowed else f"{bounds[0]:g} to {bounds[1]:g}"
            self.error(
                "yaml.out_of_range",
                row=node.line,
                column=key,
                found=quoted(node.text.strip()),
                expected=expected,
                action="correct the number",
            )
            return None
        return value

    def _wrong(self, node: Tree, key: str, found: str, described: dict[str, Any]) -> None:
        kinds = {
            "number": "a number",
            "integer": "a whole number",
            "yes_no": "true or false",
            "maps": "a list",
            "texts": "a list of texts",
            "numbers": "a list of numbers",
            "map": "a section",
        }
        expected = kinds.get(described.get("type", ""), "text")
        self.error(
            "yaml.wrong_type",
            row=node.line,
            column=key,
            found=found,
            expected=f"{expected} ({described['meaning']})",
            action="correct the value",
        )
