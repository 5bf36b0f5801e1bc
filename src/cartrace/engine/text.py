"""The straight-line text of a model: its grammar, its functions, its check, its count of operations.

In: text written by `composition`, or read from a cache. Out: the checked syntax tree, or the operations of a call.
Decided here: the grammar, which is all that a back end must understand, and the list of functions.

A text is a Python module of functions of one workspace `w`. It speaks of one patient: `w[i]` is slot i of that patient. A back end
holds many patients in lanes, slot after slot: slot i of lane l stands at `w[i*W + l]` of its memory. Slots are named by `layout`.

    module      function*
    function    def NAME(w): statement*                no arguments but w, no return, at least one statement (`pass` counts)
    statement   w[INT] = expression
                local = expression                     a name in lower case with digits; assigned once, before it is used
                for q in range(INT): inner*            the only loop; not nested
                NAME(w)                                 a function that stands earlier in the text
                pass
    inner       w[INT+q] = expression | local = expression      within the loop w[INT+q] may be read, too; its locals end with the turn
    expression  FLOAT | local | w[INT] | w[INT+q] | -expression | expression (+ - * /) expression
                EXP(x) LOG(x) SQRT(x) ABS(x) FLOOR(x) SIN(x) COS(x) MIN(x, y) MAX(x, y) SELECT(condition, x, y)
    condition   expression (< <= > >= == !=) expression | (condition) & (condition) | (condition) | (condition) | ~(condition)

FLOAT is Python's repr of a float. LOG and SQRT raise an argument below 1e-300 (float32: below its least normal number) to that bound,
so that a power of 0 is 0, a power of a slightly negative ghost is 0 as well, and a quotient by a root of 0 is finite. Both arms of
SELECT are computed. A comparison with NaN is false but for !=.

The functions of a program (sections in capitals; see `layout`):

    hoist(w)       P -> H           what depends on parameters alone; once per patient
    init(w)        P H -> YN EVT    initial state, times of the timed events
    domain(w)      P H YN TT -> BAD one slot per check, > 0 where an argument at the start is outside its domain
    rhs(w)         U TT P H INF -> F   rates of the continuous states
    step(w)        Y T0 HS IH IHG TOL P H INF -> K YN ERR     one step of Rodas5P; also uses U F S FT A TT. It calls
                   factor(w) (rates, time derivative, Jacobian and its decomposition) once and rhs(w), solve(w) at each stage.
    dense(w)       TH Y K -> U      the states that outputs and triggers need, at the fraction TH of the step just taken
    dense_all(w)   TH Y K -> U      all states
    observe(w)     U TT P H -> O    the wanted outputs
    triggers(w)    U TT P H -> G    one root function per state trigger: the trigger is true where it is > 0
    event_<k>(w)   YN TT P H -> YN  the assignments of event k of the system (timed or triggered), computed together
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

ARGUMENTS = {
    "EXP": 1, "LOG": 1, "SQRT": 1, "ABS": 1, "FLOOR": 1, "SIN": 1, "COS": 1, "MIN": 2, "MAX": 2, "SELECT": 3,
}  # fmt: skip
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class OutsideGrammar(ValueError):
    """A text that is not in the grammar above: a defect of the writer or a damaged cache, never of a user's model."""


def functions(text: str) -> dict[str, ast.FunctionDef]:
    """The functions of a text in their order, after checking all of it against the grammar.

    Raises `OutsideGrammar` with the line of the first thing that is not in it.
    """
    found: dict[str, ast.FunctionDef] = {}
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        raise OutsideGrammar(f"line {error.lineno}: {error.msg}") from None
    for node in module.body:
        if (
            not isinstance(node, ast.FunctionDef)
            or node.name in found
            or [item.arg for item in node.args.args] != ["w"]
        ):
            raise OutsideGrammar(f"line {node.lineno}: not a new function of w")
        _Check(set(found)).body(node.body, turn="")
        found[node.name] = node
    return found


class _Check:
    """One function against the grammar; `calls` are the functions before it."""

    def __init__(self, calls: set[str]) -> None:
        self.calls = calls
        self.locals: set[str] = set()

    def body(self, statements: list[ast.stmt], *, turn: str) -> None:
        before = set(self.locals)
        for statement in statements:
            match statement:
                case ast.Pass():
                    pass
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in self.locals and name.islower():
                    self.value(value, turn)
                    self.locals.add(name)
                case ast.Assign(targets=[ast.Subscript() as target], value=value):
                    self.slot(target, turn, inner=bool(turn))
                    self.value(value, turn)
                case ast.Expr(ast.Call(func=ast.Name(id=name), args=[ast.Name(id="w")])) if (
                    not turn and name in self.calls
                ):
                    pass
                case ast.For(
                    target=ast.Name(id=name),
                    iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int())]),
                    body=inner,
                    orelse=[],
                ) if not turn:
                    self.body(inner, turn=name)
                case _:
                    self.refuse(statement)
        if turn:
            self.locals = before

    def slot(self, node: ast.Subscript, turn: str, *, inner: bool | None = None) -> None:
        match node:
            case ast.Subscript(value=ast.Name(id="w"), slice=ast.Constant(value=int())) if not inner:
                pass
            case ast.Subscript(
                value=ast.Name(id="w"),
                slice=ast.BinOp(left=ast.Constant(value=int()), op=ast.Add(), right=ast.Name(id=name)),
            ) if turn and name == turn and inner is not False:
                pass
            case _:
                self.refuse(node)

    def value(self, node: ast.expr, turn: str) -> None:
        match node:
            case ast.Constant(value=float()):
                pass
            case ast.Name(id=name) if name in self.locals:
                pass
            case ast.Subscript():
                self.slot(node, turn)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.value(operand, turn)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
                self.value(left, turn)
                self.value(right, turn)
            case ast.Call(func=ast.Name(id="SELECT"), args=[condition, first, second], keywords=[]):
                self.condition(condition, turn)
                self.value(first, turn)
                self.value(second, turn)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name != "SELECT" and ARGUMENTS.get(
                name
            ) == len(arguments):
                for argument in arguments:
                    self.value(argument, turn)
            case _:
                self.refuse(node)

    def condition(self, node: ast.expr, turn: str) -> None:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, COMPARISONS):
                self.value(left, turn)
                self.value(right, turn)
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
                self.condition(left, turn)
                self.condition(right, turn)
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                self.condition(operand, turn)
            case _:
                self.refuse(node)

    @staticmethod
    def refuse(node: ast.expr | ast.stmt) -> None:
        raise OutsideGrammar(f"line {node.lineno}: {ast.unparse(node).splitlines()[0]}")


def operations(text: str, name: str) -> Counter[str]:
    """How often a call of function `name` adds, multiplies, divides, compares or calls a mathematical function.

    Keys: add (also subtract and negate), multiply, divide, and the names of the mathematical functions.
    """
    everything = functions(text)

    def counted(nodes: list[ast.stmt]) -> Counter[str]:
        total: Counter[str] = Counter()
        for node in nodes:
            match node:
                case ast.For(iter=ast.Call(args=[ast.Constant(value=int() as turns)]), body=body):
                    total.update({key: turns * count for key, count in counted(body).items()})
                case ast.Expr(ast.Call(func=ast.Name(id=called))):
                    total += counted(everything[called].body)
                case _:
                    total.update(_names(node))
        return total

    return counted(everything[name].body)


def _names(statement: ast.stmt) -> Iterator[str]:
    arithmetic = {ast.Add: "add", ast.Sub: "add", ast.USub: "add", ast.Mult: "multiply", ast.Div: "divide"}
    slots = {
        id(part) for node in ast.walk(statement) if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp | ast.UnaryOp) and id(node) not in slots:
            kind = arithmetic.get(type(node.op))
            if kind:
                yield kind
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
