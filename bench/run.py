"""How long things take, side by side: `python bench/run.py` measures and writes `bench/README.md`.

In: nothing but seeded random profiles and courses. Out: a table of ratios, with the machine and the versions.
Decided here: two ways are compared only where their answers are equal (checked first, in the same run); processor time of
this process, ways in turn, median of the rounds; ratios are the result, the times belong to the machine named above them.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import RULES, Rule
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.rule import Steps, allocate
from cartrace.course import Course, CourseBuilder, Events, Status
from cartrace.kinetics import KineticsSettings, measure
from cartrace.kinetics.measure import metrics
from cartrace.kinetics.profile import profiles

PAGE = Path(__file__).with_name("README.md")
VERSIONS = ("cartrace", "numpy", "numba")
GRADED = ("crs.astct2019", "icaht.early", "icaht.late")
LLOQ = 50.0
WINDOW = (0.0, 28.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One way of doing one thing. `seconds` for one item (a profile, a course, a start); `against` the way it is held to."""

    what: str
    way: str
    seconds: float
    against: float


def timed(ways: Sequence[Callable[[], object]], items: int, rounds: int) -> list[float]:
    """Processor seconds per item of each way: the ways in turn, median of the rounds."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for own, way in zip(taken, ways, strict=True):
            start = time.process_time()
            way()
            own.append((time.process_time() - start) / items)
    return [statistics.median(own) for own in taken]


# Kinetics: everything cartrace says about a profile, against a loop that only finds six numbers.


def random_profile(source: random.Random) -> tuple[list[float], list[float | None]]:
    """Days and copies/ug of 14 samples; None below the LLOQ, which can fall anywhere."""
    days = [0.0, *sorted(source.sample(range(1, 60), 10)), 90.0, 180.0, 365.0]
    peak, height, rate = source.uniform(6, 15), 10 ** source.uniform(3, 5), source.uniform(0.05, 0.3)
    found: list[float | None] = []
    for day in map(float, days):
        level = height * math.exp(-abs(day - peak) * (1.0 if day < peak else rate)) + 0.01 * height * (day > peak)
        level *= math.exp(source.gauss(0, 0.3))
        found.append(None if level < LLOQ or source.random() < 0.1 else level)
    return [float(day) for day in days], found


def profile_course(days: Sequence[float], levels: Sequence[float | None]) -> Course:
    build = CourseBuilder("profile")
    for day, level in zip(days, levels, strict=True):
        status = Status.BELOW if level is None else Status.DONE
        moment = build.clock.from_elapsed_days(day)
        build.observe("car_copies_per_ug", level, moment=moment, status=status, lloq=LLOQ)
    return build.course()


def by_hand(days: Sequence[float], levels: Sequence[float | None]) -> dict[str, float | None]:
    """Cmax, Tmax, Tlast, AUClast, AUC 0-28 d and the terminal rate, as a script on somebody's desk finds them."""
    numbers = [(t, c) for t, c in zip(days, levels, strict=True) if c is not None]
    if not numbers:
        return {"cmax": 0.0, "tmax": None, "tlast": None, "auc_last": None, "auc_0_28": None, "lambda_z": None}
    first, last = numbers[0][0], numbers[-1][0]
    curve = [(t, c or 0.0) for t, c in zip(days, levels, strict=True) if t <= last and (c is not None or t < first)]
    cmax = max(c for _, c in numbers)
    tmax = next(t for t, c in numbers if c == cmax)
    rate = desk_slope([p for p in numbers if p[0] > tmax])
    window = None if len(curve) < 2 else desk_area(curve, WINDOW[1])
    if window is not None and last < WINDOW[1] and levels[-1] is not None:
        rest = None if rate is None else numbers[-1][1] / rate * (1 - math.exp(-rate * (WINDOW[1] - last)))
        window = None if rest is None else window + rest
    whole = None if len(curve) < 2 else desk_area(curve, last)
    return {"cmax": cmax, "tmax": tmax, "tlast": last, "auc_last": whole, "auc_0_28": window, "lambda_z": rate}


def desk_area(curve: Sequence[tuple[float, float]], end: float) -> float:
    total = 0.0
    for (t0, c0), (t1, c1) in pairwise(curve):
        if t0 >= end:
            break
        if t1 > end:
            share = (end - t0) / (t1 - t0)
            c1 = c0 * (c1 / c0) ** share if 0 < c1 < c0 else c0 + (c1 - c0) * share
            t1 = end
        total += (t1 - t0) * (c0 - c1) / math.log(c0 / c1) if 0 < c1 < c0 else (t1 - t0) * (c0 + c1) / 2
    return total


def desk_slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Best-fit terminal rate: adjusted R2 within 1e-4 of the best, most points."""
    fits = []
    for n in range(3, len(points) + 1):
        t, y = [p[0] for p in points[-n:]], [math.log(p[1]) for p in points[-n:]]
        mt, my = sum(t) / n, sum(y) / n
        sxx = sum((a - mt) ** 2 for a in t)
        sxy = sum((a - mt) * (b - my) for a, b in zip(t, y, strict=True))
        syy = sum((b - my) ** 2 for b in y)
        fits.append((1 - (1 - sxy * sxy / (sxx * syy)) * (n - 1) / (n - 2), -sxy / sxx))
    best = max((adjusted for adjusted, _ in fits), default=0.0)
    good = [rate for adjusted, rate in fits if rate > 0 and adjusted > best - 1e-4]
    return good[-1] if good else None


def kinetics(count: int, rounds: int) -> list[Row]:
    """Kinetic metrics of `count` profiles."""
    source = random.Random(1)
    raw = [random_profile(source) for _ in range(count)]
    courses = [profile_course(*one) for one in raw]
    settings = KineticsSettings(windows=(WINDOW,))
    for course, one in zip(courses, raw, strict=True):
        (profile,) = profiles(course, settings)
        found = {quantity.id: quantity.value for quantity in metrics(profile)}
        for name, value in by_hand(*one).items():
            same = found[name] is None if value is None else math.isclose(found[name] or 0.0, value, rel_tol=1e-9)
            if not same:
                raise SystemExit(f"{name}: {found[name]} against {value} for {one}")
    ways: tuple[Callable[[], object], ...] = (
        lambda: [by_hand(*one) for one in raw],
        lambda: [metrics(profile) for course in courses for profile in profiles(course, settings)],
        lambda: [measure(course, settings) for course in courses],
    )
    desk, once, all_policies = timed(ways, count, rounds)
    what = "kinetics of one profile (14 samples)"
    return [
        Row(what, "plain loop: 6 numbers, no reasons, no evidence", desk, desk),
        Row(what, "cartrace, one BLQ policy: every metric with reason and evidence", once, desk),
        Row(what, "cartrace, with the table of the four policies", all_policies, desk),
    ]


# Grading: the same kernel as plain Python and compiled.


def random_course(source: random.Random) -> Course:
    """A month: temperature, pressure and oxygen every six hours, ANC every day, some drugs."""
    build = CourseBuilder("month")
    clock = build.clock
    build.infusion(moment=clock.from_elapsed_days(0.0))
    fever = source.uniform(0.5, 8)
    for quarter in range(4 * 30):
        moment = clock.from_elapsed_days(quarter / 4)
        near = math.exp(-((quarter / 4 - fever) ** 2) / 2)
        build.observe("temperature", 36.8 + 2.5 * near + source.gauss(0, 0.3), moment=moment)
        build.observe("systolic_bp", 115 - 30 * near + source.gauss(0, 6), moment=moment)
        if near > 0.5:
            build.observe("oxygen_device", source.choice(("room_air", "nasal_cannula")), moment=moment)
    for day in range(-5, 90, 1 if source.random() < 0.5 else 2):
        moment = clock.from_study_day(day)
        count = 3.0 * abs(math.cos(day / source.uniform(8, 20))) + 0.02
        build.observe("anc", count, moment=moment)
    if source.random() < 0.5:
        build.drug("tocilizumab", start=clock.from_elapsed_days(fever + 0.5))
    if source.random() < 0.3:
        start, end = (clock.from_elapsed_days(fever + after) for after in (0.25, 1.5))
        build.drug("norepinephrine", start=start, end=end, end_state="ended")
    return build.course()


Kernel = Callable[[Events, NDArray[np.float64], Steps], int]


def answers(rule: Rule, kernel: Kernel, events: Sequence[Events]) -> list[Steps]:
    option = rule.settings()
    found = []
    for one in events:
        steps = allocate(rule.rows(len(one.time)))
        rows = kernel(one, option, steps)
        found.append(Steps._make(array[:rows] for array in steps))
    return found


def equal(one: Steps, other: Steps) -> bool:
    """Whether two kernels wrote the same rows, deciding events and reasons included."""
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = list(zip(one, other, strict=True))
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


def grading(count: int, rounds: int) -> list[Row]:
    """Kernels over `count` courses already laid out as arrays."""
    source = random.Random(2)
    courses = [random_course(source) for _ in range(count)]
    rows = []
    for rule in (rule for rule in RULES if rule.id in GRADED):
        events = [rule.events(course) for course in courses]
        compiled = compile_kernel(rule.kernel)
        ways = [partial(answers, rule, kernel, events) for kernel in (rule.kernel, compiled)]
        if not all(equal(*pair) for pair in zip(ways[0](), ways[1](), strict=True)):
            raise SystemExit(f"{rule.name}: compiled and plain kernel differ")
        plain, fast = timed(ways, count, rounds)
        rows += [
            Row(f"{rule.id} of one course", "plain Python kernel", plain, plain),
            Row(f"{rule.id} of one course", "the same kernel, compiled", fast, plain),
        ]
    return rows


# Cold start: what a person waits for.


def cold_start(rounds: int) -> list[Row]:
    """Fresh interpreters in turn; wall time, the shortest of the rounds, because other work can only lengthen it."""
    commands = {
        "python -c pass": "pass",
        "import cartrace": "import cartrace",
        "import cartrace.cli": "import cartrace.cli",
        "cartrace --help": "import sys; from cartrace.cli import main; sys.argv = ['cartrace', '--help']; main()",
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, code in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
            taken[name].append(time.perf_counter() - start)
    shortest = {name: min(own) for name, own in taken.items()}
    bare = shortest["python -c pass"]
    return [Row("cold start", name, seconds, bare) for name, seconds in shortest.items()]


def machine() -> str:
    """Processor, cores, system and versions in one line."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    said = [f"{model}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}"]
    for name in VERSIONS:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name} not installed")
    return ", ".join(said)


def duration(seconds: float) -> str:
    """Three digits in the unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def page(rows: Sequence[Row], said: str) -> str:
    lines = [
        "# Benchmark",
        "",
        "Written by `python bench/run.py`; edit the script, not this page.",
        "Ways of one thing are measured in turn in one run, after their answers were compared and found equal.",
        "The ratios are the result. The times hold for the machine named here and for nothing else.",
        "The engine of the simulations beside its peers and beside C: [engine.md](engine.md).",
        "",
        f"Machine: {said}.",
        "",
        "| what | way | ratio | time here |",
        "| --- | --- | --- | --- |",
    ]
    for row in rows:
        ratio = row.seconds / row.against
        lines.append(f"| {row.what} | {row.way} | {ratio:.3g} | {duration(row.seconds)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=300)
    parser.add_argument("--courses", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    rows = kinetics(chosen.profiles, chosen.rounds)
    rows += grading(chosen.courses, chosen.rounds)
    rows += cold_start(chosen.rounds)
    text = page(rows, machine())
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
