"""Measurable residual disease (MRD) in B-ALL: response.mrd

**Published rule** (gokbuget2024eln, response table)

    complete response                     no detectable MRD with a sensitivity of at least 1e-4 (0.01 %)
    negative, insufficient sensitivity    no detectable MRD, sensitivity not reached
    positive, not quantifiable            detected up to 1e-4, below the limit of quantification
    positive below 1e-4                   detected and quantified, up to 1e-4
    failure                               above 1e-4

**Readings**
- Failure is "> 0.01 %": exactly 1e-4 is positive, not failure. Recurrence is ">= 1e-4": exactly 1e-4 recurs (cartrace).
- A limit of detection of exactly 1e-4 is sensitive enough. Where only the limit of quantification is recorded and it
  is at most 1e-4, the limit of detection, which is never higher, is sensitive enough too.
- A recorded fraction of zero is a negative result. A laboratory value below its limit of quantification, without a limit of
  detection, is negative or detected and not quantifiable.
- Several tests on one study day: any positive test decides, the highest (of one category the highest fraction); else the
  most sensitive negative one (cartrace).
  A test of that day whose result is not recorded could be anything up to failure.
- After a CD19-directed product a flow gate that relies on CD19 cannot show negativity (cartrace): such a negative is not
  evaluable. Gating, method or target not recorded: the negative result could hide anything up to failure.
  `gating_unknown=accept` takes it at its word.
- Recurrence (>= 1e-4 after a negative result) is flagged at the first sample and called confirmed at the next one;
  it is not haematological relapse (cartrace). Every sample after a negative one counts, before the infusion as well.
- Samples of other places than marrow take part under `specimen=any` only. A sample without a place is taken as marrow.

**Ungradable**
- A test that was not done or whose result is not recorded; a negative test by an invalid method.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.best import (
    NOT_EVALUABLE,
    after_infusion,
    next_therapy_time,
    without_attribution,
    write_best,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, from_rows
from cartrace.course.record import MrdResult, Observation

SENSITIVE_UP_TO = 1e-4
"""[fraction] limit of detection at which "no detectable MRD" is a complete response; gokbuget2024eln, response table."""

FAILURE_ABOVE = 1e-4
"""[fraction] MRD failure; gokbuget2024eln, response table."""

RECURRENCE_FROM = 1e-4
"""[fraction] MRD after negativity that counts as recurrence; cartrace."""

NEGATIVE, INSENSITIVE, NOT_QUANTIFIABLE, POSITIVE, FAILURE = range(5)
CATEGORIES = (
    "negative",
    "negative, insufficient sensitivity",
    "positive, not quantifiable",
    "positive below 1e-4",
    "failure",
)

MARROW, ELSEWHERE, FLOW, GATING, TARGET, LOD, LLOQ, THERAPY = range(8)
CHANNELS = (
    Channel(
        "mrd", codes=("mrd",), meaning="MRD fraction in marrow; low = limit of detection, high = of quantification"
    ),
    Channel("mrd_elsewhere", meaning="MRD fraction in another specimen; low and high as above"),
    Channel("method", meaning="1 when the test is by flow, 0 when not"),
    Channel("cd19_gating", meaning="1 when the flow gate relies on CD19, 0 when not"),
    Channel("product_target", meaning="1 when the product is directed at CD19, 0 when not"),
    Channel("limit_of_detection", meaning="Named when it would settle a negative result"),
    Channel("limit_of_quantification", meaning="Named when it would settle a positive result"),
    Channel("next_therapy", codes=("next_therapy",), meaning="Next anticancer therapy, transplant included"),
)

METHOD_INVALID, RECURRENCE, CONFIRMED, NOT_RECORDED = 8, 16, 32, 64
REASONS = (
    *best.SHARED_REASONS,
    Reason(
        "method_invalid_for_negativity",
        "The flow gate relies on CD19 after a CD19-directed product: it cannot show negativity.",
    ),
    Reason("mrd_recurrence", "MRD of at least 1e-4 after a negative result; not haematological relapse."),
    Reason("mrd_recurrence_confirmed", "A second sample confirms MRD of at least 1e-4 after a negative result."),
    Reason("result_not_recorded", "The MRD result is not recorded."),
)

OPTIONS = (
    best.BEST_FROM,
    Option("specimen", 0, "Which samples take part", values=(("marrow", 0), ("any", 1))),
    Option(
        "gating_unknown", 0, "A negative flow test whose gate is not recorded", values=(("range", 0), ("accept", 1))
    ),
)


@part
def tied(events: Events, channel: int, test: int) -> float:
    """The 0/1 fact of the same test, or the standing fact of the course; NaN when not recorded."""
    for i in range(len(events.time)):
        same = events.uid[i] == events.uid[test] or events.uid[i] == -1
        if same and events.channel[i] == channel and events.status[i] == 0:
            return float(events.value[i])
    return np.nan


@part
def hides_cd19_negative(events: Events, test: int) -> float:
    """1 when a negative result of this test proves nothing, 0 when it does, NaN when one of the three facts is missing."""
    flow, gating, target = tied(events, FLOW, test), tied(events, GATING, test), tied(events, TARGET, test)
    if flow == 0.0 or gating == 0.0 or target == 0.0:
        return 0.0
    if flow == 1.0 and gating == 1.0 and target == 1.0:
        return 1.0
    return np.nan


@part
def judge(events: Events, test: int, accept: bool) -> tuple[int, int, int, int]:
    """(low, high, reason, missing) of one test."""
    value, status = events.value[test], events.status[test]
    lod, lloq = events.low[test], events.high[test]
    if status == 3:
        return NOT_GRADED, NOT_GRADED, NOT_EVALUABLE, 0
    if status == 4:
        return NOT_GRADED, NOT_GRADED, NOT_RECORDED, 1 << MARROW
    if status == 1 or value == 0.0:
        low, high, missing = NEGATIVE, INSENSITIVE, 1 << LOD
        if value > 0.0 and np.isnan(lod):
            high = NOT_QUANTIFIABLE if value <= FAILURE_ABOVE else FAILURE
        elif lod <= SENSITIVE_UP_TO or (np.isnan(lod) and lloq <= SENSITIVE_UP_TO):
            high, missing = NEGATIVE, 0
        elif lod > SENSITIVE_UP_TO:
            low, missing = INSENSITIVE, 0
        hidden = hides_cd19_negative(events, test)
        if hidden == 1.0:
            return NOT_GRADED, NOT_GRADED, NOT_EVALUABLE | METHOD_INVALID, 0
        if np.isnan(hidden) and not accept:
            for channel in (FLOW, GATING, TARGET):
                if np.isnan(tied(events, channel, test)):
                    missing |= 1 << channel
            return low, FAILURE, 0, missing
        return low, high, 0, missing
    if value > FAILURE_ABOVE:
        return FAILURE, FAILURE, 0, 0
    if np.isnan(value):
        return NOT_QUANTIFIABLE, FAILURE, 0, 1 << MARROW
    if status == 2:
        return NOT_QUANTIFIABLE, FAILURE, 0, 1 << MARROW
    if np.isnan(lloq):
        return NOT_QUANTIFIABLE, POSITIVE, 0, 1 << LLOQ
    if value < lloq:
        return NOT_QUANTIFIABLE, NOT_QUANTIFIABLE, 0, 0
    return POSITIVE, POSITIVE, 0, 0


@part
def write_day(events: Events, steps: Steps, row: int, first: int, anywhere: bool, accept: bool) -> int:
    """Write the state of the study day of event `first` into `row`. Returns 1 when some sample reached RECURRENCE_FROM."""
    positive_low, positive_high, negative_low, negative_high = -1, -1, FAILURE + 1, FAILURE + 1
    reason, missing, reached, deciding = 0, 0, 0, first
    valid, detected, settled_to = False, -1, FAILURE + 1
    for i in range(first, len(events.time)):
        if events.day[i] != events.day[first]:
            continue
        if events.channel[i] != MARROW and not (anywhere and events.channel[i] == ELSEWHERE):
            continue
        low, high, why, unknown = judge(events, i, accept)
        if low == NOT_GRADED:
            reason |= why
            missing |= unknown
            continue
        valid = True
        if low >= NOT_QUANTIFIABLE:
            further = high < settled_to or (high == settled_to and events.value[i] > events.value[deciding])
            if low > positive_low or (low == positive_low and further):
                deciding, settled_to = i, high
            positive_low, positive_high = max(positive_low, low), max(positive_high, high)
        else:
            if positive_low < 0 and high < negative_high:
                deciding = i
            negative_low, negative_high = min(negative_low, low), min(negative_high, high)
        missing |= unknown
        if events.status[i] == 1 and events.value[i] > 0.0 and high >= NOT_QUANTIFIABLE:
            detected = max(detected, high)
        if events.value[i] >= RECURRENCE_FROM and events.status[i] in (0, 2):
            reached = 1
    positive_high, negative_high = max(positive_high, detected), max(negative_high, detected)
    if reason & NOT_RECORDED and valid:
        negative_low, positive_high, negative_high = NEGATIVE, FAILURE, FAILURE
    if positive_low >= 0:
        steps.low[row], steps.high[row] = positive_low, positive_high
    elif valid:
        steps.low[row], steps.high[row] = negative_low, negative_high
    settled = valid and steps.low[row] == steps.high[row]
    steps.reason[row] = reason & ~(NOT_EVALUABLE | NOT_RECORDED) if valid else reason
    if reason & NOT_RECORDED and not valid:
        steps.reason[row] = reason & ~NOT_EVALUABLE
    steps.missing[row] = 0 if settled else missing
    steps.at[row] = events.time[first]
    steps.decided[row, 0] = deciding
    return reached


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """One row per study day with a test, then the best response."""
    anywhere, accept = option[1] == 1.0, option[2] == 1.0
    rows, last_day, negative, recurred = 1, -2_000_000, False, 0
    setback = np.nan
    for i in range(len(events.time)):
        if events.channel[i] != MARROW and not (anywhere and events.channel[i] == ELSEWHERE):
            continue
        if events.day[i] == last_day:
            continue
        last_day = events.day[i]
        steps.low[rows] = steps.high[rows] = NOT_GRADED
        reached = write_day(events, steps, rows, i, anywhere, accept)
        if reached == 1 and negative:
            recurred += 1
            steps.reason[rows] |= RECURRENCE
            if recurred > 1:
                steps.reason[rows] |= CONFIRMED
        elif steps.low[rows] != NOT_GRADED:
            recurred = 0
        if steps.high[rows] == NEGATIVE:
            negative = True
        if after_infusion(events.time[i]):
            if steps.reason[rows] & RECURRENCE and np.isnan(setback):
                setback = float(last_day)
            steps.fact[rows, best.SITE] = -1.0
            steps.fact[rows, best.IS_BEST] = 0.0
            steps.fact[rows, best.STUDY_DAY] = float(last_day)
            rows += 1
    write_best(steps, 1, rows, 0, FAILURE, NEGATIVE, option[0], next_therapy_time(events, THERAPY), -1.0)
    steps.fact[0, best.SETBACK_DAY] = setback
    if rows == 1:
        steps.missing[0] = 1 << MARROW
    return rows


def _result_rows(result: MrdResult) -> Iterator[Any]:
    channel = MARROW if result.site in ("", "marrow") else ELSEWHERE
    common = {"moment": result.moment, "uid": result.uid}
    yield event_row(
        channel,
        result.fraction,
        status=result.status,
        low=result.lod,
        high=result.lloq,
        **common,  # type: ignore[arg-type]
    )
    if result.method:
        flow = "flow" in result.method.lower() or "facs" in result.method.lower()
        yield event_row(FLOW, float(flow), **common)  # type: ignore[arg-type]
    if result.gates_on_cd19 is not None:
        yield event_row(GATING, float(result.gates_on_cd19), **common)  # type: ignore[arg-type]


def _as_result(observation: Observation) -> MrdResult:
    """An MRD value that came as an observation."""
    return MrdResult(
        observation.uid,
        observation.moment,
        observation.site,
        observation.method,
        observation.status,
        observation.value,
        observation.lod,
        observation.lloq,
    )


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The tests of the course with their limits, methods and gates, the product's target and the next therapy."""
    results = (*course.mrd, *(_as_result(o) for o in course.observations if o.code == "mrd"))
    rows = [row for result in results if result.moment.known for row in _result_rows(result)]
    if course.product.target:
        rows.append(event_row(TARGET, float("19" in course.product.target), moment=None))
    rows += best.therapy_rows(course, THERAPY)
    return without_attribution(from_rows(rows))


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best MRD response", "No MRD response can be graded."),
    (best.FIRST_CR_DAY, "first_negative_day", "First MRD-negative day", "No settled MRD-negative result."),
    (best.SETBACK_DAY, "mrd_recurrence_day", "Day of MRD recurrence", "No MRD of at least 1e-4 after a negative one."),
)


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.mrd",
    version="1",
    title="MRD response (ELN 2024)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("gokbuget2024eln", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
