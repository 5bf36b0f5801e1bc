"""Figures of simulated patients: bands over time, with what was recorded on top.

In: a prediction, the course. Out: `FigureDescription`s.
Decided here: filled bands are 5 to 95 and 25 to 75 % of the patients with their median; what they are compared with is dashed: median,
5 and 95 %. The word SIMULATION stands in every panel. Log axes begin at a foot: what lies lower is drawn there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cartrace.course import Course, Status
from cartrace.figures import laboratory, value_axis, wording
from cartrace.figures.description import Band, Chart, FigureDescription, Point, Series, TimeAxis, ValueAxis
from cartrace.figures.time_axis import time_axis
from cartrace.simulate.prediction import ANALYTES, ARMS, CONVENTIONAL, GIVEN, LESIONS, SINGLE, Arm, Prediction
from cartrace.simulate.scenario import HYPOTHESES
from cartrace.vocabulary import units

MARK = "SIMULATION – virtual patients of a model, not this patient"
WATERMARK = "SIMULATION"
HEIGHT = 17.0
FEET = {"car_copies_per_ug": 1.0, "anc": laboratory.ANC_FOOT}
"""[canonical units] The foot of a log axis whose values reach 0; a choice of drawing."""

LOG = ("car_copies_per_ug", "il6", "ferritin", "anc")
NAMES = {
    "car_copies_per_ug": "CAR copies",
    "il6": "IL-6",
    "crp": "CRP",
    "temperature": "Temperature",
    "ferritin": "Ferritin",
    "anc": "Neutrophils",
    "platelets": "Platelets",
    "skin": "Leukaemia in skin",
    "testis": "Leukaemia in testis",
}
SHORT = {GIVEN: "as given", CONVENTIONAL: "KD 0", SINGLE: "single dose"}
"""Names in the margin; KD: knock-down of IL-6, 0 in a conventional product."""

READING = "Filled: 25 to 75 and 5 to 95 % of virtual patients, line: median."


def as_given(prediction: Prediction, course: Course) -> FigureDescription:
    """The regimen as given under both hypotheses, with the recorded values."""
    first, second = (_need(prediction, GIVEN, hypothesis) for hypothesis in HYPOTHESES)
    axis = _axis(first)
    sites = [site for site in LESIONS if first.bands[site].rows[0][3] > 0.0]
    panels = [_chart(name, NAMES[name], [(first, "H1"), (second, "H2")], axis, course) for name in (*ANALYTES, *sites)]
    recorded = any(series.tone == "observed" for panel in panels for series in panel.series)
    seen = "Squares: recorded in this course." if recorded else "No value of these is recorded with its day."
    dashed = "Dashed: median, 5 and 95 % under hypothesis H2; filled: H1."
    return _figure(prediction, "given", "Predicted course, regimen as given", axis, panels, (READING, dashed, seen))


def contrast(prediction: Prediction, key: str, names: Sequence[str]) -> FigureDescription:
    """The regimen as given against one counterpart, under each hypothesis."""
    panels, axis = [], None
    for name in names:
        for hypothesis in HYPOTHESES:
            given, other = (_need(prediction, arm, hypothesis) for arm in (GIVEN, key))
            axis = axis or _axis(given)
            label = f"{NAMES[name]}, {hypothesis}"
            panels.append(_chart(name, label, [(given, SHORT[GIVEN]), (other, SHORT[key])], axis, None))
    if axis is None:
        raise ValueError("nothing to compare")
    dashed = f"Dashed: median, 5 and 95 % of the same patients, {ARMS[key]}{' (KD 0)' * (key == CONVENTIONAL)}."
    return _figure(prediction, key, f"Predicted: as given against {ARMS[key]}", axis, panels, (READING, dashed))


def _need(prediction: Prediction, key: str, hypothesis: str) -> Arm:
    arm = prediction.arm(key, "H1" if hypothesis == "H1" else "H2")
    if arm is None:
        raise ValueError(f"the prediction has no arm {key}")
    return arm


def _axis(arm: Arm) -> TimeAxis:
    days = [row[0] for row in arm.bands["temperature"].rows]
    return time_axis(days, window=(min(days), max(days)))


def _figure(
    prediction: Prediction,
    key: str,
    title: str,
    axis: TimeAxis,
    panels: Sequence[Chart],
    notes: Iterable[str],
) -> FigureDescription:
    people = prediction.scenario.virtual_patients
    made = (
        f"Model {prediction.scenario.model} {prediction.digest[:8]}, values {prediction.values[:8]}, "
        f"{people.count} virtual patients, seed {people.seed}."
    )
    return FigureDescription(
        key=f"prediction-{key}",
        title=title,
        mark=MARK,
        axis=axis,
        panels=tuple(panels),
        infusions=prediction.scenario.dose.days,
        notes=(*notes, made),
    )


def _chart(name: str, label: str, arms: Sequence[tuple[Arm, str]], axis: TimeAxis, course: Course | None) -> Chart:
    foot = FEET.get(name, 0.0)
    bands: list[Band] = []
    series: list[Series] = []
    unit = wording.unit(units.canonical(name)) if name in ANALYTES else "mL"
    for number, (arm, said) in enumerate(arms):
        rows = [(row[0], *(max(value, foot) for value in row[1:])) for row in arm.bands[name].rows]
        tone = "compared" if number else "predicted"
        key = f"{arm.key}-{arm.hypothesis}"
        bands.append(Band(f"{key}-5-95", tone, tuple((row[0], row[1], row[5]) for row in rows), filled=not number))
        if not number:
            bands.append(Band(f"{key}-25-75", tone, tuple((row[0], row[2], row[4]) for row in rows)))
        points = tuple(Point(row[0], row[3], _hover(label, said, row, unit)) for row in rows)
        series.append(Series(key, said, tone, points, "dashed" if number else "solid", markers=False))
    observed = _recorded(course, name, axis, foot) if course is not None else ()
    if observed:
        series.append(Series("recorded", "recorded", "observed", observed, "none"))
    values = [value for one in bands for _, *edges in one.corners for value in edges]
    values += [point.value for point in observed]
    chart_key = f"{name}-{arms[0][0].hypothesis}" if course is None else name
    return Chart(
        chart_key,
        "",
        _value_axis(name, label, unit, values, foot),
        tuple(series),
        bands=tuple(bands),
        height=HEIGHT,
        watermark=WATERMARK,
    )


def _value_axis(name: str, label: str, unit: str, values: Sequence[float], foot: float) -> ValueAxis:
    if name in LOG:
        return value_axis.logarithmic(label, unit, values, foot=foot or None)
    return value_axis.linear(label, unit, values, floor=None if name == "temperature" else 0.0)


def _hover(label: str, said: str, row: Sequence[float], unit: str) -> str:
    day, low, lower, middle, upper, high = row
    number = wording.number
    return wording.lines(
        f"Simulated: {label}, {said}",
        f"day {wording.day(day)}: median {number(middle)} {unit}",
        f"25 to 75 %: {number(lower)} to {number(upper)}",
        f"5 to 95 %: {number(low)} to {number(high)}",
    )


def _recorded(course: Course, name: str, axis: TimeAxis, foot: float) -> tuple[Point, ...]:
    """What the record holds of this quantity, as solid marks; below a limit, or below the foot, open ones."""
    found = []
    codes = (name, "hscrp") if name == "crp" else (name,)
    for o in course.observations:
        value = laboratory.known(o) if o.code in codes and o.moment.known else None
        if value is None or o.status not in (Status.DONE, Status.BELOW, Status.ABOVE) or not axis.shows(o.moment.time):
            continue
        hover = wording.lines("Recorded", wording.measured(o, NAMES[name]), wording.moment(o.moment))
        found.append(Point(o.moment.time, max(value, foot), hover, o.status is not Status.DONE or value < foot))
    for look in course.lesions if name in LESIONS else ():
        if look.site == name and look.moment.known and look.volume_ml is not None and axis.shows(look.moment.time):
            hover = wording.lines("Recorded", f"{look.lesion}: {look.volume_ml:g} mL", wording.moment(look.moment))
            found.append(Point(look.moment.time, look.volume_ml, hover))
    return tuple(sorted(found, key=lambda point: point.time))
