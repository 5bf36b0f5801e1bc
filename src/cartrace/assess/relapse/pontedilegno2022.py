"""Marrow relapse of B-ALL by MRD and a second test, Ponte di Legno consensus of 2022: relapse.pontedilegno2022

**Published rule** (buchmann2022pontedilegno, relapse table; marrow 1 is the first suspicious one, after remission)

    MRD of marrow 1    other tests on it of >= 1 %    second marrow
    >= 25 %            not needed                     not needed: relapse
    5 to < 25 %        at least one                   not needed: relapse
    5 to < 25 %        none                           needed: two tests of >= 1 % on it are relapse
    1 to < 5 %         at least two                   not needed: relapse
    1 to < 5 %         none or one                    needed: two tests of >= 1 % on it are relapse
    < 1 %              -                              no relapse

**Readings** (all cartrace)
- Tests are cytomorphology (blasts in percent), genetics (cells with the leukaemia's marker), flow cytometry and molecular
  MRD (PCR, sequencing). MRD is the highest of flow cytometry and molecular MRD; the other three are the other tests. MRD
  of an unnamed method is MRD and never another test. Of several tests of one kind and day the highest counts.
- The second marrow lies 7 to 28 days after the first (see `provisional`). One within that time that does not show two
  tests of >= 1 % closes the suspicion: reappearance of MRD, with a flag. Without one the suspicion stays open.
- MRD of >= 0.01 % and < 1 % after a marrow below 0.01 % is reappearance of MRD, not relapse.
- Remission before: an earlier marrow, before the infusion as well, with MRD < 1 %, or with blasts < 5 % where it has no
  MRD. When every earlier marrow surely shows disease there is nothing to relapse from; without one it is unknown.
- A test that was not done is none; a test whose result is not recorded could be anything. So could a flow cytometry
  without MRD whose gate relies on CD19 after a CD19-directed product.
- Overall: the worst marrow after the infusion.

**Ungradable**
- A marrow without MRD: the grid starts from it. No marrow after the infusion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.evaluations import STUDY_DAY, assess_evaluations
from cartrace.assess.response.best import without_attribution
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events, Status
from cartrace.course.events import event_row, from_rows
from cartrace.course.record import MrdResult, Observation

Floats = NDArray[np.float64]

RELAPSE_MRD_FROM = 25.0
"""[%] MRD that needs no other test; buchmann2022pontedilegno, relapse table."""

ONE_OTHER_TEST_FROM = 5.0
"""[%] MRD that needs one other test; buchmann2022pontedilegno, relapse table."""

POSITIVE_FROM = 1.0
"""[%] at which a test is positive and MRD is suspicious; buchmann2022pontedilegno, relapse table."""

REAPPEARANCE_FROM = 0.01
"""[%] MRD that has reappeared; cartrace, as in response.mrd."""

REMISSION_BLASTS_BELOW = 5.0
"""[%] blasts of a remission where MRD is not recorded; buchmann2022pontedilegno, definition of remission."""

SECOND_MARROW_DAYS_FROM = 7
"""[d] after the first marrow; buchmann2022pontedilegno, from memory (see `provisional`)."""

SECOND_MARROW_DAYS_UP_TO = 28
"""[d] after the first marrow; buchmann2022pontedilegno, from memory (see `provisional`)."""

FLOW, MOLECULAR, UNNAMED, MORPHOLOGY, GENETICS = range(5)
KINDS = 5
CHANNELS = (
    Channel("mrd_flow", meaning="MRD by flow cytometry [%]"),
    Channel("mrd_molecular", meaning="MRD by PCR or sequencing [%]"),
    Channel("mrd_unnamed", meaning="MRD whose method is not recorded [%]"),
    Channel("morphology", meaning="Marrow blasts by morphology [%]"),
    Channel(
        "genetics", codes=("leukaemic_clone_percent",), meaning="Cells with the genetic marker of the leukaemia [%]"
    ),
)

NO_RELAPSE, REAPPEARANCE, SECOND_NEEDED, RELAPSE = range(4)
CATEGORIES = ("no relapse", "MRD reappearance", "second marrow needed", "relapse")

OPTIONS = (
    Option("second_marrow_from", SECOND_MARROW_DAYS_FROM, "Earliest second marrow after the first", "d"),
    Option("second_marrow_up_to", SECOND_MARROW_DAYS_UP_TO, "Latest second marrow after the first", "d"),
)

NO_MARROW, MRD_MISSING, NO_REMISSION, CONFIRMED, NOT_CONFIRMED, REMISSION_UNKNOWN = 1, 2, 4, 8, 16, 32
REASONS = (
    Reason("no_marrow", "No marrow is recorded after the infusion."),
    Reason("mrd_not_recorded", "A marrow without MRD: the grid starts from it."),
    Reason("no_remission_before", "Every earlier marrow shows disease: there is no remission to relapse from."),
    Reason("confirmed_by_second_marrow", "Two tests of at least 1 % on a second marrow."),
    Reason("not_confirmed_by_second_marrow", "A second marrow does not show two tests of at least 1 %."),
    Reason("remission_not_recorded", "Whether there was a remission before is not recorded."),
)

RELAPSE_DAY, REAPPEARANCE_DAY = range(1, 3)
"""Columns of `Steps.fact`."""


@part
def tests_of(events: Events, first: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """(least, most, event) of every kind of test on the day of event `first`; event -1 when it was not done."""
    least, most, event = np.zeros(KINDS), np.zeros(KINDS), np.full(KINDS, -1)
    for i in range(first, len(events.time)):
        if events.day[i] != events.day[first]:
            break
        if events.status[i] == 3:
            continue
        kind = events.channel[i]
        low, high = 0.0, 100.0
        if events.status[i] == 1:
            high = 0.0 if np.isnan(events.value[i]) else float(np.nextafter(events.value[i], 0.0))
        elif events.status[i] != 4 and not np.isnan(events.value[i]):
            low = float(events.value[i])
            high = 100.0 if events.status[i] == 2 else low
        if event[kind] < 0 or low > least[kind]:
            event[kind] = i
        least[kind], most[kind] = max(least[kind], low), max(most[kind], high)
    return least, most, event


@part
def highest_mrd(values: Floats, event: NDArray[np.int64]) -> int:
    """The kind of the highest MRD; -1 when MRD was not tested."""
    found = -1
    for kind in range(MORPHOLOGY):
        if event[kind] >= 0 and (found < 0 or values[kind] > values[found]):
            found = kind
    return found


@part
def positives(values: Floats, but: int) -> int:
    """How many tests of a named kind are positive, `but` one."""
    count = 0
    for kind in range(KINDS):
        if kind != UNNAMED and kind != but and values[kind] >= POSITIVE_FROM:
            count += 1
    return count


@part
def grid(mrd: float, others: int, was_negative: bool) -> int:
    """The published grid, one branch per line."""
    if mrd >= RELAPSE_MRD_FROM:
        return RELAPSE
    if mrd >= ONE_OTHER_TEST_FROM:
        return RELAPSE if others >= 1 else SECOND_NEEDED
    if mrd >= POSITIVE_FROM:
        return RELAPSE if others >= 2 else SECOND_NEEDED
    return REAPPEARANCE if mrd >= REAPPEARANCE_FROM and was_negative else NO_RELAPSE


@part
def open_tests(least: Floats, most: Floats, event: NDArray[np.int64]) -> int:
    """Bits of the tests whose result is open."""
    bits = 0
    for kind in range(KINDS):
        if event[kind] >= 0 and least[kind] != most[kind]:
            bits |= 1 << kind
    return bits


@part
def judge(
    steps: Steps,
    row: int,
    least: Floats,
    most: Floats,
    event: NDArray[np.int64],
    before: tuple[int, int],
    negative: bool,
) -> None:
    """Write the judgement of one marrow as a first one. `before`: surely and possibly in remission before."""
    for kind in range(KINDS):
        steps.decided[row, kind] = event[kind]
    low_kind, high_kind = highest_mrd(least, event), highest_mrd(most, event)
    if low_kind < 0:
        steps.reason[row] |= MRD_MISSING
        steps.missing[row] = 1 << FLOW | 1 << MOLECULAR
        return
    low = grid(least[low_kind], positives(least, low_kind), negative)
    high = grid(most[high_kind], positives(most, high_kind), negative)
    steps.missing[row] = open_tests(least, most, event) if low < high else 0
    if high >= SECOND_NEEDED and before[1] == 0:
        steps.reason[row] |= NO_REMISSION
        low, high = NO_RELAPSE, NO_RELAPSE
    elif high >= SECOND_NEEDED and before[0] == 0:
        steps.reason[row] |= REMISSION_UNKNOWN
        steps.missing[row] |= 1 << FLOW | 1 << MOLECULAR
        low = NO_RELAPSE
    steps.low[row], steps.high[row] = low, high
    if low == high:
        steps.missing[row] = 0


@part
def second_marrow(steps: Steps, row: int, least: Floats, most: Floats, option: Floats, unread: int) -> None:
    """Let the marrow of `row` answer the suspicion of an earlier one, where it is its second marrow.

    unread  bits of its own tests whose result is open
    """
    for first in range(1, row):
        after = steps.fact[row, STUDY_DAY] - steps.fact[first, STUDY_DAY]
        suspicious = steps.low[first] <= SECOND_NEEDED <= steps.high[first] and steps.low[first] != NOT_GRADED
        if not suspicious or not option[0] <= after <= option[1] or steps.reason[first] & NOT_CONFIRMED:
            continue
        surely = positives(least, -1) >= 2 and steps.low[first] == SECOND_NEEDED
        perhaps = positives(most, -1) >= 2
        if surely:
            steps.low[row] = steps.high[row] = RELAPSE
            steps.reason[row] |= CONFIRMED
            steps.missing[row] = 0
        elif perhaps:
            steps.low[row] = NO_RELAPSE if steps.low[row] == NOT_GRADED else steps.low[row]
            steps.high[row] = RELAPSE
            steps.missing[row] |= steps.missing[first] | unread
            # It may close the suspicion as well.
            steps.low[first] = min(steps.low[first], REAPPEARANCE)
            steps.missing[first] |= unread
        else:
            steps.low[first] = min(steps.low[first], REAPPEARANCE)
            if steps.high[first] == SECOND_NEEDED:
                steps.high[first] = REAPPEARANCE
                steps.reason[first] |= NOT_CONFIRMED


@part
def write_overall(steps: Steps, rows: int) -> None:
    """Row 0: the worst marrow after the infusion."""
    low, high, worst, reason, missing = NOT_GRADED, NOT_GRADED, 0, 0, 0
    any_marrow = False
    for row in range(1, rows):
        if steps.at[row] <= 0.0:
            continue
        any_marrow = True
        reason |= steps.reason[row]
        missing |= steps.missing[row]
        if steps.low[row] > low:
            worst = row
        low, high = max(low, steps.low[row]), max(high, steps.high[row])
        if steps.low[row] == RELAPSE and np.isnan(steps.fact[0, RELAPSE_DAY]):
            steps.fact[0, RELAPSE_DAY] = steps.fact[row, STUDY_DAY]
        if steps.low[row] >= REAPPEARANCE and np.isnan(steps.fact[0, REAPPEARANCE_DAY]):
            steps.fact[0, REAPPEARANCE_DAY] = steps.fact[row, STUDY_DAY]
    unread = False
    for row in range(1, rows):
        unread = unread or (steps.at[row] > 0.0 and steps.low[row] == NOT_GRADED)
    # A marrow without MRD could have been relapse.
    if low != NOT_GRADED and unread:
        high = RELAPSE
    steps.low[0], steps.high[0] = low, high
    steps.reason[0] = reason if any_marrow else NO_MARROW
    steps.missing[0] = 0 if low == high != NOT_GRADED else missing if any_marrow else 1 << FLOW | 1 << MOLECULAR
    if worst > 0:
        steps.decided[0] = steps.decided[worst]


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with a marrow, before the infusion as well, after row 0 with the worst of those after it."""
    rows, last_day = 1, -2_000_000
    surely, possibly, negative, earlier = 0, 0, False, False
    for i in range(len(events.time)):
        if events.day[i] == last_day or events.status[i] == 3:
            continue
        last_day = events.day[i]
        least, most, event = tests_of(events, i)
        steps.at[rows], steps.fact[rows, STUDY_DAY] = events.time[i], float(last_day)
        steps.low[rows] = steps.high[rows] = NOT_GRADED
        judge(steps, rows, least, most, event, (surely, possibly if earlier else 1), negative)
        second_marrow(steps, rows, least, most, option, open_tests(least, most, event))
        earlier = True
        low_kind, high_kind = highest_mrd(least, event), highest_mrd(most, event)
        if high_kind >= 0:
            surely = 1 if most[high_kind] < POSITIVE_FROM else surely
            possibly = 1 if least[low_kind] < POSITIVE_FROM else possibly
            negative = negative or most[high_kind] < REAPPEARANCE_FROM
        elif event[MORPHOLOGY] >= 0:
            surely = 1 if most[MORPHOLOGY] < REMISSION_BLASTS_BELOW else surely
            possibly = 1 if least[MORPHOLOGY] < REMISSION_BLASTS_BELOW else possibly
        else:
            possibly = 1
        rows += 1
    write_overall(steps, rows)
    return rows


def _kind_of(method: str) -> int:
    word = method.lower()
    if "flow" in word or "facs" in word or "fcm" in word:
        return FLOW
    return MOLECULAR if any(name in word for name in ("pcr", "ngs", "sequenc", "molecular")) else UNNAMED


def _mrd_row(result: MrdResult | Observation, fraction: float | None, blind: bool) -> Any:
    percent = None if fraction is None else round(100.0 * fraction, 12)
    status = Status.NOT_RECORDED if blind and (result.status == Status.BELOW or fraction == 0.0) else result.status
    return event_row(_kind_of(result.method), percent, moment=result.moment, uid=result.uid, status=status)


def _rows(course: Course) -> Iterator[Any]:
    for result in course.mrd:
        if result.moment.known and result.site in ("", "marrow"):
            blind = bool(result.gates_on_cd19) and "19" in course.product.target and _kind_of(result.method) == FLOW
            yield _mrd_row(result, result.fraction, blind)
    for panel in course.panels:
        if panel.site == "marrow" and panel.moment.known and panel.blasts_percent is not None:
            yield event_row(FLOW, panel.blasts_percent, moment=panel.moment, uid=panel.uid)
    for o in course.observations:
        if not o.moment.known or o.site not in ("", "marrow"):
            continue
        if o.code == "mrd":
            yield _mrd_row(o, o.value, False)
        elif o.code == "leukaemic_clone_percent":
            yield event_row(GENETICS, o.value, moment=o.moment, uid=o.uid, status=o.status)
        elif o.code == "blasts_percent":
            kind = FLOW if _kind_of(o.method) == FLOW else MORPHOLOGY
            yield event_row(kind, o.value, moment=o.moment, uid=o.uid, status=o.status)


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Every marrow test of the course in percent."""
    return without_attribution(from_rows(_rows(course)))


FACTS = (
    (RELAPSE_DAY, "relapse_day", "Day of the marrow that settles relapse", "No settled relapse."),
    (REAPPEARANCE_DAY, "reappearance_day", "First day with MRD that has reappeared", "No settled reappearance of MRD."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return assess_evaluations(rule, course, option, FACTS)


RULE = Rule(
    id="relapse.pontedilegno2022",
    version="1",
    title="Marrow relapse of B-ALL (Ponte di Legno 2022)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("buchmann2022pontedilegno", "cartrace"),
    provisional=(
        "That the second marrow lies one to four weeks after the first is written from memory.",
        "The list of other tests (cytomorphology, genetics, PCR, flow cytometry) is written from memory.",
    ),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
