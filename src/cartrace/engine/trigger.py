"""When an event happens: at a time that is known before the run, or when a function of the state passes zero.

In: the text of a trigger. Out: the node of its time, or the node of its root function, which is > 0 where the trigger is true.
Decided here: what counts as timed, and the root of each comparison. `and` is the lesser root, `or` the greater one; `not` goes down to the
comparisons. A comparison that holds at equality (>=, <=, ==) has a positive root there.

Timed is a comparison that turns true when the clock passes a value made of parameters (time >= a, a < time - b), also together with
conditions on parameters alone: where they do not hold, the event never comes.
"""

from __future__ import annotations

import ast

from cartrace.engine.expression import PARAMETER, Expressions
from cartrace.engine.reading import COMPARISONS, Reader

NEVER = 1e300
AT_EQUALITY = 1e-30  # a positive number that float32 holds as well
REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def event_time(reader: Reader, tree: ast.expr, where: str) -> int | None:
    """The node of the time of a timed event; None when the trigger is not timed."""
    make = reader.expressions
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    times, conditions = [], []
    for part in parts:
        time = passing_time(reader, part, where)
        if time is not None:
            times.append(time)
            continue
        condition = reader.condition(part)
        if make.level[condition] > PARAMETER:
            return None
        conditions.append(condition)
    if not times:
        return None
    result = times[0]
    for time in times[1:]:
        result = make.call("MAX", result, time)
    for condition in conditions:
        result = make.select(condition, result, make.number(NEVER))
    return result


def root(reader: Reader, tree: ast.expr, where: str, *, denied: bool = False) -> int:
    """The node of the root function of a trigger; with `denied`, of its opposite."""
    make = reader.expressions
    match tree:
        case ast.BoolOp(op=op, values=values):
            name = "MIN" if isinstance(op, ast.And) != denied else "MAX"
            roots = [root(reader, value, where, denied=denied) for value in values]
            result = roots[0]
            for other in roots[1:]:
                result = make.call(name, result, other)
            return result
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return root(reader, operand, where, denied=not denied)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            operator = COMPARISONS[type(op)]
            return _comparison(
                make, DENIED[operator] if denied else operator, reader.at(where, left), reader.at(where, right)
            )
    condition = reader.condition(tree)
    yes, no = (-1.0, 1.0) if denied else (1.0, -1.0)
    return make.select(condition, make.number(yes), make.number(no))


def _comparison(make: Expressions, operator: str, left: int, right: int) -> int:
    if operator in ("<", "<="):
        left, right, operator = right, left, REVERSED[operator]
    if operator in ("==", "!="):
        yes, no = (1.0, -1.0) if operator == "==" else (-1.0, 1.0)
        return make.select(make.compare("==", left, right), make.number(yes), make.number(no))
    difference = make.add([(left, 1.0), (right, -1.0)])
    if operator == ">":
        return difference
    floor = make.call("MAX", difference, make.number(AT_EQUALITY))
    return make.select(make.compare(">=", left, right), floor, difference)


def passing_time(reader: Reader, tree: ast.expr, where: str) -> int | None:
    """The time at which a comparison turns from false to true because the clock passes it; None when it is another comparison."""
    match tree:
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE()], comparators=[right]):
            larger, smaller = left, right
        case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[right]):
            larger, smaller = right, left
        case _:
            return None
    make = reader.expressions
    slope, rest = _linear_in_time(make, make.add([(reader.at(where, larger), 1.0), (reader.at(where, smaller), -1.0)]))
    if rest is None or slope <= 0.0:
        return None
    return make.add([(rest, -1.0 / slope)])


def _linear_in_time(make: Expressions, node: int) -> tuple[float, int | None]:
    """(slope, rest) of slope*time + rest with a rest of parameters alone; (0, None) when the node is anything else."""
    key = make.keys[node]
    if make.level[node] <= PARAMETER:
        return 0.0, node
    if key[0] == "time":
        return 1.0, make.zero
    if key[0] != "sum":
        return 0.0, None
    slope, rest = 0.0, make.number(key[1])
    for child, coefficient in key[2]:
        child_slope, child_rest = _linear_in_time(make, child)
        if child_rest is None:
            return 0.0, None
        slope += coefficient * child_slope
        rest = make.add([(rest, 1.0), (child_rest, coefficient)])
    return slope, rest
