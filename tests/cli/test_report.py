"""`cartrace report`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartrace import report
from cartrace.cli.report import file_name, file_names, said
from cartrace.errors import MissingExtra


def test_one_course_gives_one_file_named_after_it(run):
    result = run("report", "small")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == "small.html"
    text = Path("small.html").read_text(encoding="utf-8")
    assert "A small course" in text
    assert "cartrace report small" in text


def test_the_same_input_gives_the_same_bytes(run):
    run("report", "small", "-o", "one.html")
    run("report", "small", "-o", "two.html")
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


def test_several_courses_give_a_folder_with_an_index(data):
    written = data("report", "two", "-o", "pages")["written"]
    assert [Path(name).name for name in written] == ["index.html", "a.html", "b.html"]
    index = Path("pages/index.html").read_text(encoding="utf-8")
    assert 'href="a.html"' in index
    assert 'href="b.html"' in index


def test_refused_input_writes_nothing(run, inputs):
    before = sorted(inputs.rglob("*"))
    assert run("report", "bad").exit_code == 1
    assert sorted(inputs.rglob("*")) == before


def test_a_plain_table_has_a_report_too(run):
    assert run("report", "profiles.csv", "--code", "car_copies_per_ug", "--lloq", "50").exit_code == 0
    assert Path("p1.html").is_file()


def test_the_command_that_makes_it_again_names_no_machine_path(tmp_path):
    folder = tmp_path / "my course"
    folder.mkdir()
    words = said(folder, {"options": ("crs.astct2019.gap_hours=12",), "windows": "0-28", "policy": "standard"})
    assert words == "cartrace report 'my course' --option crs.astct2019.gap_hours=12 --windows 0-28"


@pytest.mark.parametrize(
    ("course", "name"), [("a/b c", "a-b-c"), ("../x", "x"), ("", "course"), ("P-01.2", "P-01.2"), ("Ü", "course")]
)
def test_a_course_id_becomes_a_safe_file_name(course, name):
    assert file_name(course) == name


def test_ids_that_look_alike_keep_their_own_files():
    assert file_names(["a b", "a/b", "A-b", "c"]) == ["a-b", "a-b-2", "A-b-3", "c"]


def test_a_pdf_that_cannot_be_made_leaves_no_page_either(run, monkeypatch):
    def refused(contents):
        raise MissingExtra("the PDF report", extra="pdf")

    monkeypatch.setattr(report, "pdf", refused)
    result = run("report", "small", "--pdf")
    assert result.exit_code == 2
    assert "cartrace[pdf]" in result.stderr
    assert not Path("small.html").exists()


@pytest.mark.slow
def test_a_pdf_beside_the_page(run):
    assert run("report", "small", "--pdf").exit_code == 0
    assert Path("small.pdf").read_bytes().startswith(b"%PDF-")


def test_no_predict_leaves_the_simulation_out_and_stands_in_the_command(run):
    copied = run("demo", "-o", "demo")
    assert copied.exit_code == 0, copied.output
    assert 'id="prediction"' in Path("demo/founding-case.html").read_text(encoding="utf-8")
    assert run("report", "demo/founding-case", "--no-predict", "-o", "plain.html").exit_code == 0
    page = Path("plain.html").read_text(encoding="utf-8")
    assert 'id="prediction"' not in page
    assert "cartrace report founding-case --no-predict" in page
