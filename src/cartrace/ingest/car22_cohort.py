"""The public CD22 CAR-T cohort (bibliography key lichtenstein2021car22) as course folders.

In: the folder of its seven tidy tables. Out: one course folder per patient: course.yaml and observations.csv.
Decided here, where the tables leave room:
- Days are relative to the infusion. A day with a fraction is day and local time of day (the fractions crowd between
  four and seven in the morning, when blood is drawn); the time of the infusion is not known: only the day is used.
- CRP 301 and LDH 2501 are the ceilings of the tables: written as >300 and >2500, status above.
- "% of T cells" is the assay kind CAR+ of CD3+ cells (T cells are gated on CD3). The marrow's CAR percentage has no
  stated denominator: it stays a note.
- "MIP-alpha" is read as MIP-1 alpha. Cytokine values at the assay's floor or ceiling (IL-6 1472 stands there 16
  times) are not flagged by the source, nor here.
- Grades are the source's own maxima (Lee, ASTCT) and have no day; the day of onset goes with them as a note.
- Drugs are known as given or not: a drug that was given has neither start nor end; one that was not is a note.
- Marrow is called involved where blasts are M2 or more by percentage and by the source's own mark; below that nothing
  is said, because less than 5 % is not free of disease.
- Nothing else is filled in: age, sex, temperature, blood pressure, oxygen, dose, attribution stay unknown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.errors import InputRefused
from cartrace.ingest import numbers
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.course_yaml import FILE_NAME
from cartrace.vocabulary import terms

SOURCE = "lichtenstein2021car22"
TABLE = "observations.csv"

COLUMNS = {
    "patients": (
        *("patient_id", "hlh", "day_hlh", "crs", "max_crs_grade_lee", "max_crs_grade_astct", "day_crs_onset"),
        *("response_code", "orr", "cr", "prior_hct", "prior_blina", "prior_inotuzumab", "prior_car"),
        *("baseline_bm_blast_pct", "ge_m2_marrow", "extramedullary", "dose_level", "t_cell_selection"),
        *("tocilizumab", "steroids", "anakinra"),
    ),
    "cytokines_long": ("patient_id", "day", "cytokine", "pg_per_mL"),
    "car_expansion_long": ("patient_id", "day", "car_pct_of_t", "car_abs_per_uL"),
    "inflammation_long": ("patient_id", "analyte", "unit", "day", "value"),
    "lymphocytes_long": ("patient_id", "nominal_day", "day", "subset", "cells_per_uL"),
    "bone_marrow": (
        *("patient_id", "bm_base_pct_T", "bm_base_pct_NK"),
        *("bm_d28_day", "bm_d28_pct_T", "bm_d28_pct_NK", "bm_d28_pct_CAR"),
    ),
}

CYTOKINES = {
    "IFN-gamma": "ifn_gamma",
    "IL-10": "il10",
    "IL-12p70": "il12",
    "IL-13": "il13",
    "IL-15": "il15",
    "IL-18": "il18",
    "IL-1B": "il1b",
    "IL-2": "il2",
    "IL-4": "il4",
    "IL-6": "il6",
    "IL-8": "il8",
    "GM-CSF": "gm_csf",
    "MIP-alpha": "mip1a",
    "TNF-alpha": "tnf_alpha",
}
SUBSETS = {"CD3": "cd3_cells", "CD4": "cd4_cells", "CD8": "cd8_cells", "CD19": "cd19_cells", "NK": "nk_cells"}
CEILINGS = {"CRP": (301.0, ">300"), "LDH": (2501.0, ">2500")}
"""Analyte: the value the tables print above the ceiling, and what it means."""
INFLAMMATION = {"CRP": "crp", "ferritin": "ferritin", "LDH": "ldh"}
BASELINE = "-99"
"""Nominal day of samples before treatment whose day is not given."""

M2_FROM = 5.0
"""[%] blasts of an M2 marrow. The source's mark `ge_m2_marrow` is not read alone: it contradicts one percentage."""

DRUGS = {"tocilizumab": "tocilizumab", "steroids": "corticosteroid", "anakinra": "anakinra"}
PRIOR = {
    "prior_hct": "transplant",
    "prior_blina": "blinatumomab",
    "prior_inotuzumab": "inotuzumab",
    "prior_car": "CAR-T cells",
}
YES_NO = {"1": "yes", "0": "no"}
UNKNOWN = ("", "-", "---")
HEADER = ("day", "time", "label", "code", "value", "unit", "method", "site", "comment")

NOTES = (
    "CD22 CAR-T cells, not CD19: expansion begins about a week later and reaches higher counts.",
    "CRP 301 mg/L and LDH 2501 U/L are the ceilings of the published tables, written here as >300 and >2500.",
    "CAR-T by flow was published as percent of T cells; read as percent of CD3+ cells.",
    "Cytokine values at the assay's floor or ceiling are not flagged as such; MIP-alpha is read as MIP-1 alpha.",
    "Days with a fraction are read as day and time of day; without the time of the infusion only the day is used.",
)
NOT_RECORDED = (
    "age, sex and weight",
    "temperature, blood pressure, vasopressors and oxygen (CRS cannot be graded from the tables)",
    "neurological findings (ICANS)",
    "blood counts",
    "cell dose of the dose level",
    "days and doses of tocilizumab, corticosteroids and anakinra",
    "marrow blasts and MRD after the infusion",
    "reference limits of the laboratory",
)

Row = dict[str, str]


def convert(folder: Path, out: Path) -> tuple[str, ...]:
    """Write one course folder per patient into `out`; the names of the folders.

    Raises `InputRefused` with every finding.
    """
    collector = Collector()
    tables = {name: _read(folder, name, collector) for name in COLUMNS}
    observations: dict[str, list[Row]] = {row["patient_id"]: [] for row in tables["patients"]}
    for name, table in tables.items():
        for number, row in enumerate(table, start=2):
            if row["patient_id"] not in observations:
                _refuse(collector, name, number, "patient_id", row["patient_id"], "a patient of patients.csv")
                continue
            written = _observations(name, row, number, collector)
            observations[row["patient_id"]] += [
                {**found, "comment": f"{name}.csv row {number}"} for found in written if found["value"] not in UNKNOWN
            ]
    if collector.has_errors:
        raise InputRefused(collector.findings())
    marrow = {row["patient_id"]: row for row in tables["bone_marrow"]}
    names = []
    for row in tables["patients"]:
        course = _course(row, marrow.get(row["patient_id"], {}))
        _write(out / course["id"], course, observations[row["patient_id"]])
        names.append(course["id"])
    return tuple(names)


def _read(folder: Path, name: str, collector: Collector) -> list[Row]:
    file = f"{name}.csv"
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
            table = csv.DictReader(opened)
            rows = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        _refuse(collector, name, None, "", type(error).__name__, f"the table {file} of the data set")
        return []
    missing = [column for column in COLUMNS[name] if column not in (table.fieldnames or ())]
    for column in missing:
        near = terms.nearest(column, tuple(table.fieldnames or ()))
        _refuse(collector, name, 1, column, "no such column", one_of(near or (column,)))
    return [] if missing else rows


def _refuse(collector: Collector, name: str, row: int | None, column: str, found: str, expected: str) -> None:
    collector.add(
        "error",
        "car22.table",
        file=f"{name}.csv",
        row=row,
        column=column,
        found=quoted(found),
        expected=expected,
        action="use the tables as published",
    )


def _observations(name: str, row: Row, number: int, collector: Collector) -> list[Row]:
    """The observations that one row of a table says."""
    if name == "patients":
        blasts = row["baseline_bm_blast_pct"]
        return [_observation(("", "", "baseline"), "blasts_percent", blasts, "%", site="marrow")]
    if name == "bone_marrow":
        return []
    at = _moment(row)
    if at is None:
        _refuse(collector, name, number, "day", row["day"], "a number of days since the infusion")
        return []
    if name == "car_expansion_long":
        flow = "flow cytometry"
        return [
            _observation(at, "car_percent_of_cd3", row["car_pct_of_t"], "%", method=flow, site="blood"),
            _observation(at, "car_cells_per_ul", row["car_abs_per_uL"], "/uL", method=flow, site="blood"),
        ]
    column, codes, value, unit = {
        "cytokines_long": ("cytokine", CYTOKINES, "pg_per_mL", "pg/mL"),
        "inflammation_long": ("analyte", INFLAMMATION, "value", row.get("unit", "")),
        "lymphocytes_long": ("subset", SUBSETS, "cells_per_uL", "/uL"),
    }[name]
    code = codes.get(row[column])
    if code is None:
        _refuse(collector, name, number, column, row[column], one_of(tuple(codes)))
        return []
    ceiling, meaning = CEILINGS.get(row[column], (None, ""))
    said = meaning if ceiling is not None and numbers.number(row[value]) == ceiling else row[value]
    return [_observation(at, code, said, unit)]


def _observation(at: tuple[str, str, str], code: str, value: str, unit: str, method: str = "", site: str = "") -> Row:
    day, time, label = at
    values = (day, time, label, code, value, unit, method, site)
    return dict(zip(HEADER[:-1], values, strict=True))


def _moment(row: Row) -> tuple[str, str, str] | None:
    """(day, time of day, label); a baseline sample has only its label. None when the day is no number."""
    if row.get("nominal_day") == BASELINE and not row["day"]:
        return "", "", "baseline"
    day = numbers.number(row["day"])
    if day is None:
        return None
    if day.is_integer():
        return str(int(day)), "", ""
    whole, minute = divmod(round(day * MINUTES_PER_DAY), MINUTES_PER_DAY)
    return str(whole), f"{minute // 60:02d}:{minute % 60:02d}", ""


def _course(row: Row, marrow: Mapping[str, str]) -> dict[str, Any]:
    """course.yaml of one patient as a tree."""
    patient = row["patient_id"]
    given = [drug for column, drug in DRUGS.items() if row[column] == "1"]
    unknown = [f"whether {column} was given" for column in DRUGS if row[column] not in YES_NO]
    days = {"start": "not recorded", "end": "not recorded", "note": "given; days and doses not published"}
    return {
        "cartrace": 1,
        "id": f"car22-{patient}",
        "title": f"CD22 CAR-T, public cohort, patient {patient}",
        "sources": [SOURCE],
        "clock": {"convention": "day0"},
        "patient": {"description": "child or young adult; age and sex are not in the public tables"},
        "disease": _disease(row),
        "product": {"name": "CD22 CAR-T cells", "target": "CD22", "trial": "NCT02315612"},
        "infusions": [{"day": 0, "purpose": f"dose level {row['dose_level']}"}],
        "drugs": [{"drug": drug, **days} for drug in given],
        "grades": list(_grades(row)),
        "outcome": {"statement": _outcome(row)},
        "not_recorded": [*NOT_RECORDED, *unknown],
        "notes": [*_own_notes(row, marrow), *NOTES],
    }


def _word(row: Row, column: str) -> str:
    return YES_NO.get(row[column], "not recorded")


def _disease(row: Row) -> dict[str, Any]:
    prior = ", ".join(f"{words} {_word(row, column)}" for column, words in PRIOR.items())
    blasts = numbers.number(row["baseline_bm_blast_pct"])
    said = f"blasts {row['baseline_bm_blast_pct']} %" if blasts is not None else "blasts not recorded"
    marrow: dict[str, Any] = {"site": "marrow", "phase": "before infusion"}
    marrow["note"] = f"{said}, M2 or more: {_word(row, 'ge_m2_marrow')}"
    if blasts is not None and blasts >= M2_FROM and row["ge_m2_marrow"] == "1":
        marrow["involved"] = True
    elsewhere: dict[str, Any] = {"site": "other", "phase": "before infusion"}
    elsewhere["detail"] = "extramedullary, site not stated"
    if row["extramedullary"] in YES_NO:
        elsewhere["involved"] = row["extramedullary"] == "1"
    return {
        "name": "B-cell malignancy (the cohort is mostly B-ALL)",
        "description": f"Treated before with: {prior}.",
        "sites": [marrow, elsewhere],
    }


def _grades(row: Row) -> Iterator[dict[str, Any]]:
    onset = f"onset on day {row['day_crs_onset']}" if row["day_crs_onset"] else "no day of onset"
    for scale, column in (("ASTCT 2019", "max_crs_grade_astct"), ("Lee", "max_crs_grade_lee")):
        if row[column] not in UNKNOWN:
            grade = int(row[column])
            yield {"toxicity": "CRS", "scale": scale, "grade": grade, "scope": "maximum", "note": onset}


def _outcome(row: Row) -> str:
    if row["response_code"] in UNKNOWN:
        return "Response not recorded."
    code = f"Response code {row['response_code']} of 0 (MRD-negative complete remission) to 4 (progression)"
    return f"{code}; complete remission {_word(row, 'cr')}, response {_word(row, 'orr')}."


def _own_notes(row: Row, marrow: Mapping[str, str]) -> Iterator[str]:
    when = f", day {row['day_hlh']}" if row["day_hlh"] else ""
    yield f"HLH-like manifestations: {_word(row, 'hlh')}{when}."
    yield f"T-cell selection of the product: {_word(row, 't_cell_selection')}."
    spared = [column for column in DRUGS if row[column] == "0"]
    if spared:
        yield f"Not given: {', '.join(spared)}."
    for when, columns in (
        ("at baseline", {"bm_base_pct_T": "T cells", "bm_base_pct_NK": "NK cells"}),
        (
            f"on day {marrow.get('bm_d28_day', '').removesuffix('.0')}",
            {
                "bm_d28_pct_T": "T cells",
                "bm_d28_pct_NK": "NK cells",
                "bm_d28_pct_CAR": "CAR-T cells (of what not stated)",
            },
        ),
    ):
        said = [f"{words} {marrow[column]} %" for column, words in columns.items() if marrow.get(column)]
        if said:
            yield f"Marrow {when}: {', '.join(said)}."


def _write(folder: Path, course: dict[str, Any], observations: list[Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(course, sort_keys=False, allow_unicode=True, width=120)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(observations)
    (folder / TABLE).write_text(table.getvalue(), encoding="utf-8")
