"""The two lines of the protocol as JSON Schema (2020-12).

In: the course records themselves. Out: a schema for questions and one for answers, as plain objects.
Decided here: a question holds no key besides those named; an answer may hold more, which nobody reads.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any, get_args, get_origin, get_type_hints

from cartrace.assess.conformance.question import GROUPS, LEFT_OUT, PROTOCOL
from cartrace.course import Moment, Status
from cartrace.course.record import Disease, Observation, Patient, Product

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    float: {"type": "number"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Status: {"enum": [status.word for status in Status]},
    Moment: {"$ref": "#/$defs/Moment"},
}
_MOMENT: Schema = {
    "type": "object",
    "description": "A time. elapsed_days: since the start of the first infusion; null when not recorded. "
    "study_day: calendar days since the day of the first infusion, which is day 0. "
    'precision "day": elapsed_days is then the whole day.',
    "properties": {
        "elapsed_days": {"type": ["number", "null"]},
        "study_day": {"type": ["integer", "null"]},
        "precision": {"enum": ["minute", "day", "unknown"]},
    },
    "required": ["elapsed_days", "study_day", "precision"],
    "additionalProperties": False,
}


def question_schema() -> Schema:
    """What goes to a tool."""
    kinds = {"patient": Patient, "disease": Disease, "product": Product, **GROUPS}
    definitions: dict[str, Schema] = {"Moment": _MOMENT}
    for kind in kinds.values():
        _define(kind, definitions)
    course: Schema = {
        "infusion_minute_of_day": {"type": "integer", "description": "Minute of the day of the first infusion."},
        "complete": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Charts in which an entry that is absent means not given: drugs, vasopressors, oxygen, transfusions.",
        },
        **{name: {"$ref": f"#/$defs/{kinds[name].__name__}"} for name in ("patient", "disease", "product")},
        **{name: {"type": "array", "items": {"$ref": f"#/$defs/{kind.__name__}"}} for name, kind in GROUPS.items()},
    }
    properties: Schema = {
        "protocol": {"const": PROTOCOL},
        "case": {"type": "string", "description": "Name of the case; comes back in the answer."},
        "rule": {"type": "string", "description": "Id of the rule, e.g. crs.astct2019."},
        "title": {"type": "string"},
        "options": {"type": "object", "additionalProperties": {"type": "string"}},
        "categories": {"type": "array", "items": {"type": "string"}, "description": "Words for the grades 0, 1, 2 ..."},
        "course": {"type": "object", "properties": course, "additionalProperties": False},
    }
    required = ["protocol", "case", "rule", "title", "options", "course"]
    return {
        "$schema": DIALECT,
        "title": "A question of the conformance suite",
        **_object(properties, required),
        "$defs": dict(sorted(definitions.items())),
    }


def answer_schema() -> Schema:
    """What comes back."""
    grade: Schema = {"type": ["integer", "string"], "description": "A number, or a word of the question's categories."}
    graded: Schema = {
        "grade": grade,
        "low": grade,
        "high": grade,
        "not_graded": {"const": True},
        "not_applicable": {"const": True},
    }
    one_of = [
        {"required": [name]} for name in ("grade", "not_graded", "not_applicable")
    ] + [{"required": ["low", "high"]}]  # fmt: skip
    timed = {"type": "object", "oneOf": one_of}
    number, words = {"type": "number"}, {"type": "array", "items": {"type": "string"}}
    properties: Schema = {
        "case": {"type": "string"},
        **graded,
        "unsupported": {"const": True, "description": "The tool does not claim to grade this."},
        "steps": _array(timed, {"elapsed_days": number, **graded}, ["elapsed_days"]),
        "days": _array(timed, {"study_day": {"type": "integer"}, **graded}, ["study_day"]),
        "parts": {"type": "object", "additionalProperties": {**timed, "properties": graded}},
        "facts": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        "flags": words,
        "settles": words,
        "evidence": {"type": "array", "items": {"type": "integer"}},
    }
    return {
        "$schema": DIALECT,
        "title": "An answer to a question of the conformance suite",
        "type": "object",
        "properties": properties,
        "required": ["case"],
        "oneOf": [*one_of, {"required": ["unsupported"]}],
    }


def _array(of: Schema, properties: Schema, required: list[str]) -> Schema:
    return {"type": "array", "items": {**of, "properties": properties, "required": required}}


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _define(kind: type, definitions: dict[str, Schema]) -> None:
    """Add the schema of a record and of the records inside it."""
    hints, properties, required = get_type_hints(kind), {}, []
    for field in dataclasses.fields(kind):
        if field.name in LEFT_OUT:
            continue
        properties[field.name] = _schema_of(hints[field.name], definitions)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required += [field.name] if hints[field.name] is not str else []
    if kind is Observation:
        # A coded value is its word.
        properties["value"] = {"type": ["number", "string"]}
        del properties["text"]
    described = {} if (kind.__doc__ or "").startswith(f"{kind.__name__}(") else {"description": _words(kind)}
    definitions[kind.__name__] = {**described, **_object(properties, required)}


def _words(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


def _schema_of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    if isinstance(hint, types.UnionType):
        # None is never written: the key is left out instead.
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema_of(get_args(hint)[0], definitions)}
    if hint in _PLAIN:
        return _PLAIN[hint]
    _define(hint, definitions)
    return {"$ref": f"#/$defs/{hint.__name__}"}
