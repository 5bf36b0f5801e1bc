"""course.yaml to a course builder.

In: the text of course.yaml. Out: a `CourseBuilder` with everything but the tables, and the table settings.
Decided here: sections are read by fields.toml; times go through the clock; doses are converted to 10*6 cells (per kg).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cartrace.course import Clock, CourseBuilder, Moment, Status
from cartrace.course import clock as clock_room
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
from cartrace.errors import UnknownUnit
from cartrace.ingest import times
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.drug_rows import check_dose_unit
from cartrace.ingest.sections import Entry, SectionReader
from cartrace.ingest.yaml_tree import parse
from cartrace.vocabulary import sources, terms, units

FILE_NAME = "course.yaml"


@dataclass(slots=True)
class CourseFile:
    """What course.yaml says: the builder with its records, the rows of `observations`, the settings of tables."""

    builder: CourseBuilder
    observations: tuple[Entry, ...] = ()
    tables: tuple[Entry, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


class CourseFileReader:
    """Reads one course.yaml."""

    def __init__(self, *, file: str, collector: Collector) -> None:
        self.sections = SectionReader(file=file, collector=collector)
        self.file = file
        self.clock = Clock()

    def read(self, text: str) -> CourseFile | None:
        """The course file; None when it is no map at all. Findings go to the collector."""
        tree = parse(text, file=self.file, collector=self.sections.collector)
        if tree is None:
            if not self.sections.collector.has_errors:
                self._error(
                    "yaml.empty", None, "", "an empty file", "a course (see cartrace vocabulary)", "describe the course"
                )
            return None
        top = self.sections.read(tree, "course")
        self.clock = self._clock(top.get("clock", Entry()))
        builder = CourseBuilder(top.get("id", ""), clock=self.clock)
        self._sources(top)
        fields = {
            "title": top.get("title", ""),
            "summary": top.get("summary", ""),
            "synthetic": top.get("synthetic", False),
            "patient": self._plain(Patient, top.get("patient", Entry())),
            "disease": self._disease(top.get("disease", Entry())),
            "product": self._product(top.get("product", Entry())),
            "outcome": self._plain(Outcome, top.get("outcome", Entry())),
            "complete": frozenset(top.get("complete", ())),
            "not_recorded": tuple(top.get("not_recorded", ())),
            "notes": tuple(top.get("notes", ())),
            "sources": tuple(top.get("sources", ())),
            "settings": tuple(sorted(top.get("settings", {}).items())),
        }
        for section in ("infusions", "drugs", "procedures", "panels", "lesions", "mrd", "grades", "images"):
            for entry in top.get(section, ()):
                getattr(self, f"_add_{section}")(builder, entry)
        return CourseFile(builder, tuple(top.get("observations", ())), tuple(top.get("tables", ())), fields)

    def _error(self, check: str, row: int | None, column: str, found: str, expected: str, action: str) -> None:
        self.sections.error(check, row=row, column=column, found=found, expected=expected, action=action)

    def _problem(self, problem: times.Problem, entry: Entry) -> None:
        self._error(
            "time.unreadable",
            entry.lines.get(problem.key, entry.line),
            problem.key,
            quoted(problem.found),
            problem.expected,
            "correct the time",
        )

    def _clock(self, entry: Entry) -> Clock:
        clock = times.clock_of(
            first_infusion=entry.get("first_infusion", ""),
            infusion_time=entry.get("infusion_time", ""),
            zone=entry.get("zone", ""),
            convention=entry.get("convention", "day0"),
        )
        if isinstance(clock, times.Problem):
            self._problem(clock, entry)
            return Clock()
        return clock

    def _sources(self, top: Entry) -> None:
        known = sources.sources()
        for key in top.get("sources", ()):
            if key not in known:
                near = terms.nearest(key, tuple(known))
                self._error(
                    "source.unknown",
                    top.lines.get("sources"),
                    "sources",
                    quoted(key),
                    one_of(("a key of the bibliography (sources.toml)",), near),
                    "correct the key",
                )

    def _moment(self, entry: Entry) -> Moment:
        found = times.moment(entry.texts, clock=self.clock)
        if isinstance(found, times.Problem):
            self._problem(found, entry)
            return clock_room.unknown(entry.get("label", ""))
        return found

    def _source(self, entry: Entry) -> Source:
        return Source(self.file, entry.line)

    @staticmethod
    def _plain(record_type: type, entry: Entry) -> Any:
        return record_type(**entry.values)

    def _disease(self, entry: Entry) -> Disease:
        values = dict(entry.values)
        sites = tuple(DiseaseSite(**site.values) for site in values.pop("sites", ()) if site.get("site"))
        return Disease(**values, sites=sites)

    def _product(self, entry: Entry) -> Product:
        values = dict(entry.values)
        edits = tuple(GeneEdit(**e.values) for e in values.pop("gene_edits", ()) if e.get("kind") and e.get("target"))
        return Product(**values, gene_edits=edits)

    def _add_infusions(self, builder: CourseBuilder, entry: Entry) -> None:
        fields: dict[str, Any] = {"fraction": entry.get("fraction"), "purpose": entry.get("purpose", "")}
        if entry.get("number") is not None:
            fields["number"] = entry.get("number")
        dose, unit = entry.get("dose"), entry.get("unit", "")
        if dose is not None:
            for name, family in (("dose_per_kg", "car_t_dose_per_kilogram"), ("dose", "car_t_dose")):
                try:
                    fields[name] = units.to_canonical(dose, unit=unit, family=family)
                except UnknownUnit:
                    continue
            if "dose_per_kg" not in fields and "dose" not in fields:
                accepted = (*units.accepted("car_t_dose_per_kilogram"), *units.accepted("car_t_dose"))
                self._error(
                    "unit.unknown" if unit else "unit.missing",
                    entry.lines.get("unit", entry.line),
                    "unit",
                    quoted(unit) if unit else "a dose without a unit",
                    one_of(tuple(a for a in accepted if a), _nearest_dose_unit(unit)),
                    "give the unit of the dose",
                )
        builder.infusion(moment=self._moment(entry), source=self._source(entry), **fields)

    def _add_drugs(self, builder: CourseBuilder, entry: Entry) -> None:
        name = entry.get("drug")
        if name is None:
            return
        if terms.drug(name) is None:
            known = tuple(drug for drugs in terms.drug_classes().values() for drug in drugs)
            self._error(
                "drug.unknown",
                entry.lines.get("drug"),
                "drug",
                quoted(name),
                one_of(
                    (f"one of the {len(known)} drugs of the vocabulary (cartrace vocabulary)",),
                    terms.nearest_drugs(name),
                ),
                "correct the name, or ask for the drug to be added",
            )
            return
        line = entry.lines.get("unit", entry.line)
        check_dose_unit(entry.get("unit", ""), file=self.file, row=line, collector=self.sections.collector)
        start = self._point(entry, "start")
        end, end_state = self._end(entry)
        if end is not None and start.known and end.known and end.time < start.time:
            self._error(
                "drug.ends_before_start",
                entry.lines.get("end"),
                "end",
                f"an end on day {end.time:g} before the start on day {start.time:g}",
                "an end at or after the start",
                "correct start or end",
            )
        found = terms.drug(name)
        if found is not None and found[1] == "vasopressor" and end_state in ("single", "not recorded"):
            self.sections.collector.add(
                "warning",
                "drug.no_end",
                file=self.file,
                row=entry.line,
                column="end",
                found=f"{found[0]} without a recorded end",
                expected="an end, or ongoing",
                action="from its start on nobody knows whether it ran; add the end",
            )
            end_state = "not recorded"
        builder.drug(
            name,
            start=start,
            end=end,
            end_state=end_state,
            dose=entry.get("dose"),
            dose_unit=entry.get("unit", ""),
            frequency=entry.get("frequency", ""),
            route=entry.get("route", ""),
            purpose=entry.get("purpose", ""),
            note=entry.get("note", ""),
            source=self._source(entry),
        )

    def _point(self, entry: Entry, key: str) -> Moment:
        value = entry.get(key)
        if value is None:
            return clock_room.unknown()
        texts = value.texts if isinstance(value, Entry) else {"day": value}
        found = times.moment(texts, clock=self.clock)
        if isinstance(found, times.Problem):
            line = entry.lines.get(key, entry.line)
            self._error("time.unreadable", line, key, quoted(found.found), found.expected, "correct the time")
            return clock_room.unknown()
        return found

    def _end(self, entry: Entry) -> tuple[Moment | None, str]:
        value = entry.get("end")
        if value is None:
            return None, "single"
        if isinstance(value, str) and value.lower() == "ongoing":
            return None, "ongoing"
        if isinstance(value, str) and value.lower() == "not recorded":
            return None, "not recorded"
        end = self._point(entry, "end")
        return (end, "ended") if end.known else (None, "not recorded")

    def _add_procedures(self, builder: CourseBuilder, entry: Entry) -> None:
        if entry.get("kind"):
            fields = {key: entry.get(key, "") for key in ("kind", "site", "detail", "note")}
            builder.procedure(moment=self._moment(entry), source=self._source(entry), **fields)

    def _add_panels(self, builder: CourseBuilder, entry: Entry) -> None:
        markers = tuple(
            Marker(m.get("name"), m.get("percent"), m.get("partial", False))
            for m in entry.get("markers", ())
            if m.get("name")
        )
        builder.panel(
            moment=self._moment(entry),
            site=entry.get("site", ""),
            method=entry.get("method", ""),
            blasts_percent=entry.get("blasts_percent"),
            markers=markers,
            note=entry.get("note", ""),
            source=self._source(entry),
        )

    def _add_lesions(self, builder: CourseBuilder, entry: Entry) -> None:
        sized = bool(entry.get("axes_mm")) or entry.get("volume_ml") is not None or entry.get("deauville") is not None
        known = sized or bool(entry.get("finding"))
        status = Status.from_word(entry.get("status", "done" if known else "not recorded"))
        if known and status is not Status.DONE:
            self._error(
                "lesion.status_and_size",
                entry.lines.get("status", entry.line),
                "status",
                f"{status.word} together with a size or finding",
                "one of the two",
                "remove the status or the size",
            )
        axes = tuple(sorted(entry.get("axes_mm", ()), reverse=True))
        if len(axes) > 3:
            self._error(
                "lesion.axes", entry.lines.get("axes_mm"), "axes_mm", f"{len(axes)} axes", "one to three", "correct it"
            )
        builder.lesion(
            lesion=entry.get("lesion", ""),
            site=entry.get("site", ""),
            moment=self._moment(entry),
            method=entry.get("method", ""),
            axes_mm=axes[:3],
            volume_ml=entry.get("volume_ml"),
            deauville=entry.get("deauville"),
            finding=entry.get("finding", ""),
            status=status,
            note=entry.get("note", ""),
            source=self._source(entry),
        )

    def _add_mrd(self, builder: CourseBuilder, entry: Entry) -> None:
        fraction, result = entry.get("fraction"), entry.get("result", "")
        if result == "negative" and fraction is not None:
            self._error(
                "mrd.negative_with_value",
                entry.lines.get("fraction"),
                "fraction",
                "negative together with a fraction",
                "one of the two",
                "give the fraction, or negative with lod",
            )
        status = Status.BELOW if result == "negative" else Status.DONE
        if (fraction is None and not result) or result == "not recorded":
            status = Status.NOT_RECORDED
        builder.mrd(
            moment=self._moment(entry),
            site=entry.get("site", ""),
            method=entry.get("method", ""),
            status=status,
            fraction=fraction,
            lod=entry.get("lod"),
            lloq=entry.get("lloq"),
            gates_on_cd19=entry.get("gates_on_cd19"),
            source=self._source(entry),
        )

    def _add_grades(self, builder: CourseBuilder, entry: Entry) -> None:
        if entry.get("grade") is None or not entry.get("toxicity"):
            return
        builder.grade(
            toxicity=entry.get("toxicity"),
            scale=entry.get("scale", ""),
            grade=entry.get("grade"),
            moment=self._moment(entry),
            scope=entry.get("scope", "maximum"),
            attributed=entry.get("attributed"),
            note=entry.get("note", ""),
            source=self._source(entry),
        )

    def _add_images(self, builder: CourseBuilder, entry: Entry) -> None:
        fields = {key: entry.get(key, "") for key in ("kind", "site", "phase", "caption", "file", "stain")}
        builder.image(moment=self._moment(entry), source=self._source(entry), **fields)


def _nearest_dose_unit(unit: str) -> tuple[str, ...]:
    family = "car_t_dose_per_kilogram" if "/" in unit else "car_t_dose"
    return units.nearest(unit, family=family) if unit else ()
