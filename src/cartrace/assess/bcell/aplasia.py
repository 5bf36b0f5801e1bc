"""B-cell aplasia as a step function of time: aplasia.bcell

In: CD19+ cells per uL, CD19+ cells in percent of lymphocytes, lymphocytes. Out: aplasia or none at every measured day,
the worst of the course, onset, loss and duration.
Decided here: everything; no single standard exists. The thresholds are from memory (`provisional`).

**Published rule** (usual practice of the CD19 CAR-T trials, from memory)

    aplasia            CD19+ cells < 50/uL or < 1 % of lymphocytes
    loss of aplasia    two consecutive values at or above both; dated by the first of them
    early loss         loss before 6 months

**Readings**

- Either limit makes aplasia: 60/uL and 0.9 % is aplasia. `criterion=cells` or `percent` asks for one of them alone;
  `cells_below` and `percent_below` move them (20/uL and 3 % are in use).
- One of the two not recorded: it is computed from the lymphocytes of the same day where these are recorded; else a value
  at or above its own limit leaves open what the other one says: no aplasia to aplasia.
- One state for each study day with a value; the lowest of several values of a day counts. Only days after the
  infusion count; aplasia at the last look before it is flagged (`pre_existing`). A bare day 0 is before the infusion.
- A value that was taken and is not recorded leaves that day open; a test that was not done is no day.
- A state holds until the next measured day. Before any aplasia a value at or above needs no second one. After aplasia a
  single value at or above ends nothing when the next one is low again, and is open at the end of the record
  (`unconfirmed`). `loss_values=1` dates the loss by a single value.
- Overall: the worst of the course, so aplasia that was lost later is aplasia; the facts say when.
- Early loss: before day 183 (`early_loss_days`). Onset, loss and duration are those of the first aplasia.
- Products that are not directed at B cells: the rule says what the blood shows, whatever the product.

**Ungradable** no CD19+ value after the infusion (`never_measured`): unknown, not "no aplasia".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.bcell.loss import first_loss, first_of, states
from cartrace.assess.compiled import part
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events, Quantity
from cartrace.course.events import gather as gather_all

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CELLS_BELOW = 50.0
"""[/uL] CD19+ cells; usual practice, from memory."""

PERCENT_BELOW = 1.0
"""[%] CD19+ cells of lymphocytes; usual practice, from memory."""

LOSS_VALUES_FROM = 2
"""Consecutive measured days at or above the limits that make a loss; usual practice, from memory."""

EARLY_LOSS_BELOW = 183
"""[study day] 6 months; usual practice, from memory."""

ROUNDING = 1e-9
"""What arithmetic may add to a value; nothing that can be measured."""

CELLS_PER_MICROLITRE = 1000.0
"""Cells per uL in 10*9/L."""

CELLS, PERCENT, LYMPHOCYTES = range(3)
CHANNELS = (
    Channel("cd19_cells", codes=("cd19_cells",), site="blood", meaning="CD19+ cells in blood"),
    Channel("cd19_percent", codes=("cd19_percent",), site="blood", meaning="CD19+ cells of lymphocytes"),
    Channel("lymphocytes", codes=("lymphocytes",), site="blood", meaning="to compute one of the two from the other"),
)

EITHER, CELLS_ONLY, PERCENT_ONLY = range(3)
CELLS_LIMIT, PERCENT_LIMIT, CRITERION, LOSS_VALUES, EARLY_LOSS = range(5)
OPTIONS = (
    Option("cells_below", CELLS_BELOW, "CD19+ cells that are aplasia", "/uL"),
    Option("percent_below", PERCENT_BELOW, "CD19+ cells of lymphocytes that are aplasia", "%"),
    Option("criterion", EITHER, "which limit counts", values=(("either", 0), ("cells", 1), ("percent", 2))),
    Option("loss_values", LOSS_VALUES_FROM, "consecutive measured days at or above that make a loss"),
    Option("early_loss_days", EARLY_LOSS_BELOW, "loss before this study day is early", "d"),
)

NEVER_MEASURED, PRE_EXISTING, UNCONFIRMED, LOST, EARLY = 1, 2, 4, 8, 16
REASONS = (
    Reason("never_measured", "No CD19+ value is recorded after the infusion."),
    Reason("pre_existing", "B cells were aplastic at the last look before the infusion already."),
    Reason("unconfirmed", "The last value is at or above the limits and awaits a second one."),
    Reason("lost", "B-cell aplasia was lost."),
    Reason("early_loss", "B-cell aplasia was lost before 6 months."),
)
CATEGORIES = ("no aplasia", "aplasia")

# Columns of `Steps.fact`; of a row: its study day.
ONSET_DAY, LOSS_DAY, DURATION, CENSORED, MEASURED, ONSET_OPEN = range(6)


@part
def bounds(events: Events, first: int, channel: int) -> tuple[float, float, int]:
    """(least, most, event) of the lowest value of one input on the day of event `first`; event -1 = none."""
    least, most, event = 0.0, np.inf, -1
    for i in range(first, len(events.time)):
        if events.day[i] != events.day[first]:
            break
        value, status = events.value[i], events.status[i]
        if events.channel[i] != channel or status > 2:
            continue
        low, high = value, value
        if status == 1:
            # A value below its limit never reaches it.
            low, high = 0.0, value - 2.0 * ROUNDING
        elif status == 2:
            high = np.inf
        low, high = (0.0 if np.isnan(low) else low), (np.inf if np.isnan(high) else high)
        if event < 0:
            least, most, event = low, high, i
        else:
            if high < most:
                most, event = high, i
            least = min(least, low)
    return least, most, event


@part
def day_of(events: Events, first: int, option: Floats) -> tuple[bool, bool, int, int, int]:
    """(certainly aplasia, possibly aplasia, missing, deciding event, other event) of the day of event `first`."""
    cells_least, cells_most, cells = bounds(events, first, CELLS)
    percent_least, percent_most, percent = bounds(events, first, PERCENT)
    count, _, counted = bounds(events, first, LYMPHOCYTES)
    lymphocytes = count * CELLS_PER_MICROLITRE
    if counted >= 0 and lymphocytes > 0.0 and events.status[counted] == 0:
        if percent < 0 and cells >= 0:
            percent_least, percent_most = 100.0 * cells_least / lymphocytes, 100.0 * cells_most / lymphocytes
        elif cells < 0 and percent >= 0:
            cells_least, cells_most = percent_least * lymphocytes / 100.0, percent_most * lymphocytes / 100.0
    few = option[CELLS_LIMIT] - ROUNDING
    small = option[PERCENT_LIMIT] - ROUNDING
    by_cells, by_percent = option[CRITERION] != PERCENT_ONLY, option[CRITERION] != CELLS_ONLY
    certain = (by_cells and cells_most < few) or (by_percent and percent_most < small)
    possible = (by_cells and cells_least < few) or (by_percent and percent_least < small)
    missing = 0
    if possible and not certain:
        if by_cells and cells_least < few:
            missing |= 1 << CELLS
        if by_percent and percent_least < small:
            missing |= 1 << PERCENT
    return certain, possible, missing, (cells if cells >= 0 else percent), (percent if cells >= 0 else -1)


@part
def looked_at(events: Events, first: int) -> int:
    """For the first event of a day: 2 when the day has a CD19+ value, 1 when one was taken and is not recorded, else 0."""
    if first > 0 and events.day[first - 1] == events.day[first]:
        return 0
    if bounds(events, first, CELLS)[2] >= 0 or bounds(events, first, PERCENT)[2] >= 0:
        return 2
    for i in range(first, len(events.time)):
        if events.day[i] == events.day[first] and events.channel[i] <= PERCENT and events.status[i] == 4:
            return 1
    return 0


@part
def write_facts(steps: Steps, days: Ints, certain: Bools, possible: Bools, option: Floats) -> None:
    """Onset, loss and duration of the first aplasia into row 0, where the record settles them; flags of the loss."""
    needed = int(option[LOSS_VALUES])
    onset = first_of(certain)
    steps.fact[0, ONSET_OPEN] = 1.0 if onset != first_of(possible) else 0.0
    if onset < 0 or onset != first_of(possible):
        return
    steps.fact[0, ONSET_DAY] = days[onset]
    loss = first_loss(states(certain, needed, False), onset)
    if loss != first_loss(states(possible, needed, False), onset):
        return
    # Without a loss, -1 is the last measured day.
    steps.fact[0, CENSORED] = 1.0 if loss < 0 else 0.0
    steps.fact[0, DURATION] = days[loss] - days[onset]
    if loss >= 0:
        steps.fact[0, LOSS_DAY] = days[loss]
        steps.reason[0] |= LOST
        if days[loss] < option[EARLY_LOSS]:
            steps.reason[0] |= EARLY


@part
def write_row(steps: Steps, row: int, low: bool, high: bool, missing: int, unconfirmed: bool) -> None:
    """One state."""
    steps.low[row], steps.high[row] = (1 if low else 0), (1 if high else 0)
    steps.reason[row] = UNCONFIRMED if unconfirmed else 0
    steps.missing[row] = missing if low != high else 0


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per measured day after the infusion, after row 0 with the worst of them."""
    size = len(events.time)
    days, missing = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    certain, possible = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    count, every, before, measured = 0, 0, False, 0
    for i in range(size):
        looked = looked_at(events, i)
        if looked == 0:
            continue
        yes, perhaps, unknown, one, other = day_of(events, i, option)
        if events.time[i] <= 0.0:
            before = yes
            continue
        days[count], certain[count], possible[count], missing[count] = events.day[i], yes, perhaps, unknown
        every |= unknown
        measured += looked // 2
        count += 1
        steps.at[count], steps.fact[count, 0] = events.time[i], events.day[i]
        steps.decided[count, 0], steps.decided[count, 1] = one, other
    steps.reason[0] = PRE_EXISTING if before else 0
    if measured == 0:
        steps.low[0] = steps.high[0] = NOT_GRADED
        steps.reason[0] |= NEVER_MEASURED
        steps.missing[0] = 1 << CELLS | 1 << PERCENT
        steps.decided[0] = -1
        return 1
    days, certain, possible, needed = days[:count], certain[:count], possible[:count], int(option[LOSS_VALUES])
    low, high = states(certain, needed, True), states(possible, needed, False)
    settled = states(possible, needed, True)
    for k in range(count):
        unconfirmed = high[k] and not settled[k]
        own = missing[k] if missing[k] > 0 else every
        write_row(steps, k + 1, low[k], high[k], own | (1 << CELLS if unconfirmed else 0), unconfirmed)
    reason = steps.reason[0] | steps.reason[count]
    write_row(steps, 0, bool(np.any(low)), bool(np.any(high)), every, False)
    steps.reason[0] = reason
    deciding = max(first_of(low if np.any(low) else high), 0)
    steps.decided[0, :2] = steps.decided[deciding + 1, :2]
    steps.fact[0, MEASURED] = measured
    write_facts(steps, days, certain, possible, option)
    return count + 1


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The values of the course; aplasia asks for no attribution."""
    events = gather_all(course, channels)
    return events._replace(attributed=np.ones_like(events.attributed))


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    events = rule.events(course)
    rows = rule.calculate(events, option)
    ends = [*(float(at) for at in rows.at[2:]), None]
    steps = tuple(rule.grade(rows, k, events, until=ends[k - 1]) for k in range(1, len(rows.at)))
    overall = rule.grade(rows, 0, events)
    facts = _facts(rule, rows, steps)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, steps, facts=facts)


def _facts(rule: Rule, rows: Steps, steps: tuple[Grade, ...]) -> tuple[Quantity, ...]:
    onset, loss, duration, censored, measured, undecided = (float(rows.fact[0, k]) for k in range(6))
    no_onset = "no aplasia"
    if math.isnan(measured):
        no_onset = "no CD19+ value after the infusion"
    elif undecided == 1.0:
        no_onset = "not settled: an earlier value may have been aplasia"
    elif not math.isnan(onset) and math.isnan(duration):
        no_onset = "not settled: some values may or may not have been aplasia"
    kept = "not lost by the last value" if censored == 1.0 else no_onset
    named = (
        ("onset_day", "First study day of aplasia", onset, no_onset, (onset,)),
        ("loss_day", "Study day of the loss of aplasia", loss, kept, (loss,)),
        ("aplasia_days", "First day of aplasia to its loss or the last value", duration, no_onset, (onset, loss)),
    )
    by_day = {float(rows.fact[k + 1, 0]): step.evidence for k, step in enumerate(steps)}
    return tuple(
        Quantity(identifier, name, None, "d", rule.name, reason=why)
        if math.isnan(value)
        else Quantity(
            identifier,
            name,
            value,
            "d",
            rule.name,
            used=tuple(uid for day in days for uid in by_day.get(day, ())),
            censored=identifier == "aplasia_days" and censored == 1.0,
        )
        for identifier, name, value, why, days in named
    )


RULE = Rule(
    id="aplasia.bcell",
    version="1",
    title="B-cell aplasia",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("cartrace",),
    provisional=(
        "The limits of 50 CD19+ cells per uL and of 1 % of lymphocytes are written from memory.",
        "That two consecutive values make a loss, and that loss before 6 months is early, is written from memory.",
    ),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
