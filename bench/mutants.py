"""The mutants of one module: small wrong readings of its text.

In: the text of a module. Out: its mutants in the order of the text, and the tree of the module with one of them made.
Decided here: a comparison moved across its boundary or turned round (< and <=, > and >=, == and !=, in and not in), a number
one higher or one lower, a truth value turned round, "and" for "or", a "not" left out, min for max, + for -, * for /, | for &,
and a statement left out (a call, an addition, an assignment into an array, continue, break).
Words, annotations and documentation are never changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
EXTREMES = {"min": "max", "max": "min"}
LEFT_OUT = (ast.AugAssign, ast.Continue, ast.Break)


class Mutant(NamedTuple):
    """Where (node of the walk, way to change it) and, for a reader, what: function, text of the line, change, its number."""

    node: int
    way: int
    line: int
    where: str
    text: str
    change: str
    number: int

    @property
    def key(self) -> str:
        """What stays the same while the function around it stays the same."""
        return f"{self.where} | {self.text} | {self.change} | {self.number}"


def mutants(text: str) -> list[Mutant]:
    """Every mutant of a module."""
    lines, seen, found = text.splitlines(), Counter[tuple[str, str, str]](), []
    for index, (node, where) in enumerate(_walk(ast.parse(text), "")):
        for way, change in enumerate(_changes(node)):
            line = getattr(node, "lineno", 0)
            name = where, lines[line - 1].strip(), change
            seen[name] += 1
            found.append(Mutant(index, way, line, *name, seen[name]))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.node, mutant.way))


def changed(text: str, mutant: Mutant) -> ast.Module:
    """The module with one mutant made."""
    tree = ast.parse(text)
    for index, (node, _) in enumerate(_walk(tree, "")):
        if index == mutant.node:
            _make(tree, node, mutant.way)
            break
    return ast.fix_missing_locations(tree)


def _walk(node: ast.AST, where: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node that runs, with the name of the function around it."""
    yield node, where
    inner = f"{where}.{node.name}".lstrip(".") if isinstance(node, ast.FunctionDef | ast.ClassDef) else where
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, inner)


def _changes(node: ast.AST) -> list[str]:
    """What can be done to a node, in the order of `_make`'s ways."""
    match node:
        case ast.Compare(ops=ops):
            return [f"{_sign(op)} becomes {_sign(COMPARED[type(op)]())}" for op in ops]
        case ast.Constant(value=bool(value)):
            return [f"{value} becomes {not value}"]
        case ast.Constant(value=int() | float()):
            return [f"{node.value} becomes {node.value + 1}", f"{node.value} becomes {node.value - 1}"]
        case ast.BoolOp(op=op):
            return ["and becomes or" if isinstance(op, ast.And) else "or becomes and"]
        case ast.UnaryOp(op=ast.Not()):
            return ["not is left out"]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COMPUTED:
            signs = f"{_sign(op)} becomes {_sign(COMPUTED[type(op)]())}"
            return [signs, "left out"] if isinstance(node, ast.AugAssign) else [signs]
        case ast.Call(func=ast.Name(id=name)) if name in EXTREMES:
            return [f"{name} becomes {EXTREMES[name]}"]
    return ["left out"] if _can_go(node) else []


def _can_go(node: ast.AST) -> bool:
    into = isinstance(node, ast.Assign) and all(isinstance(t, ast.Subscript | ast.Attribute) for t in node.targets)
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return into or call or isinstance(node, LEFT_OUT)


def _make(tree: ast.Module, node: ast.AST, way: int) -> None:
    match node:
        case ast.Compare():
            node.ops[way] = COMPARED[type(node.ops[way])]()
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int() | float()):
            node.value = node.value + 1 if way == 0 else node.value - 1
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            _replace(tree, node, node.operand)
        case ast.BinOp():
            node.op = COMPUTED[type(node.op)]()
        case ast.AugAssign() if way == 0 and type(node.op) in COMPUTED:
            node.op = COMPUTED[type(node.op)]()
        case ast.Call(func=ast.Name() as called):
            called.id = EXTREMES[called.id]
        case _:
            _replace(tree, node, ast.copy_location(ast.Pass(), node))


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if item is old else item for item in value]


def _sign(operator: ast.AST) -> str:
    """The operator as it is written."""
    kind = type(operator)
    if issubclass(kind, ast.cmpop):
        written = ast.unparse(ast.Compare(ast.Name("a"), [kind()], [ast.Name("b")]))
    else:
        written = ast.unparse(ast.BinOp(ast.Name("a"), kind(), ast.Name("b")))  # type: ignore[arg-type]
    return written[1:-1].strip()
