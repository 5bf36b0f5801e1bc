"""The driver: takes patients through their time, several in lanes, each with its own clock and step size.

In: a `Job`: functions of a model, where things stand in the workspace, parameters, doses, times. Out: values, status, steps per patient.
Decided here: what happens when. This module, `patient` and `happening` are compiled by `scalar_code` and also run as Python; they stay
within the kind of Python of `scalar_source`.

A step of a lane ends at the next dose, timed event or last asked time, never beyond it. In it, wanted times are read from the dense output.
At the end of a step, in this order: a trigger that has turned true is located and ends the step there; extinct states become 0; doses that
are due act in the order of the table; timed events that are due act in the order of their times and, at one time, of the system; then
events whose trigger has turned from false to true act, the first of the system first, and after each the triggers are looked at again
(so an event may set off another, or prevent it). A value asked for at that very time is the value before all this.
"""

from __future__ import annotations

from cartrace.engine.happening import detect, settle
from cartrace.engine.job import ALIVE, EMPTY, NEVER, NEXT, NOT_FINITE, OK, SMALLEST, STEP_TOO_SMALL, TOO_MANY_STEPS, Job
from cartrace.engine.patient import begin_lane, finish, look_ahead, write


def drive(job: Job) -> None:
    """All patients from `first` to before `last`."""
    job.counters[NEXT] = job.first
    job.counters[ALIVE] = 0
    for lane in range(job.width):
        job.patient[lane] = EMPTY
        job.due[lane] = 0
    while job.counters[NEXT] < job.last or job.counters[ALIVE] > 0:
        if refill(job) == 1:
            start(job)
        if job.counters[ALIVE] == 0:
            continue
        propose(job)
        job.step(job.w)
        judge(job)
        if job.n_triggers > 0:
            detect(job)
        record(job)
        commit(job)
        settle(job)


def refill(job: Job) -> int:
    """Gives waiting patients to empty lanes; 1 when there was one. Lanes that share their steps start together."""
    new = 0
    if job.counters[NEXT] < job.last and (job.shared == 0 or job.counters[ALIVE] == 0):
        for lane in range(job.width):
            if job.patient[lane] == EMPTY and job.counters[NEXT] < job.last:
                i = job.counters[NEXT]
                job.counters[NEXT] = i + 1
                job.counters[ALIVE] += 1
                job.patient[lane] = i
                job.sample[lane] = EMPTY
                for k in range(job.n_parameters):
                    job.w[job.at_p + k * job.stride + lane] = job.parameters[i * job.n_parameters + k]
                new = 1
    return new


def start(job: Job) -> None:
    """Puts the new patients, marked by an empty sample, at time 0 and settles what happens there."""
    stride = job.stride
    for lane in range(job.width):
        if job.patient[lane] >= 0 and job.sample[lane] == EMPTY:
            job.w[job.at_tt + lane] = 0.0
    job.hoist(job.w)
    job.init(job.w)
    job.sound(job.w)
    if job.n_checks > 0:
        job.domain(job.w)
    for lane in range(job.width):
        if job.patient[lane] >= 0 and job.sample[lane] == EMPTY:
            begin_lane(job, lane)
    job.present(job.w)
    if job.n_triggers > 0:
        for lane in range(job.width):
            job.w[job.at_tt + lane] = job.clock[lane]
        job.triggers(job.w)
    for lane in range(job.width):
        if job.patient[lane] >= 0 and job.sample[lane] == EMPTY:
            for k in range(job.n_triggers):
                value = job.w[job.at_g + k * stride + lane]
                if job.trigger_initially[k] == 0:
                    value = -1.0
                job.before[lane * job.n_triggers + k] = value
            job.w[job.at_tt + lane] = 0.0
    job.observe(job.w)
    for lane in range(job.width):
        if job.patient[lane] >= 0 and job.sample[lane] == EMPTY:
            job.sample[lane] = 0
            look_ahead(job, lane)
            while job.ahead[lane] <= 0.0:
                write(job, lane)
    settle(job)


def propose(job: Job) -> None:
    """The step that each lane tries: its own, shortened to the next stop, or halved when that would leave a crumb."""
    for lane in range(job.width):
        tried = job.first_step
        if job.patient[lane] >= 0:
            tried = job.size[lane]
            left = job.stop[lane] - job.clock[lane]
            if tried * 1.0001 >= left:
                tried = left
            elif tried > 0.5 * left:
                tried = 0.5 * left
            job.w[job.at_t0 + lane] = job.clock[lane]
            job.w[job.at_tt + lane] = job.clock[lane]
        job.tried[lane] = tried
        job.w[job.at_hs + lane] = tried
    job.inverse(job.w)


def judge(job: Job) -> None:
    """Which lanes keep their step, and how far it reaches."""
    if job.shared == 1:
        for lane in range(1, job.width):
            job.w[job.at_err + lane] = job.w[job.at_err]
    job.control(job.w)
    for lane in range(job.width):
        job.w[job.at_keep + lane] = 0.0
        job.w[job.at_hit + lane] = 0.0
        job.reach[lane] = -1.0
        if job.patient[lane] >= 0 and job.w[job.at_err + lane] <= 1.0:
            job.w[job.at_keep + lane] = 1.0
            job.reach[lane] = job.clock[lane] + job.tried[lane]
            if job.tried[lane] >= job.stop[lane] - job.clock[lane]:
                job.reach[lane] = job.stop[lane]


def record(job: Job) -> None:
    """Values at the wanted times inside the steps just kept, one time per lane and turn."""
    waiting = 0
    for lane in range(job.width):
        # Asked in any case and counted only where it is reached: processors guess this condition wrong too often to branch on it.
        ask(job, lane)
        job.asked[waiting] = lane
        if job.ahead[lane] <= job.reach[lane]:
            waiting += 1
    while waiting > 0:
        job.dense(job.w)
        job.observe(job.w)
        again = 0
        for n in range(waiting):
            lane = job.asked[n]
            write(job, lane)
            ask(job, lane)
            job.asked[again] = lane
            if job.ahead[lane] <= job.reach[lane]:
                again += 1
        waiting = again


def ask(job: Job, lane: int) -> None:
    """Sets the next wanted time of a lane as the point at which dense output and outputs are computed."""
    job.w[job.at_th + lane] = (job.ahead[lane] - job.clock[lane]) / job.tried[lane]
    job.w[job.at_tt + lane] = job.ahead[lane]


def commit(job: Job) -> None:
    """Takes over the kept steps; sets the next step size; ends patients that are through or stuck."""
    if job.extinction == 1:
        job.extinguish(job.w)
    job.keep(job.w)
    for lane in range(job.width):
        if job.patient[lane] >= 0:
            job.count[lane] += 1
            tried = job.tried[lane]
            if job.w[job.at_keep + lane] > 0.5:
                wanted = tried * job.w[job.at_grow + lane]
                if tried < job.size[lane] * 0.999:
                    wanted = max(wanted, job.size[lane])
                job.size[lane] = wanted
                job.w[job.at_old + lane] = job.w[job.at_new + lane]
                job.clock[lane] = job.reach[lane]
                if job.clock[lane] >= job.times[job.n_times - 1]:
                    finish(job, lane, OK)
                elif (
                    job.clock[lane] >= job.stop[lane]
                    or job.w[job.at_hit + lane] > 0.5
                    or (job.extinction == 1 and job.w[job.at_gone + lane] > 0.5)
                ):
                    job.due[lane] = 1
            else:
                shrink(job, lane)
            if job.patient[lane] >= 0 and job.count[lane] >= job.max_steps:
                finish(job, lane, TOO_MANY_STEPS)


def shrink(job: Job, lane: int) -> None:
    """A smaller step after a bad one; the end of the patient when it is too small to move the clock."""
    error = float(job.w[job.at_err + lane])
    tried = job.tried[lane]
    if error < NEVER:
        job.size[lane] = tried * job.w[job.at_shrink + lane]
    else:
        job.size[lane] = tried * 0.1
    if job.size[lane] < SMALLEST * max(job.clock[lane], job.first_step):
        if error < NEVER:
            finish(job, lane, STEP_TOO_SMALL)
        else:
            finish(job, lane, NOT_FINITE)
