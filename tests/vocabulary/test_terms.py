"""The words: every one once, every analyte with a unit family or words, every described key read by somebody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest

from cartrace.course import record
from cartrace.ingest import sections
from cartrace.vocabulary import terms, units

SOURCE = Path(terms.__file__).parents[1]
ANALYTES = list(terms.analytes().values())


@pytest.mark.parametrize("analyte", ANALYTES, ids=lambda analyte: analyte.code)
def test_an_analyte_is_whole(analyte):
    assert analyte.name
    assert analyte.meaning
    assert analyte.group
    assert analyte.code == terms.fold(analyte.code)
    if analyte.is_number:
        assert analyte.family in units.families()
        assert not analyte.values
        if analyte.plausible:
            assert 0 <= analyte.plausible[0] < analyte.plausible[1]
    else:
        assert analyte.kind == "coded"
        assert not analyte.family
        assert len(set(analyte.values)) == len(analyte.values) > 0
        assert all(value == terms.fold(value) for value in analyte.values)


def test_every_spelling_means_one_thing():
    meanings = defaultdict(set)
    for analyte in ANALYTES:
        for spelling in (analyte.code, analyte.name, *analyte.aliases):
            meanings[terms.fold(spelling)].add(analyte.code)
    for drugs in terms.load("drugs.toml").values():
        for drug, others in drugs["drugs"].items():
            for spelling in (drug, *others):
                meanings[terms.fold(spelling)].add(drug)
    assert {spelling: codes for spelling, codes in meanings.items() if len(codes) > 1} == {}


def test_an_alias_is_written_once():
    for analyte in ANALYTES:
        spellings = [terms.fold(spelling) for spelling in (analyte.code, *analyte.aliases)]
        assert len(set(spellings)) == len(spellings), analyte.code


def test_a_drug_stands_in_one_class():
    drugs = [drug for entry in terms.drug_classes().values() for drug in entry]
    assert len(set(drugs)) == len(drugs)
    assert terms.drug("Noradrenaline") == ("norepinephrine", "vasopressor")
    assert terms.drug("acetaminophen") == ("paracetamol", "antipyretic")
    assert terms.drug("aspirine") is None
    assert terms.nearest_drugs("aspirine")[0] == "aspirin"


@pytest.mark.parametrize(
    ("code", "loinc", "unit"),
    [
        # criteria.md 0.3 and data_layer.md 2.2, rows marked as verified there
        ("temperature", "8310-5", "Cel"),
        ("systolic_bp", "8480-6", "mm[Hg]"),
        ("spo2", "59408-5", "%"),
        ("wbc", "6690-2", "10*9/L"),
        ("anc", "751-8", "10*9/L"),
        ("platelets", "777-3", "10*9/L"),
        ("haemoglobin", "718-7", "g/L"),
        ("crp", "1988-5", "mg/L"),
        ("hscrp", "30522-7", "mg/L"),
        ("ferritin", "2276-4", "ng/mL"),
        ("creatinine", "2160-0", "mg/dL"),
        ("bilirubin", "1975-2", "mg/dL"),
        ("alt", "1742-6", "U/L"),
        ("ast", "1920-8", "U/L"),
        ("fibrinogen", "3255-7", "mg/dL"),
        ("il6", "26881-3", "pg/mL"),
        ("car_copies_per_ug", "", "{copies}/ug"),
        ("car_copies_per_ul", "", "{copies}/uL"),
        ("car_cells_per_ul", "", "/uL"),
        ("car_percent_of_cd3", "", "%"),
    ],
)
def test_codes_and_canonical_units_of_the_specification(code, loinc, unit):
    assert terms.analytes()[code].loinc == loinc
    assert units.canonical(code) == unit


def test_no_two_analytes_share_a_loinc_code():
    codes = [analyte.loinc for analyte in ANALYTES if analyte.loinc]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("ANC", "anc"),
        ("Hb", "haemoglobin"),
        ("IL-6", "il6"),
        ("ifn gamma", "ifn_gamma"),
        ("C-reactive protein", "crp"),
        ("SBP", "systolic_bp"),
        ("IFN-γ", "ifn_gamma"),
        ("TNF‑α", "tnf_alpha"),
        ("IL–6", "il6"),
        ("IL-1β", "il1b"),
    ],
)
def test_spellings_of_the_field(spelling, code):
    assert terms.analyte(spelling).code == code


def test_an_unknown_word_finds_its_neighbours():
    assert terms.analyte("platlets") is None
    assert terms.nearest_analytes("platlets")[0] == "platelets"
    assert terms.nearest("testes", ("marrow", "testis")) == ("testis",)
    assert terms.nearest("xyz", ("marrow", "testis")) == ()


def test_files_are_parsed_once():
    assert terms.load("analytes.toml") is terms.load("analytes.toml")


def described() -> dict[str, dict[str, dict]]:
    return sections.sections()


def test_every_key_of_the_fields_is_described():
    types = {"text", "number", "integer", "yes_no", "texts", "numbers", "map", "maps", "moment", "free"}
    for section, keys in described().items():
        for key, entry in keys.items():
            if key == "timed":
                continue
            assert entry["meaning"], f"{section}.{key}"
            assert entry["type"] in types, f"{section}.{key}"
            assert ("of" in entry) == (entry["type"] in ("map", "maps")), f"{section}.{key}"
            assert entry.get("of", section) in described(), f"{section}.{key}"
            assert set(entry) <= {"meaning", "type", "of", "unit", "allowed", "required", "range"}, f"{section}.{key}"


def test_every_section_is_part_of_a_course():
    parts = {
        entry["of"]
        for keys in described().values()
        for entry in keys.values()
        if isinstance(entry, dict) and "of" in entry
    }
    assert set(described()) == parts | {"course", "time"}


def test_every_key_of_the_fields_is_read():
    """Each key stands as a word in the readers, or is the name of a field that the readers fill as it is."""
    text = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "ingest").glob("*.py"))
    as_it_is = {
        "patient": record.Patient,
        "disease": record.Disease,
        "disease_site": record.DiseaseSite,
        "product": record.Product,
        "gene_edit": record.GeneEdit,
        "outcome": record.Outcome,
    }
    unread = []
    for section, keys in described().items():
        filled = {field.name for field in fields(as_it_is[section])} if section in as_it_is else set()
        unread += [f"{section}.{key}" for key in keys if f'"{key}"' not in text and key not in filled]
    assert [name for name in unread if name not in ("course.cartrace",)] == []


def test_every_field_of_a_record_can_be_written_in_a_course():
    """The other direction: what the record holds has a key; what readers make themselves is named here."""
    made = {"uid", "source", "moment", "start", "drug_class", "end_state", "status", "raw", "raw_unit", "text"}
    renamed = {
        "dose_per_kg": "dose",
        "dose_unit": "unit",
        "reference_low": "low",
        "reference_high": "high",
    }
    pairs = {
        "course": record.Course,
        "patient": record.Patient,
        "disease": record.Disease,
        "disease_site": record.DiseaseSite,
        "product": record.Product,
        "gene_edit": record.GeneEdit,
        "infusion": record.Infusion,
        "drug": record.DrugCourse,
        "procedure": record.Procedure,
        "observation": record.Observation,
        "panel": record.Panel,
        "marker": record.Marker,
        "lesion": record.LesionMeasurement,
        "mrd": record.MrdResult,
        "grade": record.InvestigatorGrade,
        "image": record.Image,
        "outcome": record.Outcome,
    }
    missing = [
        f"{section}.{field.name}"
        for section, kind in pairs.items()
        for field in fields(kind)
        if renamed.get(field.name, field.name) not in described()[section] and field.name not in made
    ]
    assert missing == []
