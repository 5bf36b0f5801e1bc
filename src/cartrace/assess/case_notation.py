"""The notation of conformance cases: one line a clinician can read, turned into a course.

In: the `given` cell of a case table. Out: a `Course`. Items are separated by ";":

    patient age=8 developmental_delay=yes
    product target=CD19
    disease large B-cell lymphoma           the name of the disease
    site skin involved=yes                  a disease site of the record; detail= phase= as in the record
    complete vasopressors oxygen            charts in which an entry that is absent means "not given"
    h6 temperature 101.5 [degF]             one value six hours after the infusion (unit optional: canonical)
    d4-10 anc 0.3                           one value a day; a later item replaces an earlier one of the same code and day
    d28 platelets 60 low=150 high=400       with the laboratory's limits; also lloq= lod= uloq= site= method= attributed=yes|no
    h6 oxygen_device status=not_done        a status instead of a value
    h2-8 drug norepinephrine 5 ug/min       an interval; "h2-" is ongoing, "h2-?" has no recorded end, "h2" is one dose
    d28 mrd marrow flow negative lod=1e-4   or a fraction, "not_done" or "not_recorded" in its place; cd19_gating=yes
                                            "?" in place of the method when it is not recorded
    d28 lesion left testis ultrasound 20x15 axes in mm, or "normal", "abnormal", "resolved", "new", "equivocal"; deauville=2 volume=3
                                            status=not_recorded when it was looked at and the result is not known
    d20 procedure biopsy testis negative    lesion=left when it speaks for one lesion only
    d20 panel skin 93.1                     blasts in percent, or nothing when they are not recorded

Decided here: "h" is elapsed hours (exact), "d" a study day (day precision). Infusion is at h0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cartrace.course import Clock, Course, CourseBuilder, Moment, Status
from cartrace.course.record import Disease, DiseaseSite, Patient, Product
from cartrace.errors import UnknownTerm

_WHEN = re.compile(r"^(?P<unit>[dh])(?P<start>-?\d+(?:\.\d+)?)(?P<span>-(?P<end>-?\d+(?:\.\d+)?|\?)?)?$")
_YES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class _When:
    start: Moment
    end: Moment | None
    end_state: str
    days: tuple[int, ...]


class _Reader:
    def __init__(self) -> None:
        self.clock = Clock(start_minute=0)
        self.builder = CourseBuilder("case", clock=self.clock)
        self.patient: dict[str, Any] = {}
        self.product = Product()
        self.disease = ""
        self.sites: list[DiseaseSite] = []
        self.complete: set[str] = set()
        self.daily: dict[tuple[str, int, str], tuple[Any, ...]] = {}

    def moment(self, unit: str, number: str) -> Moment:
        if unit == "h":
            return self.clock.from_elapsed_hours(float(number))
        return self.clock.from_study_day(int(number))

    def when(self, word: str) -> _When:
        match = _WHEN.match(word)
        if match is None:
            raise UnknownTerm("time in a case", word)
        unit, start, end = match["unit"], match["start"], match["end"]
        first = self.moment(unit, start)
        if not match["span"]:
            single = (int(start),) if unit == "d" else ()
            return _When(first, None, "single", single)
        if end is None:
            return _When(first, None, "ongoing", ())
        if end == "?":
            return _When(first, None, "not recorded", ())
        last = int(end) if unit == "d" else None
        days = tuple(range(int(start), last + 1)) if last is not None else ()
        return _When(first, self.moment(unit, end), "ended", days)

    def item(self, text: str) -> None:
        words = text.split()
        plain = [w for w in words if "=" not in w]
        keys = dict(w.split("=", 1) for w in words if "=" in w)
        if plain[0] == "patient":
            self._patient(keys)
        elif plain[0] == "complete":
            self.complete.update(plain[1:])
        elif plain[0] == "product":
            self.product = Product(target=keys["target"])
        elif plain[0] == "disease":
            self.disease = " ".join(plain[1:])
        elif plain[0] == "site":
            involved = _YES[keys["involved"]]
            self.sites.append(DiseaseSite(plain[1], keys.get("detail", ""), keys.get("phase", ""), involved))
        else:
            self._timed(self.when(plain[0]), plain[1], plain[2:], keys)

    def _patient(self, keys: dict[str, str]) -> None:
        for key, value in keys.items():
            if key == "age":
                self.patient["age_years"] = float(value)
            elif key == "developmental_delay":
                self.patient["developmental_delay"] = _YES[value]
            else:
                raise UnknownTerm("patient fact in a case", key)

    def _timed(self, when: _When, kind: str, rest: list[str], keys: dict[str, str]) -> None:
        if kind == "drug":
            self._drug(when, rest)
        elif kind == "mrd":
            self._mrd(when, rest, keys)
        elif kind == "lesion":
            self._lesion(when, rest, keys)
        elif kind == "procedure":
            note = rest[2] if len(rest) > 2 else ""
            site, detail = rest[1] if len(rest) > 1 else "", keys.get("lesion", "")
            self.builder.procedure(kind=rest[0], moment=when.start, site=site, detail=detail, note=note)
        elif kind == "panel":
            blasts = float(rest[1]) if len(rest) > 1 else None
            self.builder.panel(moment=when.start, site=rest[0], blasts_percent=blasts)
        elif when.days:
            for day in when.days:
                site = keys.get("site", "")
                self.daily[kind, day, site] = (kind, rest, keys, self.clock.from_study_day(day))
        else:
            self._observe(kind, rest, keys, when.start)

    def _observe(self, code: str, rest: list[str], keys: dict[str, str], moment: Moment) -> None:
        fields: dict[str, Any] = {}
        for key, value in keys.items():
            if key == "status":
                fields["status"] = Status.from_word(value.replace("_", " "))
            elif key == "attributed":
                fields["attributed"] = _YES.get(value)
            elif key in ("site", "method"):
                fields[key] = value
            else:
                field = {"low": "reference_low", "high": "reference_high"}.get(key, key)
                fields[field] = float(value)
        if fields.get("status") is Status.BELOW and not rest:
            rest = [str(fields["lloq"])] if "lloq" in fields else []
        self.builder.observe(code, rest[0] if rest else None, moment=moment, unit=" ".join(rest[1:]), **fields)

    def _drug(self, when: _When, rest: list[str]) -> None:
        dose = float(rest[1]) if len(rest) > 1 else None
        self.builder.drug(
            rest[0],
            start=when.start,
            end=when.end,
            end_state=when.end_state,
            dose=dose,
            dose_unit=" ".join(rest[2:]),
        )

    def _mrd(self, when: _When, rest: list[str], keys: dict[str, str]) -> None:
        site, method, result = rest
        method = "" if method == "?" else method
        words = {"negative": Status.BELOW, "not_done": Status.NOT_DONE, "not_recorded": Status.NOT_RECORDED}
        self.builder.mrd(
            moment=when.start,
            site=site,
            method=method,
            status=words.get(result, Status.DONE),
            fraction=None if result in words else float(result),
            lod=float(keys["lod"]) if "lod" in keys else None,
            lloq=float(keys["lloq"]) if "lloq" in keys else None,
            gates_on_cd19=_YES[keys["cd19_gating"]] if "cd19_gating" in keys else None,
        )

    def _lesion(self, when: _When, rest: list[str], keys: dict[str, str]) -> None:
        lesion, site, method, *words = rest
        fields: dict[str, Any] = {}
        for word in words:
            if re.fullmatch(r"[\d.]+(x[\d.]+){0,2}", word):
                fields["axes_mm"] = tuple(float(axis) for axis in word.split("x"))
            else:
                fields["finding"] = word
        if "deauville" in keys:
            fields["deauville"] = int(keys["deauville"])
        if "status" in keys:
            fields["status"] = Status.from_word(keys["status"])
        if "volume" in keys:
            fields["volume_ml"] = float(keys["volume"])
        self.builder.lesion(lesion=lesion, site=site, method=method, moment=when.start, **fields)


def read_given(given: str) -> Course:
    """The course that a `given` cell describes. Raises `UnknownTerm` or `UnknownUnit` for words outside the notation."""
    reader = _Reader()
    reader.builder.infusion(moment=reader.clock.from_elapsed_hours(0))
    for text in given.split(";"):
        if text.strip():
            reader.item(text.strip())
    for code, rest, keys, moment in reader.daily.values():
        reader._observe(code, rest, keys, moment)
    return reader.builder.course(
        patient=Patient(**reader.patient),
        product=reader.product,
        disease=Disease(name=reader.disease, sites=tuple(reader.sites)),
        complete=frozenset(reader.complete),
    )
