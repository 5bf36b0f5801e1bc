"""The pattern of neutrophil recovery of 2021, quick, intermittent or aplastic: recovery.neutrophils

In: neutrophil counts since the infusion, and what ends the window. Out: one pattern, the day of recovery, the second dip,
the longest run below 500. Decided here: how counts make a pattern; which counts take part is decided in `daily.py`.

**Published rule** (rejeski2021hematotox, recovery phenotypes, and rejeski2023icaht; all numbers from memory; per uL)

    quick           sustained recovery without a second dip below 1000
    intermittent    recovery above 1500, then a second dip below 1000 after study day 21 (biphasic)
    aplastic        continuously below 500 for at least 14 days

Aplastic goes before intermittent, intermittent before quick; what is none of the three is unclassified.

**Readings**

- Recovery: a count above 1500 on a day after one below 1000, for the quick pattern as well; sustained: no later count
  below 1000. A dip on day 21 or before makes a course neither quick nor intermittent.
- Neutrophils that never fell below 1000 have nothing to recover from: unclassified (`never_low`).
- The lowest count of each day from day 0 to `last_day`, or to the day that ends the window (`daily.py`). Days between
  counts: a straight line over at most `gap_days` days without a count; at the edges of the window the nearest count.
- Longer gaps may hide a dip, a recovery or an aplasia: every pattern that some counts on these days would give stays
  open, and the result is the range of them. `unknown_days=as_measured` lets them say nothing.
- A count reported below a limit of 500 is below 500. A count that was not done or is not recorded is no count.
- Counted as observed: no adjustment for G-CSF (flagged).

**Ungradable** no neutrophil count in the window (`no_anc`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.icaht.daily import (
    ANC,
    CENSORED,
    CHANNELS,
    NO_ANC,
    ROUNDING,
    SHARED_REASONS,
    WBC,
    Floats,
    Ints,
    gather_counts,
    interpolate,
    measured,
    window_end,
)
from cartrace.assess.icaht.early_facts import name_count, name_counts
from cartrace.assess.icaht.runs import length, longest, runs_of
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.course import Course, Events, Quantity

DIP_BELOW = 1.0
RECOVERED_ABOVE = 1.5
APLASTIC_BELOW = 0.5
"""[10*9/L] rejeski2021hematotox; from memory (provisional)."""

APLASTIC_FROM = 14
"""[d] continuously below 500; rejeski2021hematotox; from memory (provisional)."""

SECOND_DIP_ABOVE = 21
"""[study day] after which a second dip is intermittent; rejeski2021hematotox; from memory (provisional)."""

WINDOW_UP_TO = 60
"""[study day] last day that is looked at; cartrace."""

GAP_UP_TO = 7
"""[d] without a count that are interpolated; fredhutch_icaht."""

LEAST_DIFFERENCE = 1e-6
"""[10*9/L] by how much a count reported as below 0.5 lies below 0.5 at least; cartrace."""

UNCLASSIFIED, QUICK, INTERMITTENT, APLASTIC = range(4)
CATEGORIES = ("unclassified", "quick", "intermittent", "aplastic")

AS_MEASURED = 1
LAST_DAY, GAP, UNKNOWN_DAYS = range(3)
OPTIONS = (
    Option("last_day", WINDOW_UP_TO, "last study day of the window", "d"),
    Option("gap_days", GAP_UP_TO, "days without a count that are interpolated at most", "d"),
    Option("unknown_days", 0, "days of longer gaps", values=(("range", 0), ("as_measured", AS_MEASURED))),
)

NEVER_LOW = 64
REASONS = (
    *SHARED_REASONS,
    Reason("never_low", "Neutrophils never fell below 1000/uL: there is nothing to recover from."),
)

RECOVERY_DAY, SECOND_DIP_DAY, LONGEST, LONGEST_AT_WORST, WATCHED, UNKNOWN, END = range(7)


@part
def longest_aplasia(counts: Floats) -> int:
    """[d] the longest run below 500."""
    first, last = runs_of(counts < APLASTIC_BELOW - ROUNDING, 0)
    return length(first, last, longest(first, last))


@part
def first_dip(counts: Floats, after: int) -> int:
    """The first day later than `after` below 1000; -1 = none."""
    for day in range(after + 1, len(counts)):
        if counts[day] < DIP_BELOW - ROUNDING:
            return day
    return -1


@part
def first_peak(counts: Floats, after: int) -> int:
    """The first day later than `after` above 1500; -1 = none."""
    for day in range(after + 1, len(counts)):
        if counts[day] > RECOVERED_ABOVE + ROUNDING:
            return day
    return -1


@part
def last_dip(counts: Floats) -> int:
    """The last day below 1000; -1 = none."""
    found = -1
    for day in range(len(counts)):
        if counts[day] < DIP_BELOW - ROUNDING:
            found = day
    return found


@part
def recovery(dips: Floats, peaks: Floats) -> int:
    """The first day above 1500 after one below 1000; -1 = none."""
    dip = first_dip(dips, -1)
    return first_peak(peaks, dip) if dip >= 0 else -1


@part
def second_dip(dips: Floats, recovered: int) -> int:
    """The first day below 1000 after recovery and after day 21; -1 = none."""
    return first_dip(dips, max(recovered, SECOND_DIP_ABOVE)) if recovered >= 0 else -1


@part
def may_be_quick(least: Floats, most: Floats, surely: int) -> bool:
    """Whether some counts within the bounds recover and do not dip again. `surely`: the day of certain recovery, -1 = none."""
    dip = last_dip(most)
    if dip < 0:
        return recovery(least, most) >= 0
    return not 0 <= surely < dip and first_peak(most, dip) >= 0


@part
def may_be_unclassified(least: Floats, most: Floats, surely: int) -> bool:
    """Whether some counts within the bounds never recover, or dip again by day 21 only."""
    if surely < 0:
        return True
    possible = recovery(least, most)
    early = first_dip(least, possible)
    return 0 <= early <= SECOND_DIP_ABOVE and first_dip(most, SECOND_DIP_ABOVE) < 0


@part
def patterns(least: Floats, most: Floats) -> tuple[int, int]:
    """The first and the last of the patterns that counts within the bounds can have."""
    if longest_aplasia(most) >= APLASTIC_FROM:
        return APLASTIC, APLASTIC
    surely, possible = recovery(most, least), recovery(least, most)
    intermittent = second_dip(most, surely) >= 0
    low, high = APLASTIC, UNCLASSIFIED
    if not intermittent and may_be_unclassified(least, most, surely):
        low = UNCLASSIFIED
    elif may_be_quick(least, most, surely):
        low = QUICK
    elif intermittent or second_dip(least, possible) >= 0:
        low = INTERMITTENT
    if longest_aplasia(least) >= APLASTIC_FROM:
        high = APLASTIC
    elif second_dip(least, possible) >= 0:
        high = INTERMITTENT
    elif may_be_quick(least, most, surely):
        high = QUICK
    return min(low, high), high


@part
def sharpen(events: Events, most: Floats, source: Ints) -> None:
    """What is reported as below a limit lies below it; so do neutrophils of white cells below 0.5."""
    for day in range(len(source)):
        i = source[day]
        if i >= 0 and (events.status[i] == 1 or events.channel[i] == WBC):
            most[day] -= LEAST_DIFFERENCE


@part
def silence(least: Floats, most: Floats) -> None:
    """Days of which nothing is known lie between dip and recovery: they say nothing."""
    for day in range(len(least)):
        if least[day] == 0.0 and np.isinf(most[day]):
            least[day] = most[day] = (DIP_BELOW + RECOVERED_ABOVE) / 2.0


@part
def decide(steps: Steps, dips: Floats, peaks: Floats, source: Ints, pattern: int) -> None:
    """Name the counts that made the pattern: the run below 500, or first dip, recovery and second dip."""
    if pattern == APLASTIC:
        first, last = runs_of(dips < APLASTIC_BELOW - ROUNDING, 0)
        k = longest(first, last)
        name_counts(steps, dips, source, first[k], last[k])
        return
    recovered = recovery(dips, peaks)
    for day in (first_dip(dips, -1), recovered, second_dip(dips, recovered)):
        if day >= 0:
            name_count(steps, source[day])


@part
def write_facts(steps: Steps, least: Floats, most: Floats) -> None:
    """Recovery and second dip as far as they are certain; the longest run below 500 at best and at worst."""
    surely = recovery(most, least)
    dip = second_dip(most, surely)
    if surely >= 0:
        steps.fact[0, RECOVERY_DAY] = surely
    if dip >= 0:
        steps.fact[0, SECOND_DIP_DAY] = dip
    steps.fact[0, LONGEST], steps.fact[0, LONGEST_AT_WORST] = longest_aplasia(most), longest_aplasia(least)


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    last = int(option[LAST_DAY])
    end = window_end(events, 0, last)
    days = max(end + 1, 0)
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    flags = measured(events, 0, least, most, source)
    steps.at[0] = 0.0
    if days == 0 or np.max(source) < 0:
        steps.reason[0], steps.missing[0] = NO_ANC, 1 << ANC
        return 1
    sharpen(events, most, source)
    unknown = interpolate(least, most, source, int(option[GAP]))
    if option[UNKNOWN_DAYS] == AS_MEASURED:
        silence(least, most)
    if end < last:
        flags |= CENSORED
    if first_dip(least, -1) < 0:
        flags |= NEVER_LOW
    write_facts(steps, least, most)
    steps.fact[0, WATCHED], steps.fact[0, UNKNOWN], steps.fact[0, END] = np.sum(source >= 0), unknown, end
    low, high = patterns(least, most)
    steps.low[0], steps.high[0], steps.reason[0] = low, high, flags
    if low < high:
        steps.missing[0] = 1 << ANC
        decide(steps, least, most, source, high)
    else:
        decide(steps, most, least, source, high)
    return 1


class _Fact(NamedTuple):
    id: str
    column: int
    name: str
    why_not: str


_NONE = "no neutrophil count in the window"
_FACTS = (
    _Fact("recovery_day", RECOVERY_DAY, "First study day above 1500/uL after one below 1000/uL", "no certain recovery"),
    _Fact(
        "second_dip_day", SECOND_DIP_DAY, "First study day below 1000/uL after recovery and day 21", "no certain one"
    ),
    _Fact("longest_below_500", LONGEST, "Longest run below 500/uL, days inclusive", _NONE),
    _Fact("days_measured", WATCHED, "Days of the window with a count", _NONE),
    _Fact("days_unknown", UNKNOWN, "Days of the window that nothing is known of", _NONE),
    _Fact("window_end", END, "Last study day of the window", _NONE),
)


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as records."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    facts = tuple(_quantity(rule, steps, fact) for fact in _FACTS)
    used = rule.settings_used(option)
    return Assessment(rule.name, rule.title, used, rule.overall(steps, events), facts=facts)


def _quantity(rule: Rule, steps: Steps, fact: _Fact) -> Quantity:
    value = float(steps.fact[0, fact.column])
    if math.isnan(value):
        return Quantity(fact.id, fact.name, None, "d", rule.name, reason=fact.why_not)
    longer = fact.column == LONGEST and value < steps.fact[0, LONGEST_AT_WORST]
    return Quantity(fact.id, fact.name, value, "d", rule.name, censored=bool(longer))


RULE = Rule(
    id="recovery.neutrophils",
    version="1",
    title="Pattern of neutrophil recovery",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("rejeski2021hematotox", "rejeski2023icaht", "fredhutch_icaht", "cartrace"),
    provisional=("The definitions of the three patterns are written from memory of the publications.",),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    categories=CATEGORIES,
    until=END,
    gather=gather_counts,
)
