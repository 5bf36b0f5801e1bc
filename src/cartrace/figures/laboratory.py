"""Panels of measured values over time: blood counts with grade ribbons; temperature, cytokines and CRP.

In: course, assessments, time axis. Out: one small chart per analyte, each with its own labelled axis; one line of text
for those that were not recorded.
Decided here: cytokines, ferritin and neutrophils on log axes; what lies on a log axis at 0 or below the limit of
quantification is an open marker at the foot; sites and methods of one analyte share its chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartrace.assess.result import Assessment
from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.figures import ribbons, value_axis, wording
from cartrace.figures.description import (
    Chart,
    Lane,
    Lanes,
    LaneText,
    Level,
    Panel,
    Point,
    Scale,
    Series,
    Silent,
    TimeAxis,
)
from cartrace.vocabulary import terms, units

FEVER_FROM = 38.0  # Cel, lee2019astct: fever is a temperature of 38.0 Cel or more
ALWAYS = {"temperature": (36.5, 39.0), "haemoglobin": (75.0, 125.0)}
"""[canonical units] Always part of the axis, so that a calm course does not look like a stormy one."""
ANC_FOOT = 0.02
"""[10*9/L] Foot of the neutrophil axis; 0 is drawn there as an open marker."""
SEVERE_FROM = 3  # ctcae5: grade 3 is severe
CROWDED = 70
"""More points than this are drawn as a line with few markers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One chart: the analyte (first code recorded wins), its scale, its ribbons (rule, lane name)."""

    codes: tuple[str, ...]
    label: str
    scale: Scale
    tone: str
    rules: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    height: float = 12.0


COUNTS = (
    Shown(("anc",), "Neutrophils", "log", "anc", (("icaht", "ICAHT"), ("ctcae5.anc", "CTCAE 5")), height=14.0),
    Shown(("platelets",), "Platelets", "linear", "platelets", (("ctcae5.platelets", "CTCAE 5"),)),
    Shown(("haemoglobin",), "Haemoglobin", "linear", "haemoglobin", (("ctcae5.haemoglobin", "CTCAE 5"),)),
)
INFLAMMATION = (
    Shown(("temperature",), "Temperature", "linear", "temperature"),
    Shown(("il6",), "IL-6", "log", "il6"),
    Shown(("ifn_gamma",), "IFN-γ", "log", "ifn_gamma"),
    Shown(("crp", "hscrp"), "CRP", "linear", "crp"),
    Shown(("ferritin",), "Ferritin", "log", "ferritin", optional=True),
)

B_CELLS = (
    Shown(
        ("cd19_cells", "cd19_percent"),
        "B cells",
        "log",
        "b_cells",
        (("aplasia.bcell", "Aplasia"),),
        optional=True,
    ),
)


def panels(
    course: Course, assessments: Sequence[Assessment], axis: TimeAxis, letter: str, shown: Sequence[Shown], last: float
) -> tuple[Panel, ...]:
    """Charts of the analytes in `shown`, and one line naming those that were not recorded."""
    found: list[Panel] = []
    missing = []
    said = ribbons.by_record(assessments)
    for analyte in shown:
        chart = _chart(course, assessments, axis, analyte, said, last, "" if found else letter)
        if chart is not None:
            found.append(chart)
        elif not analyte.optional:
            missing.append(analyte.label)
    if missing:
        key = "silent-" + shown[0].codes[0]
        text = f"{', '.join(missing)}: not recorded in the source"
        found.append(Silent(key, "" if found else letter, text))
    return tuple(found)


def _recorded(course: Course, codes: Sequence[str]) -> tuple[str, list[Observation]]:
    for code in codes:
        rows = [
            o
            for o in course.observations
            if o.code == code and o.moment.known and o.status in (Status.DONE, Status.BELOW, Status.ABOVE)
        ]
        rows = [o for o in rows if known(o) is not None]
        if rows:
            return code, sorted(rows, key=lambda o: (o.moment.time, o.uid))
    return codes[0], []


def limit(observation: Observation) -> float | None:
    """The limit a value below quantification is known to be under."""
    return observation.lloq if observation.lloq is not None else observation.lod


def known(observation: Observation) -> float | None:
    """The value, else the limit it is known to lie below or above."""
    if observation.value is not None:
        return observation.value
    return observation.uloq if observation.status is Status.ABOVE else limit(observation)


def _chart(
    course: Course,
    assessments: Sequence[Assessment],
    axis: TimeAxis,
    shown: Shown,
    said: dict[int, tuple[str, ...]],
    last: float,
    letter: str,
) -> Chart | None:
    code, rows = _recorded(course, shown.codes)
    inside = [o for o in rows if axis.shows(o.moment.time)]
    if not inside:
        return None
    name = terms.analytes()[code].name
    scale = shown.scale
    foot = _foot(code, inside) if scale == "log" else 0.0
    points = tuple(_point(o, name, foot, scale == "log", said.get(o.uid, ())) for o in inside)
    ends = ALWAYS.get(code, ())
    values = [point.value for point in points] + list(ends)
    label = "hsCRP" if code == "hscrp" else shown.label
    unit = wording.unit(units.canonical(code))
    if scale == "log":
        y = value_axis.logarithmic(label, unit, values, foot=foot)
    else:
        y = value_axis.linear(label, unit, values, floor=None if ends else 0.0)
    levels = _levels(code, inside, unit)
    left_out = len(rows) - len(inside)
    notes = (f"{left_out} more outside the days shown",) if left_out else ()
    series = _series(code, shown.tone, inside, points)
    lanes = tuple(
        lane
        for rule, name in shown.rules
        for lane in ribbons.lanes(assessments, rule, name, course=course, axis=axis, last=last)
    )
    return Chart(code, letter, y, series, levels, ribbons=lanes, notes=notes, height=shown.height)


def _series(code: str, tone: str, rows: Sequence[Observation], points: Sequence[Point]) -> tuple[Series, ...]:
    """A line per site: blood and liquor are never joined. Rows without a site count as blood."""
    sites: dict[str, list[Point]] = {}
    for row, point in zip(rows, points, strict=True):
        sites.setdefault(row.site or "blood", []).append(point)
    if len(sites) == 1:
        return (Series(code, "", tone, tuple(points), markers=len(points) <= CROWDED),)
    return tuple(
        Series(
            f"{code}-{site}",
            wording.name(site),
            tone if n == 0 else f"n{n + 1}",
            tuple(found),
            markers=len(found) <= CROWDED,
        )
        for n, (site, found) in enumerate(sites.items())
    )


def _levels(code: str, rows: Sequence[Observation], unit: str) -> tuple[Level, ...]:
    if code == "temperature":
        return (Level("fever", FEVER_FROM, "fever 38 °C", "Fever: 38.0 °C or more (ASTCT 2019)"),)
    limits = {found for o in rows if o.status is Status.BELOW and (found := limit(o)) is not None and found > 0}
    if len(limits) != 1:
        return ()
    text = f"LLOQ {wording.number(limits.pop())}"
    return (
        Level("lloq", float(min(limit(o) or 0.0 for o in rows if o.status is Status.BELOW)), text, f"{text} {unit}"),
    )


def _foot(code: str, rows: Sequence[Observation]) -> float | None:
    if code == "anc":
        return ANC_FOOT
    limits = [found for o in rows if o.status is Status.BELOW and (found := limit(o)) is not None and found > 0]
    if limits:
        return min(limits) / 2
    positive = [o.value for o in rows if o.value is not None and o.value > 0]
    return min(positive) / 2 if any(o.value == 0 for o in rows) and positive else None


def _point(o: Observation, name: str, foot: float | None, log: bool, grades: tuple[str, ...]) -> Point:
    beyond = o.status in (Status.BELOW, Status.ABOVE)
    value = known(o) or 0.0
    drawn = ""
    if o.status is Status.BELOW:
        bound = limit(o)
        value = (bound if bound is not None else value) / 2
        drawn = "drawn at half the limit"
    if log and foot is not None and value < foot:
        value, beyond = foot, True
        drawn = "drawn at the foot of the log axis"
    hover = wording.lines(
        wording.measured(o, name),
        drawn,
        wording.moment(o.moment),
        *grades,
        " ".join(part for part in (o.site, o.method) if part),
        wording.place(o.source),
    )
    return Point(o.moment.time, value, hover, beyond)


def others(course: Course, assessments: Sequence[Assessment], axis: TimeAxis, last: float) -> tuple[Panel, ...]:
    """Ribbons of the further CTCAE laboratory rules that reach, or may reach, a severe grade; the lower ones in words."""
    charted = {rule for shown in COUNTS for rule, _ in shown.rules}
    lanes: list[Lane] = []
    lower: list[LaneText] = []
    for assessment in ribbons.find(assessments, "ctcae5"):
        rule = ribbons.rule_id(assessment)
        if rule in charted or not assessment.overall.high:
            continue
        known = terms.analytes().get(rule.rpartition(".")[2])
        name = known.name if known is not None else assessment.title
        if assessment.overall.high >= SEVERE_FROM:
            lanes += ribbons.lanes((assessment,), rule, name, course=course, axis=axis, last=last)
        else:
            worst = ribbons.worst((assessment,)).removeprefix("max ")
            hover = wording.lines(assessment.title, wording.grade(assessment.overall))
            lower.append(LaneText(f"{name} {worst}", hover, "before"))
    if lower:
        name = f"below grade {SEVERE_FROM}, worst" if lanes else "CTCAE 5, worst"
        lanes.append(Lane("ctcae5-lower", name, texts=tuple(lower)))
    return (Lanes("ctcae5", "", "Chemistry, CTCAE 5", tuple(lanes)),) if lanes else ()
