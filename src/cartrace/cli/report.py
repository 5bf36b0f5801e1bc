"""`cartrace report`: one self-contained HTML file per course."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument, table_options

if TYPE_CHECKING:
    from cartrace.study import Study


@click.command(short_help="Write the report as one self-contained HTML file.")
@path_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File, or folder for several courses.")
@click.option("--pdf", is_flag=True, help="A PDF beside each HTML file (needs the extra cartrace[pdf]).")
@door.rule_option
@door.option_option
@click.option("--windows", default="", metavar="0-28,0-84", help="AUC windows in days since the infusion.")
@click.option("--policy", default="standard", help="What a sample below the LLOQ counts as.")
@click.option(
    "--predict/--no-predict", default=True, help="Simulate patients with this regimen, where the model covers it."
)
@table_options
@json_option
@guarded
def command(
    path: Path,
    output: Path | None,
    pdf: bool,
    rules: tuple[str, ...],
    options: tuple[str, ...],
    windows: str,
    policy: str,
    predict: bool,
    code: str,
    unit: str,
    lloq: float | None,
    method: str,
    as_json: bool,
) -> None:
    """Write the report: one HTML file that opens with the network off.

    For one course the file is named after it (or after --output); for several, a folder with an index page.

    \b
    Example: cartrace report my-course
             cartrace report registry -o pages --pdf
    """
    from cartrace import study
    from cartrace.cli.plain import to_json
    from cartrace.ingest import TableDefaults
    from cartrace.kinetics import KineticsSettings, parse_windows

    kinetics = KineticsSettings(policy=policy, windows=parse_windows(windows)) if windows else KineticsSettings()
    defaults = TableDefaults(code, unit, lloq, method)
    settings = study.StudySettings(rules, door.chosen(options), kinetics, defaults, predict=predict)
    done = study.run(path, settings)
    door.say_findings(done.findings)
    written = write_reports(done, said(path, click.get_current_context().params), output, pdf=pdf)
    click.echo(to_json({"written": [str(file) for file in written]}) if as_json else "\n".join(map(str, written)))


def said(path: Path, params: dict[str, object]) -> str:
    """The command that makes the same report again: the input by its name, never by a machine's path."""
    words = ["cartrace", "report", path.resolve().name]
    for name, value in params.items():
        flag = {"rules": "--rule", "options": "--option"}.get(name, f"--{name}")
        if isinstance(value, tuple):
            words += [word for item in value for word in (flag, str(item))]
        elif name == "predict" and value is False:
            words.append("--no-predict")
        elif name in ("windows", "policy", "code", "unit", "lloq", "method") and value not in ("", None, "standard"):
            words += [flag, str(value)]
    return shlex.join(words)


def file_name(course_id: str) -> str:
    """A file name for a course: letters, digits, dot, dash and underscore of its id."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", course_id).strip(".-") or "course"


def file_names(course_ids: Sequence[str]) -> list[str]:
    """A file name for each course; ids that differ only in signs a file name cannot hold are numbered."""
    taken: dict[str, int] = {}
    names = []
    for name in map(file_name, course_ids):
        key = name.lower()
        taken[key] = taken.get(key, 0) + 1
        names.append(name if taken[key] == 1 else f"{name}-{taken[key]}")
    return names


def write_reports(done: Study, reproduce: str, output: Path | None, *, pdf: bool = False) -> list[Path]:
    """Write the report of one course as a file, those of several as a folder with an index; returns what was written."""
    from cartrace import report, study

    if len(done.courses) == 1:
        one = done.courses[0]
        target = output or Path(f"{file_name(one.course.id)}.html")
        if target.suffix.lower() not in (".html", ".htm"):
            target = target / f"{file_name(one.course.id)}.html"
        targets = [target]
    else:
        folder = output or Path("reports")
        targets = [folder / f"{name}.html" for name in file_names([one.course.id for one in done.courses])]
    written = []
    for one, target in zip(done.courses, targets, strict=True):
        # Both are made before either is written: a refused PDF leaves nothing half-done.
        contents: dict[Path, str | bytes] = {target: study.page(one, reproduce)}
        if pdf:
            contents[target.with_suffix(".pdf")] = report.pdf(study.contents(one, reproduce))
        for file, content in contents.items():
            door.write(file, content)
            written.append(file)
    if len(done.courses) > 1:
        rows = [(study.contents(one, reproduce), file.name) for one, file in zip(done.courses, targets, strict=True)]
        door.write(folder / "index.html", report.index(rows))
        written.insert(0, folder / "index.html")
    return written
