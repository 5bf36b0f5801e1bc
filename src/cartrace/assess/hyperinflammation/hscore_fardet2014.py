"""HScore for reactive haemophagocytic syndrome, Fardet 2014: hscore.fardet2014

In: temperature, liver and spleen, blood count, ferritin, triglycerides, fibrinogen, AST, marrow, known immunosuppression.
Out: points and probability, for every day on which ferritin was measured. Decided here: what silence costs (a range).

**Published rule** (fardet2014hscore, reprints of the table of items and of the probability table)

    known immunosuppression                                                      no 0, yes 18
    temperature [C]                              < 38.4  0    38.4 to 39.4  33    > 39.4  49
    organomegaly                                   none  0    liver or spleen  23    both  38
    cytopenias: haemoglobin <= 92 g/L,
    white cells <= 5.0, platelets <= 110         0 or 1  0    2 lineages  24    3 lineages  34
    ferritin [ng/mL]                             < 2000  0    2000 to 6000  35    > 6000  50
    triglycerides [mmol/L]                        < 1.5  0    1.5 to 4  44    > 4  64
    fibrinogen [mg/dL]                            > 250  0    <= 250  30
    AST [U/L]                                      < 30  0    >= 30  19
    haemophagocytosis in marrow                                                  no 0, yes 35

From 0 to 337 points. 169 points is the cut-off. Probability of the syndrome in percent by points: 90 < 1; 100 1; 110 3;
120 5; 130 9; 140 16; 150 25; 160 40; 170 54; 180 70; 190 80; 200 88; 210 93; 220 96; 230 98; 240 99; 250 > 99.

**Readings**

- Asked on every study day after the infusion with an entry of ferritin; without any, on every day with an entry.
- Temperature and blood tests speak for three study days by their worst value (`window_days`); organs and marrow for fourteen
  (`finding_days`); known immunosuppression from the day it is entered on.
- An item that is not recorded may have its lowest or its highest points: the score is then a range, never a sum with zeros.
- 169 points and more are at the cut-off.
- Between two rows of the probability table the probability is read off the line between them and is approximate.
  Outside 100 to 240 points the table gives limits only and no number is handed out.
- Lymphodepletion lowers three blood counts by itself and fever and ferritin belong to CRS: the score was made for other
  patients and is shown with that caution.

**Ungradable** no input after the infusion (`nothing_recorded`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation import index_days
from cartrace.assess.hyperinflammation.index_days import (
    DAY,
    EVER,
    HIGH,
    LOW,
    Number,
    asked,
    bounds,
    close,
    level,
    open_row,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule, Steps
from cartrace.assess.sweep import decide
from cartrace.course import Channel, Course, Events

Floats = NDArray[np.float64]

FEVER_FROM = 38.4
"""[Cel] 33 points; fardet2014hscore, table of items."""
HIGH_FEVER_ABOVE = 39.4
"""[Cel] 49 points."""
HAEMOGLOBIN_UP_TO = 92.0
"""[g/L] a cytopenia; printed 9.2 g/dL."""
WBC_UP_TO = 5.0
"""[10*9/L] a cytopenia."""
PLATELETS_UP_TO = 110.0
"""[10*9/L] a cytopenia."""
FERRITIN_FROM = 2000.0
"""[ng/mL] 35 points."""
FERRITIN_ABOVE = 6000.0
"""[ng/mL] 50 points."""
TRIGLYCERIDES_FROM = 1.5
"""[mmol/L] 44 points."""
TRIGLYCERIDES_ABOVE = 4.0
"""[mmol/L] 64 points."""
FIBRINOGEN_UP_TO = 250.0
"""[mg/dL] 30 points; printed 2.5 g/L."""
AST_FROM = 30.0
"""[U/L] 19 points."""
CUTOFF_FROM = 169
"""[points] fardet2014hscore, best cut-off."""

# Probability table: percent at 100, 110 ... 240 points.
TABLE_FIRST, TABLE_STEP = 100.0, 10.0
PROBABILITY = (1.0, 3.0, 5.0, 9.0, 16.0, 25.0, 40.0, 54.0, 70.0, 80.0, 88.0, 93.0, 96.0, 98.0, 99.0)

FERRITIN, TEMPERATURE, HAEMOGLOBIN, WBC, PLATELETS, TRIGLYCERIDES, FIBRINOGEN, AST = range(8)
LIVER, SPLEEN, MARROW, IMMUNOSUPPRESSION = range(8, 12)
CHANNELS = (
    Channel("ferritin", codes=("ferritin",), meaning="ferritin"),
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("haemoglobin", codes=("haemoglobin",), meaning="haemoglobin"),
    Channel("wbc", codes=("wbc",), meaning="white cells"),
    Channel("platelets", codes=("platelets",), meaning="platelet count"),
    Channel("triglycerides", codes=("triglycerides",), meaning="triglycerides"),
    Channel("fibrinogen", codes=("fibrinogen",), meaning="fibrinogen"),
    Channel("ast", codes=("ast",), meaning="AST"),
    Channel("hepatomegaly", codes=("hepatomegaly",), meaning="enlarged liver"),
    Channel("splenomegaly", codes=("splenomegaly",), meaning="enlarged spleen"),
    Channel("haemophagocytosis", codes=("haemophagocytosis",), meaning="haemophagocytosis in marrow"),
    Channel("known_immunosuppression", codes=("known_immunosuppression",), meaning="known immunosuppression"),
)
# Where an item begins to have points and beyond what it has the most; inputs that are worse when low are turned.
NEVER = math.inf
FIRST = (
    FERRITIN_FROM, FEVER_FROM, -HAEMOGLOBIN_UP_TO, -WBC_UP_TO, -PLATELETS_UP_TO,
    TRIGLYCERIDES_FROM, -FIBRINOGEN_UP_TO, AST_FROM, 1.0, 1.0, 1.0, 1.0,
)  # fmt: skip
BEYOND = (
    FERRITIN_ABOVE, HIGH_FEVER_ABOVE, NEVER, NEVER, NEVER, TRIGLYCERIDES_ABOVE, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER,
)  # fmt: skip
# Points of the items that rest on one input, by step; then by the number of organs and of lineages.
SINGLE_ITEMS = (
    (FERRITIN, (0, 35, 50)),
    (TEMPERATURE, (0, 33, 49)),
    (TRIGLYCERIDES, (0, 44, 64)),
    (FIBRINOGEN, (0, 30, 30)),
    (AST, (0, 19, 19)),
    (MARROW, (0, 35, 35)),
    (IMMUNOSUPPRESSION, (0, 18, 18)),
)
ORGAN_POINTS, LINEAGE_POINTS = (0, 23, 38), (0, 0, 24, 34)

WINDOW_DAYS, FINDING_DAYS = 0, 1
OPTIONS = (index_days.WINDOW, index_days.FINDING)
REASONS = (index_days.ASKED_NOTHING,)
CATEGORIES = ("below 169", "169 or more")

POINTS_LOW, POINTS_HIGH, PROBABILITY_LOW, PROBABILITY_HIGH = range(4)
OUTSIDE = "no score, or one outside 100 to 240 points: the table says below 1 % or above 99 %"
NUMBERS = (
    Number("score_low", POINTS_LOW, "Highest HScore of the course, missing items at their lowest", "{score}"),
    Number("score_high", POINTS_HIGH, "Highest HScore of the course, missing items at their highest", "{score}"),
    Number("probability_low", PROBABILITY_LOW, "Approximate probability at score_low", "%", OUTSIDE),
    Number("probability_high", PROBABILITY_HIGH, "Approximate probability at score_high", "%", OUTSIDE),
    Number("peak_day", DAY, "Study day of the highest score", "d"),
)


@part
def probability(points: float) -> float:
    """Percent by the published table, between its rows along the line; NaN where the table gives a limit only."""
    place = (points - TABLE_FIRST) / TABLE_STEP
    last = len(PROBABILITY) - 1
    if not 0.0 <= place <= last:
        return np.nan
    row = min(int(place), last - 1)
    return PROBABILITY[row] + (place - row) * (PROBABILITY[row + 1] - PROBABILITY[row])


@part
def item(events: Events, steps: Steps, row: int, channel: int, option: Floats) -> tuple[int, int]:
    """(at best, at worst) step of one input: 0, 1 or 2; names its record when it has points, and itself when it is open."""
    days = (
        float(EVER)
        if channel == IMMUNOSUPPRESSION
        else option[FINDING_DAYS]
        if channel >= LIVER
        else option[WINDOW_DAYS]
    )
    sign = LOW if FIRST[channel] < 0.0 else HIGH
    best, worst, i = bounds(events, channel, int(steps.fact[row, DAY]), days, sign)
    low, high = level(best, FIRST[channel], BEYOND[channel]), level(worst, FIRST[channel], BEYOND[channel])
    if low > 0:
        decide(steps, row, i)
    if low < high:
        steps.missing[row] |= 1 << channel
    return low, high


@part
def score(events: Events, steps: Steps, row: int, option: Floats) -> tuple[int, int]:
    """(lowest, highest) points of the row's day; names the deciding records and what is missing."""
    low, high = 0, 0
    for channel, points in SINGLE_ITEMS:
        least, most = item(events, steps, row, channel, option)
        low, high = low + points[least], high + points[most]
    liver = item(events, steps, row, LIVER, option)
    spleen = item(events, steps, row, SPLEEN, option)
    low, high = low + ORGAN_POINTS[liver[0] + spleen[0]], high + ORGAN_POINTS[liver[1] + spleen[1]]
    red = item(events, steps, row, HAEMOGLOBIN, option)
    white = item(events, steps, row, WBC, option)
    platelet = item(events, steps, row, PLATELETS, option)
    low += LINEAGE_POINTS[red[0] + white[0] + platelet[0]]
    high += LINEAGE_POINTS[red[1] + white[1] + platelet[1]]
    return low, high


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row for each day that is asked, after row 0 with the highest score."""
    days = asked(events, FERRITIN)
    for k in range(len(days)):
        row = k + 1
        open_row(steps, row, events, days[k])
        low, high = score(events, steps, row, option)
        steps.fact[row, POINTS_LOW], steps.fact[row, POINTS_HIGH] = low, high
        steps.low[row] = 1 if low >= CUTOFF_FROM else 0
        steps.high[row] = 1 if high >= CUTOFF_FROM else 0
        if steps.low[row] == steps.high[row]:
            steps.missing[row] = 0
    close(steps, len(days) + 1, POINTS_LOW, POINTS_HIGH, FERRITIN)
    steps.fact[0, PROBABILITY_LOW] = probability(steps.fact[0, POINTS_LOW])
    steps.fact[0, PROBABILITY_HIGH] = probability(steps.fact[0, POINTS_HIGH])
    return len(days) + 1


def words(fact: Floats) -> str:
    """A day's score for a reader."""
    low, high = int(fact[POINTS_LOW]), int(fact[POINTS_HIGH])
    return f"{low} points" if low == high else f"{low} to {high} points"


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return index_days.assess_by_day(rule, course, option, NUMBERS, words)


RULE = Rule(
    id="hscore.fardet2014",
    version="1",
    title="HScore (Fardet 2014)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("fardet2014hscore", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=index_days.without_attribution,
)
