"""The limit: the program's own text translated to C, a driver written by hand, the best compiler that a wheel brings (clang).

In: a `Problem`, lanes. Out: a `Candidate`. Decided here: vector types of the compiler, the flags; two ways to evaluate
the polynomials of exp and log, of which the faster counts. Keeping the functions of the text apart made no difference.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from engine_peers import MOST_STEPS, Candidate
from engine_problems import Problem
from numpy.typing import NDArray

from cartrace.engine.composition import program
from cartrace.engine.elementary import DOUBLE
from cartrace.engine.program import Program
from cartrace.engine.tableau import GAMMA
from cartrace.engine.text import functions

Floats = NDArray[np.float64]
DRIVER = Path(__file__).with_name("engine") / "driver.c"
COMPILER = (sys.executable, "-m", "ziglang", "cc")
FLAGS = (
    "-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-freciprocal-math", "-fno-signed-zeros",
    "-fno-sanitize=all", "-shared", "-fPIC",
)  # fmt: skip
RESTART = 0.01
HEAD = r"""
#include <string.h>
#include <stdint.h>
typedef double vd __attribute__((ext_vector_type(W)));
typedef int64_t vi __attribute__((ext_vector_type(W)));
typedef uint64_t uv __attribute__((ext_vector_type(W)));
typedef void (*event_function)(vd *);
#define INLINE static inline __attribute__((always_inline))
INLINE vd SELECT(vi c, vd a, vd b) { return c ? a : b; }
INLINE vd MAX(vd a, vd b) { return SELECT(a > b, a, b); }
INLINE vd MIN(vd a, vd b) { return SELECT(a < b, a, b); }
INLINE vd ABS(vd a) { return __builtin_elementwise_abs(a); }
INLINE vd SQRT(vd a) { return __builtin_elementwise_sqrt(MAX(a, (vd)1e-300)); }
INLINE vd FLOOR(vd a) { return __builtin_elementwise_floor(a); }
INLINE vd EXP(vd x) {
  x = MIN(MAX(x, (vd)-708.3), (vd)709.4);
  vd z = x*1.4426950408889634 + 6755399441055744.0, k = z - 6755399441055744.0;
  vd r = x - k*6.93147180369123816490e-01; r = r - k*1.90821492927058770002e-10;
  vd p = EXP_TERMS;
  return p*(vd)(((vi)z - 0x4338000000000000LL + 1023) << 52);
}
INLINE vd LOG(vd x) {
  x = MAX(x, (vd)1e-300);
  vi e = ((vi)x - 0x3fe6a09e667f3bcdLL) & (int64_t)0xfff0000000000000ULL; vd m = (vd)((vi)x - e);
  vi raised = (vi)(((uv)(e ^ (int64_t)0x8000000000000000ULL)) >> 52);
  vd k = (vd)(raised + 0x4338000000000000LL) - (6755399441055744.0 + 2048.0);
  vd f = m - 1.0, s = f/(2.0+f), q = s*s, h = 0.5*f*f;
  vd R = q*(LOG_TERMS);
  return k*6.93147180369123816490e-01 - ((h - (s*(h+R) + k*1.90821492927058770002e-10)) - f);
}
"""
"""exp and log with the polynomials of the engine, so that both solve with the same digits."""


def expression(node: ast.expr) -> str:
    """An expression of the text in C."""
    match node:
        case ast.Constant(value=number):
            return f"{number!r}"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return f"{name}({', '.join(expression(argument) for argument in arguments)})"
        case ast.BinOp(left=left, op=op, right=right):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|"}[type(op)]
            return f"({expression(left)} {sign} {expression(right)})"
        case ast.UnaryOp(op=op, operand=operand):
            return f"({'~' if isinstance(op, ast.Invert) else '-'}{expression(operand)})"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            sign = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}[type(op)]
            # Both sides as lanes, for a comparison of two plain numbers has another type in C.
            return f"((vd)({expression(left)}) {sign} (vd)({expression(right)}))"
    return ast.unparse(node)


def statements(body: list[ast.stmt], indent: str = "  ") -> list[str]:
    """Statements of the text in C."""
    lines: list[str] = []
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                lines.append(f"{indent}const vd {name} = {expression(value)};")
            case ast.Assign(targets=[target], value=value):
                lines.append(f"{indent}{ast.unparse(target)} = (vd)({expression(value)});")
            case ast.Expr(value=call):
                lines.append(f"{indent}{ast.unparse(call)};")
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=[count]), body=inner):
                lines.append(f"{indent}for (int {name} = 0; {name} < {ast.unparse(count)}; {name}++) {{")
                lines += [*statements(inner, indent + "  "), f"{indent}}}"]
    return lines


def source(made: Program, lanes: int, pairs: bool) -> str:
    """The whole text in C. `pairs`: how the polynomials of exp and log are evaluated."""
    exp, log = polynomial(DOUBLE.exp_terms, "r", pairs), polynomial(DOUBLE.log_terms, "q", pairs)
    head = HEAD.replace("EXP_TERMS", exp).replace("LOG_TERMS", log)
    lines = [f"#define W {lanes}", head]
    for name, node in functions(made.text).items():
        lines += [f"static void {name}(vd *restrict w) {{", *statements(node.body), "}"]
    for name, offset, _ in made.layout.sections:
        lines.append(f"enum {{ {name}_ = {offset} }};")
    sizes = {"N": len(made.states), "NP": len(made.parameters), "NE": len(made.events), "NO": len(made.outputs)}
    lines += [
        f"#define {name} {value}" for name, value in {**sizes, "SIZE": made.layout.size, "GAMMA": repr(GAMMA)}.items()
    ]
    lines.append(f"#define EVENTS {', '.join(f'event_{k}' for k in range(len(made.events)))}")
    return "\n".join([*lines, DRIVER.read_text(encoding="utf-8")])


def polynomial(terms: tuple[float, ...], name: str, pairs: bool) -> str:
    """A polynomial in C, highest power first: one term after the other, or neighbours in pairs."""
    if not pairs:
        text = repr(terms[0])
        for term in terms[1:]:
            text = f"({text})*{name} + {term!r}"
        return text
    parts = [repr(term) for term in reversed(terms)]
    power = name
    while len(parts) > 1:
        joined = [f"({high}*{power} + {low})" for low, high in zip(parts[::2], parts[1::2], strict=False)]
        parts = joined + parts[len(joined) * 2 :]
        power = f"({power}*{power})"
    return parts[0]


def library(problem: Problem, lanes: int, pairs: bool) -> ctypes.CDLL:
    """The compiled library; it is kept in the temporary folder by its content."""
    text = source(program(problem.system, problem.outputs), lanes, pairs)
    name = hashlib.sha256(" ".join((text, *FLAGS)).encode()).hexdigest()[:16]
    base = Path(tempfile.gettempdir()) / f"cartrace-bench-{os.getuid()}"
    base.mkdir(exist_ok=True)
    target = base / f"{name}.so"
    if not target.exists():
        target.with_suffix(".c").write_text(text, encoding="utf-8")
        subprocess.run([*COMPILER, *FLAGS, "-o", str(target), str(target.with_suffix(".c"))], check=True)
    return ctypes.CDLL(str(target))


def limit(problem: Problem, table: Floats, lanes: int, pairs: bool) -> Candidate:
    """The C program on the patients of a table."""
    solve_patients = library(problem, lanes, pairs).solve_patients
    solve_patients.restype = ctypes.c_long
    rows, times = np.ascontiguousarray(table), np.ascontiguousarray(problem.times)
    steps = np.empty(len(rows), np.int64)

    def solve(rtol: float) -> Floats:
        out = np.empty(
            (len(rows), len(times), len(problem.outputs))
        )  # anew each time, as in cartrace: memory costs, too
        addresses = [ctypes.c_void_p(item.ctypes.data) for item in (rows, times, out, steps)]
        counts = [ctypes.c_long(len(item)) for item in (rows, times)]
        numbers = [ctypes.c_double(item) for item in (rtol, rtol * 1e-3, RESTART)]
        first = (addresses[0], counts[0], addresses[1], counts[1], addresses[2], addresses[3])
        if solve_patients(*first, *numbers, ctypes.c_long(MOST_STEPS)):
            out[:] = np.nan
        return out

    return Candidate(f"C, clang, {lanes} lanes{', polynomials in pairs' if pairs else ''}", len(rows), solve)
