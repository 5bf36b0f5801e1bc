"""Words and numbers as figures print them: units, days, values, and the lines of a hover text.

In: UCUM units, moments, observations, grades. Out: short texts in the field's own spelling.
Decided here: how a number is rounded for reading (three figures), how a time and a source row are said.
"""

from __future__ import annotations

import math

from cartrace.assess.result import Grade
from cartrace.course import Moment, Status
from cartrace.course.record import Infusion, Observation, Source

_UNITS = {
    "Cel": "°C",
    "10*9/L": "10⁹/L",
    "10*12/L": "10¹²/L",
    "10*6/kg": "10⁶/kg",
    "10*6": "10⁶ cells",
    "/uL": "cells/µL",
    "{copies}/ug": "copies/µg DNA",
    "{copies}/uL": "copies/µL",
    "mm[Hg]": "mmHg",
    "{score}": "points",
    "{fraction}": "fraction",
    "{INR}": "INR",
    "ug/L{FEU}": "µg/L FEU",
    "d": "days",
    "/d": "per day",
    "mg/m2": "mg/m²",
    "": "",
}

_NAMES = {
    "cns": "CNS",
    "csf": "CSF",
    "ngs": "NGS",
    "pcr": "PCR",
    "ivig": "IVIG",
    "mrd": "MRD",
    "pet": "PET",
    "ct": "CT",
}

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit(ucum: str) -> str:
    """A UCUM unit as a reader writes it."""
    if ucum in _UNITS:
        return _UNITS[ucum]
    for code, words in (("{copies}/ug", "copies/µg DNA"), ("{copies}/uL", "copies/µL")):
        ucum = ucum.replace(code, words)
    ucum = f"cells{ucum}" if ucum.startswith("/uL") else ucum
    ucum = ucum.replace("ug", "µg").replace("uL", "µL").replace(".", "·")
    return ucum.translate(str.maketrans("", "", "{}[]"))


def power(exponent: int) -> str:
    """10 to a whole power: "10⁴"."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def number(value: float) -> str:
    """A value with three figures, large ones with thin groups: 0.034, 7.12, 113, 21 400, 3.2×10⁶."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-3:
        exponent = math.floor(math.log10(size) + 1e-12)
        return f"{_figures(value / 10.0**exponent)}×{power(exponent)}"
    if size >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}".replace(",", "\u202f")
    return _figures(value).replace("-", "−")


def _figures(value: float) -> str:
    text = f"{value:.3g}"
    return f"{float(text):.10f}".rstrip("0").rstrip(".") if "e" in text else text


def day(value: float) -> str:
    """A day as printed on the axis: −5, 0, 7, 3.5."""
    return f"{round(value, 1) + 0.0:g}".replace("-", "−")


def moment(when: Moment) -> str:
    """A time for a reader: "day 3", "day 3 (3.25 d after infusion)", "day not recorded"."""
    label = f" (in the source: {when.label})" if when.label else ""
    if not when.known or when.day is None:
        return "day not recorded" + label
    if when.precision == "minute":
        return f"day {day(when.day)} ({when.time:.2f} d after infusion)".replace("-", "−") + label
    return f"day {day(when.day)}" + label


def name(text: str) -> str:
    """A name from the record as a reader writes it: "cns" is CNS, "marrow_aspirate" is marrow aspirate."""
    return " ".join(_NAMES.get(word, word) for word in text.replace("_", " ").split())


def place(source: Source) -> str:
    """Where a record was read: "vitals.csv, row 12"; empty when not known."""
    if not source.file:
        return ""
    return f"{source.file}, row {source.row}" if source.row is not None else source.file


def lines(*parts: str) -> str:
    """A hover text: the parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)


def measured(observation: Observation, name: str) -> str:
    """The value of an observation for a reader, with its unit."""
    spelled = unit(observation.unit)
    if observation.status is Status.BELOW:
        limit = observation.lloq if observation.lloq is not None else observation.lod
        return f"{name} below the limit" + (f" of {number(limit)} {spelled}" if limit is not None else "")
    if observation.status is Status.ABOVE:
        limit = observation.uloq if observation.uloq is not None else observation.value
        return f"{name} above the limit" + (f" of {number(limit)} {spelled}" if limit is not None else "")
    value = observation.text if observation.value is None else number(observation.value)
    return f"{name} {value} {spelled}".strip()


def grade(result: Grade) -> str:
    """A grade for a reader with its flags: "grade 2", "grade 1 to 3; would be settled by: SpO2"."""
    text = result.text if result.state in ("not graded", "not applicable") or result.words else f"grade {result.text}"
    if result.settles:
        text += f"; would be settled by: {', '.join(result.settles)}"
    if result.candidate:
        text += "; attribution not decided"
    if result.provisional:
        text += "; rule text provisional"
    return text


def dose(infusion: Infusion) -> tuple[str, str]:
    """(amount, unit) of an infusion; ("dose not recorded", "") when nothing is known."""
    if infusion.dose_per_kg is not None:
        return number(infusion.dose_per_kg), unit("10*6/kg")
    if infusion.dose is not None:
        return number(infusion.dose), unit("10*6")
    return "dose not recorded", ""
