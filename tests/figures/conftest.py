"""Two courses to draw: a dense synthetic one that fills every panel, and one with almost no values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, Course, CourseBuilder, Quantity, Status
from cartrace.course.clock import unknown
from cartrace.course.record import Marker, Source
from cartrace.figures import course_figure
from cartrace.figures.description import FigureDescription
from cartrace.kinetics.result import Point as Sample
from cartrace.kinetics.result import ProfileResult


@dataclass(frozen=True)
class Drawn:
    """A course with what was found about it."""

    course: Course
    assessments: tuple[Assessment, ...]

    @property
    def figure(self) -> FigureDescription:
        return course_figure(self.course, self.assessments)


def _at(clock: Clock, day: float):
    return clock.from_elapsed_days(day)


def _drugs(build: CourseBuilder) -> None:
    day = build.clock.from_study_day
    for drug, dose, days in (("fludarabine", 30, (-5, -4, -3)), ("cyclophosphamide", 500, (-5, -4))):
        for start in days:
            build.drug(drug, start=day(start), dose=dose, dose_unit="mg/m2", end_state="single")
    for start in (3.2, 6.1):
        build.drug("tocilizumab", start=_at(build.clock, start), dose=8, dose_unit="mg/kg")
    build.drug("dexamethasone", start=day(6), end=day(8), end_state="ended", dose=10, dose_unit="mg", frequency="q6h")
    build.drug("dexamethasone", start=day(11), end=day(12), end_state="ended", dose=4, dose_unit="mg")
    start, end = _at(build.clock, 4.0), _at(build.clock, 5.5)
    build.drug("norepinephrine", start=start, end=end, end_state="ended", dose=5, dose_unit="ug/min")
    build.drug("filgrastim", start=day(9), end_state="not recorded", dose=300, dose_unit="ug")
    build.drug("paracetamol", start=day(1), dose=1000, dose_unit="mg")
    build.drug("antifungals", start=day(12), end_state="ongoing")
    build.drug("red_cells", start=day(10))
    build.drug("platelet_concentrate", start=day(13))
    build.drug("ivig", start=day(60), dose=0.4, dose_unit="g/kg")
    build.procedure(kind="apheresis", moment=day(-35))
    build.procedure(kind="biopsy", site="skin", moment=day(-10))
    build.procedure(kind="lumbar_puncture", site="cns", moment=day(8))
    build.procedure(kind="transplant", moment=unknown("after day 90"), detail="HSCT")


def _labs(build: CourseBuilder) -> None:
    clock = build.clock
    row = 1
    for n in range(0, 4 * 30):
        t = n / 4
        value = 36.7 + 2.9 * math.exp(-((t - 3.4) ** 2) / 1.6) + 1.9 * math.exp(-((t - 9) ** 2) / 4)
        value += 0.18 * math.sin(n * 1.7)
        row += 1
        source = Source("vitals.csv", row, "temperature")
        build.observe("temperature", round(value, 1), moment=_at(clock, t), unit="Cel", source=source)
    for d in range(-5, 31):
        here = clock.from_study_day(d)
        anc = 3.2 * math.exp(-max(d + 4, 0) / 2.4) + (2.2 * math.exp(-((d - 16) ** 2) / 8)) + max(0.0, 0.12 * (d - 24))
        platelets = (
            40 + 120 * math.exp(-max(d + 2, 0) / 6) + max(0.0, (d - 18) * 4) - 20 * math.exp(-((d - 14) ** 2) / 20)
        )
        source = Source("labs.csv", 10 + d, "ANC")
        build.observe("anc", round(anc, 2) if d not in (7, 8) else 0.0, moment=here, source=source)
        if d % 2 == 0:
            build.observe("platelets", round(platelets), moment=here, source=source)
            build.observe(
                "haemoglobin", round(112 - 1.4 * (d + 5) + max(0, (d - 12) * 2.0)), moment=here, source=source
            )
        if d >= 0:
            il6 = 8 + 2900 * math.exp(-((d - 4) ** 2) / 2.5) + 300 * math.exp(-((d - 9) ** 2) / 5)
            build.observe("il6", round(il6, 1), moment=here, source=source)
            gamma = 20 + 700 * math.exp(-((d - 6) ** 2) / 6)
            if gamma > 25:
                build.observe("ifn_gamma", round(gamma, 1), moment=here, source=source)
            else:
                build.observe("ifn_gamma", None, moment=here, status=Status.BELOW, lloq=25.0, source=source)
            crp = 4 + 160 * math.exp(-((d - 5) ** 2) / 9)
            build.observe("crp", round(crp), moment=here, unit="mg/L", source=source)
    for d in (60, 90, 180, 365):
        build.observe("anc", 2.1, moment=clock.from_study_day(d))
        build.observe("platelets", 150, moment=clock.from_study_day(d))
        build.observe("haemoglobin", 121, moment=clock.from_study_day(d))
    build.observe("oxygen_device", "nasal_cannula", moment=_at(clock, 3.5))
    build.observe("oxygen_device", "high_flow_cannula", moment=_at(clock, 4.25))
    build.observe("oxygen_device", "nasal_cannula", moment=_at(clock, 5.0))
    build.observe("oxygen_device", "room_air", moment=_at(clock, 6.0))


def _cells(build: CourseBuilder) -> None:
    clock = build.clock
    series = {0: 0, 1: 0, 2: 30, 3: 120, 4: 900, 5: 4000, 6: 12000, 7: 26000, 8: 41000, 10: 38000, 12: 22000, 14: 12000}
    series |= {17: 6500, 21: 3100, 24: 2100, 28: 1300, 60: 320, 90: 140, 180: 60, 365: 20}
    for d, value in series.items():
        fields = {"lloq": 50.0, "method": "qPCR", "site": "blood", "source": Source("qpcr.csv", d + 2, "copies")}
        if value < 50:
            build.observe("car_copies_per_ug", None, moment=clock.from_study_day(d), status=Status.BELOW, **fields)
        else:
            build.observe("car_copies_per_ug", value, moment=clock.from_study_day(d), **fields)
    for d, value in ((0, 0.0), (4, 2.0), (7, 310.0), (10, 290.0), (14, 90.0), (28, 6.0), (90, 0.0)):
        build.observe("car_cells_per_ul", value, moment=clock.from_study_day(d), method="flow", site="blood")


def _disease(build: CourseBuilder) -> None:
    day = build.clock.from_study_day
    build.panel(moment=day(-10), site="skin", method="flow", blasts_percent=93.1, markers=(Marker("CD19", 90.9),))
    build.panel(moment=day(28), site="skin", method="flow", blasts_percent=0.0)
    build.panel(moment=day(-7), site="marrow", method="flow", blasts_percent=41.0)
    build.panel(moment=day(14), site="marrow", method="flow", blasts_percent=2.0)
    build.panel(moment=day(28), site="marrow", method="flow", blasts_percent=0.0)
    for d, value in ((28, None), (60, None), (180, 3e-4)):
        status = Status.BELOW if value is None else Status.DONE
        build.mrd(moment=day(d), site="marrow", method="flow", status=status, fraction=value, lod=1e-4)
    for d, left, right in (
        (-5, (38.0, 27.0), (29.0, 18.0)),
        (4, (41.0, 29.0), ()),
        (7, (33.0, 22.0), (24.0, 16.0)),
        (28, (21.0, 12.0), (18.0, 11.0)),
        (90, (), (17.0, 10.0)),
    ):
        for side, axes in (("left testis", left), ("right testis", right)):
            status = Status.DONE if axes else Status.NOT_RECORDED
            build.lesion(lesion=side, site="testis", moment=day(d), method="ultrasound", axes_mm=axes, status=status)


def _steps(rule: str, title: str, rows: list[tuple[float, int, int]]) -> Assessment:
    steps = tuple(
        Grade(rule, "graded" if low == high else "range", low, high, at=at, settles=("SpO2",) if low != high else ())
        for at, low, high in rows
    )
    low, high = max(g.low or 0 for g in steps), max(g.high or 0 for g in steps)
    overall = Grade(rule, "graded" if low == high else "range", low, high)
    return Assessment(rule, title, (), overall, steps=steps)


def _days(rule: str, title: str, rows: dict[int, int]) -> Assessment:
    days = tuple(Grade(rule, "graded", g, g, day=d, at=float(d)) for d, g in rows.items())
    return Assessment(rule, title, (), max(days, key=lambda g: g.high or 0), days=days)


def dense_course() -> Drawn:
    """A dense synthetic course of a year."""
    build = CourseBuilder("busy", clock=Clock(start_minute=840))
    for day, dose, share in ((0, 0.5, 0.1), (1, 1.5, 0.3), (2, 3.0, 0.6)):
        build.infusion(moment=_at(build.clock, float(day)), dose_per_kg=dose, fraction=share, purpose="first infusion")
    build.infusion(moment=build.clock.from_study_day(75), dose_per_kg=2.0, purpose="re-infusion")
    _drugs(build)
    _labs(build)
    _cells(build)
    _disease(build)
    build.grade(toxicity="CRS", scale="ASTCT 2019", grade=3, moment=build.clock.from_study_day(4))
    course = build.course(title="Busy course: two fever peaks, three lines of rescue", synthetic=True)
    anc = {o.moment.day: o.value for o in course.observations if o.code == "anc" and o.moment.day is not None}
    platelets = {
        o.moment.day: o.value for o in course.observations if o.code == "platelets" and o.moment.day is not None
    }

    def graded(value: float, bounds: tuple[float, ...]) -> int:
        return sum(value < bound for bound in bounds)

    crs = [
        (0.0, 0, 0),
        (2.4, 1, 1),
        (3.5, 2, 3),
        (4.0, 3, 3),
        (5.6, 2, 2),
        (6.4, 1, 1),
        (7.5, 0, 0),
        (8.2, 1, 2),
        (10.5, 0, 0),
    ]
    icans = [(0.0, 0, 0), (5.0, 0, 4), (6.0, 2, 2), (8.0, 1, 1), (9.0, 0, 0)]
    icaht = Grade("icaht.early@1", "graded", 2, 2)
    return Drawn(
        course,
        (
            _steps("crs.astct2019@1", "CRS, ASTCT 2019", crs),
            _steps("icans.astct2019@1", "ICANS, ASTCT 2019", icans),
            Assessment("icaht.early@1", "Early ICAHT", (), icaht),
            _days(
                "ctcae5.anc@1",
                "Neutrophils, CTCAE 5",
                {d: graded(v or 0, (1.8, 1.5, 1.0, 0.5)) for d, v in anc.items()},
            ),
            _days(
                "ctcae5.platelets@1",
                "Platelets, CTCAE 5",
                {d: graded(v or 0, (150, 75, 50, 25)) for d, v in platelets.items()},
            ),
        ),
    )


def empty_course() -> Drawn:
    """Like the founding case: three infusions, ultrasound visits without sizes, nearly no value."""
    build = CourseBuilder("founding", clock=Clock())
    day = build.clock.from_study_day
    for number, (share, dose) in enumerate(((0.1, 0.5), (0.3, 1.5), (0.6, 3.0))):
        moment = day(number, label=f"day 0{number + 1}", assumption="printed day 01 taken as day 0")
        build.infusion(moment=moment, dose_per_kg=dose, fraction=share)
    for drug in ("fludarabine", "cyclophosphamide"):
        build.drug(drug, start=unknown(), end_state="not recorded")
    build.procedure(kind="transplant", moment=unknown("after day 37"), detail="allogeneic HSCT")
    build.panel(moment=unknown("at relapse"), site="skin", method="flow cytometry", blasts_percent=93.1)
    for d in (-5, 4, 7, 37):
        build.lesion(lesion="testis", site="testis", moment=day(d), method="ultrasound", status=Status.NOT_RECORDED)
    build.lesion(lesion="testis", site="testis", moment=unknown("after HSCT"), status=Status.NOT_RECORDED)
    build.grade(toxicity="CRS", scale="ASTCT 2019", grade=1, moment=unknown())
    build.image(
        kind="photograph", site="skin, leg", moment=unknown(), caption="Nodules of the left leg", phase="before"
    )
    build.image(kind="photograph", site="skin, leg", moment=day(28), caption="The same leg", phase="after")
    build.image(
        kind="histology",
        site="skin",
        stain="HE",
        moment=unknown(),
        caption="Infiltrate of lymphoblasts",
        phase="before",
    )
    course = build.course(title="Founding case: ssCART-19 for testis and skin relapse of B-ALL")
    not_graded = Grade("crs.astct2019@1", "not graded", reasons=("no_temperature",), settles=("temperature",))
    return Drawn(course, (Assessment("crs.astct2019@1", "CRS, ASTCT 2019", (), not_graded),))


@pytest.fixture(scope="session")
def dense() -> Drawn:
    return dense_course()


@pytest.fixture(scope="session")
def empty() -> Drawn:
    return empty_course()


@pytest.fixture(scope="session", params=["dense", "empty"])
def drawn(request: pytest.FixtureRequest) -> Drawn:
    return dense_course() if request.param == "dense" else empty_course()


def measured(drawn: Drawn) -> ProfileResult:
    """A hand-made profile of the qPCR series of a course: AUC window, peak and half-life with round numbers."""
    rows = [o for o in drawn.course.observations if o.code == "car_copies_per_ug"]
    samples = tuple(
        Sample(o.moment.time, o.value, o.status, o.uid, o.value if o.value is not None else 0.0) for o in rows
    )
    terminal = tuple(o.uid for o in rows if o.moment.day in (28, 60, 90))
    metrics = (
        Quantity("cmax", "Cmax", 41000.0, "{copies}/ug", "kinetics.cmax@1"),
        Quantity("tmax", "Tmax", 8.0, "d", "kinetics.cmax@1"),
        Quantity("auc_0_28", "AUC 0–28 d", 3.6e5, "d.{copies}/ug", "kinetics.auc@1"),
        Quantity("half_life", "Half-life", 19.4, "d", "kinetics.half_life@1", used=terminal),
    )
    name, unit = "CAR copies per µg DNA", "{copies}/ug"
    return ProfileResult("car_copies_per_ug", name, unit, "blood", "qPCR", 50.0, (), samples, metrics)


@pytest.fixture(scope="session")
def profile(dense: Drawn) -> ProfileResult:
    return measured(dense)
