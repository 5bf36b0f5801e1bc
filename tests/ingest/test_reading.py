"""The door: what is read, what is refused, and that no input of any kind ends in anything else."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartrace import ingest
from cartrace.course import Status
from cartrace.errors import InputRefused
from cartrace.ingest import TableDefaults
from cartrace.vocabulary import units

COURSE = """\
cartrace: 1
id: c1
title: A course
clock: {first_infusion: 2024-03-01 14:00, zone: Europe/Berlin, convention: day0}
patient: {age_years: 29, sex: male, weight_kg: 70.5}
disease:
  name: B-ALL
  sites: [{site: skin, phase: relapse, involved: true}]
infusions:
  - {datetime: 2024-03-01 14:00, dose: 0.5, unit: 10^6/kg, fraction: 0.1}
  - {day: 1, time: '14:00', dose: 4.5, unit: 10^6/kg, fraction: 0.9, label: day 02, assumption: printed from 1}
drugs:
  - {drug: tocilizumab, start: {hour: 60}, dose: 8, unit: mg/kg}
  - {drug: norepinephrine, start: {day: 3, time: '10:00'}, end: {day: 4, time: '12:30'}, dose: 0.1, unit: ug/kg/min}
mrd: [{site: marrow, method: flow, day: 28, result: negative, lod: 1e-4}]
lesions: [{lesion: testis, site: testis, day: -5, axes_mm: [31, 22], volume_ml: 12.5}]
observations:
  - {code: ice, day: 5, value: 9}
  - {code: il6, date: 2024-03-04, value: <5, unit: pg/mL}
"""
LABS = """\
day;time;anc [/uL];crp [mg/dL];temperature [degF]
0;08:00;1200;0,5;98,6
3;08:00;90;12,1;100,4
"""


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def good() -> dict[str, bytes]:
    return {"course.yaml": COURSE.encode(), "labs.csv": LABS.encode()}


def never_anything_but_refused(path: Path) -> None:
    findings = ingest.check(path)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        with pytest.raises(InputRefused) as refused:
            ingest.read(path)
        assert refused.value.findings == findings
    else:
        assert ingest.read(path).findings == findings
    for finding in findings:
        assert finding.check
        assert finding.found
        assert finding.expected
        assert finding.action


def test_a_good_folder_is_read_without_a_finding(tmp_path):
    reading = ingest.read(write(tmp_path / "c", good()))
    assert reading.findings == ()
    assert reading.folders == ("",)
    course = reading.courses[0]
    assert [(i.dose_per_kg, i.moment.time, i.moment.label) for i in course.infusions] == [
        (0.5, 0.0, ""),
        (4.5, 1.0, "day 02"),
    ]
    assert [d.end_state for d in course.drugs] == ["single", "ended"]
    assert course.drugs[1].end.time - course.drugs[1].start.time == pytest.approx(26.5 / 24)
    values = {(o.code, o.moment.day): (o.value, o.unit, o.status) for o in course.observations}
    assert values == {
        ("ice", 5): (9.0, "{score}", Status.DONE),
        ("il6", 3): (5.0, "pg/mL", Status.BELOW),
        ("anc", 0): (1.2, "10*9/L", Status.DONE),
        ("anc", 3): (0.09, "10*9/L", Status.DONE),
        ("crp", 0): (5.0, "mg/L", Status.DONE),
        ("crp", 3): (121.0, "mg/L", Status.DONE),
        ("temperature", 0): (37.0, "Cel", Status.DONE),
        ("temperature", 3): (38.0, "Cel", Status.DONE),
    }


def test_files_are_named_within_the_folder_and_hashed(tmp_path):
    folder = tmp_path / "all"
    write(folder / "b", good())
    write(folder / "a", {"course.yaml": b"cartrace: 1\nid: c2\ninfusions: [{day: 0}]\n"})
    reading = ingest.read(folder)
    assert reading.folders == ("a/", "b/")
    assert [file.name for file in reading.inputs] == ["a/course.yaml", "b/course.yaml", "b/labs.csv"]
    assert [file.rows for file in reading.inputs] == [None, None, 2]
    assert reading.inputs[2].sha256 == hashlib.sha256(LABS.encode()).hexdigest()
    assert len({file.sha256 for file in reading.inputs}) == 3
    assert {o.source.file for o in reading.courses[1].observations} == {"b/course.yaml", "b/labs.csv"}


def test_every_value_knows_its_row_and_its_text(tmp_path):
    course = ingest.read(write(tmp_path / "c", good())).courses[0]
    crp = [o for o in course.observations if o.code == "crp"]
    assert [(o.source.row, o.source.column, o.raw, o.raw_unit) for o in crp] == [
        (2, "crp [mg/dL]", "0,5", "mg/dL"),
        (3, "crp [mg/dL]", "12,1", "mg/dL"),
    ]


def test_no_record_and_no_finding_shows_a_calendar_date(tmp_path):
    files = {**good(), "more.csv": b"day,code,value,unit\n1,il6,-1,pg/mL\n1,ancx,1,G/L\n"}
    findings = ingest.check(write(tmp_path / "bad", files))
    assert findings
    course = ingest.read(write(tmp_path / "c", good())).courses[0]
    shown = repr(course) + "".join(finding.sentence for finding in findings)
    assert "2024" not in shown


def test_a_repeat_is_found_across_files(tmp_path):
    files = {**good(), "again.csv": b"day,time,code,value,unit\n0,08:00,anc,1200,/uL\n3,08:00,crp,12.2,mg/dL\n"}
    findings = ingest.check(write(tmp_path / "c", files))
    # again.csv comes first by name, so that the rows of labs.csv repeat it
    assert [(f.check, f.file, f.row, f.column) for f in findings] == [
        ("row.conflict", "labs.csv", 3, "crp [mg/dL]"),
        ("row.repeated", "labs.csv", 2, "anc [/uL]"),
    ]
    assert "again.csv, row 2" in findings[1].found


def test_a_plain_table_gives_a_course_for_each_subject(tmp_path):
    text = (
        "subject,time,code,value,unit,lloq,status,site,method\n"
        "P2,0.5,anc,1200,/uL,,,,\n"
        "P1,7,car_copies,<50,copies/ug DNA,50,,blood,qPCR\n"
        "P1,10.25,car_copies,8e4,copies/ug,50,,blood,qPCR\n"
        "P1,11,car_copies,,copies/ug,50,below,blood,qPCR\n"
        "P1,12,car_copies,,copies/ug,,not done,blood,qPCR\n"
    )
    reading = ingest.read(write(tmp_path, {"t.csv": text.encode()}) / "t.csv")
    assert [course.id for course in reading.courses] == ["P2", "P1"]
    rows = [(o.moment.time, o.value, o.lloq, o.status, o.site, o.method) for o in reading.courses[1].observations]
    assert rows == [
        (7.0, 50.0, 50.0, Status.BELOW, "blood", "qPCR"),
        (10.25, 80000.0, 50.0, Status.DONE, "blood", "qPCR"),
        (11.0, 50.0, 50.0, Status.BELOW, "blood", "qPCR"),
        (12.0, None, None, Status.NOT_DONE, "blood", "qPCR"),
    ]


def test_defaults_fill_only_what_a_table_leaves_out(tmp_path):
    text = b"time,value,unit,lloq\n1,40,,\n2,0.06,ng/mL,0.01\n"
    path = write(tmp_path, {"il6.csv": text}) / "il6.csv"
    course = ingest.read(path, defaults=TableDefaults("il6", "pg/mL", 10.0, "ELISA")).courses[0]
    assert course.id == "il6"
    assert [(o.value, o.lloq, o.method) for o in course.observations] == [(40.0, 10.0, "ELISA"), (60.0, 10.0, "ELISA")]
    wide = write(tmp_path, {"anc.csv": b"time,anc\n1,0.4\n"}) / "anc.csv"
    assert ingest.read(wide, defaults=TableDefaults(unit="G/L")).courses[0].observations[0].value == 0.4


def test_wrong_defaults_are_findings(tmp_path):
    path = write(tmp_path, {"il6.csv": b"time,value\n1,40\n"}) / "il6.csv"
    checks = {(f.check, f.column) for f in ingest.check(path, defaults=TableDefaults("il66", "pgmL"))}
    assert {("code.unknown", "--code"), ("unit.unknown", "--unit")} <= checks


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))),
    name=st.sampled_from(["course.yaml", "labs.csv", "labs.tsv", "labs.xlsx", "labs.parquet", "labs.feather"]),
)
def test_noise_is_refused_and_nothing_worse(tmp_path, content, name):
    never_anything_but_refused(write(tmp_path / "c", {**good(), name: content}))
    (tmp_path / "c" / name).unlink()


def mutated(content: bytes, dice: random.Random) -> bytes:
    """One to four small accidents of the kind editors, exports and transfers cause."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        at, other = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        accident = dice.randrange(6)
        if accident == 0:
            del data[at : min(other, at + 20)]
        elif accident == 1:
            data[at:at] = data[at : min(other, at + 30)]
        elif accident == 2:
            data[at:at] = bytes([dice.randrange(256)])
        elif accident == 3:
            data[at:at] = dice.choice(
                [
                    b"\t",
                    b"\n",
                    b"\r",
                    b"\x00",
                    b'"',
                    b"1e999",
                    b"-",
                    b"9" * 30,
                    b"&a ",
                    b"*a",
                    b"{",
                    b"[",
                    b"!!",
                    "µ".encode(),
                ]
            )
        elif accident == 4 and data:
            data[at : at + 1] = bytes([data[at % len(data)] ^ (1 << dice.randrange(8))])
        else:
            del data[at:]
    return bytes(data)


def mutate_and_read(folder: Path, seed: int) -> None:
    dice = random.Random(seed)
    files = good()
    for name in files:
        if dice.random() < 0.7:
            files[name] = mutated(files[name], dice)
    never_anything_but_refused(write(folder, files))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_folder_is_refused_and_nothing_worse(tmp_path, seed):
    mutate_and_read(tmp_path / "c", seed)


@pytest.mark.slow
def test_many_damaged_folders_are_refused_and_nothing_worse(tmp_path):
    for seed in range(4000):
        mutate_and_read(tmp_path / "c", seed)


@pytest.mark.slow
def test_work_grows_with_the_rows_and_not_faster(tmp_path):
    """Twenty times the rows cost about twenty times the time; work that grows with their square costs four hundred."""

    def seconds(rows: int) -> float:
        text = "subject,time,code,value,unit\n" + "".join(
            f"P{i % 50},{i // 50},anc,{i % 900},/uL\n" for i in range(rows)
        )
        path = write(tmp_path, {"t.csv": text.encode()}) / "t.csv"
        start = time.process_time()
        ingest.read(path)
        return time.process_time() - start

    seconds(100)
    # The quickest of three: what a busy machine adds is never in our favour.
    few, many = (min(seconds(rows) for _ in range(3)) for rows in (2_000, 40_000))
    assert many < 100 * few


CELLS = {
    "subject": ["A", "", "B ", "1"],
    "day": ["0", "3", "-5", "2.5", "x", "", "1e9", "−2", "not recorded"],
    "time": ["08:00", "25:00", "", "0.5", "24:00"],
    "code": ["anc", "IL-6", "ice", "oxygen_device", "norepinephrine", "death", "mrd", "ANCX", "", "car_copies"],
    "value": [
        "1",
        "0",
        "-1",
        "<5",
        ">9",
        "≤ 2",
        "1e300",
        "1,5",
        "1.5",
        "ND",
        "",
        "room_air",
        "yes",
        "stopped",
        "#N/A",
        "2024-01-01",
    ],
    "unit": ["G/L", "/uL", "pg/ml", "copies/ug", "%", "", "mg", "parsecs"],
    "lloq": ["", "5", "-1", "x", "1e99"],
    "uloq": ["", "1", "10"],
    "low": ["", "1.5"],
    "status": ["", "done", "below", "above", "not done", "not recorded", "lost"],
    "site": ["", "blood", "CSF"],
    "attributed": ["", "yes", "no", "unknown", "maybe"],
    "zzz": ["", "1"],
}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_table_of_likely_cells_gives_sound_records_or_findings(tmp_path, data):
    columns = data.draw(st.lists(st.sampled_from(list(CELLS)), min_size=3, unique=True))
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in columns)), min_size=1, max_size=4))
    text = "\n".join("\t".join(row) for row in [tuple(columns), *rows])
    folder = write(
        tmp_path / "c", {"course.yaml": b"cartrace: 1\nid: A\ninfusions: [{day: 0}]\n", "t.tsv": text.encode()}
    )
    never_anything_but_refused(folder)
    never_anything_but_refused(folder / "t.tsv")
    if any(finding.severity == "error" for finding in ingest.check(folder)):
        return
    course = ingest.read(folder).courses[0]
    records = [record for group in course.groups() for record in group]
    assert sorted(record.uid for record in records) == list(range(len(records)))
    for observation in course.observations:
        assert observation.value is None or 0 <= observation.value < float("inf")
        assert observation.unit == units.canonical(observation.code)
        assert (observation.value is None) or observation.status <= Status.ABOVE
        assert observation.status is not Status.DONE or observation.value is not None
        assert observation.source.file == "t.tsv"
