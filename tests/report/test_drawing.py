"""Figures in a page: ids of their own, a text for those who do not see them, no address, the script read once."""

from __future__ import annotations

import base64
import gzip
import re
from collections import Counter

from cartrace.report import drawing

FILE = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="518pt" height="90pt" viewBox="0 0 518 90" version="1.1">
<metadata>made by a tool</metadata>
<defs><path id="m1"/></defs><g id="a"><use xlink:href="#m1"/></g><g id="a" clip-path="url(#m1)"/>
</svg>
"""


def test_an_svg_file_becomes_part_of_a_page():
    svg = drawing.inline(FILE, key="figure-x", alt='A <figure> of "x" & more')
    assert svg.startswith("<svg")
    assert "metadata" not in svg
    assert "DTD" not in svg
    assert ' width="' not in svg.partition(">")[0]
    assert 'xlink:href="#figure-x-m1"' in svg
    assert "url(#figure-x-m1)" in svg
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert ids == ["figure-x-title", "figure-x-m1", "figure-x-a", "figure-x-a-2"]
    assert "A &lt;figure&gt; of" in svg
    assert 'role="img" aria-labelledby="figure-x-title"' in svg


def test_the_course_figure_in_both_media(full):
    block = drawing.course(full, interactive=True)
    assert block.wide
    assert block.narrow
    assert max(Counter(re.findall(r'\bid="([^"]+)"', block.svg)).values()) == 1
    assert "Time axis from day" in block.alt
    assert "CRS" in block.alt
    on_paper = drawing.course(full, interactive=False)
    assert on_paper.svg == block.svg
    assert on_paper.wide is None


def test_a_kinetics_figure_shades_the_usual_area(full):
    block = drawing.kinetics(full, full.profiles[0], interactive=False)
    assert "AUC 0-28 d" in block.svg
    assert "CAR copies" in block.alt


def test_the_script_is_found_without_importing_its_library():
    text = gzip.decompress(base64.b64decode(drawing.library())).decode()
    assert text.startswith("/**\n* plotly.js")
    assert "Plotly" in text
