from cartrace.engine.layout import Layout
from cartrace.engine.program import EventEntry, Program, from_json

PROGRAM = Program(
    text="def hoist(w):\n    pass\n",
    layout=Layout.of({"P": 1, "Y": 2}),
    states=("x", "n"),
    n_continuous=1,
    parameters=("k",),
    outputs=("x",),
    infused=(),
    events=(EventEntry("dose", True, 0, True), EventEntry("fever", False, 0, False)),
    extinct_below=(0.0, 1e-6),
    checks=("k is 0",),
    autonomous=True,
)


def test_json_and_back_is_the_same_program():
    assert from_json(PROGRAM.to_json()) == PROGRAM
    assert from_json(PROGRAM.to_json()).to_json() == PROGRAM.to_json()


def test_events_are_counted_by_kind():
    assert (PROGRAM.n_timed, PROGRAM.n_triggers) == (1, 1)
