"""The record that a driver works on, with the codes that it writes.

In: nothing. Out: `Job`, read by `job_memory` for compiled code and by the driver as it stands when it runs as Python.
Decided here: which numbers the driver keeps per lane, and the codes of the status.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Function = Callable[[Slots], None]
Functions = Sequence[Function]

OK = 0
TOO_MANY_STEPS = 1
NOT_FINITE = 2
STEP_TOO_SMALL = 3
OUTSIDE_DOMAIN = 4
ENDLESS_EVENTS = 5

EMPTY = -1
NEXT = 0
ALIVE = 1
CASCADE = 100
NEVER = 1e300
SMALLEST = 1e-14
LOCATED = 1e-12
HALVINGS = 60
BITS = 62


@dataclass(frozen=True, slots=True)
class Job:
    """What the driver works on. Places (`at_...`) count numbers of the workspace: lane l stands l behind, the next slot `stride` behind."""

    w: Slots
    hoist: Function
    init: Function
    domain: Function
    step: Function
    dense: Function
    dense_all: Function
    observe: Function
    triggers: Function
    inverse: Function
    control: Function
    present: Function
    proposed: Function
    begin: Function
    shorten: Function
    extinguish: Function
    keep: Function
    sound: Function
    events: Functions
    width: int
    stride: int
    n_states: int
    n_parameters: int
    n_outputs: int
    n_times: int
    n_timed: int
    n_triggers: int
    n_checks: int
    n_infused: int
    extinction: int
    shared: int
    max_steps: int
    first: int
    last: int
    at_p: int
    at_y: int
    at_yn: int
    at_hs: int
    at_ih: int
    at_ihg: int
    at_t0: int
    at_tt: int
    at_th: int
    at_err: int
    at_inf: int
    at_evt: int
    at_g: int
    at_o: int
    at_bad: int
    at_old: int
    at_new: int
    at_grow: int
    at_shrink: int
    at_keep: int
    at_hit: int
    at_gone: int
    at_sound: int
    first_step: float
    restart: float
    parameters: Floats
    times: Floats
    dose_range: Ints
    dose_time: Floats
    dose_slot: Ints
    dose_amount: Floats
    timed_event: Ints
    timed_initially: Ints
    trigger_event: Ints
    trigger_initially: Ints
    values: Slots
    status: Ints
    steps: Ints
    failed: Ints
    counters: Ints
    patient: Ints
    sample: Ints
    count: Ints
    dose_next: Ints
    timed_next: Ints
    due: Ints
    asked: Ints
    timed_order: Ints
    timed_time: Floats
    before: Floats
    clock: Floats
    size: Floats
    tried: Floats
    stop: Floats
    reach: Floats
    ahead: Floats
    low: Floats
    high: Floats
