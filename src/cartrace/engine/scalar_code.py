"""Plain Python functions of a small typed kind, compiled to scalar code: what the driver is written in.

In: a source. Out: the module of llvmlite.
Decided here: which instruction each part of that Python becomes; the kind of Python itself is said in `scalar_source`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from llvmlite import ir

from cartrace.engine.lanes import I64, Lanes
from cartrace.engine.scalar_source import NotTranslatable, Source

F64 = ir.DoubleType()
BIT = ir.IntType(1)
ADDRESS = ir.IntType(8).as_pointer()
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def scalar_module(source: Source, lanes: Lanes, direct: ir.Module | None = None) -> ir.Module:
    """The functions as code; with `direct` they are added to that module and call its functions by name, not by address."""
    module = ir.Module("driver") if direct is None else direct
    known: dict[str, Any] = {}
    for name, node in source.functions.items():
        kinds = [ADDRESS if _kind(item) == source.record else _type(_kind(item)) for item in node.args.args]
        result = ast.unparse(node.returns) if node.returns else "None"
        returned = ir.VoidType() if result == "None" else _type(result)
        known[name] = ir.Function(module, ir.FunctionType(returned, kinds), name)
    for name, node in source.functions.items():
        _Function(known[name], node, source, lanes, known, direct).build()
    return module


def _kind(argument: ast.arg) -> str:
    if argument.annotation is None:
        raise NotTranslatable(f"line {argument.lineno}: {argument.arg} has no type")
    return ast.unparse(argument.annotation)


def _type(kind: str) -> Any:
    return {"int": I64, "float": F64}[kind]


class _Function:
    """One function being written. `at` is the builder; locals live in memory, which the optimiser turns into values."""

    def __init__(
        self, function: Any, node: ast.FunctionDef, source: Source, lanes: Lanes, known: Mapping[str, Any], direct: Any
    ) -> None:
        self.function, self.node, self.source = function, node, source
        self.lanes, self.known, self.direct = lanes, known, direct
        self.entry = ir.IRBuilder(function.append_basic_block("entry"))
        self.at = ir.IRBuilder(function.append_basic_block("body"))
        self.locals: dict[str, Any] = {}
        self.record: Any = None
        self.record_name = ""
        self.loops: list[tuple[Any, Any]] = []
        self.never_changes = function.module.add_metadata([])

    def build(self) -> None:
        body = self.at.block
        for argument, value in zip(self.node.args.args, self.function.args, strict=True):
            if _kind(argument) == self.source.record:
                self.record, self.record_name = value, argument.arg
            else:
                self.assign(argument.arg, value)
        self.statements(self.node.body)
        if not self.at.block.is_terminated:
            if self.function.function_type.return_type == ir.VoidType():
                self.at.ret_void()
            else:
                self.at.unreachable()
        self.entry.branch(body)

    def refuse(self, node: ast.AST) -> NotTranslatable:
        return NotTranslatable(f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}")

    # Statements

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if self.at.block.is_terminated:
                return
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(ast.Constant(value=str())) | ast.Pass():
                pass
            case ast.Expr(ast.Call() as call):
                self.call(call)
            case ast.Assign(targets=[target], value=value):
                self.store(target, self.value(value))
            case ast.AugAssign(target=target, op=op, value=value):
                old = self.value(ast.parse(ast.unparse(target), mode="eval").body)
                self.store(target, self.arithmetic(op, old, self.value(value), node))
            case ast.If(test=test, body=body, orelse=other):
                self.branch(test, body, other)
            case ast.While(test=test, body=body, orelse=[]):
                self.loop(test, body)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=bounds), orelse=[]):
                self.count(name, bounds, node.body)
            case ast.Break():
                self.at.branch(self.loops[-1][1])
            case ast.Continue():
                self.at.branch(self.loops[-1][0])
            case ast.Return(value=None):
                self.at.ret_void()
            case ast.Return(value=ast.expr() as value):
                self.at.ret(self.value(value))
            case _:
                raise self.refuse(node)

    def store(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.assign(name, value)
            case ast.Subscript():
                address = self.element(target)
                self.at.store(self.converted(value, address.type.pointee), address)
            case _:
                raise self.refuse(target)

    def assign(self, name: str, value: Any) -> None:
        if name not in self.locals:
            self.locals[name] = self.entry.alloca(value.type, name=name)
        self.at.store(self.converted(value, self.locals[name].type.pointee), self.locals[name])

    def branch(self, test: ast.expr, body: list[ast.stmt], other: list[ast.stmt]) -> None:
        yes, no = self.function.append_basic_block("yes"), self.function.append_basic_block("no")
        after = self.function.append_basic_block("after") if other else no
        self.at.cbranch(self.condition(test), yes, no)
        for block, part in ((yes, body), (no, other)):
            if block is after:
                continue
            self.at.position_at_end(block)
            self.statements(part)
            if not self.at.block.is_terminated:
                self.at.branch(after)
        self.at.position_at_end(after)

    def loop(self, test: ast.expr, body: list[ast.stmt]) -> None:
        again, turn, after = (self.function.append_basic_block(name) for name in ("again", "turn", "after"))
        self.at.branch(again)
        self.at.position_at_end(again)
        self.at.cbranch(self.condition(test), turn, after)
        self.turn(turn, body, again, after)
        if not self.at.block.is_terminated:
            self.at.branch(again)
        self.at.position_at_end(after)

    def count(self, name: str, bounds: list[ast.expr], body: list[ast.stmt]) -> None:
        values = [self.value(bound) for bound in bounds]
        start, stop = (I64(0), values[0]) if len(values) == 1 else values
        self.assign(name, start)
        again, turn, following, after = (
            self.function.append_basic_block(part) for part in ("again", "turn", "following", "after")
        )
        self.at.branch(again)
        self.at.position_at_end(again)
        self.at.cbranch(self.at.icmp_signed("<", self.at.load(self.locals[name]), stop), turn, after)
        self.turn(turn, body, following, after)
        if not self.at.block.is_terminated:
            self.at.branch(following)
        self.at.position_at_end(following)
        self.assign(name, self.at.add(self.at.load(self.locals[name]), I64(1)))
        self.at.branch(again)
        self.at.position_at_end(after)

    def turn(self, block: Any, body: list[ast.stmt], next_turn: Any, after: Any) -> None:
        self.at.position_at_end(block)
        self.loops.append((next_turn, after))
        self.statements(body)
        self.loops.pop()

    # Values

    def field(self, name: str) -> Any:
        """The value of a field of the record, as an integer, a number or an address."""
        kind = self.source.fields[name]
        number = self.lanes.number
        types: dict[str, Any] = {
            "int": I64,
            "float": F64,
            "Floats": F64.as_pointer(),
            "Ints": I64.as_pointer(),
            "Slots": number.as_pointer(),
            "Function": ADDRESS,
            "Functions": ADDRESS.as_pointer(),
        }
        place = list(self.source.fields).index(name)
        memory = self.at.bitcast(self.record, types[kind].as_pointer())
        value = self.at.load(self.at.gep(memory, [I64(place)], inbounds=True))
        value.set_metadata("invariant.load", self.never_changes)
        return value

    def element(self, node: ast.Subscript) -> Any:
        match node.value:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self.record_name:
                return self.at.gep(self.field(name), [self.value(node.slice)], inbounds=True)
        raise self.refuse(node)

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool()):
                raise self.refuse(node)
            case ast.Constant(value=int() as number):
                return I64(number)
            case ast.Constant(value=float() as number):
                return F64(number)
            case ast.Name(id=name) if name in self.locals:
                return self.at.load(self.locals[name])
            case ast.Name(id=name) if name in self.source.constants:
                constant = self.source.constants[name]
                return F64(constant) if isinstance(constant, float) else I64(constant)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self.record_name:
                return self.field(name)
            case ast.Subscript():
                loaded = self.at.load(self.element(node))
                return self.converted(loaded, F64) if loaded.type == self.lanes.number else loaded
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand)
                return self.at.fneg(inner) if inner.type == F64 else self.at.neg(inner)
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(op, self.value(left), self.value(right), node)
            case ast.Call():
                return self.call(node)
        raise self.refuse(node)

    def converted(self, value: Any, wanted: Any) -> Any:
        if value.type == wanted:
            return value
        if value.type == I64:
            value = self.at.sitofp(value, F64)
        if value.type == wanted:
            return value
        return self.at.fpext(value, F64) if wanted == F64 else self.at.fptrunc(value, wanted)

    def pair(self, x: Any, y: Any) -> tuple[Any, Any, bool]:
        """Two values of one type, and whether they are integers."""
        if x.type == y.type == I64:
            return x, y, True
        return self.converted(x, F64), self.converted(y, F64), False

    def arithmetic(self, op: ast.operator, x: Any, y: Any, node: ast.AST) -> Any:
        x, y, whole = self.pair(x, y)
        at = self.at
        match op:
            case ast.Add():
                return at.add(x, y) if whole else at.fadd(x, y)
            case ast.Sub():
                return at.sub(x, y) if whole else at.fsub(x, y)
            case ast.Mult():
                return at.mul(x, y) if whole else at.fmul(x, y)
            case ast.Div() if not whole:
                return at.fdiv(x, y)
            case ast.FloorDiv() if whole:
                return at.sdiv(x, y)
            case ast.Mod() if whole:
                return at.srem(x, y)
        raise self.refuse(node)

    def compare(self, sign: str, x: Any, y: Any) -> Any:
        x, y, whole = self.pair(x, y)
        if whole:
            return self.at.icmp_signed(sign, x, y)
        return (self.at.fcmp_unordered if sign == "!=" else self.at.fcmp_ordered)(sign, x, y)

    def condition(self, node: ast.expr) -> Any:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.compare(SIGNS[type(op)], self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.at.not_(self.condition(operand))
            case ast.BoolOp(op=op, values=parts):
                return self.chain(isinstance(op, ast.And), parts)
        raise self.refuse(node)

    def chain(self, every: bool, parts: list[ast.expr]) -> Any:
        """and/or: later parts are looked at only when the earlier ones leave it open."""
        after = self.function.append_basic_block("known")
        arrivals = []
        for part in parts[:-1]:
            truth = self.condition(part)
            following = self.function.append_basic_block("open")
            arrivals.append((BIT(0 if every else 1), self.at.block))
            self.at.cbranch(truth, *((following, after) if every else (after, following)))
            self.at.position_at_end(following)
        last = self.condition(parts[-1])
        arrivals.append((last, self.at.block))
        self.at.branch(after)
        self.at.position_at_end(after)
        result = self.at.phi(BIT)
        for value, block in arrivals:
            result.add_incoming(value, block)
        return result

    def call(self, node: ast.Call) -> Any:
        match node.func:
            case ast.Name(id="min" | "max" as name):
                x, y, _ = self.pair(*(self.value(argument) for argument in node.args))
                return self.at.select(self.compare("<" if name == "min" else ">", y, x), y, x)
            case ast.Name(id="float"):
                return self.converted(self.value(node.args[0]), F64)
            case ast.Name(id=name) if name in self.known:
                function = self.known[name]
                arguments = [self.argument(item) for item in node.args]
                wanted = function.function_type.args
                return self.at.call(
                    function, [self.converted(item, kind) for item, kind in zip(arguments, wanted, strict=True)]
                )
            case ast.Attribute(attr=name) if self.direct is not None:
                return self.at.call(self.direct.get_global(name), [self.workspace()])
            case ast.Attribute(attr=name):
                return self.at.call(self.callee(self.field(name)), [self.field("w")])
            case ast.Subscript(slice=number) if self.direct is not None:
                return self.one_of("event_", self.value(number))
            case ast.Subscript() as item:
                return self.at.call(self.callee(self.at.load(self.element(item))), [self.field("w")])
        raise self.refuse(node)

    def workspace(self) -> Any:
        return self.at.bitcast(self.field("w"), self.lanes.vector.as_pointer())

    def one_of(self, prefix: str, number: Any) -> Any:
        """A call of the function of the module with this prefix and number."""
        workspace = self.workspace()
        after = self.function.append_basic_block("after")
        choice = self.at.switch(number, after)
        for function in [item for item in self.direct.functions if item.name.startswith(prefix)]:
            block = self.function.append_basic_block(function.name)
            choice.add_case(I64(int(function.name.removeprefix(prefix))), block)
            self.at.position_at_end(block)
            self.at.call(function, [workspace])
            self.at.branch(after)
        self.at.position_at_end(after)
        return None

    def argument(self, node: ast.expr) -> Any:
        return self.record if isinstance(node, ast.Name) and node.id == self.record_name else self.value(node)

    def callee(self, address: Any) -> Any:
        signature = ir.FunctionType(ir.VoidType(), [self.lanes.number.as_pointer()])
        return self.at.bitcast(address, signature.as_pointer())
