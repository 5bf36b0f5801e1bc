"""Three courses to report on: one with values of every kind, one that is nearly silent, one that tries to break the page."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser

import pytest

from cartrace import assess, kinetics
from cartrace.course import Clock, Course, CourseBuilder, Finding, InputFile, Status
from cartrace.course.clock import unknown
from cartrace.course.record import (
    Disease,
    DiseaseSite,
    GeneEdit,
    Marker,
    Outcome,
    Patient,
    Product,
    Source,
)
from cartrace.report import ReportContents, html

HOSTILE = """<script>alert("x")</script> & </script><img src=x onerror=alert(1)> 'q' "d" </style> {{ 7 * 7 }}"""
VOID = {"meta", "img", "br", "hr", "input", "link", "path", "use", "rect", "circle"}
# Each copy of these stands behind a fact with its own time, so that evidence can be checked by hand.
TEMPERATURES = {6: 36.8, 30: 38.6, 36: 39.1, 54: 38.4, 80: 36.9, 110: 36.7, 140: 36.6}
COPIES = {0: None, 3: 120.0, 7: 24000.0, 10: 41000.0, 14: 9000.0, 21: 3000.0, 28: 1200.0, 60: None}
NEUTROPHILS = {0: 3.1, 2: 1.4, 4: 0.4, 6: 0.05, 8: 0.3, 10: 0.45, 14: 0.9, 21: 1.6, 28: 2.2}


def _measured(build: CourseBuilder) -> None:
    clock = build.clock
    for row, (hour, value) in enumerate(TEMPERATURES.items(), start=2):
        when = clock.from_elapsed_hours(hour)
        source = Source("vitals.csv", row, "temperature", str(value))
        build.observe("temperature", value, moment=when, source=source)
        build.observe("hypotension", "yes" if hour == 36 else "no", moment=when, source=Source("vitals.csv", row, "bp"))
        build.observe("oxygen_device", "room_air", moment=when, source=Source("vitals.csv", row, "device"))
    for row, (day, value) in enumerate(COPIES.items(), start=2):
        fields = {"lloq": 50.0, "method": "qPCR", "site": "blood", "source": Source("qpcr.csv", row, "copies")}
        status = Status.DONE if value is not None else Status.BELOW
        build.observe("car_copies_per_ug", value, moment=clock.from_study_day(day), status=status, **fields)
    for row, (day, value) in enumerate(NEUTROPHILS.items(), start=2):
        build.observe("anc", value, moment=clock.from_study_day(day), source=Source("labs.csv", row, "ANC", str(value)))
    build.observe("wbc", 7.0, moment=unknown("at diagnosis"), source=Source("course.yaml", 9, "value", "7.0"))


def _disease(build: CourseBuilder) -> None:
    day = build.clock.from_study_day
    markers = (Marker("CD19", 90.9), Marker("CD20", 97.9, partial=True), Marker("CD58", None))
    common = {"method": "flow", "source": Source("course.yaml", 40)}
    build.panel(moment=day(-10), site="skin", blasts_percent=93.1, markers=markers, note="copy", **common)
    build.panel(moment=day(28), site="marrow", blasts_percent=0.0, **common)
    build.mrd(moment=day(28), site="marrow", status=Status.BELOW, lod=1e-4, **common)
    build.mrd(moment=day(60), site="marrow", status=Status.DONE, fraction=3e-4, lod=1e-4, **common)
    for number, axes in ((-5, (38.0, 27.0)), (28, (21.0, 12.0)), (60, ())):
        status = Status.DONE if axes else Status.NOT_RECORDED
        fields = {"method": "ultrasound", "axes_mm": axes, "status": status, "source": Source("lesions.csv", 2)}
        build.lesion(lesion="left testis", site="testis", moment=day(number), **fields)
    build.image(kind="photograph", site="skin", moment=unknown(), caption="Left leg", phase="before")
    build.image(kind="photograph", site="skin", moment=day(28), caption="Left leg", phase="after")


@cache
def full_course() -> Course:
    build = CourseBuilder("full", clock=Clock(start_minute=600))
    day = build.clock.from_study_day
    for number, (dose, share) in enumerate(((0.5, 0.1), (1.5, 0.3), (3.0, 0.6))):
        build.infusion(moment=day(number), dose_per_kg=dose, fraction=share, source=Source("course.yaml", 4 + number))
    given = {"source": Source("drugs.csv", 2)}
    build.drug("fludarabine", start=day(-5), end=day(-3), end_state="ended", dose=30, dose_unit="mg/m2", **given)
    build.drug("tocilizumab", start=build.clock.from_elapsed_hours(38), dose=8, dose_unit="mg/kg", **given)
    build.drug("antifungals", start=day(12), end_state="ongoing", **given)
    build.procedure(kind="apheresis", moment=day(-35), detail="two passes", **given)
    _measured(build)
    _disease(build)
    chart = {"source": Source("course.yaml", 50)}
    build.grade(toxicity="CRS", scale="ASTCT 2019", grade=2, moment=unknown(), note="ward", **chart)
    build.grade(toxicity="CRS", scale="ASTCT 2019", grade=4, moment=day(1), scope="day", **chart)
    build.grade(toxicity="GVHD", scale="", grade=1, moment=unknown(), **chart)
    sites = (DiseaseSite("testis", "left", "relapse", True), DiseaseSite("marrow", "", "relapse", False, "flow"))
    return build.course(
        title="A course with values of every kind",
        synthetic=True,
        patient=Patient(age_years=29, sex="male", weight_kg=70.5),
        disease=Disease("B-ALL", "second relapse", sites),
        product=Product("ssCART-19", "CD19", "", "4-1BB", (GeneEdit("shrna", "IL-6"),), trial="NCT03919240"),
        outcome=Outcome("In remission."),
        complete=frozenset({"drugs", "vasopressors", "oxygen"}),
        not_recorded=("ferritin",),
        notes=("weight taken at apheresis",),
        sources=("founding_case2020",),
    )


@cache
def silent_course() -> Course:
    """Like the founding case: three infusions, looks without sizes, no value after the infusion."""
    build = CourseBuilder("silent")
    for number in range(3):
        build.infusion(
            moment=build.clock.from_study_day(number, label=f"day 0{number + 1}", assumption="taken as day 0")
        )
    build.lesion(lesion="testis", site="testis", moment=build.clock.from_study_day(4), status=Status.NOT_RECORDED)
    build.grade(toxicity="CRS", scale="", grade=1, moment=unknown())
    return build.course(title="A course that says little", not_recorded=("temperature", "CAR copies in blood"))


@cache
def hostile_course() -> Course:
    build = CourseBuilder("hostile")
    build.infusion(moment=build.clock.from_study_day(0), dose_per_kg=1.0, purpose=HOSTILE)
    build.drug("prednisone", start=build.clock.from_study_day(1), note=HOSTILE, route=HOSTILE)
    for hour in (6, 30):
        source = Source(HOSTILE, 1, HOSTILE, HOSTILE)
        build.observe("temperature", 38.9, moment=build.clock.from_elapsed_hours(hour), source=source)
    build.lesion(
        lesion=HOSTILE,
        site="testis",
        moment=build.clock.from_study_day(3),
        method=HOSTILE,
        axes_mm=(9.0, 8.0),
        source=source,
    )
    build.image(kind=HOSTILE, site=HOSTILE, moment=unknown(HOSTILE), caption=HOSTILE, phase=HOSTILE)
    build.grade(toxicity="CRS", scale=HOSTILE, grade=1, moment=unknown(), note=HOSTILE)
    return build.course(title=HOSTILE, summary=HOSTILE, notes=(HOSTILE,), not_recorded=(HOSTILE,))


FINDINGS = (
    Finding("warning", "unit.unknown", "labs.csv", 4, "CRP", "mg", "mg/L or mg/dL", "write the unit"),
    Finding("info", "time.day", "labs.csv", None, "", "no time of day", "", ""),
)
INPUTS = (InputFile("course.yaml", "ab" * 32), InputFile("vitals.csv", "cd" * 32, 7))


def contents_of(course: Course, *, findings: tuple[Finding, ...] = ()) -> ReportContents:
    """A course graded by every rule and measured."""
    graded = tuple(rule.run(course) for rule in assess.RULES)
    command = f"cartrace report {course.id}"
    return ReportContents(course, graded, kinetics.measure_each(course), findings, INPUTS, None, command)


COURSES = {"full": full_course, "silent": silent_course, "hostile": hostile_course}


@cache
def contents_named(name: str) -> ReportContents:
    return contents_of(COURSES[name](), findings=FINDINGS if name == "full" else ())


@cache
def page_named(name: str) -> str:
    return html(contents_named(name))


@pytest.fixture(scope="session")
def full() -> ReportContents:
    return contents_named("full")


@pytest.fixture(scope="session")
def silent() -> ReportContents:
    return contents_named("silent")


@pytest.fixture(scope="session")
def re_infused() -> ReportContents:
    """A second infusion on day 60, with a higher peak."""
    build = CourseBuilder("re-infused")
    for day in (0, 60):
        build.infusion(moment=build.clock.from_elapsed_days(day))
        for after, share in ((1, 0.1), (7, 1.0), (14, 0.3), (21, 0.05)):
            fields = {"site": "blood", "method": "qPCR", "lloq": 50.0}
            height = share * (4000.0 if day else 900.0)
            build.observe("car_copies_per_ug", height, moment=build.clock.from_elapsed_days(day + after), **fields)
    return contents_of(build.course())


@pytest.fixture(scope="session", params=list(COURSES))
def contents(request: pytest.FixtureRequest) -> ReportContents:
    return contents_named(request.param)


@pytest.fixture(scope="session")
def hostile_text() -> str:
    """What the hostile course has in every text."""
    return HOSTILE


@pytest.fixture(scope="session")
def graded():
    """A course as contents, graded by every rule and measured."""
    return contents_of


class Page(HTMLParser):
    """A page taken apart: ids, links, loads, headings, tables, tags in order; an element left open is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.handlers: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.captions = 0
        self.tables = 0
        self.lang = ""
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        fields = dict(attrs)
        if "id" in fields:
            self.ids.append(fields["id"])
        self.handlers += [name for name in fields if name.startswith("on")]
        href = fields.get("href") or fields.get("xlink:href")
        if href is not None:
            (self.links if tag == "a" else self.loads).append(href)
        self.loads += [fields[name] for name in ("src", "srcset", "data", "action", "poster") if fields.get(name)]
        if tag == "html":
            self.lang = fields.get("lang") or ""
        if tag == "img":
            self.images.append(fields)
        self.captions += tag == "caption"
        self.tables += tag == "table"
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data):
        if self._open and self._open[-1] not in ("script", "style"):
            self.texts.append(data)
        if self.headings and self._open and self._open[-1] == f"h{self.headings[-1][0]}":
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    @property
    def said(self) -> str:
        """Every text of the page with single blanks."""
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="session")
def parse():
    """A page's text taken apart."""
    return Page


@pytest.fixture(scope="session", params=list(COURSES))
def text(request: pytest.FixtureRequest) -> str:
    return page_named(request.param)


@cache
def parsed(name: str) -> Page:
    return Page(page_named(name))


@pytest.fixture(scope="session", params=list(COURSES))
def page(request: pytest.FixtureRequest) -> Page:
    return parsed(request.param)


@pytest.fixture(scope="session")
def named():
    """Contents of a course by its name: full, silent, hostile."""
    return contents_named


@pytest.fixture(scope="session")
def text_of():
    """The page of a course by its name."""
    return page_named


@pytest.fixture(scope="session")
def parsed_page():
    """The page of a course by its name, taken apart."""
    return parsed
