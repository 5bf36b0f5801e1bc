"""A case as any tool can read it: one JSON object with the course as plain records, and the way back.

In: a rule and a case; or a question. Out: a question; or the `Course` it describes, exactly.
Decided here: numbers are in the canonical units of the vocabulary, coded values are words, times are elapsed days since the
start of the first infusion with the study day beside them. A key that is absent was not recorded; it never means "absent"
or "normal" unless `complete` names the chart. Where a value came from (file, row) is left out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance.tables import Case, chosen_options
from cartrace.assess.rule import Rule
from cartrace.course import Clock, Course, Moment, Status
from cartrace.course.record import (
    Disease,
    DiseaseSite,
    DrugCourse,
    GeneEdit,
    Image,
    Infusion,
    InvestigatorGrade,
    LesionMeasurement,
    Marker,
    MrdResult,
    Observation,
    Panel,
    Patient,
    Procedure,
    Product,
)
from cartrace.vocabulary import terms

PROTOCOL = 1
"""Version of the lines; a tool can refuse one that it does not know."""

Plain = dict[str, Any]

GROUPS: Mapping[str, type] = {
    "infusions": Infusion,
    "drugs": DrugCourse,
    "procedures": Procedure,
    "observations": Observation,
    "panels": Panel,
    "lesions": LesionMeasurement,
    "mrd": MrdResult,
    "grades": InvestigatorGrade,
    "images": Image,
}
_INSIDE: Mapping[str, type] = {"markers": Marker, "sites": DiseaseSite, "gene_edits": GeneEdit}
LEFT_OUT = ("source", "raw", "raw_unit")
_EMPTY: tuple[Any, ...] = (None, "", (), frozenset())


def question_of(rule: Rule, case: Case) -> Plain:
    """What a tool is asked: nothing in it says what is expected."""
    asked: Plain = {
        "protocol": PROTOCOL,
        "case": f"{case.rule}/{case.case}",
        "rule": rule.id,
        "title": rule.title,
        "options": chosen_options(case.options),
        "course": plain_course(read_given(case.given)),
    }
    return {**asked, "categories": list(rule.categories)} if rule.categories else asked


def plain_course(course: Course) -> Plain:
    """A course as plain records; what is empty is left out."""
    plain: Plain = {"infusion_minute_of_day": course.clock.start_minute, "complete": sorted(course.complete)}
    for name in ("patient", "disease", "product", *GROUPS):
        plain[name] = _plain(getattr(course, name))
    return {key: value for key, value in plain.items() if value not in (None, [], {})}


def _plain(value: Any) -> Any:
    match value:
        case Moment():
            time = value.time if math.isfinite(value.time) else None
            return {"elapsed_days": time, "study_day": value.day, "precision": value.precision}
        case Status():
            return value.word
        case tuple():
            return [_plain(item) for item in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Observation) and value.text:
        fields["value"], fields["text"] = value.text, ""
    return {
        name: _plain(item)
        for name, item in fields.items()
        if name not in LEFT_OUT and not any(item is empty or item == empty for empty in _EMPTY)
    }


def course_of(plain: Mapping[str, Any]) -> Course:
    """The course that a question holds. Raises KeyError or TypeError for what is not one."""
    groups: Plain = {name: _records(GROUPS[name], plain.get(name, ())) for name in GROUPS}
    return Course(
        id="case",
        clock=Clock(start_minute=plain.get("infusion_minute_of_day")),
        patient=_record(Patient, plain.get("patient", {})),
        disease=_record(Disease, plain.get("disease", {})),
        product=_record(Product, plain.get("product", {})),
        complete=frozenset(plain.get("complete", ())),
        **groups,
    )


def _moment(plain: Mapping[str, Any]) -> Moment:
    time = plain["elapsed_days"]
    return Moment(math.nan if time is None else time, plain["study_day"], plain["precision"])


def _records(kind: type, plain: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(_record(kind, record) for record in plain)


_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("moment", "start", "end"), _moment),
    "axes_mm": tuple,
    **{name: partial(_records, kind) for name, kind in _INSIDE.items()},
}


def _must_be_said(field: dataclasses.Field[Any]) -> bool:
    return field.type == "str" and field.default is dataclasses.MISSING


def _record(kind: type, plain: Mapping[str, Any]) -> Any:
    fields: dict[str, Any] = {field.name: "" for field in dataclasses.fields(kind) if _must_be_said(field)}
    fields |= {name: _READ[name](value) if name in _READ else value for name, value in plain.items()}
    if kind in (Observation, LesionMeasurement, MrdResult):
        fields["status"] = Status.from_word(fields["status"])
    if kind is Observation and isinstance(fields.get("value"), str):
        analyte = terms.analyte(fields["code"])
        assert analyte is not None
        fields["text"] = fields["value"]
        fields["value"] = float(analyte.values.index(fields["text"]))
    return kind(**fields)
