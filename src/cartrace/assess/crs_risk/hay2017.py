"""Risk of severe CRS from the first 36 hours, classification tree of Hay 2017: crs_risk.hay2017

In: temperature and MCP-1 of the first 36 hours. Out: low or high risk. Decided here: what is not recorded leaves the risk open.

**Published rule** (hay2017crs; the tree, its cohort of 133 and its target read in the abstract, the two numbers in a weak
secondary source and from memory)

    highest temperature within 36 h of the infusion < 38.9 C    low risk
    >= 38.9 C and MCP-1 in serum < 1343.5 pg/mL                 low risk
    >= 38.9 C and MCP-1 >= 1343.5 pg/mL                         high risk of CRS of grade 4 or worse, by the scale of that paper

**Readings**

- Entries after the start of the infusion up to 36 h count; a bare day 0 is before it, a bare day 1 sits at 24 h.
- The highest temperature and the highest MCP-1 of these hours count.
- MCP-1 depends on the assay: the limit is that of the assay in the paper, and another may give other numbers.
- A prediction made for one cohort; it is no grade and no advice.

**Ungradable** neither temperature nor MCP-1 in the first 36 hours (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.assess.sweep import decide
from cartrace.course import Channel, Course, Events
from cartrace.course.clock import HOURS_PER_DAY
from cartrace.course.events import gather

Floats = NDArray[np.float64]

HOURS_UP_TO = 36.0
"""[h] after the start of the infusion; hay2017crs."""
FEVER_FROM = 38.9
"""[Cel] hay2017crs, from memory."""
MCP1_FROM = 1343.5
"""[pg/mL] hay2017crs, from memory."""

TEMPERATURE, MCP1 = range(2)
CHANNELS = (
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("mcp1", codes=("mcp1",), meaning="MCP-1 in serum"),
)
OPTIONS = (Option("hours", HOURS_UP_TO, "hours after the start of the infusion that count", "h"),)
NOTHING = 1
REASONS = (Reason("nothing_recorded", "Neither temperature nor MCP-1 is recorded in the first hours."),)
CATEGORIES = ("low risk", "high risk")
ROUNDING = 1e-6


@part
def reached(events: Events, channel: int, limit: float, hours: float) -> tuple[int, int, int]:
    """(certainly, possibly, entry) whether an input reaches its limit in the first hours; entry -1 = nobody looked."""
    low, high, found = 0, 0, -1
    for i in range(len(events.time)):
        after = events.time[i] * HOURS_PER_DAY
        if events.channel[i] != channel or not 0.0 < after <= hours + ROUNDING or events.status[i] == 3:
            continue
        value, status = events.value[i], events.status[i]
        unknown = np.isnan(value) or status == sweep.STATUS_NOT_RECORDED
        met = 1 if not unknown and status != sweep.STATUS_BELOW and value >= limit else 0
        could = 1 if unknown or status == sweep.STATUS_ABOVE else met
        if status == sweep.STATUS_BELOW and not unknown and value > limit:
            could = 1
        if found < 0 or met > low:
            found = i
        low, high = max(low, met), max(high, could)
    return (low, high, found) if found >= 0 else (0, 1, -1)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row: the risk."""
    fever, mcp1 = reached(events, TEMPERATURE, FEVER_FROM, option[0]), reached(events, MCP1, MCP1_FROM, option[0])
    steps.low[0] = steps.high[0] = NOT_GRADED
    steps.missing[0] = 0
    if fever[2] < 0 and mcp1[2] < 0:
        steps.reason[0] = NOTHING
        steps.missing[0] = 1 << TEMPERATURE | 1 << MCP1
        return 1
    decide(steps, 0, fever[2])
    decide(steps, 0, mcp1[2])
    steps.low[0], steps.high[0] = fever[0] * mcp1[0], fever[1] * mcp1[1]
    if steps.low[0] < steps.high[0]:
        steps.missing[0] |= 1 << TEMPERATURE if fever[0] < fever[1] else 0
        steps.missing[0] |= 1 << MCP1 if mcp1[0] < mcp1[1] else 0
    return 1


def without_attribution(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The course's events; the tree does not ask what caused a fever."""
    events = gather(course, channels)
    return events._replace(attributed=np.ones_like(events.attributed))


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's row as a record."""
    events = rule.events(course)
    overall = rule.grade(rule.calculate(events, option), 0, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall)


RULE = Rule(
    id="crs_risk.hay2017",
    version="1",
    title="Risk of severe CRS (Hay 2017)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("hay2017crs", "cartrace"),
    provisional=("Both limits are written from memory and a weak secondary source, not from hay2017crs itself.",),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    categories=CATEGORIES,
    gather=without_attribution,
)
