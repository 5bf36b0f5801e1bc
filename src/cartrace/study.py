"""A whole run, top to bottom, on one screen: files in, graded and measured courses out.

In: a course folder, a folder of courses or a table, and `StudySettings`. Out: `Study`.
Decided here: in which order the rooms work, and that an option said on the command line goes before the same one said
in course.yaml (settings: "crs.astct2019.resolution_hours: 48").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cartrace import assess, ingest, kinetics, report
from cartrace.assess import Assessment, Rule
from cartrace.assess.grading import grade_all
from cartrace.assess.options import accept, wrong_options
from cartrace.course import Course, Finding, InputFile
from cartrace.errors import InputRefused
from cartrace.ingest import Reading, TableDefaults
from cartrace.kinetics import KineticsSettings, ProfileResult
from cartrace.report import ReportContents


@dataclass(frozen=True, slots=True)
class StudySettings:
    """Every choice of a run.

    rules     ids or beginnings of ids ("icaht"); empty = every rule on the shelf
    options   "rule.option" to value, as said on the command line
    kinetics  choices of the kinetics room
    defaults  what a plain table may leave out
    each      whether every re-infusion is measured on its own clock, or only the infusion named in `kinetics`
    predict   whether a report says what simulated patients with this regimen and disease do
    """

    rules: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    kinetics: KineticsSettings = field(default_factory=KineticsSettings)
    defaults: TableDefaults = field(default_factory=TableDefaults)
    each: bool = True
    predict: bool = True


@dataclass(frozen=True, slots=True)
class CourseStudy:
    """One course with what was found out about it. `folder` holds its pictures; None for a plain table."""

    course: Course
    assessments: tuple[Assessment, ...]
    profiles: tuple[ProfileResult, ...]
    findings: tuple[Finding, ...]
    inputs: tuple[InputFile, ...]
    folder: Path | None
    predict: bool = True


@dataclass(frozen=True, slots=True)
class Study:
    """All courses of a run, every finding (none of them an error) and the files read with their hashes."""

    courses: tuple[CourseStudy, ...]
    findings: tuple[Finding, ...]
    inputs: tuple[InputFile, ...]


def check(path: Path, defaults: TableDefaults | None = None) -> tuple[Finding, ...]:
    """Every finding about `path`, the options in course.yaml included. Never raises for bad input."""
    try:
        reading = ingest.read(path, defaults=defaults)
    except InputRefused as refused:
        return tuple(refused.findings)
    return (*_wrong(reading), *reading.findings)


def run(
    path: Path,
    settings: StudySettings | None = None,
    *,
    grade: bool = True,
    measure: bool = True,
    registry: bool = False,
) -> Study:
    """Read, grade and measure. Raises `InputRefused` with every finding, `UnknownTerm` for a rule or option.

    registry  overall grades only, by the compiled kernels in threads; the grades are the same
    """
    settings = settings or StudySettings()
    rules = chosen_rules(settings.rules)
    accept(settings.options)
    reading = ingest.read(path, defaults=settings.defaults)
    wrong = _wrong(reading)
    if wrong:
        raise InputRefused((*wrong, *reading.findings))
    studies = []
    measured = kinetics.measure_each if settings.each else kinetics.measure
    courses, assessments = grade_all(reading.courses, rules if grade else (), settings.options, registry=registry)
    for course, prefix, graded in zip(courses, reading.folders, assessments, strict=True):
        profiles = measured(course, settings.kinetics) if measure else ()
        findings = tuple(finding for finding in reading.findings if finding.file.startswith(prefix))
        inputs = tuple(file for file in reading.inputs if file.name.startswith(prefix))
        folder = path / prefix if path.is_dir() else None
        studies.append(CourseStudy(course, graded, profiles, findings, inputs, folder, settings.predict))
    return Study(tuple(studies), reading.findings, reading.inputs)


def _wrong(reading: Reading) -> list[Finding]:
    pairs = zip(reading.courses, reading.folders, strict=True)
    return [f for course, folder in pairs for f in wrong_options(course, file=f"{folder}course.yaml")]


def contents(study: CourseStudy, command: str) -> ReportContents:
    """What the report room needs of one course."""
    return ReportContents(
        course=study.course,
        assessments=study.assessments,
        profiles=study.profiles,
        findings=study.findings,
        inputs=study.inputs,
        folder=study.folder,
        command=command,
        predict=study.predict,
    )


def page(study: CourseStudy, command: str) -> str:
    """The report of one course as one HTML file."""
    return report.html(contents(study, command))


def chosen_rules(names: tuple[str, ...]) -> tuple[Rule, ...]:
    """Rules by id, by id@version or by the beginning of an id; every rule for none. Raises `UnknownTerm`."""
    if not names:
        return assess.RULES
    found: dict[str, Rule] = {}
    for name in names:
        matches = assess.rules_of(name) or (assess.rule(name),)
        found.update({rule.id: rule for rule in matches})
    return tuple(found.values())
