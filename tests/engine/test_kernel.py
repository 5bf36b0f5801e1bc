import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from cartrace import engine
from cartrace.engine import cache, machine
from cartrace.engine.kernel import LANES
from cartrace.engine.reading import SystemRefused
from cartrace.errors import UnknownTerm
from cartrace.models.system import State, System


def test_outputs_default_to_all_states(systems):
    kernel = engine.compile_system(systems.lotka_volterra)
    assert kernel.outputs == ("prey", "hunter")
    assert kernel.parameter_ids == ("a", "b", "c", "d")
    assert (kernel.width, kernel.precision) == (LANES["double"], "double")


def test_a_table_of_parameters_holds_the_values_of_the_system_but_where_others_are_given(systems):
    table = engine.parameter_table(systems.lotka_volterra, 3, {"b": 0.9, "d": [1.0, 2.0, 3.0]})
    assert table.tolist() == [[1.1, 0.9, 0.4, 1.0], [1.1, 0.9, 0.4, 2.0], [1.1, 0.9, 0.4, 3.0]]
    with pytest.raises(UnknownTerm, match="did you mean d"):
        engine.parameter_table(systems.lotka_volterra, 3, {"dd": 1.0})


def test_what_cannot_be_compiled_is_refused(systems):
    with pytest.raises(SystemRefused, match="no_such"):
        engine.compile_system(systems.decay, ("no_such",))
    with pytest.raises(UnknownTerm, match="half"):
        engine.compile_system(systems.decay, precision="half")
    with pytest.raises(ValueError, match="lanes: 5"):
        engine.compile_system(systems.decay, lanes=5)
    with pytest.raises(SystemRefused):
        engine.compile_system(System("empty", "d", (), (State("x", "1", "nothing_known"),)))


def test_a_second_kernel_comes_from_the_cache(systems, tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    first = engine.compile_system(systems.decay)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert any(name.endswith(".program.json") for name in kept)
    assert any(name.endswith(".code") for name in kept)
    monkeypatch.setattr(machine, "object_code", None)
    second = engine.compile_system(systems.decay)
    table = engine.parameter_table(systems.decay, 5)
    found = [engine.solve(kernel, table, [0.0, 3.0]).values.tobytes() for kernel in (first, second)]
    assert found[0] == found[1]


@pytest.mark.parametrize("place", ["absent", "file in the way"])
def test_a_cache_that_cannot_be_used_changes_nothing(place, systems, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / ("file/in/way" if place != "absent" else "new")))
    kernel = engine.compile_system(systems.decay)
    values = engine.solve(kernel, engine.parameter_table(systems.decay, 1), [0.0, 2.0], rtol=1e-9).values
    np.testing.assert_allclose(values[0, 1, 0], 10 * np.exp(-1.0), rtol=1e-8)


def test_a_kernel_can_be_sent_to_another_process(dosed):
    kernel = engine.compile_system(dosed, ("z", "x"), lanes=4, infused=("z",))
    sent = pickle.loads(pickle.dumps(kernel))
    assert (sent.program, sent.lanes) == (kernel.program, kernel.lanes)
    table = engine.parameter_table(dosed, 3)
    one, other = (engine.solve(item, table, [0.0, 5.0]).values for item in (kernel, sent))
    assert one.tobytes() == other.tobytes()


START = """
import sys
from cartrace import engine
from cartrace.models.system import from_json
system = from_json(sys.stdin.read())
kernel = engine.compile_system(system)
solution = engine.solve(kernel, engine.parameter_table(system, 2), [0.0, 1.0])
assert solution.ok.all()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_known_system_starts_without_symbolic_and_compiling_libraries(systems):
    done = subprocess.run(
        [sys.executable, "-c", START],
        input=systems.lotka_volterra.to_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {"cartrace", "llvmlite", "numpy"} <= loaded
    assert not loaded & {"sympy", "libsbml", "antimony", "numba", "scipy", "matplotlib", "pandas"}


def test_another_process_finds_what_the_first_has_kept(systems, tmp_path):
    # Nothing that is written depends on the order of sets, which Python changes from process to process.
    kept = []
    for seed in ("1", "2"):
        environment = os.environ | {cache.VARIABLE: str(tmp_path), "PYTHONHASHSEED": seed}
        text = systems.lotka_volterra.to_json()
        subprocess.run(
            [sys.executable, "-c", START], input=text, capture_output=True, text=True, check=True, env=environment
        )
        kept.append({path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()})
    assert len(kept[0]) == 3
    assert kept[0] == kept[1]
