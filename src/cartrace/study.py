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
from cartrace.course import Course, Finding, InputFile
from cartrace.errors import InputRefused, UnknownTerm
from cartrace.ingest import TableDefaults
from cartrace.kinetics import KineticsSettings, ProfileResult
from cartrace.report import ReportContents
from cartrace.vocabulary import terms


@dataclass(frozen=True, slots=True)
class StudySettings:
    """Every choice of a run.

    rules     ids or beginnings of ids ("icaht"); empty = every rule on the shelf
    options   "rule.option" to value, as said on the command line
    kinetics  choices of the kinetics room
    defaults  what a plain table may leave out
    """

    rules: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    kinetics: KineticsSettings = field(default_factory=KineticsSettings)
    defaults: TableDefaults = field(default_factory=TableDefaults)


@dataclass(frozen=True, slots=True)
class CourseStudy:
    """One course with what was found out about it. `folder` holds its pictures; None for a plain table."""

    course: Course
    assessments: tuple[Assessment, ...]
    profiles: tuple[ProfileResult, ...]
    findings: tuple[Finding, ...]
    inputs: tuple[InputFile, ...]
    folder: Path | None


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
    return (*(f for course in reading.courses for f in _wrong_options(course)), *reading.findings)


def run(path: Path, settings: StudySettings | None = None, *, grade: bool = True, measure: bool = True) -> Study:
    """Read, grade and measure. Raises `InputRefused` with every finding, `UnknownTerm` for a rule or option."""
    settings = settings or StudySettings()
    rules = chosen_rules(settings.rules)
    _accepted(settings.options)
    reading = ingest.read(path, defaults=settings.defaults)
    wrong = [finding for course in reading.courses for finding in _wrong_options(course)]
    if wrong:
        raise InputRefused((*wrong, *reading.findings))
    studies = []
    for course, prefix in zip(reading.courses, reading.folders, strict=True):
        graded = (rule.run(course, options_of(rule, course, settings.options)) for rule in rules) if grade else ()
        profiles = kinetics.measure(course, settings.kinetics) if measure else ()
        findings = tuple(finding for finding in reading.findings if finding.file.startswith(prefix))
        inputs = tuple(file for file in reading.inputs if file.name.startswith(prefix))
        folder = path / prefix if path.is_dir() else None
        studies.append(CourseStudy(course, tuple(graded), profiles, findings, inputs, folder))
    return Study(tuple(studies), reading.findings, reading.inputs)


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


def options_of(rule: Rule, course: Course, said: Mapping[str, str]) -> dict[str, str]:
    """Options for one rule: those of course.yaml, then those said on the command line."""
    both = {**{name: str(value) for name, value in course.settings}, **said}
    return {name.rpartition(".")[2]: value for name, value in both.items() if name.rpartition(".")[0] == rule.id}


def _accepted(options: Mapping[str, str]) -> None:
    for name, value in options.items():
        rule_id, _, option = name.rpartition(".")
        assess.rule(rule_id).settings({option: value})


def _wrong_options(course: Course) -> list[Finding]:
    findings = []
    for name, value in course.settings:
        try:
            _accepted({name: str(value)})
        except UnknownTerm as unknown:
            rules = tuple(f"{rule.id}.{option.name}" for rule in assess.RULES for option in rule.options)
            near = " or ".join(terms.nearest(name, rules)) or "rule.option: value (see cartrace rules)"
            found = f'"{name}: {value}" ({unknown})'
            findings.append(
                Finding("error", "settings.unknown", "course.yaml", None, "settings", found, near, "correct the option")
            )
    return findings
