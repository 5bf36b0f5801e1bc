"""The door: a path to courses, with every finding.

In: a course folder, a folder of course folders, or one long or wide table. Out: `Reading`.
Decided here: nothing is half-read: with any error there is no course at all. Files are named relative to the path given,
never by a machine's path.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cartrace.course import Clock, Course, CourseBuilder, Finding, InputFile
from cartrace.errors import InputRefused
from cartrace.ingest import columns as column_room
from cartrace.ingest import numbers, table_file
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.course_yaml import FILE_NAME, CourseFileReader
from cartrace.ingest.rows import RowReader
from cartrace.ingest.sections import Entry
from cartrace.vocabulary import terms

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".svg")


@dataclass(frozen=True, slots=True)
class TableDefaults:
    """What a plain table leaves out: the analyte, its unit, the LLOQ (in that unit), the method."""

    code: str = ""
    unit: str = ""
    lloq: float | None = None
    method: str = ""


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

    def load(self, path: Path, name: str, *, check: str = "file.unreadable") -> bytes | None:
        try:
            content = path.read_bytes()
        except OSError as error:
            self.collector.add(
                "error",
                check,
                file=name,
                found=f"a file that cannot be read ({error.strerror})",
                expected="a readable file",
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
        folders = sorted(p for p in path.iterdir() if p.is_dir() and (p / FILE_NAME).is_file())
        for folder in folders:
            _course_folder(folder, folder.name + "/", run)
        if not folders:
            run.collector.add(
                "error",
                "folder.no_course",
                file=path.name,
                found=f"a folder without {FILE_NAME}",
                expected=f"{FILE_NAME}, or folders that hold one each",
                action="add course.yaml, or name the table itself",
            )
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


def _same_ids(run: _Run) -> None:
    ids = [course.id for course in run.courses]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        run.collector.add(
            "error",
            "course.same_id",
            file=FILE_NAME,
            column="id",
            found=f"the id {quoted(name)} {ids.count(name)} times",
            expected="each course its own id",
            action="rename one of them",
        )


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
    rows = RowReader(builder, file=name, clock=builder.clock, collector=run.collector)
    for entry in course_file.observations:
        rows.read(entry.texts, row=entry.line)
    rows.close()
    for settings in _tables_of(folder, course_file.tables, name, run):
        _table_into(folder, prefix, settings, {"": builder}, builder.clock, TableDefaults(), run)
    course = builder.course(**course_file.fields)
    _check_images(folder, course, name, run)
    _check_infusions(course, name, run)
    run.courses.append(course)
    run.folders.append(prefix)


def _tables_of(folder: Path, named: tuple[Entry, ...], name: str, run: _Run) -> list[Entry]:
    if named:
        return [entry for entry in named if entry.get("file")]
    files = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in table_file.ENDINGS and p.suffix != ".txt")
    return [Entry(values={"file": file}) for file in files if not file.startswith((".", "~"))]


def _check_images(folder: Path, course: Course, name: str, run: _Run) -> None:
    for image in course.images:
        if not image.file:
            continue
        inside = (folder / image.file).resolve().is_relative_to(folder.resolve())
        if not inside or not (folder / image.file).is_file():
            pictures = sorted(
                str(p.relative_to(folder)) for p in folder.rglob("*") if p.suffix.lower() in IMAGE_ENDINGS
            )
            run.collector.add(
                "error",
                "image.missing",
                file=name,
                row=image.source.row,
                column="file",
                found=quoted(image.file),
                expected=one_of(pictures, terms.nearest(image.file, pictures))
                if pictures
                else "a picture in the folder",
                action="correct the name, or leave file out when the picture is not there",
            )


def _check_infusions(course: Course, name: str, run: _Run) -> None:
    def warn(check: str, column: str, found: str, expected: str, action: str) -> None:
        run.collector.add("warning", check, file=name, column=column, found=found, expected=expected, action=action)

    if not course.infusions:
        warn("infusion.none", "infusions", "no infusion", "at least one", "days are counted from it; add the infusion")
    fractions = [infusion.fraction for infusion in course.infusions if infusion.fraction is not None]
    if fractions and len(fractions) == len(course.infusions) and abs(sum(fractions) - 1.0) > 0.01:
        warn("infusion.split", "fraction", f"fractions that add up to {sum(fractions):g}", "1", "check the split")


def _plain_table(path: Path, defaults: TableDefaults, run: _Run) -> None:
    builders: dict[str, CourseBuilder] = {}
    settings = Entry(values={"file": path.name})
    _table_into(path.parent, "", settings, builders, Clock(), defaults, run)
    run.courses.extend(builder.course() for builder in builders.values())
    run.folders.extend("" for _ in builders)


def _table_into(
    folder: Path,
    prefix: str,
    settings: Entry,
    builders: dict[str, CourseBuilder],
    clock: Clock,
    defaults: TableDefaults,
    run: _Run,
) -> None:
    """Read one table into the builder under "" (a course folder), or into one builder per subject (a plain table)."""
    name = prefix + settings.get("file")
    content = run.load(folder / settings.get("file"), name, check="table.missing")
    if content is None:
        return
    table = table_file.read_table(
        content,
        file=name,
        collector=run.collector,
        delimiter=settings.get("delimiter", ""),
        sheet=settings.get("sheet", ""),
    )
    if table is None:
        return
    columns = column_room.read_columns(
        table,
        renamed=settings.get("columns", {}),
        units=settings.get("units", {}),
        code_given=bool(defaults.code),
        collector=run.collector,
    )
    decimal = _decimal(table, columns, settings.get("decimal", ""), run)
    if columns is None or decimal is None:
        return
    plain = "" not in builders
    readers: dict[str, RowReader] = {}
    for row, cells in table.rows:
        subject = cells[columns.at["subject"]] if "subject" in columns.at else ""
        key = subject if plain else ""
        if key not in readers:
            if plain and key not in builders:
                builders[key] = CourseBuilder(key or Path(name).stem, clock=clock)
            readers[key] = RowReader(
                builders[key], file=name, clock=clock, collector=run.collector, decimal=decimal, elapsed_time=True
            )
        for column, values in _values(cells, columns, settings, defaults):
            readers[key].read(values, row=row, column=column or table.header[columns.at["value"]])
    for reader in readers.values():
        reader.close()


def _values(
    cells: tuple[str, ...], columns: column_room.Columns, settings: Entry, defaults: TableDefaults
) -> list[tuple[str, dict[str, str]]]:
    """(column, cells by name) of every observation in a row: one for a long table, one per filled analyte for a wide one."""
    base = {key: cells[position] for key, position in columns.at.items()}
    base.setdefault("site", settings.get("site", ""))
    base.setdefault("method", settings.get("method", "") or defaults.method)
    if columns.long:
        base["code"] = base.get("code", "") or defaults.code
        base["unit"] = base.get("unit", "") or columns.value_unit or _unit_of(base["code"], settings) or defaults.unit
        if defaults.lloq is not None and not base.get("lloq"):
            base["lloq"] = repr(defaults.lloq)
        return [("", base)]
    return [
        (code, {**base, "code": code, "value": cells[position], "unit": cells[unit_at] if unit_at >= 0 else unit})
        for position, code, unit, unit_at in columns.analytes
        if cells[position]
    ]


def _unit_of(code: str, settings: Entry) -> str:
    by_name = settings.get("units", {})
    return str(by_name.get(code, ""))


def _decimal(table: table_file.TextTable, columns: column_room.Columns | None, said: str, run: _Run) -> str | None:
    if columns is None:
        return None
    if table.typed or said:
        return said or "."
    names = ("value", "lod", "lloq", "uloq", "low", "high", "hour", "time", "day")
    positions = [columns.at[n] for n in names if n in columns.at] + [entry[0] for entry in columns.analytes]
    sign = numbers.decimal_of(cells[p] for _, cells in table.rows for p in positions)
    if sign in ("mixed", "ambiguous"):
        found = {
            "mixed": "numbers with a comma and numbers with a point",
            "ambiguous": "numbers such as 1,234 that can be read in two ways",
        }[sign]
        run.collector.add(
            "error",
            f"number.{sign}_decimal",
            file=table.file,
            found=found,
            expected="one decimal sign and no thousands separators",
            action="correct the numbers, or say the sign in course.yaml (tables: decimal)",
        )
        return None
    return sign or "."
