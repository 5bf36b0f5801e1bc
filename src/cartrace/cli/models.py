"""`cartrace models`: the library of therapy models.

In: nothing, a model's id, or what to do with which. Out: the list, one model whole, findings, or published numbers beside ours.
Decided here: a number that a model does not return is an exit code 1, as a failed conformance case is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cartrace.cli.door import BAD_INPUT, guarded, json_option

if TYPE_CHECKING:
    from cartrace.course import Finding
    from cartrace.errors import InputRefused
    from cartrace.models.model import Model, ParameterRow, Setting
    from cartrace.models.published import Published, Reading
    from cartrace.models.reproduce import Dose, FloatArray, Outcome
    from cartrace.models.system import System

RTOL = 1e-7
"""Relative tolerance of the runs that are held against published numbers."""


@click.command(
    short_help="List the therapy models, print one whole, check one, or hold them to their published numbers."
)
@click.argument("words", nargs=-1, metavar="[ID | check PATH... | reproduce [ID...]]")
@click.option("--write", is_flag=True, help="With check: write system.json into a folder without errors.")
@json_option
@guarded
def command(words: tuple[str, ...], write: bool, as_json: bool) -> None:
    """List the therapy models, or print one: equations, parameters with their evidence, observables, what it must return.

    `check` reads a model's folder, an SBML file (.xml, .sbml) or an Antimony file (.ant) and says everything that is wrong with it.
    `reproduce` runs models and sets what they give beside the numbers they must return: published ones, and, counted apart, those
    that follow from the equations or come from our own runs. Exit code 1 when one lies outside its tolerance.
    Simulation is research: nothing here advises treatment.

    \b
    Example: cartrace models
             cartrace models stein2019
             cartrace models check my-model
             cartrace models reproduce stein2019
    """
    first, rest = (words[0], words[1:]) if words else ("", ())
    if write and first != "check":
        raise click.UsageError("--write goes with check.")
    if first == "check":
        if not rest:
            raise click.UsageError("check what? A folder, an SBML file or an Antimony file.")
        check([Path(word) for word in rest], write=write, as_json=as_json)
    elif first == "reproduce":
        score(rest, as_json=as_json)
    elif rest:
        raise click.UsageError(f'"{first}" is neither check nor reproduce; print one model at a time.')
    elif first:
        show(first, as_json=as_json)
    else:
        list_models(as_json=as_json)


def list_models(*, as_json: bool) -> None:
    """Every model in one line."""
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json
    from cartrace.models import MODELS, load

    rows = [summary(load(name)) for name in MODELS]
    header = ("model", "states", "parameters", "numbers", "published", "title", "sources")
    click.echo(
        to_json({"models": [dict(zip(header, r, strict=True)) for r in rows]}) if as_json else aligned(header, rows)
    )


def summary(model: Model) -> tuple[str, ...]:
    """Id, number of states, of parameters, of numbers to return, of those that others published, title, sources."""
    from cartrace.models.published import OUR_OWN

    published = [p for p in model.reproduce if p.basis not in OUR_OWN]
    counts = (len(model.system.states), len(model.parameters), len(model.reproduce), len(published))
    return (model.id, *(str(count) for count in counts), model.title, ", ".join(model.sources))


def show(name: str, *, as_json: bool) -> None:
    """One model whole."""
    from cartrace.cli.plain import to_json
    from cartrace.models import load

    model = load(name)
    click.echo(to_json(model) if as_json else text(model))


def text(model: Model) -> str:
    """One model for a reader."""
    from cartrace.cli.columns import aligned
    from cartrace.models.library import equations
    from cartrace.vocabulary.sources import source

    parts = [f"{model.title}\n{model.id}", f"Time in {model.system.time_unit}; time 0: {model.clock}."]
    if model.parent:
        parts.append(f"A variant of {model.parent}.")
    parts.append("Equations\n\n" + equations(model.id).strip())
    states = [(s.id, s.unit, f"{s.extinct_below:g}" if s.extinct_below else "", s.name) for s in model.states]
    parts.append("States\n\n" + aligned(("state", "unit", "extinct below", "meaning"), states))
    header = ("parameter", "value", "unit", "SD", "evidence", "meaning and source")
    parts.append("Parameters\n\n" + aligned(header, [parameter_row(row) for row in model.parameters]))
    seen = [(o.id, o.formula, o.unit, o.analyte, o.name) for o in model.observables]
    parts.append("Observables\n\n" + aligned(("observable", "is", "unit", "analyte", "meaning"), seen))
    if model.settings:
        parts.append("Settings\n\n" + "\n".join(setting_lines(setting) for setting in model.settings.values()))
    numbers = [
        (p.id, read_as(p), expected(p), p.unit, p.basis, f"{p.source}, {p.locator}{derived(p)}")
        for p in model.reproduce
    ]
    parts.append("Must return\n\n" + aligned(("number", "is", "expected", "unit", "basis", "source"), numbers))
    parts.append("Sources\n\n" + "\n".join(f"- {source(key).citation}" for key in model.sources))
    return "\n\n".join(parts)


def parameter_row(row: ParameterRow) -> tuple[str, ...]:
    """Id, value, unit, SD between patients with its scale, evidence, meaning and where the value comes from."""
    spread = "" if row.variability is None else f"{row.variability:g} {row.scale}"
    where = ": ".join(part for part in (row.source, row.locator) if part)
    meaning = ". ".join(part for part in (row.name, where, row.note) if part)
    return (row.id, f"{row.value:g}", row.unit, spread, row.evidence, meaning)


def setting_lines(setting: Setting) -> str:
    """A setting in two lines: what it is and how it is known; its values."""
    how = known(setting.evidence, setting.source, setting.locator, setting.note)
    return f"{setting.id}: {setting.name}. {how}\n    {said(setting.parameters)}"


def said(values: Mapping[str, float]) -> str:
    """Values by name."""
    return ", ".join(f"{name} = {value:g}" for name, value in values.items())


def known(evidence: str, source: str, locator: str, note: str) -> str:
    """How something is known."""
    return "; ".join(part for part in (evidence, ": ".join(p for p in (source, locator) if p), note) if part)


def read_as(published: Published) -> str:
    """What is read from which run, in words."""
    words = one_reading(published.reading)
    if published.over is not None:
        words += f", over {one_reading(published.over)}"
    if published.minus is not None:
        words += f", minus {one_reading(published.minus)}"
    return words


def one_reading(reading: Reading) -> str:
    """One reading in words."""
    words = f"{reading.what.replace('_', ' ')} of {reading.of}"
    if reading.level is not None:
        words += f" at level {reading.level:g}"
    if reading.at is not None:
        words += f" at {reading.at:g}"
    if reading.start is not None or reading.end is not None:
        start = "start" if reading.start is None else f"{reading.start:g}"
        words += f", {start} to {'end' if reading.end is None else f'{reading.end:g}'}"
    return f"{words} ({reading.run})"


def expected(published: Published) -> str:
    """The number with the interval that passes."""
    interval = f"{published.low:.4g} to {published.high:.4g}"
    return interval if published.value is None else f"{published.value:g} ({interval})"


def derived(published: Published) -> str:
    """How a number was worked out that the source does not print, and why the model misses it."""
    words = f"; derived: {published.derived}" if published.derived else ""
    return words + (f"; missed: {published.miss}" if published.miss else "")


def check(paths: Sequence[Path], *, write: bool, as_json: bool) -> None:
    """Read each path; all findings of all paths are said before the command ends."""
    from cartrace.cli.door import say_findings
    from cartrace.cli.plain import to_json
    from cartrace.errors import InputRefused

    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            rows.append({"path": path.resolve().name, **checked(path, write=write)})
        except InputRefused as refused:
            findings += refused.findings
            rows.append({"path": path.resolve().name, "findings": len(refused.findings)})
    say_findings(findings)
    if as_json:
        click.echo(to_json({"checked": rows, "findings": findings}))
    else:
        for row in rows:
            click.echo(
                f"{row.pop('path')}: "
                + ", ".join(f"{count} {word[:-1] if count == 1 else word}" for word, count in row.items())
            )
    if findings:
        raise SystemExit(BAD_INPUT)


def checked(path: Path, *, write: bool) -> dict[str, int]:
    """What a path holds, counted. Raises InputRefused with its findings."""
    from cartrace.models import read_antimony, read_sbml
    from cartrace.models.checks import check_system
    from cartrace.models.findings import Findings
    from cartrace.models.folder import read_folder, write_system

    if path.is_dir():
        model = read_folder(path)
        if write:
            write_system(model, path)
        return counted(model.system) | {"numbers": len(model.reproduce)}
    reader = {".xml": read_sbml, ".sbml": read_sbml, ".ant": read_antimony}.get(path.suffix.lower())
    content = path.read_bytes()
    if reader is None:
        raise refusal(
            path, "file.kind", "another kind of file", ".xml, .sbml or .ant", "name the file by what it holds"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(path, "file.encoding", "other letters", "UTF-8", "save the file as UTF-8") from None
    system = reader(text, file=path.name)
    findings = Findings()
    check_system(system, path.name, findings)
    findings.refuse_errors()
    return counted(system)


def refusal(path: Path, check: str, found: str, expected: str, action: str) -> InputRefused:
    """One finding about a whole file."""
    from cartrace.course import Finding
    from cartrace.errors import InputRefused

    return InputRefused([Finding("error", check, path.name, None, "", found, expected, action)])


def counted(system: System) -> dict[str, int]:
    """Number of states, parameters, rules and events."""
    lists = {"states": system.states, "parameters": system.parameters, "rules": system.rules, "events": system.events}
    return {word: len(listed) for word, listed in lists.items()}


def score(names: Sequence[str], *, as_json: bool) -> None:
    """Run models and set what they give beside the numbers that they must return."""
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json
    from cartrace.cli.simulate import progress
    from cartrace.models import MODELS, load
    from cartrace.models.reproduce import reproduce

    models = [load(name) for name in dict.fromkeys(names or MODELS)]
    found: list[tuple[str, Outcome]] = []
    for done, model in enumerate(models):
        progress(done, len(models))
        found += [(model.id, outcome) for outcome in reproduce(model, engine)]
    progress(len(models), len(models))
    failed = sum(not outcome.passed for _, outcome in found)
    if as_json:
        click.echo(to_json({"numbers": [outcome_record(name, outcome) for name, outcome in found]}))
    else:
        header = ("model", "number", "basis", "expected", "got", "unit", "remark")
        click.echo(aligned(header, [outcome_row(name, outcome) for name, outcome in found]))
        click.echo("\n" + tally([outcome for _, outcome in found]))
    if failed:
        raise SystemExit(BAD_INPUT)


def tally(outcomes: Sequence[Outcome]) -> str:
    """How many numbers were returned, published ones apart from our own, each kind counted."""
    from cartrace.models.published import BASES, OUR_OWN

    def part(bases: Sequence[str], what: str) -> str:
        mine = [outcome for outcome in outcomes if outcome.published.basis in bases]
        kinds = [(sum(outcome.published.basis == basis for outcome in mine), basis) for basis in bases]
        misses = sum(outcome.passed and bool(outcome.published.miss) for outcome in mine)
        passed = sum(outcome.passed for outcome in mine) - misses
        missed = f", {misses} known to be missed" if misses else ""
        return f"{passed} of {len(mine)} {what}{missed}: " + (
            ", ".join(f"{count} {basis}" for count, basis in kinds if count) or "none"
        )

    published = part([basis for basis in BASES if basis not in OUR_OWN], "published numbers returned")
    return f"{published}\n{part(OUR_OWN, 'other numbers returned')}"


def outcome_row(name: str, outcome: Outcome) -> tuple[str, ...]:
    """One number beside what the model gives."""
    p = outcome.published
    return (name, p.id, p.basis, expected(p), f"{outcome.got:.4g}", p.unit, outcome.reason)


def outcome_record(name: str, outcome: Outcome) -> dict[str, Any]:
    """The same as data."""
    p = outcome.published
    return {
        "model": name, "number": p.id, "published": p.value, "low": p.low, "high": p.high, "got": outcome.got, "unit": p.unit,
        "passed": outcome.passed, "reason": outcome.reason, "basis": p.basis, "source": p.source, "locator": p.locator,
        "derived": p.derived, "miss": p.miss,
    }  # fmt: skip


def engine(
    system: System, values: Mapping[str, float], times: FloatArray, outputs: Sequence[str], doses: Sequence[Dose]
) -> FloatArray:
    """The engine as a solver for `reproduce`: one patient at a tight tolerance."""
    from cartrace.engine import Doses, compile_system, parameter_table, solve

    infused = tuple(sorted({dose.state for dose in doses if dose.duration}))
    kernel = compile_system(system, outputs, infused=infused)
    given = Doses(
        patient=[0] * len(doses),
        time=[dose.time for dose in doses],
        state=[dose.state for dose in doses],
        amount=[dose.amount for dose in doses],
        duration=[dose.duration for dose in doses],
    )
    table = parameter_table(system, 1, dict(values))
    values_of_patient: FloatArray = solve(kernel, table, times, given if doses else None, rtol=RTOL).values[0]
    return values_of_patient
