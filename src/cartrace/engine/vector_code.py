"""From the text of a program to vector code: each function becomes instructions on lanes.

In: a checked text, a width, a precision. Out: the module of llvmlite with one function per function of the text.
Decided here: how each statement of the grammar becomes instructions. A text has no other meaning than this and `plain`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from cartrace.engine import elementary
from cartrace.engine.lanes import FREE, I64, Emitter, Lanes
from cartrace.engine.text import functions

STACK = 16  # bytes to which every platform aligns the stack
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
LONG: dict[str, Callable[[Emitter, Any], Any]] = {
    "EXP": elementary.exponential,
    "LOG": elementary.logarithm,
    "SIN": elementary.sine,
    "COS": elementary.cosine,
}
CALLS: dict[str, Callable[..., Any]] = {
    "SQRT": elementary.square_root,
    "ABS": lambda e, x: e.intrinsic("fabs", x),
    "FLOOR": lambda e, x: e.intrinsic("floor", x),
    "MIN": lambda e, x, y: e.smaller(x, y),
    "MAX": lambda e, x, y: e.larger(x, y),
}


def vector_module(text: str, lanes: Lanes, stride: int = 1) -> ir.Module:
    """The module of a text; each function takes the address of a workspace of lanes.

    stride: from one slot to the next, in slots; more than 1 where the workspaces of several threads lie interleaved.
    Raises `OutsideGrammar` when the text is not in the grammar.
    """
    module = ir.Module("program")
    known: dict[str, Any] = {}
    for name, node in functions(text).items():
        signature = ir.FunctionType(ir.VoidType(), [lanes.vector.as_pointer()])
        function = ir.Function(module, signature, name)
        function.args[0].add_attribute("noalias")
        if lanes.bytes > STACK:
            # Otherwise a slot that is put on the stack for a while straddles two cache lines: a tenth of the time of `rhs`.
            function.attributes.alignstack = lanes.bytes
            function.attributes.add("nounwind")  # llvmlite writes no alignment beside an empty set of attributes
        known[name] = function
        _Function(function, lanes, known, stride).build(node.body)
    return module


class _Function:
    """One function being written."""

    def __init__(self, function: Any, lanes: Lanes, known: dict[str, Any], stride: int) -> None:
        self.lanes = lanes
        self.stride = stride
        self.known = known
        self.workspace = function.args[0]
        self.locals: dict[str, Any] = {}
        self.turn: Any = None
        self.emit = Emitter(lanes, ir.IRBuilder(function.append_basic_block("entry")))

    def build(self, body: list[ast.stmt]) -> None:
        self.statements(body)
        self.emit.at.ret_void()

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.locals[name] = self.value(value)
                case ast.Assign(targets=[ast.Subscript(slice=slot)], value=value):
                    self.emit.at.store(self.value(value), self.address(slot), align=self.lanes.bytes)
                case ast.Expr(ast.Call(func=ast.Name(id=name))):
                    self.emit.at.call(self.known[name], [self.workspace])
                case ast.For(iter=ast.Call(args=[ast.Constant(value=int() as count)]), body=inner) if count > 0:
                    self.loop(count, inner)

    def loop(self, count: int, body: list[ast.stmt]) -> None:
        before = self.emit.at
        block, after = before.append_basic_block("turn"), before.append_basic_block("after")
        before.branch(block)
        self.emit.at = ir.IRBuilder(block)
        self.turn = self.emit.at.phi(I64)
        self.turn.add_incoming(I64(0), before.block)
        outer = dict(self.locals)
        self.statements(body)
        following = self.emit.at.add(self.turn, I64(1))
        self.turn.add_incoming(following, self.emit.at.block)
        self.emit.at.cbranch(self.emit.at.icmp_signed("<", following, I64(count)), block, after)
        self.emit.at, self.turn, self.locals = ir.IRBuilder(after), None, outer

    def address(self, slot: ast.expr) -> Any:
        match slot:
            case ast.Constant(value=int() as index):
                place = I64(index * self.stride)
            case ast.BinOp(left=ast.Constant(value=int() as index)):
                turn = self.turn if self.stride == 1 else self.emit.at.mul(self.turn, I64(self.stride))
                place = self.emit.at.add(I64(index * self.stride), turn)
        return self.emit.at.gep(self.workspace, [place], inbounds=True)

    def value(self, node: ast.expr) -> Any:
        emit = self.emit
        match node:
            case ast.Constant(value=number):
                return emit.constant(float(number))  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self.locals[name]
            case ast.Subscript(slice=slot):
                return emit.at.load(self.address(slot), align=self.lanes.bytes)
            case ast.UnaryOp(operand=ast.Constant(value=number)):
                return emit.constant(-float(number))  # type: ignore[arg-type]
            case ast.UnaryOp(operand=operand):
                return emit.negative(self.value(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(op, self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id="SELECT"), args=[condition, first, second]):
                return emit.select(self.condition(condition), self.value(first), self.value(second))
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in LONG:
                return emit.once(f"long_{name}", LONG[name], self.value(argument))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return CALLS[name](emit, *(self.value(argument) for argument in arguments))
        raise AssertionError(ast.dump(node))

    def arithmetic(self, op: ast.operator, x: Any, y: Any) -> Any:
        emit = self.emit
        match op:
            case ast.Add():
                return emit.add(x, y, FREE)
            case ast.Sub():
                return emit.subtract(x, y, FREE)
            case ast.Mult():
                return emit.multiply(x, y, FREE)
        return emit.divide(x, y, FREE)

    def condition(self, node: ast.expr) -> Any:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.emit.compare(SIGNS[type(op)], self.value(left), self.value(right))
            case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
                return self.emit.at.and_(self.condition(left), self.condition(right))
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.emit.at.or_(self.condition(left), self.condition(right))
            case ast.UnaryOp(operand=operand):
                return self.emit.at.not_(self.condition(operand))
        raise AssertionError(ast.dump(node))
