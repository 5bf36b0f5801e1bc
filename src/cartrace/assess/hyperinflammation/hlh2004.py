"""Haemophagocytic lymphohistiocytosis, diagnostic criteria of HLH-2004: hlh.hlh2004

In: temperature, spleen, blood count, triglycerides, fibrinogen, marrow, NK-cell activity, ferritin, soluble CD25.
Out: met or not, with the number of criteria, for every day on which ferritin was measured.

**Published rule** (henter2007hlh, reprints of the table) A molecular diagnosis, or at least 5 of 8:

    1  fever >= 38.5 C
    2  splenomegaly
    3  at least two lineages: haemoglobin < 90 g/L, platelets < 100, neutrophils < 1.0 10*9/L
    4  triglycerides >= 3.0 mmol/L (265 mg/dL), fasting, and/or fibrinogen <= 150 mg/dL
    5  haemophagocytosis in marrow, spleen, node or liver
    6  low or absent NK-cell activity
    7  ferritin >= 500 ng/mL
    8  soluble CD25 >= 2400 U/mL

**Readings**

- Asked on every study day after the infusion with an entry of ferritin; without any, on every day with an entry.
- Temperature and blood tests speak for three study days by their worst value (`window_days`); spleen, marrow, NK-cell
  activity and soluble CD25 for fourteen (`finding_days`).
- A criterion that is not recorded may be met: the count is a range, and the answer is open while the range holds five.
- 3.0 mmol/L and 265 mg/dL differ by 0.3 %; the lower, 265 mg/dL, is the limit, so that a value printed in either unit
  counts from the figure in the paper on.
- Some reprints print > for criteria 4 and 7; >= stands in the primary wording as reproduced.
- Whether the patient had fasted is not asked. Haemoglobin below 100 g/L, for infants under four weeks, is not used.
- A molecular diagnosis is never assumed; `molecular_unknown=range` leaves the answer open while none is entered.

**Ungradable** no input after the infusion (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation import index_days
from cartrace.assess.hyperinflammation.index_days import (
    DAY,
    EVER,
    HIGH,
    LOW,
    NOT_DONE,
    Number,
    ask,
    asked,
    close,
    criterion,
    open_row,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Rule, Steps
from cartrace.course import Channel, Course, Events

Floats = NDArray[np.float64]

FEVER_FROM = 38.5
"""[Cel] henter2007hlh, criterion 1."""
LINEAGES_FROM = 2
"""Criterion 3."""
HAEMOGLOBIN_BELOW = 90.0
"""[g/L] criterion 3."""
PLATELETS_BELOW = 100.0
"""[10*9/L] criterion 3."""
ANC_BELOW = 1.0
"""[10*9/L] criterion 3."""
TRIGLYCERIDES_FROM = 265.0 * 1129.0 / 100000.0
"""[mmol/L] criterion 4: 265 mg/dL, printed beside 3.0 mmol/L."""
FIBRINOGEN_UP_TO = 150.0
"""[mg/dL] criterion 4; printed 1.5 g/L."""
FERRITIN_FROM = 500.0
"""[ng/mL] criterion 7."""
SCD25_FROM = 2400.0
"""[U/mL] criterion 8."""
CRITERIA_FROM = 5
"""Of 8."""

FERRITIN, TEMPERATURE, HAEMOGLOBIN, PLATELETS, ANC, TRIGLYCERIDES, FIBRINOGEN = range(7)
SPLEEN, MARROW, NK, SCD25, MOLECULAR = range(7, 12)
CHANNELS = (
    Channel("ferritin", codes=("ferritin",), meaning="ferritin"),
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("haemoglobin", codes=("haemoglobin",), meaning="haemoglobin"),
    Channel("platelets", codes=("platelets",), meaning="platelet count"),
    Channel("anc", codes=("anc",), meaning="neutrophils"),
    Channel("triglycerides", codes=("triglycerides",), meaning="triglycerides"),
    Channel("fibrinogen", codes=("fibrinogen",), meaning="fibrinogen"),
    Channel("splenomegaly", codes=("splenomegaly",), meaning="enlarged spleen"),
    Channel("haemophagocytosis", codes=("haemophagocytosis",), meaning="haemophagocytosis in marrow or other tissue"),
    Channel("nk_activity", codes=("nk_activity",), meaning="NK-cell activity"),
    Channel("scd25", codes=("scd25",), meaning="soluble CD25"),
    Channel("molecular_hlh", codes=("molecular_hlh",), meaning="molecular diagnosis"),
)
WINDOW_DAYS, FINDING_DAYS, MOLECULAR_UNKNOWN = range(3)
OPTIONS = (
    index_days.WINDOW,
    index_days.FINDING,
    Option(
        "molecular_unknown",
        0,
        "a molecular diagnosis that is not entered",
        values=(("never_assumed", 0), ("range", 1)),
    ),
)
REASONS = (index_days.ASKED_NOTHING,)
CATEGORIES = ("not met", "met")

MET, POSSIBLE = range(2)
NUMBERS = (
    Number("criteria_met", MET, "Most criteria certainly met on one day, of 8", "{score}"),
    Number("criteria_possible", POSSIBLE, "Most criteria met on one day if every open one is", "{score}"),
    Number("peak_day", DAY, "Study day with the most criteria certainly met", "d"),
)


@part
def either(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Whether one of two findings is there."""
    return max(one[0], other[0]), max(one[1], other[1])


@part
def cytopenias(events: Events, steps: Steps, row: int, days: float) -> tuple[int, int]:
    """Criterion 3."""
    red = criterion(events, steps, row, HAEMOGLOBIN, days, HAEMOGLOBIN_BELOW, LOW, False)
    platelet = criterion(events, steps, row, PLATELETS, days, PLATELETS_BELOW, LOW, False)
    white = criterion(events, steps, row, ANC, days, ANC_BELOW, LOW, False)
    low = 1 if red[0] + platelet[0] + white[0] >= LINEAGES_FROM else 0
    high = 1 if red[1] + platelet[1] + white[1] >= LINEAGES_FROM else 0
    if low < high:
        ask(steps, row, HAEMOGLOBIN, red)
        ask(steps, row, PLATELETS, platelet)
        ask(steps, row, ANC, white)
    return low, high


@part
def lipids_or_fibrinogen(events: Events, steps: Steps, row: int, days: float) -> tuple[int, int]:
    """Criterion 4."""
    fat = criterion(events, steps, row, TRIGLYCERIDES, days, TRIGLYCERIDES_FROM, HIGH, True)
    clotting = criterion(events, steps, row, FIBRINOGEN, days, FIBRINOGEN_UP_TO, LOW, True)
    both = either(fat, clotting)
    if both[0] < both[1]:
        ask(steps, row, TRIGLYCERIDES, fat)
        ask(steps, row, FIBRINOGEN, clotting)
    return both


@part
def count(events: Events, steps: Steps, row: int, option: Floats) -> tuple[int, int]:
    """(certainly met, possibly met) of the eight criteria on the row's day."""
    days, rarely = option[WINDOW_DAYS], option[FINDING_DAYS]
    third = cytopenias(events, steps, row, days)
    fourth = lipids_or_fibrinogen(events, steps, row, days)
    low, high = third[0] + fourth[0], third[1] + fourth[1]
    for channel, limit, window in (
        (TEMPERATURE, FEVER_FROM, days),
        (FERRITIN, FERRITIN_FROM, days),
        (SCD25, SCD25_FROM, rarely),
        (SPLEEN, 1.0, rarely),
        (MARROW, 1.0, rarely),
        (NK, 1.0, rarely),
    ):
        met = criterion(events, steps, row, channel, window, limit, HIGH, True)
        ask(steps, row, channel, met)
        low, high = low + met[0], high + met[1]
    return low, high


@part
def molecular(events: Events, steps: Steps, row: int, never_assumed: bool) -> tuple[int, int]:
    """A molecular diagnosis entered up to the row's day."""
    for i in range(len(events.time)):
        if events.channel[i] == MOLECULAR and events.day[i] <= steps.fact[row, DAY] and events.status[i] != NOT_DONE:
            return criterion(events, steps, row, MOLECULAR, float(EVER), 1.0, HIGH, True)
    return (0, 0) if never_assumed else (0, 1)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row for each day that is asked, after row 0 with the worst of them."""
    days = asked(events, FERRITIN)
    for k in range(len(days)):
        row = k + 1
        open_row(steps, row, events, days[k])
        low, high = count(events, steps, row, option)
        steps.fact[row, MET], steps.fact[row, POSSIBLE] = low, high
        gene = molecular(events, steps, row, option[MOLECULAR_UNKNOWN] == 0.0)
        ask(steps, row, MOLECULAR, gene)
        steps.low[row] = max(gene[0], 1 if low >= CRITERIA_FROM else 0)
        steps.high[row] = max(gene[1], 1 if high >= CRITERIA_FROM else 0)
        if steps.low[row] == steps.high[row]:
            steps.missing[row] = 0
    close(steps, len(days) + 1, MET, POSSIBLE, FERRITIN)
    return len(days) + 1


def words(fact: Floats) -> str:
    """A day's criteria for a reader."""
    low, high = int(fact[MET]), int(fact[POSSIBLE])
    return f"{low} of 8" if low == high else f"{low} to {high} of 8"


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return index_days.assess_by_day(rule, course, option, NUMBERS, words)


RULE = Rule(
    id="hlh.hlh2004",
    version="1",
    title="HLH-2004 criteria",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("henter2007hlh", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=index_days.without_attribution,
)
