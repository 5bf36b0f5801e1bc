"""Numbers read from runs: against curves whose numbers are known in closed form."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cartrace.models.folder import read_folder
from cartrace.models.published import Reading
from cartrace.models.reproduce import Curve, Dose, read_number, reproduce, run_doses, run_values

TIMES = np.linspace(0, 10, 10_001)
DECAY = Curve(TIMES, 8 * np.exp(-0.3 * TIMES))
WAVE = Curve(TIMES, np.sin(TIMES))


def number(curve: Curve, what: str, **keys: float) -> float:
    return read_number(curve, Reading("run", what, "x", *(keys.get(key) for key in ("at", "start", "end", "level"))))


@pytest.mark.parametrize(
    ("curve", "what", "keys", "expected"),
    [
        (DECAY, "value", {"at": 2.5}, 8 * math.exp(-0.75)),
        (DECAY, "peak", {}, 8),
        (DECAY, "peak", {"start": 2}, 8 * math.exp(-0.6)),
        (DECAY, "nadir", {"end": 4}, 8 * math.exp(-1.2)),
        (WAVE, "time_of_peak", {"end": 5}, math.pi / 2),
        (WAVE, "time_of_nadir", {}, 3 * math.pi / 2),
        (DECAY, "area", {}, 8 / 0.3 * (1 - math.exp(-3))),
        (DECAY, "area", {"start": 1, "end": 2}, 8 / 0.3 * (math.exp(-0.3) - math.exp(-0.6))),
        (DECAY, "mean", {"start": 1, "end": 3}, 8 / 0.6 * (math.exp(-0.3) - math.exp(-0.9))),
        (DECAY, "half_life", {"start": 1, "end": 9}, math.log(2) / 0.3),
        (DECAY, "doubling_time", {"start": 1, "end": 9}, -math.log(2) / 0.3),
        (DECAY, "first_below", {"level": 4}, math.log(2) / 0.3),
        (DECAY, "first_above", {"level": 4}, 0),
        (WAVE, "first_above", {"level": 0.5, "start": 1}, 1),
        (WAVE, "first_above", {"level": 0.5, "start": 3}, 2 * math.pi + math.pi / 6),
        (DECAY, "time_above", {"level": 4}, math.log(2) / 0.3),
        (DECAY, "time_below", {"level": 4}, 10 - math.log(2) / 0.3),
        (WAVE, "time_below", {"level": 0, "end": 7}, math.pi),
        (WAVE, "drift", {"start": 1, "end": 4.5}, (math.sin(1) - math.sin(4.5)) / math.sin(1)),
    ],
)
def test_a_number_is_the_one_of_the_closed_form(curve, what, keys, expected):
    assert number(curve, what, **keys) == pytest.approx(expected, abs=1e-3 if what.startswith("time_of") else 1e-6)


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("first_above", {"level": 9}),
        ("peak", {"start": 11}),
        ("half_life", {"start": 1, "end": 1}),
    ],
)
def test_a_number_that_the_curve_does_not_have_is_none(what, keys):
    assert math.isnan(number(DECAY, what, **keys))


@pytest.mark.parametrize("what", ["peak", "area", "first_above", "half_life", "drift"])
def test_a_run_that_failed_gives_no_number(what):
    failed = Curve(TIMES, np.where(TIMES > 5, np.nan, 1.0))
    assert math.isnan(number(failed, what, start=1, end=9, level=2))


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_no_doubling_time_of_what_is_not_above_zero(value):
    assert math.isnan(number(Curve(TIMES, np.full_like(TIMES, value)), "doubling_time", start=1, end=2))


def test_times_of_a_constant_level_at_the_level_count():
    level = Curve(TIMES, np.full_like(TIMES, 2.0))
    assert number(level, "time_above", level=2) == 10
    assert number(level, "time_above", level=2.5) == 0


# ---------------------------------------------------------------------- whole models


def changed(folder, text: str):
    whole = (folder / "reproduce.toml").read_text(encoding="utf-8")
    (folder / "reproduce.toml").write_text(whole + text, encoding="utf-8")
    return read_folder(folder)


def test_the_worked_model_returns_its_number(worked, solver):
    (outcome,) = reproduce(read_folder(worked), solver)
    assert outcome.passed
    assert outcome.got == pytest.approx(math.log(2) / 0.1, rel=1e-7)


def test_a_wrong_model_fails_with_its_interval(worked, solver):
    model = read_folder(worked)
    wrong = replace(model, parameters=(replace(model.parameters[0], value=0.11), *model.parameters[1:]))
    (outcome,) = reproduce(wrong, solver)
    assert not outcome.passed
    assert outcome.reason == "outside 6.93078 to 6.93216"


@pytest.mark.parametrize(
    ("published", "passed", "reason"),
    [("7.5", True, "known miss: too simple"), ("6.9315", False, "returned now: take the miss away")],
)
def test_a_known_miss_passes_as_long_as_it_is_one(worked, solver, published, passed, reason):
    text = (worked / "reproduce.toml").read_text(encoding="utf-8")
    text = text.replace("published = 6.931471805599453", f'published = {published}\nmiss = "too simple"')
    (worked / "reproduce.toml").write_text(text, encoding="utf-8")
    (outcome,) = reproduce(read_folder(worked), solver)
    assert (outcome.passed, outcome.reason) == (passed, reason)


ENTRY = """
[[published]]
id = "{id}"
unit = "1"
relative = 1e-6
reason = "closed form"
source = "stein2019tisagenlecleucel"
locator = "none: a test"
"""


def test_runs_settings_doses_events_and_comparisons(worked, solver):
    (worked / "settings.toml").write_text(
        '[fast]\nname = "fast"\nparameters = { k = 0.4, V = 2 }\nevidence = "input"\nnote = "a test"\n',
        encoding="utf-8",
    )
    model = changed(
        worked,
        """
[run.late]
until = 10
zero = 5
setting = "fast"
parameters = { V = 10 }
doses = [
  { time = 0, state = "A", amount = "3*V" },
  { time = 1, state = "A", amount = 4, duration = "1/k" },
]
events = [ { trigger = "time >= 13", assign = { A = "A + 7" } } ]

[run.plain]
until = 10
doses = [{ time = 0, state = "A", amount = 10 }]
"""
        + ENTRY.format(id="late")
        + 'run = "late"\nwhat = "value"\nof = "A"\nat = 9\npublished = 0\n'
        + ENTRY.format(id="before")
        + 'run = "late"\nwhat = "peak"\nof = "A"\nto = 0\npublished = 0\n'
        + ENTRY.format(id="ratio")
        + f'run = "plain"\nwhat = "value"\nof = "A"\nat = 2\nover = {{ at = 5 }}\npublished = {math.exp(0.3)!r}\n'
        + ENTRY.format(id="difference")
        + f'run = "plain"\nwhat = "value"\nof = "A"\nat = 2\nminus = {{ of = "conc" }}\npublished = {8 * math.exp(-0.2)!r}\n',
    )
    run = model.runs["late"]
    assert run_values(model, run) == {"k": 0.4, "V": 10.0}
    assert run_doses(run, run_values(model, run)) == (Dose(5.0, "A", 30.0, 0.0), Dose(6.0, "A", 4.0, 2.5))
    got = {outcome.published.id: outcome for outcome in reproduce(model, solver)}
    infusion = 4 / 2.5 / 0.4 * (1 - math.exp(-1)) * math.exp(-0.4 * 5.5)
    assert got["late"].got == pytest.approx(30 * math.exp(-3.6) + infusion + 7 * math.exp(-0.4), rel=1e-6)
    assert got["before"].got == 0  # a dose is not in the value at its own time
    assert got["ratio"].passed
    assert got["difference"].passed
