"""One folder of a model: read, checked whole, and its generated system.json.

In: a folder as README.md of the library describes it. Out: a `Model`, or every finding.
Decided here: which files there are, and that the values and units of the tables go into the system.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from cartrace.errors import InputRefused
from cartrace.models import checks, tables
from cartrace.models.antimony import read_antimony
from cartrace.models.findings import Findings, Said
from cartrace.models.keys import Keys
from cartrace.models.model import TIME_UNITS, Model, ParameterRow, Setting, StateRow
from cartrace.models.published import read_published
from cartrace.models.system import System, from_json

TITLE, EQUATIONS, STATES, PARAMETERS = "model.toml", "model.ant", "states.tsv", "parameters.tsv"
OBSERVABLES, SETTINGS, REPRODUCE, ABOUT = "observables.tsv", "settings.toml", "reproduce.toml", "README.md"
GENERATED = "system.json"
NEEDED = (TITLE, EQUATIONS, STATES, PARAMETERS, OBSERVABLES, REPRODUCE, ABOUT)
TITLE_KEYS = ("title", "time_unit", "clock", "sources", "parent")
SETTING_TEXTS = ("name", "source", "locator", "evidence", "note")
SETTING_KEYS = (*SETTING_TEXTS, "parameters")


def read_folder(folder: Path, *, generated: bool = False) -> Model:
    """The model of a folder, with every finding of every file.

    `generated` takes the equations from system.json, which needs neither Antimony nor libsbml, and does not read model.ant.
    Raises InputRefused, and MissingExtra where the equations must be read from model.ant and cannot be.
    """
    folder = folder.resolve()  # a name, also for "."
    findings = Findings(f"{folder.name}/")
    texts = _texts(folder, findings)
    about = _title(texts.get(TITLE, ""), folder, findings)
    states = tables.read_states(texts.get(STATES, ""), STATES, findings) if STATES in texts else []
    parameters = tables.read_parameters(texts.get(PARAMETERS, ""), PARAMETERS, findings) if PARAMETERS in texts else []
    observables = tables.read_observables(texts[OBSERVABLES], OBSERVABLES, findings) if OBSERVABLES in texts else []
    settings = _settings(texts.get(SETTINGS, ""), findings)
    runs, reproduce = read_published(texts.get(REPRODUCE, ""), REPRODUCE, findings)
    if generated and (folder / GENERATED).is_file():
        system = from_json((folder / GENERATED).read_text(encoding="utf-8"))
    else:
        system = _written(folder.name, texts.get(EQUATIONS), about, states, parameters, findings)
    model = Model(
        id=folder.name,
        title=about.get("title", ""),
        clock=about.get("clock", ""),
        sources=about.get("sources", ()),
        parent=about.get("parent", ""),
        folder=folder.name,
        system=system,
        states=tuple(states),
        parameters=tuple(parameters),
        observables=tuple(observables),
        settings=settings,
        runs=runs,
        reproduce=tuple(reproduce),
    )
    if system.states or system.rules:
        _check_together(model, findings)
    findings.refuse_errors()
    return model


def write_system(model: Model, folder: Path) -> None:
    """Write the generated system.json of a model into its folder."""
    (folder / GENERATED).write_text(model.system.to_json(), encoding="utf-8")


def _texts(folder: Path, findings: Findings) -> dict[str, str]:
    texts = {}
    for name in (*NEEDED, SETTINGS):
        path = folder / name
        if path.is_file():
            try:
                texts[name] = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                findings.error("file.encoding", name, "other letters", "UTF-8", "save the file as UTF-8")
        elif name in NEEDED:
            findings.error(
                "file.missing", name, "no such file", "the file", "write it: README.md of the library says how"
            )
    return texts


def _title(text: str, folder: Path, findings: Findings) -> dict[str, Any]:
    """The values of model.toml, checked; nothing when it is not there or cannot be read."""
    keys = Keys(TITLE, findings)
    about = keys.read(text)
    if not about:
        return {}
    keys.known("the file", about, TITLE_KEYS)
    read = {
        key: keys.text("the file", about, key, needed=key in ("title", "clock"))
        for key in TITLE_KEYS
        if key != "sources"
    }
    if read["time_unit"] not in TIME_UNITS:
        found = f"time_unit = {about.get('time_unit')!r}"
        findings.error("file.word", TITLE, found, f"one of {', '.join(TIME_UNITS)}", "use one of them")
    sources = keys.texts("the file", about, "sources")
    if not about.get("sources"):
        findings.error("file.empty", TITLE, 'no "sources"', "the keys of the publications", "name them")
    for key in sources:
        findings.source(TITLE, key, "whole", column="sources")
    parent = read["parent"]
    if parent and not (folder.parent / parent / TITLE).is_file():
        others = [path.parent.name for path in folder.parent.glob(f"*/{TITLE}")]
        findings.unknown("a folder beside this one", TITLE, parent, others, column="parent")
    return {**read, "sources": sources}


def _settings(text: str, findings: Findings) -> dict[str, Setting]:
    settings = {}
    keys = Keys(SETTINGS, findings)
    whole = keys.read(text) or {}
    for name in whole:
        entry = keys.table("the file", whole, name)
        keys.known(name, entry, SETTING_KEYS)
        said = {key: keys.text(name, entry, key, needed=key == "name") for key in SETTING_TEXTS}
        how = Said(said["evidence"], said["source"], said["locator"], said["note"])
        findings.evidence(SETTINGS, how, column=name)
        settings[name] = Setting(id=name, parameters=keys.numbers(name, entry, "parameters"), **said)
    return settings


def _written(
    name: str,
    text: str | None,
    about: dict[str, Any],
    states: list[StateRow],
    parameters: list[ParameterRow],
    findings: Findings,
) -> System:
    """The system of model.ant with the values and units of the tables; an empty one when it cannot be read."""
    nothing = System(name, "", (), ())
    if text is None:
        return nothing
    try:
        system = read_antimony(text, file=f"{findings.prefix}{EQUATIONS}")
    except InputRefused as refused:
        findings.items += refused.findings
        return nothing
    checks.check_values(system, parameters, PARAMETERS, findings)
    return completed(replace(system, id=name, time_unit=str(about.get("time_unit", ""))), states, parameters)


def completed(system: System, states: list[StateRow], parameters: list[ParameterRow]) -> System:
    """The system with the values and units of its tables."""
    by_state = {row.id: row for row in states}
    by_parameter = {row.id: row for row in parameters}
    return replace(
        system,
        states=tuple(
            replace(item, unit=by_state[item.id].unit, extinct_below=by_state[item.id].extinct_below)
            if item.id in by_state
            else item
            for item in system.states
        ),
        parameters=tuple(
            replace(item, value=by_parameter[item.id].value, unit=by_parameter[item.id].unit)
            if item.id in by_parameter
            else item
            for item in system.parameters
        ),
    )


def _check_together(model: Model, findings: Findings) -> None:
    system = model.system
    parameters = system.parameter_ids
    checks.check_system(system, EQUATIONS, findings)
    if model.parameters:  # without any the table itself has its finding
        checks.check_rows("parameter", PARAMETERS, model.parameters, parameters, findings)
    if model.states:
        checks.check_rows("state", STATES, model.states, system.state_ids, findings)
    checks.check_observables(model.observables, system, OBSERVABLES, findings)
    checks.check_settings(model.settings.values(), parameters, SETTINGS, findings)
    checks.check_published(model, REPRODUCE, findings)
