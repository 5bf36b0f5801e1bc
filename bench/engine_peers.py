"""The peers of the engine on the same problems: libRoadRunner, numbalsoda, scipy, COPASI, diffrax.

In: a `Problem`, its patients. Out: `Candidate`s, each a function of the relative tolerance that gives (patients, times, outputs).
Decided here: each peer is called the fastest way that its documentation shows; the absolute tolerance is a thousandth of the relative one,
as in cartrace (libRoadRunner: less, see below); a peer that is not installed is left out and said to be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from engine_problems import Problem
from engine_text import Parts, parts
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_STEPS = 100_000
ATOL_OF_RTOL = 1e-3
ATOL_OF_CVODE = 1e-5
"""With a thousandth CVODE stalls after the first dose of the therapy model in a fifth of the patients; this costs it a few per cent."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to solve. `solve(rtol)` solves `count` patients, the first of the table, and gives their values.

    A patient that the way could not solve has NaN and is not tried again at that tolerance: nobody pays for failures.
    `loosest` is the first tolerance tried.
    """

    name: str
    count: int
    solve: Callable[[float], Floats]
    loosest: float = 1e-2


def roadrunner(problem: Problem, table: Floats) -> Candidate:
    """CVODE with the model compiled by LLVM; patients one after the other, only what varies is set."""
    import roadrunner as package

    package.Logger.setLevel(package.Logger.LOG_CRITICAL)
    runner = package.RoadRunner(problem.sbml)
    runner.selections = ["time", *problem.outputs]
    varied = [(k, item.id) for k, item in enumerate(problem.system.parameters) if np.ptp(table[:, k]) > 0.0]
    times = problem.times.tolist()
    out = np.empty((len(table), len(times), len(problem.outputs)))
    failed: set[tuple[float, int]] = set()

    def solve(rtol: float) -> Floats:
        for name, value in (
            ("relative_tolerance", rtol),
            ("absolute_tolerance", rtol * ATOL_OF_CVODE),
            ("maximum_num_steps", MOST_STEPS),
        ):
            runner.integrator.setValue(name, value)
        for i, row in enumerate(table):
            if (rtol, i) in failed:
                continue
            runner.resetAll()
            for k, name in varied:
                runner.setValue(name, row[k])
            runner.reset()
            try:
                out[i] = np.asarray(runner.simulate(times=[0.0, *times]))[1:, 1:]
            except RuntimeError:
                failed.add((rtol, i))
                out[i] = np.nan
        return out

    return Candidate("libRoadRunner (CVODE)", len(table), solve)


def compiled(given: Parts, name: str) -> Callable[..., None]:
    """A function of the text compiled by numba, once as it stands."""
    import numba

    def jit(function: Callable[..., Any]) -> Any:
        return numba.njit(error_model="numpy")(function)

    space: dict[str, Any] = {
        "EXP": jit(lambda x: math.exp(x)),
        "LOG": jit(lambda x: math.log(x) if x > 1e-300 else math.log(1e-300)),
        "SQRT": jit(lambda x: math.sqrt(x)),
        "ABS": jit(lambda x: abs(x)),
        "FLOOR": jit(lambda x: math.floor(x)),
        "MIN": jit(lambda x, y: min(x, y)),
        "MAX": jit(lambda x, y: max(x, y)),
        "SELECT": jit(lambda c, x, y: x if c else y),
    }
    exec(given.function(name), space)
    return jit(space[name])


def segments(given: Parts, i: int, times: Floats) -> Iterator[tuple[float, Floats, int]]:
    """Pieces of a patient's course between doses: end, wanted times within, number of the dose at the end (-1: none)."""
    order = np.argsort(given.when[i], kind="stable")
    begin, last = 0.0, float(times[-1])
    for k in [*order.tolist(), -1]:
        end = min(given.when[i, k], last) if k >= 0 else last
        yield end, times[(times > begin) & (times <= end)], k
        begin = end
        if end >= last:
            return


def scipy_lsoda(problem: Problem, table: Floats) -> Candidate:
    """LSODA of scipy (`odeint`, whose loop is Fortran) with a compiled right-hand side."""
    import numba
    from scipy.integrate import odeint

    given = parts(problem, table)
    rhs, observe = compiled(given, "rhs"), compiled(given, "observe")
    out = np.empty((len(table), len(problem.times), len(problem.outputs)))

    @numba.njit
    def rate(t, u, p):  # type: ignore[no-untyped-def]
        found = np.empty(u.shape[0])
        rhs(t, u, p, found)
        return found

    def solve(rtol: float) -> Floats:
        for i in range(len(table)):
            u, begin, place, p = given.start[i].copy(), 0.0, 0, given.constants[i]
            for end, wanted, k in segments(given, i, problem.times):
                if end > begin:
                    points = np.concatenate([[begin], wanted, [end]])
                    tolerances = {"rtol": rtol, "atol": rtol * ATOL_OF_RTOL, "mxstep": MOST_STEPS}
                    found = odeint(rate, u, points, args=(p,), tfirst=True, **tolerances)
                    for j in range(len(wanted)):
                        observe(wanted[j], found[1 + j], p, out[i, place + j])
                    u, begin, place = found[-1].copy(), end, place + len(wanted)
                if k >= 0:
                    u[given.state[k]] += given.amount[i, k]
        return out

    return Candidate("scipy LSODA, compiled right-hand side", len(table), solve)


def numbalsoda(problem: Problem, table: Floats) -> Candidate:
    """LSODA in C++, called from compiled code; no Python between the patients."""
    import numba
    from numbalsoda import lsoda, lsoda_sig

    given = parts(problem, table)
    rhs, observe = compiled(given, "rhs"), compiled(given, "observe")
    n, constants = given.start.shape[1], given.constants.shape[1]

    @numba.cfunc(lsoda_sig)
    def rate(t, u, du, p):  # type: ignore[no-untyped-def]
        rhs(t, numba.carray(u, (n,)), numba.carray(p, (constants,)), numba.carray(du, (n,)))

    address = rate.address

    @numba.njit
    def run(start, all_p, when, state, amount, times, out, rtol, atol):  # type: ignore[no-untyped-def]
        for i in range(start.shape[0]):
            u, p, begin, place = start[i].copy(), all_p[i].copy(), 0.0, 0
            order = np.argsort(when[i])
            for s in range(order.shape[0] + 1):
                end = times[-1] if s == order.shape[0] else min(when[i, order[s]], times[-1])
                if end > begin:
                    last = place
                    while last < times.shape[0] and times[last] <= end:
                        last += 1
                    points = np.empty(last - place + 2)
                    points[0], points[-1] = begin, end
                    points[1:-1] = times[place:last]
                    found, _ = lsoda(address, u, points, p, rtol, atol)
                    for j in range(place, last):
                        observe(times[j], found[1 + j - place], p, out[i, j])
                    u, begin, place = found[-1].copy(), end, last
                if end >= times[-1]:
                    break
                u[state[order[s]]] += amount[i, order[s]]

    out = np.empty((len(table), len(problem.times), len(problem.outputs)))

    def solve(rtol: float) -> Floats:
        fixed = (given.start, given.constants, given.when, given.state, given.amount, problem.times)
        run(*fixed, out, rtol, rtol * ATOL_OF_RTOL)
        return out

    return Candidate("numbalsoda (LSODA, C++)", len(table), solve)


def copasi(problem: Problem, table: Floats) -> Candidate:
    """COPASI's LSODA through basico."""
    import basico
    import COPASI

    data = basico.load_model_from_string(problem.sbml)
    model = data.getModel()
    known = {value.getObjectName(): value for value in map(model.getModelValue, range(model.getNumModelValues()))}
    varied = [(k, known[item.id]) for k, item in enumerate(problem.system.parameters) if np.ptp(table[:, k]) > 0.0]
    times = [0.0, *problem.times.tolist()]
    out = np.empty((len(table), len(problem.times), len(problem.outputs)))
    failed: set[tuple[float, int]] = set()
    chosen = {"values": times, "start_time": 0.0, "max_steps": MOST_STEPS, "model": data}

    def solve(rtol: float) -> Floats:
        for i, row in enumerate(table):
            if (rtol, i) in failed:
                continue
            for k, value in varied:
                value.setInitialValue(float(row[k]))
            model.updateInitialValues(COPASI.CCore.Framework_ParticleNumbers)
            found = basico.run_time_course(r_tol=rtol, a_tol=rtol * ATOL_OF_RTOL, **chosen)
            columns = [f"Values[{name}]" if f"Values[{name}]" in found.columns else name for name in problem.outputs]
            rows = found[columns].to_numpy()
            if len(rows) == len(times):
                out[i] = rows[1:]
            else:
                failed.add((rtol, i))
                out[i] = np.nan
        return out

    return Candidate("COPASI (LSODA)", len(table), solve)


def diffrax(problem: Problem, table: Floats, solver: str, batch: int) -> Candidate:
    """Solvers of diffrax, compiled by XLA for a batch of patients side by side."""
    import diffrax as package
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    given = parts(problem, table[:batch])
    space: dict[str, Any] = {
        "EXP": jnp.exp, "LOG": lambda x: jnp.log(jnp.maximum(x, 1e-300)), "SQRT": jnp.sqrt, "ABS": jnp.abs, "FLOOR": jnp.floor,
        "MIN": jnp.minimum, "MAX": jnp.maximum, "SELECT": jnp.where,
    }  # fmt: skip
    exec(given.function("rhs") + "\n" + given.function("observe"), space)

    def listed(name: str, t: Any, u: Any, p: Any, size: int) -> Any:
        found: list[Any] = [0.0] * size
        space[name](t, u, p, found)
        return jnp.stack([jnp.asarray(item, jnp.float64) for item in found])

    n, wanted, outputs = given.start.shape[1], jnp.asarray(problem.times), len(problem.outputs)
    last, method = float(problem.times[-1]), getattr(package, solver)()
    term = package.ODETerm(lambda t, u, p: listed("rhs", t, u, p, n))

    def one(start: Any, p: Any, when: Any, amount: Any, rtol: Any) -> Any:
        order = jnp.argsort(when)
        ends = jnp.append(jnp.minimum(when[order], last), last)
        added = jnp.append(amount[order], 0.0)
        states = jnp.append(jnp.asarray(given.state)[order], 0)
        control = package.PIDController(rtol=rtol, atol=rtol * ATOL_OF_RTOL, pcoeff=0.3, icoeff=0.4)

        def piece(carried: Any, item: Any) -> tuple[Any, None]:
            u, begin, values = carried
            end, state, more = item
            end = jnp.maximum(end, begin + 1e-9)
            at = package.SubSaveAt(
                ts=jnp.clip(wanted, begin, end), fn=lambda t, y, p: listed("observe", t, y, p, outputs)
            )
            saved = package.SaveAt(subs=[at, package.SubSaveAt(t1=True)])
            first = 1e-3 * (end - begin)
            found = package.diffeqsolve(
                term, method, begin, end, first, u, args=p, saveat=saved, stepsize_controller=control, max_steps=100_000, throw=False
            )  # fmt: skip
            inside = (wanted > begin) & (wanted <= end)
            values = jnp.where(inside[:, None], found.ys[0], values)
            return (found.ys[1][-1].at[state].add(jnp.where(end < last, more, 0.0)), end, values), None

        empty = jnp.zeros((len(wanted), outputs))
        (_, _, values), _ = jax.lax.scan(piece, (start, jnp.asarray(0.0), empty), (ends, states, added))
        return values

    run = jax.jit(jax.vmap(one, in_axes=(0, 0, 0, 0, None)))
    arrays = [jnp.asarray(item) for item in (given.start, given.constants, given.when, given.amount)]
    name = f"diffrax {solver}, {batch} side by side"
    return Candidate(name, batch, lambda rtol: np.asarray(run(*arrays, rtol)), loosest=1e-4)


def peers(problem: Problem, table: Floats) -> tuple[list[Candidate], list[str]]:
    """Those that are installed, and the names of those that are not."""
    wanted: list[tuple[str, Callable[[], Candidate]]] = [
        ("roadrunner", lambda: roadrunner(problem, table)),
        ("numbalsoda", lambda: numbalsoda(problem, table)),
        ("scipy", lambda: scipy_lsoda(problem, table[:16])),
        ("basico", lambda: copasi(problem, table[:16])),
        ("diffrax", lambda: diffrax(problem, table, "Tsit5", 32)),
        ("diffrax", lambda: diffrax(problem, table, "Kvaerno5", 8)),
    ]
    found, missing = [], []
    for package, make in wanted:
        if not find_spec(package):
            missing.append(package)
            continue
        found.append(make())
    return found, missing
