"""Macrophage activation syndrome in systemic juvenile idiopathic arthritis, criteria of 2016: mas.ravelli2016

In: temperature, ferritin, platelets, AST, triglycerides, fibrinogen. Out: met or not, for every day with ferritin.

**Published rule** (ravelli2016mas, reprints of the table) A febrile patient with ferritin > 684 ng/mL and at least two of:

    platelets        <= 181 10*9/L
    AST              > 48 U/L
    triglycerides    > 156 mg/dL
    fibrinogen       <= 360 mg/dL

**Readings**

- The criteria classify children with systemic arthritis. They are not validated after CAR-T cells: for display only.
- Febrile is not given a figure: 38.0 C, as in lee2019astct (`fever_from`).
- Asked on every study day after the infusion with an entry of ferritin; without any, on every day with an entry. Every input
  speaks for three study days by its worst value (`window_days`).
- An input that is not recorded may be anything.

**Ungradable** no input after the infusion (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.hyperinflammation import index_days
from cartrace.assess.hyperinflammation.index_days import (
    DAY,
    HIGH,
    LOW,
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

FEVER_FROM = 38.0
"""[Cel] the paper gives no figure; lee2019astct."""
FERRITIN_ABOVE = 684.0
"""[ng/mL] ravelli2016mas."""
PLATELETS_UP_TO = 181.0
"""[10*9/L] ravelli2016mas."""
AST_ABOVE = 48.0
"""[U/L] ravelli2016mas."""
TRIGLYCERIDES_ABOVE = 156.0 * 1129.0 / 100000.0
"""[mmol/L] ravelli2016mas; printed 156 mg/dL."""
FIBRINOGEN_UP_TO = 360.0
"""[mg/dL] ravelli2016mas."""
FINDINGS_FROM = 2
"""Of 4."""

FERRITIN, TEMPERATURE, PLATELETS, AST, TRIGLYCERIDES, FIBRINOGEN = range(6)
CHANNELS = (
    Channel("ferritin", codes=("ferritin",), meaning="ferritin"),
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("platelets", codes=("platelets",), meaning="platelet count"),
    Channel("ast", codes=("ast",), meaning="AST"),
    Channel("triglycerides", codes=("triglycerides",), meaning="triglycerides"),
    Channel("fibrinogen", codes=("fibrinogen",), meaning="fibrinogen"),
)
WINDOW_DAYS, FEVER = range(2)
OPTIONS = (index_days.WINDOW, Option("fever_from", FEVER_FROM, "temperature from which a patient is febrile", "Cel"))
REASONS = (index_days.ASKED_NOTHING,)
CATEGORIES = ("not met", "met")

MET, POSSIBLE = range(2)
NUMBERS = (
    Number("findings_met", MET, "Most findings certainly there on one day, of 4", "{score}"),
    Number("findings_possible", POSSIBLE, "Most findings on one day if every open one is there", "{score}"),
    Number("peak_day", DAY, "Study day with the most findings certainly there", "d"),
)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row for each day that is asked, after row 0 with the worst of them."""
    days = asked(events, FERRITIN)
    window = option[WINDOW_DAYS]
    for k in range(len(days)):
        row = k + 1
        open_row(steps, row, events, days[k])
        low, high = 0, 0
        for channel, limit, sign, included in (
            (PLATELETS, PLATELETS_UP_TO, LOW, True),
            (AST, AST_ABOVE, HIGH, False),
            (TRIGLYCERIDES, TRIGLYCERIDES_ABOVE, HIGH, False),
            (FIBRINOGEN, FIBRINOGEN_UP_TO, LOW, True),
        ):
            met = criterion(events, steps, row, channel, window, limit, sign, included)
            ask(steps, row, channel, met)
            low, high = low + met[0], high + met[1]
        if low >= FINDINGS_FROM:
            steps.missing[row] = 0
        fever = criterion(events, steps, row, TEMPERATURE, window, option[FEVER], HIGH, True)
        ferritin = criterion(events, steps, row, FERRITIN, window, FERRITIN_ABOVE, HIGH, False)
        ask(steps, row, TEMPERATURE, fever)
        ask(steps, row, FERRITIN, ferritin)
        steps.fact[row, MET], steps.fact[row, POSSIBLE] = low, high
        steps.low[row] = 1 if low >= FINDINGS_FROM and fever[0] == 1 and ferritin[0] == 1 else 0
        steps.high[row] = 1 if high >= FINDINGS_FROM and fever[1] == 1 and ferritin[1] == 1 else 0
        if steps.low[row] == steps.high[row]:
            steps.missing[row] = 0
    close(steps, len(days) + 1, MET, POSSIBLE, FERRITIN)
    return len(days) + 1


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return index_days.assess_by_day(rule, course, option, NUMBERS)


RULE = Rule(
    id="mas.ravelli2016",
    version="1",
    title="Macrophage activation syndrome (2016)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("ravelli2016mas", "lee2019astct", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=index_days.without_attribution,
)
