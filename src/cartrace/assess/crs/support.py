"""Support of pressure and oxygen as the editions before ASTCT count it: vasopressors by dose and duration, oxygen by FiO2.

In: what is current at one moment. Out: vasopressors in number, dose and duration; oxygen as none, below or from 40 %, ventilated.
Decided here (readings are ours, key cartrace):

- Vasopressin counts as a vasopressor: that it does not count toward several is said by lee2019astct alone.
- A vasopressor that is only counted in the chart, or not named at all, may be on a high dose and may have run for long.
- FiO2 is the one recorded under the current device. A plain nasal cannula without one is estimated from its flow, flagged
  `fio2_estimated`: 20 % + 4 % for each L/min, 44 % from 6 L/min on. Other devices are not estimated: below or from 40 %.
- FiO2 above room air entered later than room air says that oxygen may have been begun on a device nobody entered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs import evidence
from cartrace.assess.crs.astct2019_axes import bounds, clear_axis, name, oxygen_support, vasopressors
from cartrace.assess.crs.episode import CHARTS, DEVICE_SINCE, State
from cartrace.assess.sweep import NO, UNKNOWN, YES, Ints, minute_of
from cartrace.course.events import Events

# [%] oxygen need that separates grade 2 from 3; lee2014crs, neelapu2018cartox and park2018mskcc, grade rows.
FIO2_FROM = 40.0
# [%] and [% per L/min] FiO2 of an adult low-flow cannula and the most it gives; from memory, provisional.
FIO2_AT_REST = 20.0
FIO2_PER_LITRE = 4.0
FIO2_MOST = 44.0
# [%] FiO2 of room air; anything above it is supplemental oxygen.
ROOM_AIR_FIO2 = 21.0

# Vasopressors from this number on are several; lee2014crs, grade 3.
SEVERAL_FROM = 2

# Levels of oxygen.
NONE, LESS, MORE, VENTILATED = 0, 1, 2, 3


class Pressure(NamedTuple):
    """What keeps the pressure now. Pairs are (for certain, possibly)."""

    hypotension: int
    least: int
    most: int
    high_dose: bool
    maybe_high_dose: bool
    long: bool
    maybe_long: bool


@part
def pressure_support(events: Events, state: State, proxy: float, axis: Ints, doses: int) -> Pressure:
    """Hypotension and vasopressors now; flags and evidence into `axis`, which is cleared before.

    doses   the event that says how high and how long, -1 for an edition that does not ask
    """
    clear_axis(axis)
    current, running, lost = state.current, state.running, state.lost
    hypotension, number, possible, alone, maybe_alone = vasopressors(
        events, current, running, lost, state.memory[CHARTS], proxy, axis
    )
    least, most = number + (1 if alone else 0), possible + (1 if maybe_alone else 0)
    named, high, long = 0, NO, NO
    for agent in range(inputs.AGENTS_FIRST, inputs.VASOPRESSIN + 1):
        if running[agent] > 0 or lost[agent] > 0:
            named += 1
    if doses >= 0:
        high, long = int(events.value[doses]) // evidence.STATES, int(events.value[doses]) % evidence.STATES
    certain, more = least > 0, most > named
    return Pressure(
        hypotension,
        least,
        most,
        certain and high == YES,
        most > 0 and (high != NO or more),
        certain and long == YES,
        most > 0 and (long != NO or more),
    )


@part
def write_pressure(axis: Ints, found: Pressure, low: int, high: int) -> None:
    """Levels of an edition into `axis`, with what would settle them."""
    axis[axes.LOW], axis[axes.HIGH] = low, high
    if low == high:
        return
    if found.hypotension == UNKNOWN and low == 0:
        axis[axes.MISSING] |= 1 << inputs.HYPOTENSION
    if found.most > found.least:
        axis[axes.MISSING] |= 1 << inputs.CHARTED
    if found.high_dose != found.maybe_high_dose or found.long != found.maybe_long:
        axis[axes.MISSING] |= 1 << evidence.VASOPRESSOR_COURSE


@part
def estimated(flow: float) -> float:
    """[%] FiO2 that an adult low-flow cannula gives at `flow` L/min."""
    return float(min(FIO2_AT_REST + FIO2_PER_LITRE * max(flow, 0.0), FIO2_MOST))


@part
def oxygen_need(events: Events, state: State, cpap_ventilates: float, axis: Ints) -> None:
    """Oxygen now, as NONE, LESS, MORE or VENTILATED, into `axis`."""
    clear_axis(axis)
    current, since = state.current, state.memory[DEVICE_SINCE]
    code, low, high = oxygen_support(events, current, since, state.memory[CHARTS], axis)
    i, device = current[evidence.FIO2], current[inputs.DEVICE]
    if i >= 0 and device >= 0 and minute_of(events.time[i]) < since:
        i = -1
    share_low, share_high = bounds(events, i) if i >= 0 else (-np.inf, np.inf)
    begun = i >= 0 and share_high > ROOM_AIR_FIO2 and events.attributed[i] != -1
    later = i >= 0 and (device < 0 or minute_of(events.time[i]) > minute_of(events.time[device]))
    unsaid = code == axes.ROOM_AIR or (code == axes.NO_SUPPORT and device < 0)
    if begun and later and unsaid:
        code, low = axes.OPEN, -np.inf
    if code == axes.OPEN:
        name(axis, i)
        oxygen = low > axes.FLOW_ABOVE or (begun and share_low > ROOM_AIR_FIO2)
        axis[axes.LOW] = (MORE if begun and share_low >= FIO2_FROM else LESS) if oxygen else NONE
        axis[axes.HIGH] = VENTILATED
        axis[axes.MISSING] |= 1 << inputs.DEVICE
    elif code == axes.PROTECTION:
        axis[axes.FLAGS] |= axes.AIRWAY_PROTECTION
    elif code == axes.VENTILATION or (code >= axes.CPAP and cpap_ventilates > 0):
        axis[axes.LOW], axis[axes.HIGH] = VENTILATED, VENTILATED
    elif code > axes.ROOM_AIR:
        by_fraction(events, i, code, low, high, axis)


@part
def by_fraction(events: Events, i: int, code: int, low: float, high: float, axis: Ints) -> None:
    """Oxygen on a known device by its FiO2, entry `i`, or by what its flow [low, high] gives."""
    share_low, share_high = bounds(events, i) if i >= 0 else (-np.inf, np.inf)
    name(axis, i)
    if i < 0 or np.isnan(events.value[i]):
        if code in (axes.NASAL_CANNULA, axes.HIGH_FLOW_CANNULA) and high <= axes.FLOW_ABOVE:
            return
        if code == axes.NASAL_CANNULA:
            share_low, share_high = estimated(low), estimated(high)
            axis[axes.FLAGS] |= evidence.ESTIMATED if low > -np.inf or high < np.inf else 0
    axis[axes.LOW] = MORE if share_low >= FIO2_FROM else LESS
    axis[axes.HIGH] = LESS if share_high < FIO2_FROM else MORE
    if axis[axes.LOW] < axis[axes.HIGH]:
        axis[axes.MISSING] |= 1 << evidence.FIO2
