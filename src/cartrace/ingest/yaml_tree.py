"""YAML as a tree that remembers lines.

In: text. Out: maps, sequences and scalars, each with its line; scalars keep the text that stood there.
Decided here: at most NODES_UP_TO values, so that aliases of aliases cannot swell without end;
a key that stands twice is a finding; scalars are not interpreted (14:00 stays "14:00", 2024-01-01 a text).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from cartrace.ingest.collector import Collector, quoted

NODES_UP_TO = 200_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is empty and `null` True for an empty value."""

    text: str
    line: int
    null: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Map:
    """Entries by key, with the line of each key."""

    entries: dict[str, Tree]
    lines: dict[str, int]
    line: int


Tree = Scalar | Sequence | Map


def parse(text: str, *, file: str, collector: Collector) -> Tree | None:
    """The tree of a YAML text; None with a finding when it is not YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        collector.add(
            "error",
            "yaml.syntax",
            file=file,
            row=mark.line + 1 if mark else None,
            found=_problem(error.problem or "text that is not YAML"),
            expected="YAML: key: value, indented with blanks (no tabs)",
            action="correct this line or the one above it",
        )
        return None
    except (yaml.YAMLError, RecursionError) as error:
        collector.add(
            "error", "yaml.syntax", file=file, found=quoted(error), expected="YAML text", action="correct the file"
        )
        return None
    if node is None:
        return None
    try:
        return _tree(node, file, collector, (), itertools.count(1))
    except RecursionError:
        collector.add(
            "error",
            "yaml.recursive",
            file=file,
            found="values nested too deeply, within themselves, or too many",
            expected="a plain tree",
            action="write the value out",
        )
        return None


def _problem(said: str) -> str:
    """What the parser says, as the thing that was found."""
    return "a tab at the beginning of a value" if "'\\t'" in said else f"a line that YAML cannot read ({said})"


def _tree(node: yaml.Node, file: str, collector: Collector, above: tuple[int, ...], count: Iterator[int]) -> Tree:
    if id(node) in above or next(count) > NODES_UP_TO:
        raise RecursionError
    above = (*above, id(node))
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_tree(item, file, collector, above, count) for item in node.value), line)
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "(not a text)"
            if key in entries:
                collector.add(
                    "error",
                    "yaml.duplicate_key",
                    file=file,
                    row=key_node.start_mark.line + 1,
                    column=key,
                    found=f"the key {quoted(key)} a second time (first in row {lines[key]})",
                    expected="each key once",
                    action="keep one of them",
                )
                continue
            entries[key] = _tree(value_node, file, collector, above, count)
            lines[key] = key_node.start_mark.line + 1
        return Map(entries, lines, line)
    return Scalar(str(node.value), line, null=node.tag == "tag:yaml.org,2002:null")
