"""The text of one step of Rodas5P for a model whose rates, Jacobian and elimination are known.

In: the layout, the lowered nodes, the elimination. Out: lines of the functions factor, solve, step, dense and dense_all.
Decided here: how the stages share their sums, and the norm of the error (root mean square over the continuous states).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartrace.engine import tableau
from cartrace.engine.elimination import Elimination, Entry
from cartrace.engine.layout import Layout
from cartrace.engine.writing import FunctionText


@dataclass(frozen=True, slots=True)
class Flow:
    """The lowered rates and their derivatives: `rates` per continuous state, `minus_jacobian` per entry, `by_time` per state or empty."""

    rates: tuple[int, ...]
    minus_jacobian: dict[Entry, int]
    by_time: tuple[int, ...]


def factor(function: FunctionText, flow: Flow, elimination: Elimination, layout: Layout) -> list[str]:
    """Y, T0, IHG, P, H, INF -> F, FT, A: rates, time derivative, decomposed matrix 1/(gamma h) - J."""
    entries = sorted(flow.minus_jacobian)
    n = len(flow.rates)
    roots = [*flow.rates, *flow.by_time, *(flow.minus_jacobian[entry] for entry in entries)]
    texts = function.compute(roots)
    lines = function.lines
    lines += [f"w[{layout.offset('F') + i}] = {text}" for i, text in enumerate(texts[:n])]
    lines += [f"w[{layout.offset('FT') + i}] = {text}" for i, text in enumerate(texts[n : n + len(flow.by_time)])]
    values = dict(zip(entries, texts[n + len(flow.by_time) :], strict=True))
    lines.append(f"ihg = w[{layout.offset('IHG')}]")
    current: dict[Entry, str] = {}
    for i in range(n):
        values[i, i] = f"ihg + ({values[i, i]})" if (i, i) in values else "ihg"
    for (i, j), text in sorted(values.items()):
        current[i, j] = f"a_{i}_{j}"
        lines.append(f"a_{i}_{j} = {text}")
    _eliminate(lines, elimination, current)
    lines += [f"w[{layout.offset('A') + slot}] = {current[entry]}" for slot, entry in enumerate(elimination.entries)]
    return lines


def _eliminate(lines: list[str], elimination: Elimination, current: dict[Entry, str]) -> None:
    """Append the operations; `current` names the local that holds each entry."""
    for number, (kind, i, j, k) in enumerate(elimination.operations):
        match kind:
            case "invert":
                value = f"1.0/{current[k, k]}"
            case "scale":
                value = f"{current[i, k]}*{current[k, k]}"
            case "subtract":
                value = f"{current[i, j]} - {current[i, k]}*{current[k, j]}"
            case _:
                value = f"-{current[i, k]}*{current[k, j]}"
        current[i, j] = f"e{number}"
        lines.append(f"e{number} = {value}")


def solve(elimination: Elimination, layout: Layout) -> list[str]:
    """A, F, S, IH -> F: solves with the right-hand side F + S/h."""
    n = len(elimination.order)
    place = {entry: layout.offset("A") + slot for slot, entry in enumerate(elimination.entries)}
    lines = [f"ih = w[{layout.offset('IH')}]"]
    current = [f"b{i}" for i in range(n)]
    lines += [f"b{i} = w[{layout.offset('F') + i}] + ih*w[{layout.offset('S') + i}]" for i in range(n)]
    for number, (i, k) in enumerate(elimination.forward):
        lines.append(f"c{number} = {current[i]} - w[{place[i, k]}]*{current[k]}")
        current[i] = f"c{number}"
    for i, columns in elimination.backward:
        inner = " - ".join([current[i], *(f"w[{place[i, j]}]*{current[j]}" for j in columns)])
        lines.append(f"x{i} = {f'({inner})' if columns else inner}*w[{place[i, i]}]")
        current[i] = f"x{i}"
    return lines + [f"w[{layout.offset('F') + i}] = {current[i]}" for i in range(n)]


def step(layout: Layout, n: int, n_discrete: int) -> list[str]:
    """Y, T0, HS, IH, IHG, TOL -> K, YN, ERR: one step, calling factor once, rhs and solve at each stage."""
    at = layout.offset
    timed = layout.count("FT") > 0
    lines = [f"h = w[{at('HS')}]", "hh = h*h"] if timed else []
    if n_discrete:
        lines += [
            f"for q in range({n_discrete}):",
            f"    d = w[{at('Y') + n}+q]",
            f"    w[{at('U') + n}+q] = d",
            f"    w[{at('YN') + n}+q] = d",
        ]
    lines.append("factor(w)")
    lines += _loop(n, [f"w[{at('S')}+q] = {_time_term(0, at('FT')) if timed else '0.0'}"])
    lines.append("solve(w)")
    for stage in range(1, tableau.STAGES):
        lines += _loop(n, _stage_sums(stage, layout, n))
        if timed:
            lines.append(f"w[{at('TT')}] = w[{at('T0')}] + {tableau.ALPHA[stage]!r}*h")
        lines += ["rhs(w)", "solve(w)"]
    last = [
        f"k = w[{at('F')}+q]",
        f"w[{at('K') + (tableau.STAGES - 1) * n}+q] = k",
        f"yn = w[{at('U')}+q] + k",
        f"w[{at('YN')}+q] = yn",
        f"before = ABS(w[{at('Y')}+q])",
        "after = ABS(yn)",
        # Not MAX, which looks for NaN on both sides: the state before is a number, and a NaN after it is kept here.
        f"w[{at('F')}+q] = k/(w[{at('TOL') + 1}+q] + w[{at('TOL')}]*SELECT(before > after, before, after))",
    ]
    return lines + _loop(n, last) + [f"w[{at('ERR')}] = {_mean_square(at('F'), n)}"]


def _stage_sums(stage: int, layout: Layout, n: int) -> list[str]:
    """Keep the stage just solved; build the state and the sum of the next one."""
    at = layout.offset
    keys = [f"w[{at('K') + j * n}+q]" for j in range(stage - 1)] + ["k"]
    lines = [f"k = w[{at('F')}+q]", f"w[{at('K') + (stage - 1) * n}+q] = k"]
    lines += [f"k{j} = {keys[j]}" for j in range(stage - 1)]
    keys = [f"k{j}" for j in range(stage - 1)] + ["k"]
    row, before = tableau.A[stage], tableau.A[stage - 1]
    if stage > 1 and row[: stage - 1] == before:
        state = _weighted(f"w[{at('U')}+q]", row[-1:], keys[-1:])
    else:
        state = _weighted(f"w[{at('Y')}+q]", row, keys)
    lines.append(f"w[{at('U')}+q] = {state}")
    start = _time_term(stage, at("FT")) if layout.count("FT") and tableau.GAMMA_I[stage] else ""
    lines.append(f"w[{at('S')}+q] = {_weighted(start, tableau.C[stage], keys)}")
    return lines


def _time_term(stage: int, offset: int) -> str:
    """The time derivative in the sum of a stage; solve divides the sum by h."""
    return f"{tableau.GAMMA_I[stage]!r}*hh*w[{offset}+q]"


def _weighted(start: str, weights: Sequence[float], keys: Sequence[str]) -> str:
    text = start
    for weight, key in zip(weights, keys, strict=True):
        term = key if abs(weight) == 1.0 else f"{abs(weight)!r}*{key}"
        if text:
            text += f" {'-' if weight < 0.0 else '+'} {term}"
        else:
            text = f"-{term}" if weight < 0.0 else term
    return text


def _mean_square(offset: int, n: int) -> str:
    """Mean of the squares of n slots, summed in up to four chains that do not wait for each other."""
    squares = [f"w[{offset + i}]*w[{offset + i}]" for i in range(n)]
    chains = [" + ".join(squares[start::4]) for start in range(min(4, n))]
    return f"({' + '.join(f'({chain})' for chain in chains)})*{1.0 / n!r}"


def _loop(n: int, lines: Sequence[str]) -> list[str]:
    return [f"for q in range({n}):", *(f"    {line}" for line in lines)]


def dense(layout: Layout, n: int, continuous: Sequence[int], discrete: Sequence[int]) -> list[str]:
    """TH, Y, K -> U for the states with these numbers."""
    at = layout.offset
    lines = _weights_of_stages(layout)
    for i in continuous:
        terms = " + ".join(f"b{s}*w[{at('K') + s * n + i}]" for s in range(tableau.STAGES))
        lines.append(f"w[{at('U') + i}] = w[{at('Y') + i}] + {terms}")
    return lines + [f"w[{at('U') + i}] = w[{at('Y') + i}]" for i in discrete]


def dense_all(layout: Layout, n: int, n_discrete: int) -> list[str]:
    """TH, Y, K -> U for all states."""
    at = layout.offset
    terms = " + ".join(f"b{s}*w[{at('K') + s * n}+q]" for s in range(tableau.STAGES))
    lines = _weights_of_stages(layout) + _loop(n, [f"w[{at('U')}+q] = w[{at('Y')}+q] + {terms}"])
    return lines + (_loop(n_discrete, [f"w[{at('U') + n}+q] = w[{at('Y') + n}+q]"]) if n_discrete else [])


def _weights_of_stages(layout: Layout) -> list[str]:
    lines = [f"th = w[{layout.offset('TH')}]", "left = 1.0 - th"]
    for s in range(tableau.STAGES):
        h1, h2, h3 = (row[s] for row in tableau.H)
        lines.append(f"b{s} = th*({tableau.B[s]!r} + left*({h1!r} + th*({h2!r} + th*{h3!r})))")
    return lines
