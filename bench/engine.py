"""How fast and how exact the engine is: `python bench/engine.py` measures and writes `bench/engine.md`.

In: two models of the library with virtual patients drawn around their values. Out: patients per second and achieved error, beside
libRoadRunner (CVODE) on the same patients; the cost of derivatives; the time of a start.
Decided here: processor time of one thread, least of the rounds (other work on the machine only adds); the error of a patient is the largest
difference from a run at rtol 1e-11, relative to the largest value of each output; peers are compared at equal achieved error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cartrace import engine
from cartrace.engine import machine
from cartrace.models import read_antimony
from cartrace.models.antimony import sbml_of
from cartrace.models.library import equations
from cartrace.models.system import System

PAGE = Path(__file__).with_name("engine.md")
MODELS = ("cartrace2026", "kimmel2021")
OUTPUTS = {"cartrace2026": ("E_B", "M", "L_M", "B_c", "IL6", "CRP", "ANC", "PLT")}
GIVEN = {
    "cartrace2026": "at (time >= 3): LD = LD + 1\n"
    "at (time >= 7): C_D = C_D + 10\nat (time >= 8): C_D = C_D + 30\nat (time >= 9): C_D = C_D + 60\n"
}
"""What a model is given, as events, so that every tool reads the same text."""
TIMES = np.r_[0.0, np.linspace(1.0, 120.0, 100)]
VARIED = 0.1  # SD of the log of every parameter that is not 0
REFERENCE = 1e-11
TOLERANCES = {"double": (1e-3, 1e-4, 1e-5, 1e-6), "single": (1e-3, 1e-4)}
ROUNDS = 3
START = """
import sys
from cartrace import engine
from cartrace.models import load
system = load(sys.argv[1]).system
kernel = engine.compile_system(system)
assert engine.solve(kernel, engine.parameter_table(system, 8), [0.0, 90.0]).ok.all()
"""


def text_of(model_id: str) -> str:
    """The model with what it is given."""
    return equations(model_id).rstrip().removesuffix("end") + GIVEN.get(model_id, "") + "end\n"


def outputs_of(model_id: str, system: System) -> list[str]:
    """Eight outputs, or as many as there are."""
    return list(OUTPUTS.get(model_id, [state.id for state in system.states][:8]))


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Processor seconds of this process, the least of the rounds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def drawn(system: System, patients: int) -> np.ndarray:
    """Patients around the values of the system."""
    table = engine.parameter_table(system, patients)
    return table * np.exp(VARIED * np.random.default_rng(7).standard_normal(table.shape))


def errors(found: np.ndarray, exact: np.ndarray) -> str:
    """Median and largest error of the patients."""
    scale = np.maximum(np.abs(exact).max(axis=1, keepdims=True), 1e-9)
    worst = (np.abs(found - exact) / scale).max(axis=(1, 2))
    return f"{np.median(worst):.0e} / {worst.max():.0e}"


def speed(model_id: str, patients: int, few: int) -> list[str]:
    """Rows of one model: this engine at several tolerances, then libRoadRunner."""
    system = read_antimony(text_of(model_id))
    outputs = outputs_of(model_id, system)
    table = drawn(system, patients)
    exact = engine.solve(
        engine.compile_system(system, outputs), table[:few], TIMES, rtol=REFERENCE, atol=1e-16, max_steps=10**7
    )
    rows = []
    for precision, tolerances in TOLERANCES.items():
        kernel = engine.compile_system(system, outputs, precision)
        for rtol in tolerances:
            found = engine.solve(kernel, table, TIMES, rtol=rtol)
            taken = seconds(lambda kernel=kernel, rtol=rtol: engine.solve(kernel, table, TIMES, rtol=rtol), ROUNDS)
            both = exact.ok & found.ok[:few]
            way = f"cartrace, {precision}, {kernel.width} lanes, rtol {rtol:.0e}"
            error = errors(found.values[:few][both], exact.values[both])
            rows.append(
                f"| {model_id} | {way} | {patients / taken:,.0f} | {error} | {found.steps.mean():.0f} | {(~found.ok).sum()} |"
            )
    return rows + peers(model_id, system, outputs, table[:few], exact)


def peers(model_id: str, system: System, outputs: list[str], table: np.ndarray, exact: engine.Solution) -> list[str]:
    """Rows of libRoadRunner."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
    runner = roadrunner.RoadRunner(sbml_of(text_of(model_id)))
    runner.selections = ["time", *outputs]
    ids = [item.id for item in system.parameters]
    rows = []
    for rtol in (1e-6, 1e-8):
        runner.getIntegrator().setValue("relative_tolerance", rtol)
        runner.getIntegrator().setValue("absolute_tolerance", rtol * 1e-3)
        runner.getIntegrator().setValue("maximum_num_steps", 200_000)
        found = np.full(exact.values.shape, np.nan)

        def run(found: np.ndarray = found) -> None:
            for i, values in enumerate(table):
                for name, value in zip(ids, values, strict=True):
                    runner.setValue(name, value)
                runner.reset()
                with contextlib.suppress(RuntimeError):
                    found[i] = np.asarray(runner.simulate(times=list(TIMES)))[:, 1:]

        taken = seconds(run, 1)
        way = f"libRoadRunner {version('libroadrunner')}, rtol {rtol:.0e}"
        solved = exact.ok & np.isfinite(found).all(axis=(1, 2))
        error = errors(found[solved], exact.values[solved])
        rows.append(
            f"| {model_id} | {way} | {len(table) / taken:,.0f} | {error} | | {(exact.ok & ~solved).sum()} of {len(table)} |"
        )
    return rows


def derivatives(model_id: str, patients: int) -> str:
    """What derivatives by twelve parameters cost."""
    system = read_antimony(text_of(model_id))
    kernel = engine.compile_system(system, outputs_of(model_id, system))
    table = drawn(system, patients)
    of = kernel.parameter_ids[:12]
    plain = seconds(lambda: engine.solve(kernel, table, TIMES, rtol=1e-4), ROUNDS) / patients
    cost = seconds(lambda: engine.gradient(kernel, table, TIMES, of, rtol=1e-4), ROUNDS) / patients
    return f"| {model_id} | derivatives by {len(of)} parameters, rtol 1e-4 | {cost * 1e3:.2f} ms | {cost / plain:.0f} |"


def starts(model_id: str) -> list[str]:
    """Processor seconds of a fresh process up to its first result, with an empty and with a filled cache."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for state in ("empty", "filled"):
            before = os.times()
            command = [sys.executable, "-c", START, model_id]
            subprocess.run(command, check=True, env=os.environ | {"CARTRACE_CACHE": folder})
            after = os.times()
            taken = after.children_user + after.children_system - before.children_user - before.children_system
            rows.append(f"| {model_id} | start to first result, {state} cache | {taken:.1f} s | |")
    return rows


def main() -> None:
    """Measures and writes the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--patients", type=int, default=4000)
    arguments.add_argument("--few", type=int, default=100, help="patients with a reference, and for libRoadRunner")
    chosen = arguments.parse_args()
    rows = [row for model_id in MODELS for row in speed(model_id, chosen.patients, chosen.few)]
    others = [row for model_id in MODELS for row in (derivatives(model_id, 200), *starts(model_id))]
    versions = ", ".join(f"{name} {version(name)}" for name in ("cartrace", "llvmlite", "numpy"))
    PAGE.write_text(
        "# Engine\n\n"
        "Written by `python bench/engine.py`; edit the script, not this page.\n"
        f"One thread of {platform.machine()} ({machine.processor().rsplit('-', 1)[0]}), Python {platform.python_version()}, {versions}.\n"
        f"Virtual patients: every parameter log-normal, SD {VARIED}; 101 times over 120 time units, 8 outputs. Error: per patient, the\n"
        "largest difference from rtol 1e-11 relative to the largest value of each output; median / worst.\n\n"
        "| model | way | patients per second | error | steps | not solved |\n| --- | --- | --- | --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n\n| model | what | time | times a plain solve |\n| --- | --- | --- | --- |\n"
        + "\n".join(others)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
