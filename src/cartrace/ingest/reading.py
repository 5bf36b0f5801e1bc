"""The door: a path to courses, with every finding.

In: a course folder, a folder of course folders, or one long or wide table. Out: `Reading`.
Decided here: nothing is half-read: with any error there is no course at all. Files are named relative to the path given,
never by a machine's path.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cartrace.course import Clock, Course, Finding, InputFile
from cartrace.course.clock import from_day0
from cartrace.errors import InputRefused
from cartrace.ingest import table_file
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.course_yaml import FILE_NAME, CourseFileReader
from cartrace.ingest.rows import RowReader, Seen
from cartrace.ingest.sections import Entry
from cartrace.ingest.table import TableDefaults, Target, read_table_into
from cartrace.vocabulary import terms

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".svg")


@dataclass(frozen=True, slots=True)
class Reading:
    """Courses read, findings (none of them an error), and the files with their hashes.

    folders  for each course the name of its folder within the path, with a slash; "" when the path is the course itself
    """

    courses: tuple[Course, ...]
    folders: tuple[str, ...]
    findings: tuple[Finding, ...]
    inputs: tuple[InputFile, ...]


@dataclass(slots=True)
class _Run:
    collector: Collector = field(default_factory=Collector)
    inputs: list[InputFile] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def load(
        self, path: Path, name: str, *, check: str = "file.unreadable", nearest: Callable[[], str] | None = None
    ) -> bytes | None:
        try:
            content = path.read_bytes()
        except OSError as error:
            self.collector.add(
                "error",
                check,
                file=name,
                found=f"a file that cannot be read ({error.strerror})",
                expected=nearest if nearest and isinstance(error, FileNotFoundError) else "a readable file",
                action="check the name and the rights",
            )
            return None
        self.inputs.append(InputFile(name, hashlib.sha256(content).hexdigest()))
        return content


def read(path: str | Path, *, defaults: TableDefaults | None = None) -> Reading:
    """Read `path`. Raises `InputRefused` with every finding when one of them is an error."""
    run = _run(Path(path), defaults or TableDefaults())
    findings = run.collector.findings()
    if run.collector.has_errors:
        raise InputRefused(findings)
    return Reading(tuple(run.courses), tuple(run.folders), findings, tuple(run.inputs))


def check(path: str | Path, *, defaults: TableDefaults | None = None) -> tuple[Finding, ...]:
    """Every finding of `path`; never raises for bad input."""
    return _run(Path(path), defaults or TableDefaults()).collector.findings()


def _run(path: Path, defaults: TableDefaults) -> _Run:
    run = _Run()
    if path.is_dir() and (path / FILE_NAME).is_file():
        _course_folder(path, "", run)
    elif path.is_dir():
        _folder_of_courses(path, run)
    elif path.is_file() and path.suffix.lower() in table_file.ENDINGS:
        _plain_table(path, defaults, run)
    else:
        found = "no such file or folder" if not path.exists() else f"a file ending in {quoted(path.suffix)}"
        run.collector.add(
            "error",
            "path.unknown",
            file=path.name or str(path),
            found=found,
            expected=f"a course folder, a folder of courses, or a table ({', '.join(table_file.ENDINGS)})",
            action="check the name",
        )
    _same_ids(run)
    return run


def _folder_of_courses(path: Path, run: _Run) -> None:
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    courses = [folder for folder in folders if (folder / FILE_NAME).is_file()]
    for folder in courses:
        _course_folder(folder, folder.name + "/", run)
    if not courses:
        near = terms.nearest(FILE_NAME, sorted(p.name for p in path.iterdir()), limit=1)
        run.collector.add(
            "error",
            "folder.no_course",
            file=path.name,
            found=f"a folder without {FILE_NAME}" + (f", but with {near[0]}" if near else ""),
            expected=f"{FILE_NAME}, or folders that hold one each",
            action=f"rename {near[0]}" if near else "add course.yaml, or name the table itself",
        )
        return
    for folder in folders:
        if folder not in courses:
            run.collector.add(
                "warning",
                "folder.no_course",
                file=folder.name + "/",
                found=f"a folder without {FILE_NAME} among the courses",
                expected=f"{FILE_NAME} in every folder",
                action="the folder is not read; add course.yaml, or take it away",
            )


def _same_ids(run: _Run) -> None:
    first: dict[str, str] = {}
    for course, prefix in zip(run.courses, run.folders, strict=True):
        if course.id and course.id in first and prefix:
            run.collector.add(
                "error",
                "course.same_id",
                file=prefix + FILE_NAME,
                column="id",
                found=f"the id {quoted(course.id)} again (first in {first[course.id]})",
                expected="each course its own id",
                action="rename one of them",
            )
        first.setdefault(course.id, prefix + FILE_NAME)


def _course_folder(folder: Path, prefix: str, run: _Run) -> None:
    content = run.load(folder / FILE_NAME, prefix + FILE_NAME)
    if content is None:
        return
    name = prefix + FILE_NAME
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        run.collector.add(
            "error",
            "yaml.encoding",
            file=name,
            found="text that is not UTF-8",
            expected="UTF-8",
            action="save as UTF-8",
        )
        return
    reader = CourseFileReader(file=name, collector=run.collector)
    course_file = reader.read(text)
    if course_file is None:
        return
    builder = course_file.builder
    seen = Seen()
    rows = RowReader(builder, file=name, clock=builder.clock, collector=run.collector, seen=seen)
    for entry in course_file.observations:
        if "code" in entry.values:
            rows.read(entry.texts, row=entry.line)
    rows.close()
    target = Target(builder.clock, builder, course_file.builder.course().id, seen)
    for settings in _tables_of(folder, course_file.tables):
        _table(folder, prefix, settings, target, TableDefaults(), run)
    course = builder.course(**course_file.fields)
    _check_images(folder, course, name, run)
    _check_infusions(course, name, run)
    run.courses.append(course)
    run.folders.append(prefix)


def _tables_of(folder: Path, named: tuple[Entry, ...]) -> list[Entry]:
    if named:
        return [entry for entry in named if entry.get("file")]
    files = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in table_file.ENDINGS and p.suffix != ".txt")
    return [Entry(values={"file": file}) for file in files if not file.startswith((".", "~"))]


def _table(folder: Path, prefix: str, settings: Entry, target: Target, defaults: TableDefaults, run: _Run) -> None:
    file = settings.get("file")
    if not _inside(folder, file):
        run.collector.add(
            "error",
            "table.outside",
            file=prefix + FILE_NAME,
            row=settings.lines.get("file"),
            column="file",
            found=quoted(file),
            expected="a table in the course folder",
            action="move the table into the folder",
        )
        return
    nearest = functools.partial(_nearest_file, folder, file, table_file.ENDINGS)
    content = run.load(folder / file, prefix + file, check="table.missing", nearest=nearest)
    if content is None:
        return
    rows = read_table_into(
        content, file=prefix + file, settings=settings, target=target, defaults=defaults, collector=run.collector
    )
    run.inputs[-1] = replace(run.inputs[-1], rows=rows)


def _inside(folder: Path, name: str) -> bool:
    """Whether a named file lies in the folder; False for a name that no file can have."""
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def _nearest_file(folder: Path, name: str, endings: tuple[str, ...]) -> str:
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.suffix.lower() in endings)
    if not files:
        return f"a file in the folder ({', '.join(endings)})"
    return one_of(files[:10], terms.nearest(name, files, limit=1))


def _check_images(folder: Path, course: Course, name: str, run: _Run) -> None:
    for image in course.images:
        if not image.file:
            continue
        inside = _inside(folder, image.file)
        if not inside or not os.path.isfile(folder / image.file):  # noqa: PTH113 (Path.is_file raises for over-long names)
            run.collector.add(
                "error",
                "image.missing" if inside else "image.outside",
                file=name,
                row=image.source.row,
                column="file",
                found=quoted(image.file),
                expected=_nearest_file(folder, image.file, IMAGE_ENDINGS),
                action="correct the name, or leave file out when the picture is not there",
            )


def _check_infusions(course: Course, name: str, run: _Run) -> None:
    def warn(check: str, column: str, found: str, expected: str, action: str) -> None:
        run.collector.add("warning", check, file=name, column=column, found=found, expected=expected, action=action)

    if not course.infusions:
        warn("infusion.none", "infusions", "no infusion", "at least one", "days are counted from it; add the infusion")
    days = [infusion.moment.day for infusion in course.infusions if infusion.moment.day is not None]
    if days and min(days) != 0:
        day0 = "day 1" if course.clock.convention == "day1" else "day 0 (or clock: convention: day1, where it is day 1)"
        found = f"the first infusion on day {from_day0(min(days), convention=course.clock.convention)}"
        warn(
            "infusion.first_day", "infusions", found, day0, "days are counted from the first infusion; correct the days"
        )
    fractions = [infusion.fraction for infusion in course.infusions if infusion.fraction is not None]
    short = len(fractions) == len(course.infusions) and sum(fractions) < 0.99
    if fractions and (short or sum(fractions) > 1.01):
        warn("infusion.split", "fraction", f"fractions that add up to {sum(fractions):g}", "1", "check the split")


def _plain_table(path: Path, defaults: TableDefaults, run: _Run) -> None:
    target = Target(Clock())
    _table(path.parent, "", Entry(values={"file": path.name}), target, defaults, run)
    run.courses.extend(builder.course() for builder in target.subjects.values())
    run.folders.extend("" for _ in target.subjects)
