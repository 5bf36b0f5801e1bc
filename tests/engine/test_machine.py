import ctypes

from llvmlite import ir

from cartrace.engine import machine


def doubling() -> ir.Module:
    module = ir.Module("example")
    double = ir.DoubleType()
    function = ir.Function(module, ir.FunctionType(double, [double]), "twice")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    builder.ret(builder.fadd(function.args[0], function.args[0]))
    return module


def test_object_code_is_bytes_that_can_be_loaded_more_than_once():
    image = machine.object_code(doubling())
    codes = [machine.Code(image, ["twice"]) for _ in range(2)]
    calls = [ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(code.address["twice"]) for code in codes]
    assert [call(21.0) for call in calls] == [42.0, 42.0]


def test_the_same_module_gives_the_same_bytes():
    assert machine.object_code(doubling()) == machine.object_code(doubling())


def test_the_processor_is_named_with_a_digest_of_what_it_can_do():
    name, digest = machine.processor().rsplit("-", 1)
    assert name
    assert len(digest) == 8
