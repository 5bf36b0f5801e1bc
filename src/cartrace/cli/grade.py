"""`cartrace grade`: toxicity and response by the published rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options

if TYPE_CHECKING:
    from cartrace.assess import Assessment, Grade
    from cartrace.study import Study

HEADER = ("course", "rule", "part", "day", "from_d", "until_d", "grade", "remarks")
GRADE = HEADER.index("grade")
SILENT = ("not graded", "not applicable")

CSV_HEADER = (
    *("course", "rule", "part", "day", "from_d", "until_d", "state", "low", "high", "grade"),
    *("candidate", "provisional", "reasons", "settles"),
)


@click.command(short_help="Grade toxicity and response by the published rules.")
@path_argument
@door.rule_option
@door.option_option
@click.option("--by", type=click.Choice(["course", "day", "step"]), default="course", help="One row for each of these.")
@click.option(
    "--registry", is_flag=True, help="Overall grades only, compiled, for many courses (extra cartrace[registry])."
)
@table_options
@door.csv_option
@json_option
@guarded
def command(
    path: Path,
    rules: tuple[str, ...],
    options: tuple[str, ...],
    by: str,
    registry: bool,
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Grade toxicity and response by the published rules.

    A missing input gives a range and the name of what would settle it, never a lower grade.

    \b
    Example: cartrace grade my-course
             cartrace grade anc.csv --rule icaht
             cartrace grade my-course --rule crs --by day --option crs.astct2019.resolution_hours=48
    """
    from cartrace import study
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults

    settings = study.StudySettings(rules, door.chosen(options), defaults=TableDefaults(code, unit, lloq, method))
    done = study.run(path, settings, measure=False, registry=registry)
    door.say_findings(done.findings)
    if as_json:
        records = [{"course": one.course.id, "assessments": one.assessments} for one in done.courses]
        click.echo(to_json({"courses": records, "findings": done.findings, "inputs": done.inputs}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(*row) for row in _grades(done, by)]))
    else:
        click.echo(aligned(HEADER, _folded([_text_row(*row) for row in _grades(done, by)])))


def _grades(done: Study, by: str) -> list[tuple[str, Assessment, str, Grade]]:
    rows = []
    for one in done.courses:
        for assessment in one.assessments:
            grades = {"course": (assessment.overall,), "day": assessment.days, "step": assessment.steps}[by]
            rows += [(one.course.id, assessment, "", grade) for grade in grades]
            if by == "course":
                rows += [(one.course.id, assessment, part, grade) for part, grade in assessment.parts]
    return rows


def _folded(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What is not graded shares one row per course: the terms of a laboratory table, and the other scales of a family."""
    from cartrace.assess.families import family_of

    kept: list[tuple[str, ...]] = []
    silent: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in rows:
        rule_id = row[1].partition("@")[0]
        family = family_of(rule_id)
        shared = rule_id.partition(".")[0] if family.by_term else "" if family.led_by(rule_id) else family.name
        if shared and row[GRADE] in SILENT:
            silent.setdefault((row[0], shared), []).append(row)
        else:
            kept.append(row)
    kept += [_shared(course, shared, found) for (course, shared), found in silent.items()]
    place = {course: number for number, course in enumerate(dict.fromkeys(row[0] for row in rows))}
    return sorted(kept, key=lambda row: place[row[0]])


def _shared(course: str, shared: str, rows: list[tuple[str, ...]]) -> tuple[str, ...]:
    """One row in place of several of a family that all have no grade."""
    ids = list(dict.fromkeys(row[1].partition("@")[0] for row in rows))
    if all(rule_id.startswith(f"{shared}.") for rule_id in ids):
        names = [rule_id.partition(".")[2] for rule_id in ids]
        name, said = f"{shared} ({len(ids)} terms)", f"Nothing recorded to grade: {', '.join(names)}."
    elif len(ids) == 1:
        return rows[0] if len(rows) == 1 else (*rows[0][:2], "", "", "", "", *rows[0][GRADE:])
    else:
        name, said = f"{shared}, {len(ids)} other scales", f"No grade by {', '.join(ids)}."
    states = "not graded" if any(row[GRADE] == "not graded" for row in rows) else rows[0][GRADE]
    return (course, name, "", "", "", "", states, said)


def _time(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _place(course: str, assessment: Assessment, part: str, grade: Grade) -> tuple[str, str, str, str, str, str]:
    day = "" if grade.day is None else str(grade.day)
    return course, assessment.rule, part, day, _time(grade.at), _time(grade.until)


def _text_row(course: str, assessment: Assessment, part: str, grade: Grade) -> tuple[str, ...]:
    return (*_place(course, assessment, part, grade), grade.text, remarks(grade))


def remarks(grade: Grade) -> str:
    """Reasons in words, what would settle a range, and what makes a grade less than certain."""
    from cartrace.assess import rule

    sentences = {reason.code: reason.sentence for reason in rule(grade.rule).reasons}
    said = [sentences[code] for code in grade.reasons]
    if grade.settles:
        said.append(f"Would be settled by: {', '.join(grade.settles)}.")
    if grade.candidate:
        said.append("Candidate: attribution to the cells is not decided.")
    return " ".join(said)


def _csv_row(course: str, assessment: Assessment, part: str, grade: Grade) -> tuple[object, ...]:
    return (
        *_place(course, assessment, part, grade),
        *(grade.state, "" if grade.low is None else grade.low, "" if grade.high is None else grade.high, grade.text),
        *("yes" if grade.candidate else "no", "yes" if grade.provisional else "no"),
        *(" ".join(grade.reasons), " ".join(grade.settles)),
    )
