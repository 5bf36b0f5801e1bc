"""Broken course.yaml files and folders: each gives exactly these findings, all at once."""

from __future__ import annotations

import pytest

BASE = "cartrace: 1\nid: c1\ninfusions: [{day: 0}]\n"
YAML = "course.yaml"


def course(extra: str) -> dict[str, str]:
    return {YAML: BASE + extra}


# name: (files, [(check, file, row, column, a phrase of what is expected)])
CASES = {
    "an empty file": ({YAML: ""}, [("yaml.empty", YAML, None, "", "a course")]),
    "only a comment": ({YAML: "# to do\n"}, [("yaml.empty", YAML, None, "", "a course")]),
    "a list instead of keys": (
        {YAML: "- a\n- b\n"},
        [
            ("yaml.not_a_map", YAML, 1, "course", "key: value lines of course"),
            ("infusion.none", YAML, None, "infusions", "at least one"),
        ],
    ),
    "a bracket left open": (course("notes: [a, b\n"), [("yaml.syntax", YAML, 5, "", "key: value")]),
    "a tab as indentation": (course("patient:\n\tsex: male\n"), [("yaml.syntax", YAML, 5, "", "no tabs")]),
    "two documents": (course("---\nid: c2\n"), [("yaml.syntax", YAML, 4, "", "key: value")]),
    "a control character": (course("notes: ['\x07']\n"), [("yaml.syntax", YAML, None, "", "YAML text")]),
    "a value within itself": (course("notes: &a [*a]\n"), [("yaml.recursive", YAML, None, "", "a plain tree")]),
    "aliases of aliases without end": (
        course(
            "notes:\n - &a0 [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f" - &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
        ),
        [("yaml.recursive", YAML, None, "", "a plain tree")],
    ),
    "UTF-16": ({YAML: BASE.encode("utf-16")}, [("yaml.encoding", YAML, None, "", "UTF-8")]),
    "Latin-1": ({YAML: (BASE + "title: Müller").encode("latin-1")}, [("yaml.encoding", YAML, None, "", "UTF-8")]),
    "no id": ({YAML: "cartrace: 1\ninfusions: [{day: 0}]\n"}, [("yaml.missing_key", YAML, 1, "id", "id (Identifier")]),
    "an id not recorded": (
        {YAML: "cartrace: 1\nid: not recorded\ninfusions: [{day: 0}]\n"},
        [("yaml.missing_key", YAML, 1, "id", "Identifier")],
    ),
    "another schema version": (
        {YAML: BASE.replace("cartrace: 1", "cartrace: 2")},
        [("yaml.out_of_range", YAML, 1, "cartrace", "1")],
    ),
    "a key nearly right": (
        course("patient: {wieght_kg: 70}\n"),
        [("yaml.unknown_key", YAML, 4, "wieght_kg", "did you mean weight_kg?")],
    ),
    "a key twice": (course("title: a\ntitle: b\n"), [("yaml.duplicate_key", YAML, 5, "title", "each key once")]),
    "a text for a number": (
        course("patient:\n  age_years: twenty\n"),
        [("yaml.wrong_type", YAML, 5, "age_years", "a number")],
    ),
    "a decimal comma": (
        course("patient: {weight_kg: '70,5'}\n"),
        [("yaml.wrong_type", YAML, 4, "weight_kg", "a number")],
    ),
    "an age out of range": (
        course("patient: {age_years: 290}\n"),
        [("yaml.out_of_range", YAML, 4, "age_years", "0 to 120")],
    ),
    "a yes or no that is neither": (
        course("synthetic: perhaps\n"),
        [("yaml.wrong_type", YAML, 4, "synthetic", "true or false")],
    ),
    "a section that is a text": (course("patient: male\n"), [("yaml.not_a_map", YAML, 4, "patient", "patient")]),
    "a list that is a text": (course("drugs: tocilizumab\n"), [("yaml.wrong_type", YAML, 4, "drugs", "a list")]),
    "settings in levels": (
        course("settings:\n  crs:\n    hours: 48\n"),
        [("yaml.wrong_type", YAML, 6, "settings: crs", "one text for each key")],
    ),
    "an unknown drug": (
        course("drugs:\n  - {drug: tocilizumb, start: 3}\n"),
        [("drug.unknown", YAML, 5, "drug", "did you mean tocilizumab?")],
    ),
    "a drug that ends before it starts": (
        course("drugs:\n  - {drug: dexamethasone, start: 5, end: 3}\n"),
        [("drug.ends_before_start", YAML, 5, "end", "at or after the start")],
    ),
    "a vasopressor without an end": (
        course("drugs:\n  - {drug: norepinephrine, start: 5}\n"),
        [("drug.no_end", YAML, 5, "end", "an end, or ongoing")],
    ),
    "an unknown site of disease": (
        course("disease: {sites: [{site: testes}]}\n"),
        [("yaml.not_allowed", YAML, 4, "site", "did you mean testis?")],
    ),
    "an unknown kind of procedure": (
        course("procedures: [{kind: aphresis, day: -20}]\n"),
        [("yaml.not_allowed", YAML, 4, "kind", "did you mean apheresis?")],
    ),
    "an unknown kind of gene edit": (
        course("product: {gene_edits: [{kind: crispr, target: IL-6}]}\n"),
        [("yaml.not_allowed", YAML, 4, "kind", "shrna")],
    ),
    "an unknown finding of a lesion": (
        course("lesions: [{lesion: a, site: skin, day: 1, finding: gone}]\n"),
        [("yaml.not_allowed", YAML, 4, "finding", "resolved")],
    ),
    "a lesion measured and not recorded": (
        course("lesions: [{lesion: a, site: skin, day: 1, axes_mm: [3], status: not recorded}]\n"),
        [("lesion.status_and_size", YAML, 4, "status", "one of the two")],
    ),
    "four axes": (
        course("lesions: [{lesion: a, site: skin, day: 1, axes_mm: [3, 4, 5, 6]}]\n"),
        [("lesion.axes", YAML, 4, "axes_mm", "one to three")],
    ),
    "negative MRD with a fraction": (
        course("mrd: [{site: marrow, method: flow, day: 28, result: negative, fraction: 0.01}]\n"),
        [("mrd.negative_with_value", YAML, 4, "fraction", "one of the two")],
    ),
    "MRD in percent": (
        course("mrd: [{site: marrow, method: flow, day: 28, fraction: 5}]\n"),
        [("yaml.out_of_range", YAML, 4, "fraction", "0 to 1")],
    ),
    "grade 6": (
        course("grades: [{toxicity: CRS, grade: 6, day: 3}]\n"),
        [("yaml.out_of_range", YAML, 4, "grade", "0 to 5")],
    ),
    "an unknown source": (
        course("sources: [lee2019asct]\n"),
        [("source.unknown", YAML, 4, "sources", "did you mean lee2019astct")],
    ),
    "a picture that is not there": (
        {**course("images:\n  - {kind: photograph, site: skin, caption: leg, file: legg.png}\n"), "leg.png": b"x"},
        [("image.missing", YAML, 5, "file", "leg.png")],
    ),
    "a picture outside the folder": (
        course("images:\n  - {kind: photograph, site: skin, caption: leg, file: ../leg.png}\n"),
        [("image.outside", YAML, 5, "file", "a file in the folder")],
    ),
    "a picture with an impossible name": (
        course('images:\n  - {kind: photograph, site: skin, caption: leg, file: "a\\0b.png"}\n'),
        [("image.outside", YAML, 5, "file", "a file in the folder")],
    ),
    "a table outside the folder": (
        course("tables:\n  - {file: ../labs.csv}\n"),
        [("table.outside", YAML, 5, "file", "in the course folder")],
    ),
    "a table that is not there": (
        {**course("tables:\n  - {file: lab.csv}\n"), "labs.csv": "day,anc [10^9/L]\n1,2\n"},
        [("table.missing", "lab.csv", None, "", "labs.csv")],
    ),
    "a day that is no number": (
        course("observations:\n  - {code: wbc, day: first, value: 3, unit: G/L}\n"),
        [
            ("yaml.wrong_type", YAML, 5, "day", "a whole number"),
            ("time.missing", YAML, 5, "day", "a time in every row"),
        ],
    ),
    "a date before the clock is known": (
        course("observations:\n  - {code: wbc, date: 2024-03-01, value: 3, unit: G/L}\n"),
        [("time.unreadable", YAML, 5, "date", "the first infusion under clock")],
    ),
    "a date with the day first": (
        course("observations:\n  - {code: wbc, date: 03/04/2024, value: 3, unit: G/L}\n"),
        [("time.unreadable", YAML, 5, "date", "year first")],
    ),
    "day 0 in the day-1 convention": (
        {YAML: "cartrace: 1\nid: c1\nclock: {convention: day1}\ninfusions: [{day: 0}]\n"},
        [("time.unreadable", YAML, 4, "day", "a day other than 0")],
    ),
    "an unknown convention": (
        course("clock: {convention: day2}\n"),
        [("yaml.not_allowed", YAML, 4, "convention", "day0, day1")],
    ),
    "an unknown zone": (course("clock: {zone: Europe/Berln}\n"), [("time.unreadable", YAML, 4, "zone", "IANA zone")]),
    "an infusion in the hour that occurs twice": (
        course("clock: {first_infusion: 2024-10-27 02:30, zone: Europe/Berlin}\n"),
        [("time.unreadable", YAML, 4, "first_infusion", "occurs once")],
    ),
    "an infusion in the hour that is skipped": (
        course("clock: {first_infusion: 2024-03-31 02:30, zone: Europe/Berlin}\n"),
        [("time.unreadable", YAML, 4, "first_infusion", "occurs once")],
    ),
    "two times of the infusion": (
        course("clock: {first_infusion: 2024-03-01 10:00, infusion_time: '11:00'}\n"),
        [("time.unreadable", YAML, 4, "infusion_time", "one of the two only")],
    ),
    "a dose without a unit": (
        {YAML: "cartrace: 1\nid: c1\ninfusions: [{day: 0, dose: 5}]\n"},
        [("unit.missing", YAML, 3, "unit", "10^6/kg")],
    ),
    "a dose in an unknown unit": (
        {YAML: "cartrace: 1\nid: c1\ninfusions: [{day: 0, dose: 5, unit: 10^6 /Kg}]\n"},
        [("unit.unknown", YAML, 3, "unit", "did you mean 10^6/kg?")],
    ),
    "a split that does not add up": (
        {YAML: "cartrace: 1\nid: c1\ninfusions: [{day: 0, fraction: 0.1}, {day: 1, fraction: 0.3}]\n"},
        [("infusion.split", YAML, None, "fraction", "1")],
    ),
    "a split of more than the whole": (
        {YAML: "cartrace: 1\nid: c1\ninfusions: [{day: 0, fraction: 0.7}, {day: 1, fraction: 0.7}, {day: 90}]\n"},
        [("infusion.split", YAML, None, "fraction", "1")],
    ),
    "the infusion on day 1 without saying so": (
        {YAML: "cartrace: 1\nid: c1\ninfusions: [{day: 1}]\n"},
        [("infusion.first_day", YAML, None, "infusions", "convention: day1")],
    ),
    "no infusion": ({YAML: "cartrace: 1\nid: c1\n"}, [("infusion.none", YAML, None, "infusions", "at least one")]),
    "the same id twice": (
        {"a/course.yaml": BASE, "b/course.yaml": BASE},
        [("course.same_id", "b/course.yaml", None, "id", "each course its own id")],
    ),
    "a folder without a course": ({"labs/readme.md": "x"}, [("folder.no_course", "case", None, "", "course.yaml")]),
    "course.yml": ({"course.yml": BASE}, [("folder.no_course", "case", None, "", "course.yaml")]),
    "a folder without a course among courses": (
        {"a/course.yaml": BASE, "b/labs.csv": "day,anc [G/L]\n1,2\n"},
        [("folder.no_course", "b/", None, "", "course.yaml in every folder")],
    ),
    "five errors in five places": (
        {
            YAML: BASE
            + "patient: {sex: mail}\ndrugs: [{drug: toci, start: 1}]\n"
            + "observations:\n  - {code: wbc, day: 1, value: x, unit: G/L}\n",
            "labs.csv": "day,code,value,unit\n1,anc,1.2,GL\n2,ancx,1,G/L\n",
        },
        [
            ("yaml.not_allowed", YAML, 4, "sex", "did you mean male"),
            ("drug.unknown", YAML, 5, "drug", "drugs of the vocabulary"),
            ("value.unreadable", YAML, 7, "value", "a number"),
            ("unit.unknown", "labs.csv", 2, "unit", "did you mean G/L?"),
            ("code.unknown", "labs.csv", 3, "code", "did you mean anc"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_course(found, name):
    files, expected = CASES[name]
    findings = found(files)
    places = [(f.check, f.file, f.row, f.column) for f in findings]
    assert sorted(places, key=str) == sorted((case[:4] for case in expected), key=str)
    by_place = dict(zip(places, findings, strict=True))
    for *place, phrase in expected:
        assert phrase in by_place[tuple(place)].expected
