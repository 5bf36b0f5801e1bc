import ctypes

import numpy as np

from cartrace.engine.scalar_source import read_source, record_memory

FIRST = '''
LIMIT = 3
HALF = 0.5
NAMES = ("a", "b")

class Thing:
    """A record."""
    count: int
    share: float
    values: Floats
'''
SECOND = "def f(thing: Thing, n: int) -> int:\n    return n\n"


def test_a_source_is_put_together_from_several_modules():
    source = read_source([FIRST, SECOND], "Thing")
    assert dict(source.fields) == {"count": "int", "share": "float", "values": "Floats"}
    assert dict(source.constants) == {"LIMIT": 3, "HALF": 0.5}
    assert list(source.functions) == ["f"]


def test_a_record_is_eight_bytes_for_each_field():
    values = np.arange(3.0)
    memory = record_memory(read_source([FIRST], "Thing"), {"count": 7, "share": 2.5, "values": values})
    assert memory[0] == 7
    assert ctypes.c_double.from_buffer(memory, 8).value == 2.5
    assert memory[2] == values.ctypes.data
