"""The mutants of one module: small wrong readings of its text.

In: the text of a module. Out: its mutants in the order of the text, and the tree of the module with one of them made.
Decided here: a comparison moved across its boundary or turned round (< and <=, > and >=, == and !=, in and not in), a number
one higher or one lower, a truth value turned round, "and" for "or", a "not" left out, min for max, + for -, * for /, | for &,
and a statement left out (a call, an addition, an assignment into an array, continue, break).
Words, annotations and documentation are never changed. Nor is, by the place in the text alone,

- `rows=` of a rule: how much room a kernel gets; more changes nothing, too little ends in an error;
- `strict=`: a check of lengths that are equal;
- a number in a place [0]: it becomes 1, not -1, which is the other end and in an array of one row the same place;
- -1 for "none", where it is neither compared nor an index: it becomes 0, not -2; both lie below 0, and that is what is asked;
- 0 compared by <, <=, > or >=: it moves to one side only; to the other it is the comparison moved across its boundary once more.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
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
    """Where (node of the walk, way to change it) and, for a reader, what: function, text of the line, change, its number.

    place   the outermost function, as Python names it: of a function within another the outer one
    """

    node: int
    way: int
    line: int
    where: str
    text: str
    change: str
    number: int
    place: str

    @property
    def key(self) -> str:
        """What stays the same while the function around it stays the same."""
        return f"{self.where} | {self.text} | {self.change} | {self.number}"


def mutants(text: str) -> list[Mutant]:
    """Every mutant of a module."""
    lines, seen, found = text.splitlines(), Counter[tuple[str, str, str]](), []
    tree = ast.parse(text)
    left_out = _left_out(tree)
    for index, (node, where, place) in enumerate(_walk(tree, "", "")):
        for way, change in enumerate(_changes(node)):
            line = getattr(node, "lineno", 0)
            name = where, lines[line - 1].strip(), change
            seen[name] += 1
            if (node, way) in left_out:
                continue
            found.append(Mutant(index, way, line, *name, seen[name], place))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.node, mutant.way))


def changed(text: str, mutant: Mutant) -> ast.Module:
    """The module with one mutant made."""
    tree = ast.parse(text)
    for index, (node, *_) in enumerate(_walk(tree, "", "")):
        if index == mutant.node:
            _make(tree, node, mutant.way)
            break
    return ast.fix_missing_locations(tree)


def _left_out(tree: ast.Module) -> set[tuple[ast.AST, int]]:
    """(node, way) of what is not made, by the place in the text alone: see above."""
    found: set[tuple[ast.AST, int]] = set()
    compared = {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.Compare) for one in (node.left, *node.comparators)
    }
    places = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Subscript) for one in ast.walk(node.slice)}
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="rows" | "strict", value=value):
                found |= {(one, way) for one in ast.walk(value) for way in (0, 1)}
            case ast.Subscript(slice=ast.Constant(value=0) as index):
                found.add((index, 1))
            case ast.Subscript(slice=ast.Tuple(elts=indices)):
                found |= {(one, 1) for one in indices if isinstance(one, ast.Constant) and _is_zero(one)}
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1 | 1.0) as one):
                if id(node) not in compared | places:
                    found.add((one, 0))
            case ast.Compare(ops=[ast.Lt() | ast.GtE()], comparators=[ast.Constant() as one]) if _is_zero(one):
                found.add((one, 0))
            case ast.Compare(ops=[ast.LtE() | ast.Gt()], comparators=[ast.Constant() as one]) if _is_zero(one):
                found.add((one, 1))
    return found


def _is_zero(node: ast.Constant) -> bool:
    """0, not 0.0 and not False."""
    return type(node.value) is int and node.value == 0


def digests(text: str) -> dict[str, str]:
    """Of every function and class of a module, and of "" for the rest of it, a mark that changes with what it does.

    Comments, documentation and the functions within one do not count; functions of one name share a mark.
    """
    tree = ast.parse(text)
    found: dict[str, str] = {}
    for node, where, _ in list(_walk(tree, "", "")):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            name = "" if isinstance(node, ast.Module) else f"{where}.{node.name}".lstrip(".")
            found[name] = found.get(name, "") + _own_text(node)
    return {name: sha256(own.encode()).hexdigest()[:8] for name, own in found.items()}


def _own_text(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    """The text without documentation and without the functions and classes within."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    kept = [one for one in body if not isinstance(one, ast.FunctionDef | ast.ClassDef)]
    head = "" if isinstance(node, ast.Module) else ast.unparse([*node.decorator_list, *_arguments(node)])
    return head + "\n" + ast.unparse(kept)


def _arguments(node: ast.FunctionDef | ast.ClassDef) -> list[ast.AST]:
    return [node.args] if isinstance(node, ast.FunctionDef) else list(node.bases)


def _walk(node: ast.AST, where: str, place: str) -> Iterator[tuple[ast.AST, str, str]]:
    """Every node that runs, with the name of the function around it and of the outermost one."""
    yield node, where, place
    inner, outermost = where, place
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        inner = f"{where}.{node.name}".lstrip(".")
        outermost = place or (inner if isinstance(node, ast.FunctionDef) else "")
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, inner, outermost)


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
