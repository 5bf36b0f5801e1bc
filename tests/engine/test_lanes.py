import pytest
from llvmlite import ir

from cartrace.engine.lanes import Emitter, Lanes


@pytest.mark.parametrize(("precision", "size"), [("double", 8), ("single", 4)])
def test_a_slot_is_a_number_per_lane(precision, size):
    assert [Lanes(width, precision).bytes for width in (1, 8)] == [size, 8 * size]
    assert str(Lanes(1, precision).vector) == precision.replace("single", "float")
    assert str(Lanes(8, precision).vector) == f"<8 x {precision.replace('single', 'float')}>"


def test_integers_have_the_size_of_the_numbers():
    assert str(Lanes(4, "double").integers) == "<4 x i64>"
    assert str(Lanes(4, "single").integers) == "<4 x i32>"


def test_a_function_written_once_is_one_function_however_often_it_is_called():
    lanes = Lanes(4, "double")
    module = ir.Module("example")
    function = ir.Function(module, ir.FunctionType(lanes.vector, [lanes.vector]), "f")
    emit = Emitter(lanes, ir.IRBuilder(function.append_basic_block("entry")))
    x = function.args[0]
    for _ in range(3):
        x = emit.once("twice", lambda inner, y: inner.add(y, y), x)
    emit.at.ret(x)
    assert [item.name for item in module.functions] == ["f", "twice"]
    assert str(module).count("fadd") == 1
    assert str(module).count("call") == 3
