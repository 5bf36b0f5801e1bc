"""Small systems of known behaviour, a direct evaluation of a system's text, and a workspace of plain functions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from cartrace.engine import plain
from cartrace.engine.composition import program
from cartrace.engine.dose_queue import no_doses, queue
from cartrace.engine.doses import Doses, columns
from cartrace.engine.driver import drive
from cartrace.engine.job import Job
from cartrace.engine.kernel import Kernel
from cartrace.engine.lanes import Lanes
from cartrace.engine.machine import Code, object_code
from cartrace.engine.program import Program
from cartrace.engine.solve import FUNCTIONS, Arrays, aligned
from cartrace.engine.step_control import control_text
from cartrace.engine.vector_code import vector_module
from cartrace.models.expression import python_text
from cartrace.models.system import Event, Parameter, Rule, State, System

DECAY = System("decay", "d", (Parameter("k", 0.5),), (State("x", "10", "-k*x"),))
LOTKA_VOLTERRA = System(
    "lotka_volterra",
    "d",
    (Parameter("a", 1.1), Parameter("b", 0.4), Parameter("c", 0.4), Parameter("d", 0.1)),
    (State("prey", "10", "a*prey - b*prey*hunter"), State("hunter", "5", "d*prey*hunter - c*hunter")),
)
ROBERTSON = System(
    "robertson",
    "s",
    (Parameter("k1", 0.04), Parameter("k2", 3e7), Parameter("k3", 1e4)),
    (
        State("a", "1", "-k1*a + k3*b*c"),
        State("b", "0", "k1*a - k3*b*c - k2*b**2"),
        State("c", "0", "k2*b**2"),
    ),
)
FORCED = System(
    "forced",
    "d",
    (Parameter("k", 3.0), Parameter("w", 2.0)),
    (State("x", "0", "k*(cos(w*time) - x) - y**2*x/10"), State("y", "1", "sin(time)*x - y")),
)
EVERYTHING = System(
    "everything",
    "d",
    (Parameter("p", 0.7), Parameter("q", 2.3), Parameter("n", 1.7), Parameter("m", 3.0)),
    (
        State("u", "1 + p", "hill*g - p*u + q*v*w_ - m*3*u*p - 0.3*p*v"),
        State(
            "v", "q", "log10(u + 1)*tanh(v - 1) - v*g + piecewise(v**2, v > 1.5, p*v, v < 0.5, u*v) + sqrt(v)*u**1.5"
        ),
        State(
            "w_", "0.5", "max(u, v, p) - min(w_, q) + abs(u - v)*floor(q*w_) + ceil(w_/3) + tan(w_/5) - w_**5 + v**-2"
        ),
        State("x_", "1", "exp(-x_)*sin(time*p)*cos(x_) - (u > v)*x_ + p/(x_ + q)*2*p - x_/(x_ + q) + flag*u"),
        State("flag", "1", "0"),
    ),
    rules=(
        Rule("hill", "u**n/(q**n + u**n)"),
        Rule("g", "hill*v/(hill + v) + w_*x_*p"),
        Rule("h", "(hill + g)*(p + q)/m"),
    ),
)


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests compile stays out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTRACE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def systems() -> SimpleNamespace:
    """Systems by name."""
    return SimpleNamespace(
        decay=DECAY, lotka_volterra=LOTKA_VOLTERRA, robertson=ROBERTSON, forced=FORCED, everything=EVERYTHING
    )


COMPLEX = {
    "exp": np.exp, "log": np.log, "log10": lambda x: np.log(x) / np.log(10.0), "sqrt": np.sqrt,
    "abs": lambda x: -x if np.real(x) < 0 else x, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "min": lambda *xs: min(xs, key=np.real), "max": lambda *xs: max(xs, key=np.real),
    "floor": lambda x: np.floor(np.real(x)), "ceil": lambda x: np.ceil(np.real(x)), "power": lambda a, b: a**b,
}  # fmt: skip


class _Ordered(complex):
    """A complex number that is compared by its real part, for derivatives by the complex step."""

    def __lt__(self, other: complex) -> bool:
        return self.real < complex(other).real

    def __gt__(self, other: complex) -> bool:
        return self.real > complex(other).real


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg"):

    def _wrapped(self: _Ordered, *others: complex, name: str = f"__{_name}__") -> _Ordered:
        return _Ordered(getattr(complex, name)(self, *(complex(other) for other in others)))

    setattr(_Ordered, f"__{_name}__", _wrapped)


class Direct:
    """The text of a system evaluated by Python itself: no normal form, no derivative, no sharing."""

    def __init__(self, system: System, parameters: Mapping[str, float]) -> None:
        self.system, self.parameters = system, dict(parameters)

    def values(self, states: Mapping[str, complex], time: complex) -> dict[str, complex]:
        """Every rule and, under `rate of X`, every rate."""
        known = (
            COMPLEX
            | self.parameters
            | {name: _Ordered(value) for name, value in states.items()}
            | {"time": _Ordered(time)}
        )
        for rule in self.system.rules:
            known[rule.id] = eval(python_text(rule.value), {}, known)
        rates = {f"rate of {state.id}": eval(python_text(state.rate), {}, known) for state in self.system.states}
        return {name: complex(value) for name, value in (known | rates).items() if name not in COMPLEX}

    def rates(self, states: Mapping[str, complex], time: complex, of: Sequence[str]) -> np.ndarray:
        """The rates of these states."""
        values = self.values(states, time)
        return np.array([values[f"rate of {name}"] for name in of])

    def jacobian(self, states: Mapping[str, float], time: float, of: Sequence[str]) -> np.ndarray:
        """The derivatives of the rates of these states by these states, by the complex step."""
        columns = [self.rates(dict(states) | {name: states[name] + 1e-30j}, time, of).imag / 1e-30 for name in of]
        return np.stack(columns, axis=1)


@pytest.fixture
def direct() -> Callable[..., Direct]:
    """Makes a direct evaluation of a system."""
    return Direct


class Workspace:
    """A program with its plain functions and an array (slots, lanes); sections are read and set by name."""

    def __init__(self, system: System, outputs: Sequence[str] = (), lanes: int = 1, **more: Sequence[str]) -> None:
        self.program: Program = program(system, outputs, **more)
        self.functions = plain.load(self.program.text)
        self.w = np.zeros((self.program.layout.size, lanes))
        self["P"] = np.array([[item.value] * lanes for item in system.parameters]).reshape(-1, lanes)

    def __getitem__(self, section: str) -> np.ndarray:
        first = self.program.layout.offset(section)
        return self.w[first : first + self.program.layout.count(section)]

    def __setitem__(self, section: str, value: object) -> None:
        self[section][...] = value

    def call(self, *names: str) -> None:
        """Call functions of the text in this order."""
        for name in names:
            self.functions[name](self.w)


@pytest.fixture
def workspace() -> Callable[..., Workspace]:
    """Makes a workspace of a system."""
    return Workspace


@pytest.fixture
def dosed() -> System:
    """A decay with timed and triggered events and a counter that only events change."""
    return System(
        "dosed",
        "d",
        (Parameter("k", 0.5), Parameter("t1", 2.0), Parameter("dose", 4.0)),
        (State("n", "0", "0"), State("x", "10", "-k*x", extinct_below=1e-3), State("z", "1", "x - z")),
        rules=(Rule("half", "x/2"),),
        events=(
            Event("first", "time >= t1 + 1", (("x", "x + dose"), ("n", "n + 1"))),
            Event("swap", "x < 2 and n >= 1", (("x", "z"), ("z", "x"), ("n", "n + half"))),
            Event("early", "t1 - 5 < time", (("n", "time"),), initially=False),
        ),
    )


@pytest.fixture
def run_text() -> Callable[..., np.ndarray]:
    """Compiles a text and runs its function `f` on a workspace (slots, lanes), or on values of slot 0; returns the workspace."""

    def run(text: str, w: np.ndarray, precision: str, width: int = 8) -> np.ndarray:
        lanes = Lanes(width, precision)
        code = Code(object_code(vector_module(text, lanes)), ["f"])
        function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(code.address["f"])
        number = np.float32 if lanes.single else np.float64
        w = np.stack([w, np.zeros_like(w)]) if w.ndim == 1 else w
        patients = w.shape[1]
        found = np.zeros((w.shape[0], -(-patients // width) * width), number)
        found[:, :patients] = w
        for first in range(0, found.shape[1], width):
            memory = aligned(w.shape[0] * width, number, max(64, lanes.bytes))
            memory[:] = found[:, first : first + width].ravel()
            function(memory.ctypes.data)
            found[:, first : first + width] = memory.reshape(-1, width)
        return found[:, :patients]

    return run


@pytest.fixture
def drive_plainly() -> Callable[..., Arrays]:
    """Solves as `solve` does, with the text and the driver run as Python; returns the arrays."""

    def run(kernel: Kernel, table: np.ndarray, times: np.ndarray, doses: Doses | None = None, **more: float) -> Arrays:
        rtol = more.get("rtol", 1e-6)
        patients = len(table)
        given = no_doses(patients)
        if doses is not None:
            checked, wrong = columns(doses, patients, kernel.program.states, kernel.program.infused)
            assert wrong == []
            given = queue(checked, patients)
        arrays = Arrays(
            kernel, table, np.asarray(times, float), given, int(more.get("max_steps", 10_000)), bool(more.get("shared"))
        )
        tolerances = np.array([rtol, *[rtol * 1e-3] * kernel.program.n_continuous])
        texts = plain.load(kernel.program.text + control_text(kernel.program))
        flat = {name: lambda w, f=f: f(w.reshape(-1, kernel.width)) for name, f in texts.items()}
        fields = arrays.fields(tolerances) | {name: flat[name] for name in FUNCTIONS}
        fields["events"] = [flat[f"event_{k}"] for k in range(len(kernel.program.events))]
        with np.errstate(all="ignore"):
            drive(Job(**fields, first=0, last=patients))
        return arrays

    return run
