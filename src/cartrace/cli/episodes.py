"""`cartrace episodes`: what registry forms ask about CRS and ICANS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.assess.forms import Answer, EpisodeForm

HEADER = ("course", "syndrome", "field", "answer", "remarks")
CSV_HEADER = (
    "course",
    "syndrome",
    "rule",
    "field",
    "question",
    "answer",
    "unit",
    "reason",
    "cibmtr",
    "ebmt",
    "evidence",
)
SPOKEN = {"1": "", "{score}": "", "Cel": "°C"}


@click.command(short_help="Answer what registry forms ask about CRS and ICANS.")
@path_argument
@door.option_option
@door.csv_option
@json_option
@guarded
def command(path: Path, options: tuple[str, ...], as_csv: bool, as_json: bool) -> None:
    """Answer what the CIBMTR and EBMT forms ask about CRS and ICANS: onset, resolution, highest grade, findings, treatment,
    second episode, overlap. Each field is answered from the record or says why it cannot be.

    \b
    Example: cartrace episodes my-course
             cartrace episodes my-courses --csv
    """
    from cartrace import study
    from cartrace.assess.forms import episode_forms
    from cartrace.assess.forms.episode_form import RULES
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json

    settings = study.StudySettings(tuple(RULES.values()), door.chosen(options))
    done = study.run(path, settings, measure=False)
    door.say_findings(done.findings)
    forms = [form for one in done.courses for form in episode_forms(one.course, one.assessments)]
    if as_json:
        click.echo(to_json({"forms": forms, "findings": done.findings, "inputs": done.inputs}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [_csv_row(form, a) for form in forms for a in form.answers]))
    else:
        click.echo(aligned(HEADER, [_text_row(form, a) for form in forms for a in form.answers]))


def _text_row(form: EpisodeForm, answer: Answer) -> tuple[str, ...]:
    found, field = answer.found, answer.field
    said = f"{found.text} {SPOKEN.get(found.unit, found.unit)}".strip()
    registries = (("CIBMTR", field.cibmtr), ("EBMT", field.ebmt))
    asked = [name + (" (from memory)" if how == "memory" else "") for name, how in registries if how]
    remarks = f"{found.reason[:1].upper()}{found.reason[1:]}." if found.reason else ""
    remarks += f" Asked by {' and '.join(asked)}." if asked else ""
    return form.course, form.toxicity, field.question, said, remarks.strip()


def _csv_row(form: EpisodeForm, answer: Answer) -> tuple[object, ...]:
    found, field = answer.found, answer.field
    return (
        *(form.course, form.toxicity, form.rule, field.id, field.question, found.text, found.unit, found.reason),
        *(field.cibmtr, field.ebmt, " ".join(map(str, found.used))),
    )
