"""Published numbers that a model must return: reproduce.toml.

In: the text of reproduce.toml. Out: runs, published numbers, findings.
Decided here: the words of the file and which belong together. What the names in it must be: `checks`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cartrace.models.findings import Findings
from cartrace.models.keys import Keys
from cartrace.models.system import Event

NEEDS = {
    "value": ("at",),
    "peak": (),
    "time_of_peak": (),
    "nadir": (),
    "time_of_nadir": (),
    "area": (),
    "mean": (),
    "doubling_time": ("from", "to"),
    "half_life": ("from", "to"),
    "first_above": ("level",),
    "first_below": ("level",),
    "time_above": ("level",),
    "time_below": ("level",),
    "drift": (),
}
"""What can be read from a run, and the keys that it needs."""

BASES = ("printed", "in words", "digitised", "deposited", "computed by others", "from the equations", "own run")
"""What a number is: printed in the source, stated in its words, read off its figure, in a deposited file or given by it,
computed by others from the source; or worked out from the equations, or a number of our own runs."""

OUR_OWN = ("from the equations", "own run")
"""Those that say nothing of whether the model gives what the source found."""

READING_KEYS = ("run", "what", "of", "at", "from", "to", "level")
ENTRY_KEYS = (
    "id", *READING_KEYS, "over", "minus", "published", "unit", "relative", "absolute", "range", "reason", "basis", "source",
    "locator", "derived", "miss", "note",
)  # fmt: skip
RUN_KEYS = ("until", "zero", "every", "setting", "parameters", "doses", "events")
DOSE_KEYS = ("time", "state", "amount", "duration")
EVENT_KEYS = ("trigger", "assign")


@dataclass(frozen=True, slots=True)
class RunDose:
    """An amount into a state; time, amount and duration are expressions over parameters. A duration of "0" is a bolus."""

    time: str
    state: str
    amount: str
    duration: str


@dataclass(frozen=True, slots=True)
class Run:
    """How a model is run. Times count from `zero` on the model's clock; `every` None: 2000 steps."""

    id: str
    until: float
    zero: float
    every: float | None
    settings: tuple[str, ...]
    parameters: Mapping[str, float]
    doses: tuple[RunDose, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read from a run: `what` of a state or rule, at a time or in a window (None: the end of the run)."""

    run: str
    what: str
    of: str
    at: float | None
    start: float | None
    end: float | None
    level: float | None


@dataclass(frozen=True, slots=True)
class Published:
    """A published number: what is read, divided by `over` or less `minus`, must lie from `low` to `high`.

    `value` is None where the source prints a range. `basis` is one of `BASES`; `derived` says how a number was worked out that
    the source does not print. `miss` says why the model does not return the number; empty: it does.
    """

    id: str
    reading: Reading
    over: Reading | None
    minus: Reading | None
    value: float | None
    low: float
    high: float
    unit: str
    reason: str
    basis: str
    source: str
    locator: str
    derived: str
    miss: str
    note: str


def read_published(text: str, file: str, findings: Findings) -> tuple[dict[str, Run], list[Published]]:
    """Runs by id and the published numbers."""
    keys = Keys(file, findings)
    raw = keys.read(text) or {}
    keys.known("the file", raw, ("run", "published"))
    runs = {
        name: _run(name, keys.table("run", {name: entry}, name), keys)
        for name, entry in keys.table("the file", raw, "run").items()
    }
    entries = [_entry(entry, keys) for entry in keys.tables("the file", raw, "published")]
    for entry in {item.id for item in entries if sum(other.id == item.id for other in entries) > 1}:
        findings.error("reproduce.twice", file, f'"{entry}" twice', "each id once", "rename one")
    return runs, entries


def _run(name: str, raw: Mapping[str, Any], keys: Keys) -> Run:
    place = f"run.{name}"
    keys.known(place, raw, RUN_KEYS)
    until = keys.number(place, raw, "until")
    zero, every = keys.number(place, raw, "zero") or 0.0, keys.number(place, raw, "every")
    if until is None or until + zero <= 0:
        keys.wrong(place, f"until = {raw.get('until')!r}", "a time after the start of the run")
    if every is not None and every <= 0:
        keys.wrong(place, f"every = {every}", "a number above 0")
    setting = raw.get("setting", [])
    settings = (setting,) if isinstance(setting, str) else keys.texts(place, raw, "setting")
    doses = []
    for dose in keys.tables(place, raw, "doses"):
        keys.known(place, dose, DOSE_KEYS)
        doses.append(
            RunDose(
                time=str(dose.get("time", "")),
                state=keys.text(place, dose, "state"),
                amount=str(dose.get("amount", "")),
                duration=str(dose.get("duration", 0)),
            )
        )
    events = []
    for number, event in enumerate(keys.tables(place, raw, "events"), start=1):
        keys.known(place, event, EVENT_KEYS)
        assigned = tuple((target, str(value)) for target, value in keys.table(place, event, "assign").items())
        events.append(Event(f"{name}_{number}", keys.text(place, event, "trigger"), assigned))
    return Run(
        id=name,
        until=until or 0.0,
        zero=zero,
        every=every,
        settings=settings,
        parameters=keys.numbers(place, raw, "parameters"),
        doses=tuple(doses),
        events=tuple(events),
    )


def _entry(raw: Mapping[str, Any], keys: Keys) -> Published:
    place = f"published {raw.get('id', '?')}"
    keys.known(place, raw, ENTRY_KEYS)
    reading = Reading(
        run=keys.text(place, raw, "run"),
        what=keys.text(place, raw, "what"),
        of=keys.text(place, raw, "of"),
        **_times(place, raw, keys),
    )
    _needs(place, reading, keys)
    value, low, high = _interval(place, raw, keys)
    return Published(
        id=keys.text(place, raw, "id"),
        reading=reading,
        over=_changed(place, reading, raw, "over", keys),
        minus=_changed(place, reading, raw, "minus", keys),
        value=value,
        low=low,
        high=high,
        unit=keys.text(place, raw, "unit"),
        reason=keys.text(place, raw, "reason"),
        basis=_basis(place, raw, keys),
        source=keys.text(place, raw, "source"),
        locator=keys.text(place, raw, "locator"),
        derived=keys.text(place, raw, "derived", needed=False),
        miss=keys.text(place, raw, "miss", needed=False),
        note=keys.text(place, raw, "note", needed=False),
    )


def _basis(place: str, raw: Mapping[str, Any], keys: Keys) -> str:
    """What the number is; unless the file says it, a number with a derivation follows from the equations, any other is printed."""
    basis = raw.get("basis", "from the equations" if raw.get("derived") else "printed")
    if basis not in BASES:
        keys.findings.unknown(f"one of {', '.join(BASES)}", keys.file, str(basis), BASES, column=place)
    if basis in OUR_OWN and not raw.get("derived"):
        keys.wrong(place, f'basis = "{basis}" without "derived"', "how the number was worked out")
    return str(basis)


def _changed(place: str, reading: Reading, entry: Mapping[str, Any], name: str, keys: Keys) -> Reading | None:
    """The reading with some of its keys changed: what a number is compared with."""
    if name not in entry:
        return None
    raw = keys.table(place, entry, name)
    keys.known(place, raw, READING_KEYS)
    words = {key: keys.text(place, raw, key) for key in ("run", "what", "of") if key in raw}
    times = {key: value for key, value in _times(place, raw, keys).items() if value is not None}
    changed = replace(reading, **(words | times))  # type: ignore[arg-type]
    _needs(place, changed, keys)
    return changed


def _times(place: str, raw: Mapping[str, Any], keys: Keys) -> dict[str, float | None]:
    named = {"at": "at", "start": "from", "end": "to", "level": "level"}
    return {field: keys.number(place, raw, key) for field, key in named.items()}


def _needs(place: str, reading: Reading, keys: Keys) -> None:
    if reading.what not in NEEDS:
        keys.findings.unknown(f"one of {', '.join(NEEDS)}", keys.file, reading.what, NEEDS, column=place)
        return
    fields_of = {"at": reading.at, "from": reading.start, "to": reading.end, "level": reading.level}
    if reading.start is not None and reading.end is not None and reading.start >= reading.end:
        keys.wrong(place, f"from = {reading.start:g}, to = {reading.end:g}", '"from" before "to"')
    for key in NEEDS[reading.what]:
        if fields_of[key] is None:
            keys.wrong(place, f'"{reading.what}" without "{key}"', f'a number for "{key}"')


def _interval(place: str, raw: Mapping[str, Any], keys: Keys) -> tuple[float | None, float, float]:
    """The published value and the interval in which the number must lie."""
    given = [key for key in ("relative", "absolute", "range") if key in raw]
    if len(given) != 1 or ("range" in raw) == ("published" in raw):
        keys.wrong(place, " and ".join(given) or "no tolerance", "published with relative or absolute, or range alone")
        return None, math.nan, math.nan
    if given == ["range"]:
        ends = raw["range"]
        two = isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends)
        if not two or not ends[0] <= ends[1]:
            keys.wrong(place, f"range = {ends!r}", "[lowest, highest]")
            return None, math.nan, math.nan
        return None, float(ends[0]), float(ends[1])
    value, tolerance = keys.number(place, raw, "published"), keys.number(place, raw, given[0])
    if tolerance is not None and tolerance < 0:
        keys.wrong(place, f"{given[0]} = {tolerance:g}", "0 or more")
    if value is None or tolerance is None:
        return None, math.nan, math.nan
    around = abs(value) * tolerance if given == ["relative"] else tolerance
    return value, value - around, value + around
