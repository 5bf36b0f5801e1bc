"""scenario.yaml to a scenario, with every problem found at once.

In: YAML text, or the name of a bundled scenario; changes as "product.knock_down: 0". Out: `Scenario`, or `InputRefused`.
Decided here: keys as fields.toml describes them; an empty value says nothing; what contradicts itself is refused, and so is what
would never happen within the days simulated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from cartrace.course import Finding
from cartrace.errors import InputRefused, UnknownTerm
from cartrace.ingest import numbers
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.sections import Entry, SectionReader, keys_of
from cartrace.ingest.yaml_tree import Map, Scalar, Sequence, Tree, parse
from cartrace.simulate.chosen import problem, unknown_model
from cartrace.simulate.scenario import (
    DAYS,
    HYPOTHESES,
    CellDose,
    CellProduct,
    DiseaseBurden,
    Lymphodepletion,
    RescueDrug,
    Scenario,
    TreatedPatient,
    VirtualPatients,
)
from cartrace.vocabulary import sources, terms

MODEL = "cartrace2026"
SUM_TOLERANCE = 1e-6
CHANGE = 10_000_000
"""Lines of the values of change number n begin at n times this: more than a file has."""


@cache
def described() -> dict[str, dict[str, Any]]:
    """Every section of a scenario file and a trial file."""
    return tomllib.loads(resources.files("cartrace.simulate").joinpath("fields.toml").read_text(encoding="utf-8"))


def bundled(kind: str) -> tuple[str, ...]:
    """Names of the bundled "scenarios" or "trials"."""
    folder = resources.files("cartrace.simulate").joinpath(kind)
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


def text_of(name: str, kind: str, *, beside: Path | None = None) -> tuple[str, str]:
    """(file name, text) of a bundled scenario or trial, or of a file; a file goes by its path, `beside` a folder if given.

    Raises `UnknownTerm` when there is neither, `InputRefused` for what is no text.
    """
    if name in bundled(kind):
        file = f"{name}.yaml"
        return file, resources.files("cartrace.simulate").joinpath(kind, file).read_text(encoding="utf-8")
    path = Path(name) if beside is None else beside / name
    if not path.is_file():
        near = terms.nearest(name, bundled(kind))
        word = kind.removesuffix("s")
        command = {"scenarios": "cartrace simulate", "trials": "cartrace trial"}[kind]
        raise UnknownTerm(word, name, nearest=near, listed_by=f"nor is there such a file; {command}")
    try:
        return path.name, path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        collector = Collector()
        found, expected = "text that is not UTF-8", "UTF-8"
        collector.add("error", "yaml.encoding", file=path.name, found=found, expected=expected, action="save as UTF-8")
        raise InputRefused(collector.findings()) from None


def load(name: str, changes: Mapping[str, str] | None = None, *, beside: Path | None = None) -> Scenario:
    """A bundled scenario by its name, or a file, with changes. Raises `UnknownTerm`, `InputRefused`."""
    file, text = text_of(name, "scenarios", beside=beside)
    return read(text, file=file, changes=changes)


def read(text: str, *, file: str = "scenario.yaml", changes: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a YAML text, with changes. Raises `InputRefused` with every finding."""
    collector = Collector()
    tree = parse(text, file=file, collector=collector)
    if tree is not None:
        tree = changed(tree, changes or {}, file=file, collector=collector)
        scenario = _ScenarioReader(file, collector).read(tree)
        if not collector.has_errors:
            return scenario
    elif not collector.has_errors:
        collector.add(
            "error",
            "yaml.empty",
            file=file,
            found="an empty file",
            expected="a scenario",
            action="describe the scenario",
        )
    findings = [_in_its_change(finding, tuple(changes or {})) for finding in collector.findings()]
    raise InputRefused(findings)


def _in_its_change(finding: Finding, places: tuple[str, ...]) -> Finding:
    """A finding in the value of a change names the change in place of the file."""
    number = (finding.row or 0) // CHANGE
    return replace(finding, file=f"change {places[number - 1]}", row=None) if number else finding


def changed(tree: Tree, changes: Mapping[str, str], *, file: str, collector: Collector) -> Tree:
    """The tree with other values at "section.key"; a list is written [0.1, 0.9]. "nothing" takes a key or section away."""
    for number, (place, value) in enumerate(changes.items(), start=1):
        if not isinstance(tree, Map):
            break
        new = parse(value, file=f"change {place}", collector=collector) if value else None
        there = _moved(new or Scalar("", 0, null=True), number * CHANGE)
        tree = _put(tree, place.split("."), None if value.strip() == "nothing" else there)
    return tree


def _moved(tree: Tree, line: int) -> Tree:
    """The tree with `line` added to every line."""
    if isinstance(tree, Map):
        entries = {key: _moved(value, line) for key, value in tree.entries.items()}
        return Map(entries, {key: value + line for key, value in tree.lines.items()}, tree.line + line)
    if isinstance(tree, Sequence):
        return Sequence(tuple(_moved(item, line) for item in tree.items), tree.line + line)
    return replace(tree, line=tree.line + line)


def _put(tree: Map, keys: list[str], value: Tree | None) -> Map:
    first, rest = keys[0], keys[1:]
    entries, lines = dict(tree.entries), dict(tree.lines)
    here = tree.line if value is None else value.line
    if value is None and not rest:
        entries.pop(first, None)
        lines.pop(first, None)
    elif not rest and value is not None:
        entries[first], lines[first] = value, here
    else:
        below = entries.get(first)
        entries[first] = _put(below if isinstance(below, Map) else Map({}, {}, here), rest, value)
        lines.setdefault(first, here)
    return Map(entries, lines, tree.line)


def _spoken(tree: Tree, section: str) -> Tree:
    """The tree without the known keys of a section that have no value: they say nothing."""
    if not isinstance(tree, Map):
        return tree
    keys = keys_of(section, described())
    entries = {}
    for key, value in tree.entries.items():
        known = keys.get(key, {})
        if known and isinstance(value, Scalar) and value.null:
            continue
        entries[key] = _spoken(value, known["of"]) if known.get("type") == "map" else value
    return Map(entries, {key: line for key, line in tree.lines.items() if key in entries}, tree.line)


class _ScenarioReader:
    """One scenario file into a scenario; what is wrong goes to the collector and leaves a harmless value behind."""

    def __init__(self, file: str, collector: Collector) -> None:
        self.sections = SectionReader(file=file, collector=collector, described=described())
        self.file = file

    def error(self, entry: Entry, key: str, found: str, expected: str, action: str) -> None:
        row = entry.lines.get(key, entry.line) or None
        self.sections.error(
            "scenario.contradiction", row=row, column=key, found=found, expected=expected, action=action
        )

    def read(self, tree: Tree) -> Scenario:
        top = self.sections.read(_spoken(tree, "scenario"), "scenario")
        self._known_sources(top)
        hypothesis = top.get("hypothesis", "both")
        people = top.get("virtual_patients", Entry())
        model = top.get("model", MODEL)
        if (unknown := unknown_model(model)) is not None:
            self.error(top, "model", *unknown)
        product = top.get("product", Entry())
        if people.get("vary") is False and "knock_down" not in product.values and top.get("product") is not None:
            action = "say the knock-down of the typical patient, or let patients vary"
            self.error(product, "knock_down", "no knock_down, and patients who do not differ", "a fraction", action)
        self._within_the_days(top)
        return Scenario(
            id=top.get("id", ""),
            title=top.get("title", ""),
            model=model,
            hypotheses=HYPOTHESES if hypothesis == "both" else (hypothesis,),
            patient=TreatedPatient(**{"weight_kg": 1.0, **top.get("patient", Entry()).values}),
            product=CellProduct(**{"name": "", **product.values}),
            dose=self._dose(top.get("dose", Entry())),
            lymphodepletion=self._lymphodepletion(top.get("lymphodepletion")),
            tocilizumab=self._drug(top.get("tocilizumab"), interval_h=8.0, lasting=True),
            steroid=self._drug(top.get("steroid"), interval_h=24.0, lasting=False),
            disease=self._disease(top.get("disease", Entry())),
            virtual_patients=VirtualPatients(**people.values),
            days=top.get("days", DAYS),
            parameters=self._parameters(top, model),
            **{key: tuple(top.get(key, ())) for key in ("sources", "assumed", "notes")},
        )

    def _one_of(self, entry: Entry, first: str, second: str, action: str) -> None:
        """A finding unless exactly one of two keys is there. One that was refused counts as there."""
        if (first in entry.lines) == (second in entry.lines):
            found = f"both {first} and {second}" if first in entry.lines else f"neither {first} nor {second}"
            self.error(entry, first, found, "one of the two", action)

    def _within_the_days(self, top: Entry) -> None:
        """A finding for what the scenario plans after its last day."""
        end = top.get("days", DAYS)
        dose = top.get("dose", Entry())
        late = [day for day in dose.get("days", ()) if day >= end]
        if late:
            parts = f"a part on day {', '.join(f'{day:g}' for day in late)} of {end:g} days simulated"
            self.error(dose, "days", parts, f"a day before {end:g}", "simulate more days, or give the part earlier")
        for name in ("tocilizumab", "steroid"):
            drug = top.get(name, Entry())
            if drug.get("day", 0.0) >= end:
                found = f"{name} on day {drug.get('day'):g} of {end:g} days simulated"
                self.error(drug, "day", found, f"a day before {end:g}", "simulate more days, or give it earlier")

    def _known_sources(self, top: Entry) -> None:
        known = sources.sources()
        for key in top.get("sources", ()):
            if key not in known:
                near = terms.nearest(key, tuple(known))
                self.error(top, "sources", quoted(key), one_of(("a key of the bibliography",), near), "correct the key")

    def _dose(self, entry: Entry) -> CellDose:
        values = dict(entry.values)
        self._one_of(entry, "per_kg", "cells", "say the dose once")
        fractions = tuple(values.get("fractions", (1.0,)))
        days = tuple(values.get("days", (0.0,)))
        if len(fractions) != len(days):
            found = f"{len(fractions)} fractions and {len(days)} days"
            self.error(entry, "fractions", found, "a day for each fraction", "write as many days as fractions")
        elif abs(sum(fractions) - 1.0) > SUM_TOLERANCE:
            found = f"fractions that add up to {sum(fractions):g}"
            self.error(entry, "fractions", found, "fractions that add up to 1", "correct the fractions")
        if list(days) != sorted(set(days)) or not days or days[0] != 0.0:
            found = f"days {', '.join(f'{day:g}' for day in days)}"
            self.error(entry, "days", found, "ascending days, the first one 0", "count days from the first infusion")
        return CellDose(values.get("per_kg"), values.get("cells"), fractions, days, values.get("hold_on_fever"))

    @staticmethod
    def _lymphodepletion(entry: Entry | None) -> Lymphodepletion | None:
        if entry is None or not entry.get("days"):
            return None
        return Lymphodepletion(tuple(sorted(entry.get("days"))), entry.get("intensity", 1.0))

    def _drug(self, entry: Entry | None, *, interval_h: float, lasting: bool) -> RescueDrug | None:
        if entry is None or not entry.values:
            return None
        values = dict(entry.values)
        self._one_of(entry, "day", "at", "say once when the first dose is given")
        repeat = values.pop("repeat", "")
        if repeat and "day" in values:
            action = "take repeat away: doses on given days wait for nothing"
            self.error(entry, "repeat", quoted(repeat), "no repeat with a day", action)
        lasting = (lasting if not repeat else repeat == "while it lasts") and "at" in values
        return RescueDrug(**{"interval_h": interval_h, **values, "lasting": lasting})

    def _disease(self, entry: Entry) -> DiseaseBurden:
        if "marrow_blasts" in entry.values and "marrow_percent" in entry.values:
            found = "both marrow_blasts and marrow_percent"
            self.error(entry, "marrow_percent", found, "one of the two", "say the burden once")
        return DiseaseBurden(**entry.values)

    def _parameters(self, top: Entry, model: str) -> tuple[tuple[str, float], ...]:
        found = []
        for name, text in top.get("parameters", {}).items():
            value = numbers.number(text)
            if value is None:
                self.error(top, "parameters", f"{name}: {quoted(text)}", "a number", "correct the number")
            elif (wrong := problem(model, name, value)) is not None:
                self.error(top, "parameters", *wrong)
            else:
                found.append((name, value))
        return tuple(found)
