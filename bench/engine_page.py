"""The page of the engine's benchmark: tables, ratios first.

In: rows measured by `engine_speed` and `engine_cost`. Out: the text of `engine.md`. Decided here: what a table says and in which order.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engine_cost import CHUNK, FITTED, Start
from engine_problems import Problem
from engine_speed import CHECKED, MANY, MOST_LOST, TIGHT, Row

from cartrace import __version__
from cartrace.engine import machine

PACKAGES = (
    "llvmlite", "numpy", "scipy", "numba", "libroadrunner", "numbalsoda", "copasi-basico", "python-copasi", "diffrax", "jax",
    "ziglang", "antimony",
)  # fmt: skip
C, PEER = "C, clang", "libRoadRunner"


def installed(package: str) -> str:
    """Name and version; "not installed"."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def about(problems: Mapping[str, Problem], agreement: Mapping[str, float], missing: Sequence[str]) -> list[str]:
    """What was measured, where and when."""
    load = os.getloadavg()[1]
    lines = [
        "# Engine",
        "",
        "Written by `python bench/engine.py --write`; edit the scripts, not this page.",
        "One run; every way on the same patients, in turn, in one process. Processor time of the process, median and least of the rounds.",
        "A way runs at the loosest of four tolerances per decade at which the median error is at most the level of the table and at most",
        f"{MOST_LOST:.0%} of the patients are lost (those do not count in its time). Absolute tolerance: a thousandth of the relative",
        "(libRoadRunner: 1e-5 of it, with which it loses fewest).",
        "Error of a patient: the worst |found - true|/(|true| + floor) over 101 times and 8 outputs;",
        f"{CHECKED} patients are checked (16 or 8 of slow ways). Cartrace and C solve {MANY} patients a round.",
        f"Truth: Rodas5P at {TIGHT:.0e}; beside it LSODA (scipy) at {TIGHT:.0e}.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}. {platform.system()}, {os.cpu_count()} processors ({machine.processor().rsplit('-', 1)[0]}),",
        f"other work beside it (load {load:.1f}). Python {platform.python_version()}, cartrace {__version__},",
        f"{', '.join(map(installed, PACKAGES))}.",
    ]
    if missing:
        lines.append(f"Left out, because not installed: {', '.join(missing)}.")
    lines += [
        "",
        "| problem | what it is | parameters that vary | worst difference of the two truths |",
        "| --- | --- | --- | --- |",
    ]
    for name, problem in problems.items():
        lines.append(f"| {name} | {problem.title} | {len(problem.varied)} | {agreement[name]:.0e} |")
    return [*lines, ""]


def fastest(rows: Sequence[Row], begins: str) -> float:
    """Least seconds per patient of the ways whose name begins so; NaN when there is none."""
    found = [row.least for row in rows if row.way.startswith(begins) and not math.isnan(row.least)]
    return min(found, default=math.nan)


def verdict(rows: Sequence[Row]) -> list[str]:
    """Ratios of the engine to the two it is held to, by problem and level."""
    lines = [
        "## Against the targets",
        "",
        "Targets: at least 40 times libRoadRunner; at least 95 % of the best C. Least of the rounds, cartrace in double precision.",
        "",
        "| problem | error | times libRoadRunner | of the best C | target met |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, level in dict.fromkeys((row.problem, row.level) for row in rows):
        of = [row for row in rows if (row.problem, row.level) == (name, level)]
        own = fastest(of, "**cartrace, double")
        times, share = fastest(of, PEER) / own, fastest(of, C) / own
        met = ", ".join(
            "?" if math.isnan(value) else "yes" if value >= bound else "no"
            for value, bound in ((times, 40.0), (share, 0.95))
        )
        lines.append(f"| {name} | {level:.0e} | {number(times)} | {share:.1%} | {met} |")
    return [*lines, ""]


def speeds(rows: Sequence[Row], problem: Problem) -> list[str]:
    """One table per level."""
    lines = [f"## {problem.name}: {problem.title}", ""]
    for level in dict.fromkeys(row.level for row in rows):
        of = sorted((row for row in rows if row.level == level), key=lambda row: (math.isnan(row.least), row.least))
        best, peer = fastest(of, C), fastest(of, PEER)
        lines += [
            f"Median error at most {level:.0e}:",
            "",
            "| way | of the best C | times libRoadRunner | patients/s/core | µs per patient, median (least) "
            "| rtol | error, median / worst | lost |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for row in of:
            if math.isnan(row.least):
                lines.append(f"| {row.way} | | | | | not reached | | |")
                continue
            ratios = f"{best / row.least:.1%} | {number(peer / row.least)} | {1.0 / row.median:,.0f}"
            cost = f"{number(row.median * 1e6)} ({number(row.least * 1e6)}) | {row.rtol:.1e}"
            lines.append(
                f"| {row.way} | {ratios} | {cost} | {row.error:.0e} / {row.worst:.0e} | {row.lost} of {row.of} |"
            )
        lines.append("")
    return lines


def costs(found: Mapping[str, Any], therapy: str) -> list[str]:
    """Starts, threads, numbers of patients, derivatives."""
    starts: Sequence[Start] = found["starts"]
    own = starts[0].processor
    lines = [
        f"## Start to the first result, {therapy}, fresh processes",
        "",
        "Least of the rounds (peers: one round), with the libraries a way needs. Compilation of the right-hand side is part of it;",
        "preparing SBML or text for a peer is not. Memory held before a peer began (the preparation) is told beside its peak.",
        "",
        "| way | times cartrace, empty cache | processor s | wall s | peak memory MB | held before |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in starts:
        held = f"{row.before:.0f}" if row.before else ""
        lines.append(
            f"| {row.way} | {number(row.processor / own)} | {row.processor:.2f} | {row.wall:.2f} | {row.memory:.0f} | {held} |"
        )
    lines += [
        "",
        "## Threads",
        "",
        "The values of one and two threads are the same to the last bit (checked in the run).",
        "Two threads gain wall time only where a second core is free: see the load above.",
        "",
    ]
    lines += [
        "| problem | threads | wall, times one thread | µs wall per patient | µs processor per patient |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, rows in found["threads"].items():
        for count, spent, wall in rows:
            lines.append(f"| {name} | {count} | {rows[0][2] / wall:.2f} | {wall:.1f} | {spent:.1f} |")
    lines += [
        "",
        f"## Number of patients, {therapy}",
        "",
        f"rtol 1e-4, chunks of {CHUNK:,} patients of which quantiles are kept, a fresh process each.",
        "",
        "| patients | cost per patient, times that of the first row | µs per patient | peak memory MB | added by solving MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    first = found["many"][0][1] if found["many"] else math.nan
    for size, cost, peak, added in found["many"]:
        lines.append(f"| {size:,} | {cost / first:.2f} | {cost:.1f} | {peak:.0f} | {added:.0f} |")
    lines += [
        "",
        f"## Derivatives by {len(FITTED)} parameters, {therapy}",
        "",
        "| rtol | times a plain solve | ms per patient | error, median / 99 % |",
        "| --- | --- | --- | --- |",
    ]
    for rtol, cost, times, middle, high in found["derivatives"]:
        lines.append(f"| {rtol:.0e} | {times:.1f} | {cost:.2f} | {middle:.0e} / {high:.0e} |")
    return [*lines, ""]


def number(value: float) -> str:
    """Three digits."""
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"


def page(problems: Mapping[str, Problem], found: Mapping[str, Any], therapy: str) -> str:
    """The whole page."""
    lines = about(problems, found["agreement"], found["missing"])
    lines += verdict(found["speed"])
    for name, problem in problems.items():
        rows = [row for row in found["speed"] if row.problem == name]
        if rows:
            lines += speeds(rows, problem)
    return "\n".join(lines + costs(found, therapy))
