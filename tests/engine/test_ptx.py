"""PTX is compiled and looked at; there is no graphics processor to run it on."""

import re

import pytest

from cartrace.engine import ptx as graphics
from cartrace.engine.composition import program


@pytest.mark.parametrize(("precision", "kind"), [("double", "f64"), ("single", "f32")])
def test_a_program_with_events_becomes_ptx_with_one_entry(precision, kind, dosed):
    try:
        text = graphics.ptx(program(dosed, ("x",), infused=("z",)), precision)
    except graphics.TargetMissing as missing:
        pytest.skip(str(missing))
    assert re.findall(r"\.entry (\w+)", text) == ["solve_patients"]
    assert ".target sm_80" in text
    assert f"fma.rn.{kind}" in text
    assert not re.findall(r"\.extern", text)  # nothing is called that is not there


def test_a_library_without_the_target_is_named(dosed, monkeypatch):
    monkeypatch.setattr(graphics, "TRIPLE", "no-such-processor")
    with pytest.raises(graphics.TargetMissing, match="graphics processors"):
        graphics.ptx(program(dosed, ("x",)))
