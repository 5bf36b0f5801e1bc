"""A patient in its lane: how it begins, how its values are written, how it ends. Part of the driver, in its kind of Python.

In: a `Job` whose workspace holds the initial states. Out: the lane made ready, or the patient ended with a status.
Decided here: in which order a start is refused (domain first, then what is not finite); a patient that failed has no values at all.
"""

from __future__ import annotations

from cartrace.engine.job import (
    ALIVE,
    BITS,
    EMPTY,
    NEVER,
    NOT_FINITE,
    OK,
    OUTSIDE_DOMAIN,
    Job,
)


def begin_lane(job: Job, lane: int) -> None:
    """The state, the clock and the queue of a new patient; or its end when it cannot start."""
    stride = job.stride
    for q in range(job.n_states):
        job.w[job.at_y + q * stride + lane] = job.w[job.at_yn + q * stride + lane]
    for q in range(job.n_infused):
        job.w[job.at_inf + q * stride + lane] = 0.0
    job.w[job.at_old + lane] = 0.0
    job.clock[lane] = 0.0
    job.size[lane] = job.first_step
    job.count[lane] = 0
    job.dose_next[lane] = job.dose_range[job.patient[lane]]
    job.due[lane] = 1
    line_up(job, lane)
    if job.n_checks > 0:
        examine(job, lane)
    if job.patient[lane] >= 0 and (job.w[job.at_sound + lane] != 0.0 or job.timed_next[lane] == EMPTY):
        finish(job, lane, NOT_FINITE)


def line_up(job: Job, lane: int) -> None:
    """The timed events of a lane in the order of their times, without those that never act. A time that is no number marks the queue."""
    queue = lane * job.n_timed
    held = 0
    for k in range(job.n_timed):
        time = float(job.w[job.at_evt + k * job.stride + lane])
        if time != time:
            job.timed_next[lane] = EMPTY
            return
        if time > 0.0 or job.timed_initially[k] == 0:
            place = queue + held
            while place > queue and job.timed_time[place - 1] > time:
                job.timed_time[place] = job.timed_time[place - 1]
                job.timed_order[place] = job.timed_order[place - 1]
                place -= 1
            job.timed_time[place] = time
            job.timed_order[place] = k
            held += 1
    # The queue is read up to its end, so those that act stand there.
    gap = job.n_timed - held
    for k in range(held):
        last = queue + held - 1 - k
        job.timed_time[last + gap] = job.timed_time[last]
        job.timed_order[last + gap] = job.timed_order[last]
    job.timed_next[lane] = gap


def examine(job: Job, lane: int) -> None:
    """Ends a patient that is outside the domain of the model; keeps which checks failed, as bits."""
    words = (job.n_checks + BITS - 1) // BITS
    bad = 0
    bit = 1
    for k in range(job.n_checks):
        if k % BITS == 0:
            bit = 1
        if job.w[job.at_bad + k * job.stride + lane] > 0.0:
            job.failed[job.patient[lane] * words + k // BITS] += bit
            bad = 1
        bit = bit * 2
    if bad == 1:
        finish(job, lane, OUTSIDE_DOMAIN)


def write(job: Job, lane: int) -> None:
    """The outputs of a lane become the values at its next wanted time."""
    place = (job.patient[lane] * job.n_times + job.sample[lane]) * job.n_outputs
    for k in range(job.n_outputs):
        job.values[place + k] = job.w[job.at_o + k * job.stride + lane]
    job.sample[lane] += 1
    look_ahead(job, lane)


def look_ahead(job: Job, lane: int) -> None:
    """The next wanted time of a lane; `NEVER` after the last."""
    job.ahead[lane] = NEVER
    if job.sample[lane] < job.n_times:
        job.ahead[lane] = job.times[job.sample[lane]]


def finish(job: Job, lane: int, status: int) -> None:
    """Takes a patient out of its lane. One that failed has no values."""
    i = job.patient[lane]
    job.status[i] = status
    job.steps[i] = job.count[lane]
    if status != OK:
        unknown = float(NEVER) * NEVER
        unknown = unknown - unknown
        for k in range(job.n_times * job.n_outputs):
            job.values[i * job.n_times * job.n_outputs + k] = unknown
    job.patient[lane] = EMPTY
    job.due[lane] = 0
    job.counters[ALIVE] -= 1
