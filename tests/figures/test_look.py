"""Colours that colour-blind eyes tell apart, and something besides colour wherever two marks share a panel."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from cartrace.figures import look

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, eye: str) -> np.ndarray:
    """CIE Lab of a colour as this eye sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(EYES[eye] @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_numbered_tones_differ_for_this_eye(eye):
    for one, other in combinations(look.NUMBERED[:6], 2):
        assert np.linalg.norm(lab(one.colour, eye) - lab(other.colour, eye)) > 11, (one, other)


def test_numbered_tones_differ_in_marker_too():
    assert len({tone.marker for tone in look.NUMBERED}) == len(look.NUMBERED)
    assert len({tone.symbol for tone in look.NUMBERED}) == len(look.NUMBERED)
    assert len({tone.glyph for tone in look.NUMBERED}) == len(look.NUMBERED)


@pytest.mark.parametrize("eye", EYES)
def test_grades_darken_step_by_step_for_this_eye(eye):
    light = [lab(colour, eye)[0] for colour in look.GRADES]
    assert all(before - after > 2 for before, after in pairwise(light))
    for one, other in combinations(look.GRADES, 2):
        assert np.linalg.norm(lab(one, eye) - lab(other, eye)) > 8


@pytest.mark.parametrize("grade", range(6))
def test_numbers_on_grades_are_readable(grade):
    def luminance(colour: str) -> float:
        value = (lab(colour, "usual")[0] + 16) / 116
        return float(value**3)

    one, other = luminance(look.GRADES[grade]), luminance(look.grade_ink(grade))
    contrast = (max(one, other) + 0.05) / (min(one, other) + 0.05)
    assert contrast > 4.5


def test_texts_are_readable_on_paper():
    for colour in (look.INK, look.QUIET, look.MARK):
        assert lab(colour, "usual")[0] < 50


def test_ranges_are_hatched_and_settled_grades_are_not():
    assert look.grade_hatch(1, 1) == ""
    assert look.grade_hatch(1, 3) == look.GRADES[3]
    assert look.grade_hatch(None, None)
    assert look.grade_fill(2) == look.GRADES[2]
    assert look.grade_fill(None) == look.NOT_GRADED


def test_ribbons_tell_grades_without_colour_or_number():
    heights = [look.grade_heights(grade, grade) for grade in range(6)]
    assert all(low == high for low, high in heights)
    assert all(after[0] - before[0] > 0.1 for before, after in pairwise(heights))
    assert look.grade_heights(1, 3) == (heights[1][0], heights[3][0])
    assert look.grade_heights(None, None) == (0.0, 1.0)


def test_tones_have_names_or_numbers():
    assert look.tone("anc") is look.TONES["anc"]
    assert look.tone("n1") is look.NUMBERED[1]
    assert look.tone("n9") is look.NUMBERED[1]


def test_a_single_column_is_drawn_tighter():
    single, double = look.page(look.SINGLE_MM), look.page(look.DOUBLE_MM)
    assert single.text < double.text
    assert min(single.small, double.small) >= 6.0
    assert single.left + single.right < 0.46 * look.SINGLE_MM


def test_no_other_file_names_a_colour():
    import re
    from pathlib import Path

    import cartrace.figures

    room = Path(cartrace.figures.__file__).parent
    for path in room.rglob("*.py"):
        if path.name != "look.py":
            assert not re.search(r'"#[0-9a-fA-F]{3,8}"', path.read_text(encoding="utf-8")), path.name
