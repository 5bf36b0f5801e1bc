"""The page as a whole: well formed, silent towards the network, escaped, reproducible, every number with its evidence."""

from __future__ import annotations

import base64
import builtins
import dataclasses
import gzip
import io
import json
import re
from itertools import pairwise

import pytest

from cartrace.errors import MissingExtra
from cartrace.report import explain, html, pdf
from cartrace.report.layout import Drawers, Plate, Table, anchor, cells, method_anchor
from cartrace.report.page import sections

WITH_NUMBERS = (
    *("toxicity", "hyperinflammation", "infections", "haematology", "chemistry", "response", "kinetics", "treatment"),
    "forms",
)
# One white pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
)
NUMBER = re.compile(r"^[≥−<>]?\s?\d")


def test_the_page_is_well_formed_and_says_its_language(page):
    assert page.lang == "en"
    assert len(page.ids) == len(set(page.ids))
    assert not any(re.search(r"\s", name) for name in page.ids)


def test_every_anchor_resolves(page):
    inner = [link[1:] for link in page.links if link.startswith("#")]
    assert inner
    assert set(inner) <= set(page.ids)


def test_nothing_is_loaded_from_anywhere(page, text):
    assert all(address.startswith(("#", "data:")) for address in page.loads)
    assert page.handlers == []
    outer = [link for link in page.links if not link.startswith("#")]
    assert all(link.startswith("https://") for link in outer)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_headings_go_down_one_level_at_a_time(page):
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(said.strip() for _, said in page.headings)


def test_every_table_has_a_caption_and_every_picture_an_alternative(page):
    assert page.tables == page.captions > 0
    assert all(image.get("alt") for image in page.images)


@pytest.mark.parametrize("name", ["full", "silent", "hostile"])
def test_the_sections_of_a_report(named, name):
    found = [section.title for section in sections(named(name), interactive=False)]
    wanted = ["At a glance", "The course", "Toxicity", "Hyperinflammation and serial scores", "Infections"]
    wanted += [
        "Haematology",
        "Laboratory chemistry",
        "Response by site",
        "Cellular kinetics",
        "Images",
        "Treatment",
        "Registry forms",
        "Data quality",
        "Methods",
    ]
    assert found == [title for title in wanted if title != "Images" or name != "silent"]


def test_no_text_of_a_course_becomes_markup(hostile_text, parsed_page, text_of):
    page, text = parsed_page("hostile"), text_of("hostile")
    assert not page.images
    assert "alert(1)" in page.said
    assert "{{ 7 * 7 }}" in page.said
    # The page's own three scripts and one style; what the course brings is text.
    assert text.count("<script") == 3
    assert text.count("</script>") == 3
    assert text.count("</style>") - text.count("<svg") <= 2
    data = re.search(r'id="specifications">(.*?)</script>', text, re.DOTALL)
    assert data
    assert hostile_text.split("<")[0] in json.dumps(json.loads(gzip.decompress(base64.b64decode(data[1]))))


def test_the_same_contents_give_the_same_bytes(silent, text_of):
    assert html(silent) == text_of("silent")


def test_the_drawing_script_stands_in_the_page_once_and_packed(text):
    assert text.count('id="library"') == 1
    assert "plotly.js v" not in text
    # The figures drawn without it come to some hundred kilobytes.
    assert len(text) < 3.2e6


def test_settings_and_sources_stand_once_for_each_rule_and_are_linked(named, parsed_page, text_of):
    page = parsed_page("full")
    rules = {a.rule.split("@")[0] for a in named("full").assessments}
    anchors = {method_anchor(rule) for rule in rules}
    assert anchors <= set(page.ids)
    links = [link for link in page.links if link.startswith("#method-")]
    assert set(links) <= {
        f"#{anchor}" for anchor in (*anchors, "method-ledger", "method-endpoints", "method-infections")
    }
    drawers = sum(not address.startswith("why-kinetics") for address in page.ids if address.startswith("why-"))
    assert len(links) == drawers
    assert text_of("full").count("resolution_hours") == sum(
        any(name == "resolution_hours" for name, _ in a.settings) for a in named("full").assessments
    )


def test_without_script_the_drawing_is_there(text):
    assert 'class="static"><svg' in text.replace("\n", "")
    assert ".drawing.live .static { display: none; }" in text


@pytest.mark.parametrize(("name", "marked"), [("full", True), ("silent", False)])
def test_made_up_courses_are_marked_on_top_at_the_end_and_in_the_figure(parsed_page, text_of, name, marked):
    said = parsed_page(name).said
    assert ("SIMULATED: synthetic course, not a patient" in said) is marked
    assert text_of(name).count('<p class="banner"') == (2 if marked else 0)


def test_the_disclaimer_is_on_every_page(page):
    assert "Research software, not a medical device: it annotates, it never advises treatment." in page.said


def test_no_machine_path_and_no_calendar_date(named, tmp_path):
    contents = dataclasses.replace(named("silent"), folder=tmp_path)
    said = html(contents)
    assert str(tmp_path) not in said
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", said.partition("<main>")[2].partition("</main>")[0]) is None


def test_pictures_of_the_folder_are_part_of_the_page(named, tmp_path, parse):
    from cartrace.course.record import Image

    (tmp_path / "leg.png").write_bytes(PICTURE)
    course = named("silent").course
    image = Image(90, "photograph", "skin", course.infusions[0].moment, "Left leg", "before", "leg.png")
    contents = dataclasses.replace(
        named("silent"), course=dataclasses.replace(course, images=(image,)), folder=tmp_path
    )
    (picture,) = parse(html(contents)).images
    assert picture["src"].startswith("data:image/png;base64,")
    assert picture["alt"] == "Left leg, before"


def test_absent_pictures_are_named(named):
    found = [s for s in sections(named("full"), interactive=False) if s.id == "images"]
    (plate,) = found[0].blocks
    assert isinstance(plate, Plate)
    assert all(cell.absent for cell in plate.plate.cells)


@pytest.mark.parametrize("name", ["full", "silent", "hostile"])
def test_every_number_of_a_table_has_its_evidence_or_its_source_row(named, name):
    for section in sections(named(name), interactive=True):
        if section.id not in WITH_NUMBERS:
            continue
        for table in [block for block in section.blocks if isinstance(block, Table)]:
            sourced = "Source" in table.head
            for row in table.rows:
                for head, cell in zip(table.head[1:], row[1:], strict=True):
                    if head in ("When", "Remarks", "Cautions", "Decided by") or table.caption.startswith("Sites"):
                        continue
                    if cell.graded or NUMBER.match(cell.text):
                        assert cell.address or sourced or section.id == "treatment", (table.caption, head, cell.text)


@pytest.mark.parametrize("name", ["full", "silent", "hostile"])
def test_every_linked_number_has_one_drawer_that_says_what_explain_says(named, parsed_page, name):
    contents, page = named(name), parsed_page(name)
    found = sections(contents, interactive=True)
    linked = {cell.address for section in found for cell in cells(section.blocks) if cell.address}
    drawers = [e for s in found for b in s.blocks if isinstance(b, Drawers) for e in b.explanations]
    assert len(drawers) == len({drawer.address for drawer in drawers})
    assert {drawer.address for drawer in drawers} == linked
    for drawer in drawers:
        assert drawer == explain(contents, drawer.address)
        assert anchor(drawer.address) in page.ids
        assert " ".join(drawer.sentence.split()).rstrip(".") in page.said


def test_the_style_is_for_print_and_phone_too(text):
    assert "@media print" in text
    assert "size: A4" in text
    assert "@media (max-width: 640px)" in text
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in text


def printed(contents) -> tuple[str, float]:
    """The text of a PDF and the width of its pages [pt]."""
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(pdf(contents)))
    said = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    return said, float(document.pages[0].mediabox.width)


def test_the_pdf_is_an_a4_document_with_every_heading(named):
    said, width = printed(named("silent"))
    for heading in ("At a glance", "Toxicity", "Haematology", "Response by site", "Cellular kinetics", "Methods"):
        assert heading in said
    assert "Research software, not a medical device" in said
    assert width == pytest.approx(595.3, abs=0.5)


def test_on_paper_only_the_numbers_of_cards_have_drawers(named):
    contents = named("silent")
    found = sections(contents, interactive=False)
    printed = {e.address for s in found for b in s.blocks if isinstance(b, Drawers) for e in b.explanations}
    assert printed == {"crs.astct2019"}
    on_screen = sections(contents, interactive=True)
    shown = {e.address for s in on_screen for b in s.blocks if isinstance(b, Drawers) for e in b.explanations}
    assert {"icans.astct2019", "icaht.early", "response.ball"} <= shown


@pytest.mark.slow
def test_the_pdf_has_the_mark_and_the_evidence_of_headlines(named):
    said, _ = printed(named("full"))
    assert "SIMULATED" in said
    assert "vitals.csv, row 4" in said


@pytest.mark.slow
def test_the_same_contents_give_the_same_pdf(named):
    assert pdf(named("silent")) == pdf(named("silent"))


def test_without_the_extra_the_pdf_says_what_to_install(silent, monkeypatch):
    known = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("weasyprint"):
            raise ImportError(name)
        return known(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=re.escape('pip install "cartrace[pdf]"')):
        pdf(silent)
