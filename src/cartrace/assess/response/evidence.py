"""Which record speaks for an input at one marrow, and what it leaves open. Parts of the kernel of response.ball.

In: `Events` of marrow.py and the event of a marrow. Out: events, bounds, answers.
Decided here: the nearest record with a value speaks, unless a look whose result is not recorded lies nearer; how long
platelets and G-CSF support a count; what was known of a compartment before the infusion.
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.response.best import after_infusion
from cartrace.assess.response.marrow import CNS, KNOWN_BEFORE, MARROW_BLASTS
from cartrace.course import Events

REMISSION_BELOW = 5.0
"""[%] marrow blasts; gokbuget2024eln, response table."""

SUPPORT_FREE_DAYS_FROM = 7.0
"""[d] without platelets or G-CSF before a count speaks for itself; cartrace."""

MAYBE = 0.5
"""A compartment of which nobody recorded whether it was involved."""


@part
def near(events: Events, channel: int, marrow_event: int, window: float) -> int:
    """The event with a value nearest to the marrow, after the infusion and within `window` study days; -1 when none."""
    found = -1
    at, day = events.time[marrow_event], events.day[marrow_event]
    for i in range(len(events.time)):
        if events.channel[i] != channel or np.isnan(events.value[i]) or not after_infusion(events.time[i]):
            continue
        if abs(events.day[i] - day) > window:
            continue
        if found < 0 or abs(events.time[i] - at) < abs(events.time[found] - at):
            found = i
    return found


@part
def unread(events: Events, channel: int, marrow_event: int, window: float, found: int) -> bool:
    """Whether a look whose result is not recorded lies nearer to the marrow than `found`, the nearest with a result."""
    at, day = events.time[marrow_event], events.day[marrow_event]
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.status[i] != 4 or not after_infusion(events.time[i]):
            continue
        nearer = found < 0 or abs(events.time[i] - at) < abs(events.time[found] - at)
        if nearer and abs(events.day[i] - day) <= window:
            return True
    return False


@part
def bounds(events: Events, i: int, most: float) -> tuple[float, float]:
    """(lowest, highest) value that event `i` can mean; 0 and `most` when there is no event."""
    if i < 0:
        return 0.0, most
    if events.status[i] == 1:
        return 0.0, float(np.nextafter(events.value[i], 0.0))
    return float(events.value[i]), most if events.status[i] == 2 else float(events.value[i])


@part
def support(events: Events, channel: int, at: float, assumed_free: bool) -> int:
    """1 when the count at `at` was supported, 0 when not, 2 when nobody wrote it down."""
    complete, unknown = assumed_free, False
    for i in range(len(events.time)):
        if events.channel[i] != channel:
            continue
        if events.time[i] == -np.inf:
            complete = complete or events.value[i] == 0.0
            unknown = unknown or events.status[i] == 4
        elif events.time[i] > at or events.value[i] == 0.0:
            continue
        elif events.status[i] == 4:
            unknown = True
        else:
            end = np.inf
            for j in range(i + 1, len(events.time)):
                if events.uid[j] == events.uid[i] and events.channel[j] == channel and end == np.inf:
                    end = events.time[j]
            if at - end < SUPPORT_FREE_DAYS_FROM:
                return 1
    return 2 if unknown or not complete else 0


@part
def known_before(events: Events, channel: int) -> float:
    """1 when the compartment was involved before the infusion, 0 when called free, MAYBE, NaN when nothing says anything."""
    answer = np.nan
    for i in range(len(events.time)):
        if events.channel[i] == KNOWN_BEFORE and events.low[i] == channel:
            answer = float(events.value[i])
        elif events.channel[i] == channel and events.status[i] == 4 and not after_infusion(events.time[i]):
            answer = MAYBE if answer != 1.0 else answer
        elif events.channel[i] == channel and not after_infusion(events.time[i]) and not np.isnan(events.value[i]):
            if channel == MARROW_BLASTS:
                answer = 1.0 if events.value[i] >= REMISSION_BELOW and events.status[i] != 1 else 0.0
            elif answer != 1.0:
                answer = 1.0 if events.value[i] > 0.0 and events.status[i] != 1 else 0.0
                if channel == CNS and answer == 0.0 and events.high[i] > 0.0:
                    answer = MAYBE
    return answer
