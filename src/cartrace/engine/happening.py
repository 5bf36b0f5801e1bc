"""What happens to a patient at a time: doses, timed events, triggers. Part of the driver, in its kind of Python.

In: a `Job` after a step. Out: steps ended at a trigger; states after all that is due.
Decided here: a trigger is located by halving the step on its dense output, to 1e-12 of the clock; at most 100 events at one time.
"""

from __future__ import annotations

from cartrace.engine.job import CASCADE, EMPTY, ENDLESS_EVENTS, HALVINGS, LOCATED, OK, Job
from cartrace.engine.patient import finish


def detect(job: Job) -> None:
    """Finds the lanes in which a trigger turned true, and when; ends their step there."""
    stride = job.stride
    job.proposed(job.w)
    for lane in range(job.width):
        job.w[job.at_tt + lane] = job.reach[lane]
    job.triggers(job.w)
    hits = 0
    for lane in range(job.width):
        if job.w[job.at_keep + lane] > 0.5:
            if turned(job, lane) == 1:
                job.w[job.at_hit + lane] = 1.0
                job.low[lane] = 0.0
                job.high[lane] = 1.0
                hits += 1
            else:
                for k in range(job.n_triggers):
                    job.before[lane * job.n_triggers + k] = job.w[job.at_g + k * stride + lane]
    if hits > 0:
        locate(job)


def turned(job: Job, lane: int) -> int:
    """1 when a trigger that was false is true now."""
    for k in range(job.n_triggers):
        if job.before[lane * job.n_triggers + k] <= 0.0 and job.w[job.at_g + k * job.stride + lane] > 0.0:
            return 1
    return 0


def locate(job: Job) -> None:
    """Halves the step around the first true trigger, in all lanes at once, on the dense output."""
    for _ in range(HALVINGS):
        open_lanes = 0
        for lane in range(job.width):
            job.w[job.at_th + lane] = 0.5
            if is_open(job, lane) == 1:
                open_lanes += 1
                middle = 0.5 * (job.low[lane] + job.high[lane])
                job.w[job.at_th + lane] = middle
                job.w[job.at_tt + lane] = job.clock[lane] + middle * job.tried[lane]
        if open_lanes == 0:
            break
        job.dense(job.w)
        job.triggers(job.w)
        for lane in range(job.width):
            if is_open(job, lane) == 1:
                middle = 0.5 * (job.low[lane] + job.high[lane])
                if turned(job, lane) == 1:
                    job.high[lane] = middle
                else:
                    job.low[lane] = middle
    for lane in range(job.width):
        if job.w[job.at_hit + lane] > 0.5:
            job.w[job.at_th + lane] = job.high[lane]
            if job.high[lane] < 1.0:
                job.reach[lane] = job.clock[lane] + job.high[lane] * job.tried[lane]
    job.dense_all(job.w)
    job.shorten(job.w)


def is_open(job: Job, lane: int) -> int:
    """1 while the time of the trigger in this lane is not yet known well enough."""
    if job.w[job.at_hit + lane] > 0.5:
        width = (job.high[lane] - job.low[lane]) * job.tried[lane]
        if width > LOCATED * (job.clock[lane] + job.tried[lane]):
            return 1
    return 0


def settle(job: Job) -> None:
    """Everything that is due at the clock of a lane, then its next stop."""
    for lane in range(job.width):
        if job.due[lane] == 1:
            job.due[lane] = 0
            give_doses(job, lane)
            queue = lane * job.n_timed
            while (
                job.timed_next[lane] < job.n_timed and job.timed_time[queue + job.timed_next[lane]] <= job.clock[lane]
            ):
                k = job.timed_order[queue + job.timed_next[lane]]
                job.timed_next[lane] += 1
                fire(job, lane, job.timed_event[k])
            if job.n_triggers > 0:
                cascade(job, lane)
            stop = job.times[job.n_times - 1]
            if job.patient[lane] >= 0:
                if job.timed_next[lane] < job.n_timed:
                    stop = min(stop, job.timed_time[queue + job.timed_next[lane]])
                if job.dose_next[lane] < job.dose_range[job.patient[lane] + 1]:
                    stop = min(stop, job.dose_time[job.dose_next[lane]])
                job.stop[lane] = stop
                job.w[job.at_old + lane] = 0.0
                if job.clock[lane] > 0.0:
                    job.size[lane] = min(job.size[lane], job.restart)
                if job.clock[lane] >= job.times[job.n_times - 1]:
                    finish(job, lane, OK)


def give_doses(job: Job, lane: int) -> None:
    """Doses that are due: an amount onto a state (slot >= 0), or a new rate of infusion (slot -1, -2, ... for INF 0, 1, ...)."""
    end = job.dose_range[job.patient[lane] + 1]
    while job.dose_next[lane] < end and job.dose_time[job.dose_next[lane]] <= job.clock[lane]:
        k = job.dose_next[lane]
        slot = job.dose_slot[k]
        if slot >= 0:
            job.w[job.at_y + slot * job.stride + lane] += job.dose_amount[k]
        else:
            job.w[job.at_inf + (-1 - slot) * job.stride + lane] = job.dose_amount[k]
        job.dose_next[lane] = k + 1


def fire(job: Job, lane: int, event: int) -> None:
    """One event in one lane."""
    stride = job.stride
    job.begin(job.w)
    job.w[job.at_tt + lane] = job.clock[lane]
    job.events[event](job.w)
    for q in range(job.n_states):
        job.w[job.at_y + q * stride + lane] = job.w[job.at_yn + q * stride + lane]


def cascade(job: Job, lane: int) -> None:
    """Events whose triggers have turned true, until none is left."""
    stride = job.stride
    for _ in range(CASCADE):
        job.present(job.w)
        job.w[job.at_tt + lane] = job.clock[lane]
        job.triggers(job.w)
        chosen = EMPTY
        for k in range(job.n_triggers):
            place = lane * job.n_triggers + k
            value = job.w[job.at_g + k * stride + lane]
            if not (job.before[place] <= 0.0 and value > 0.0):
                job.before[place] = value
            elif chosen == EMPTY:
                chosen = k
                job.before[place] = value
        if chosen == EMPTY:
            return
        fire(job, lane, job.trigger_event[chosen])
    finish(job, lane, ENDLESS_EVENTS)
