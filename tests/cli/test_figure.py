"""`cartrace figure`."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(("ending", "magic"), [(".svg", b"<?xml"), (".pdf", b"%PDF-"), (".png", b"\x89PNG")])
def test_the_ending_says_the_medium(run, ending, magic):
    assert run("figure", "small", "-o", f"f{ending}").exit_code == 0
    assert Path(f"f{ending}").read_bytes().startswith(magic)


def test_texts_are_texts_at_a_column_of_89_mm(run):
    assert run("figure", "small", "--column", "single", "-o", "f.svg").exit_code == 0
    text = Path("f.svg").read_text(encoding="utf-8")
    assert "<text" in text
    assert "Temperature" in text


def test_a_kinetics_figure_of_a_table(run):
    words = ("--code", "car_copies_per_ug", "--lloq", "50", "--kind", "kinetics", "-o", "k.svg")
    assert run("figure", "profiles.csv", *words).exit_code == 0
    assert "Cmax" in Path("k.svg").read_text(encoding="utf-8")


def test_a_window_may_begin_before_the_infusion(run):
    assert run("figure", "small", "--window", "-7-35", "-o", "f.svg").exit_code == 0


def test_wrong_words(run):
    assert ".svg" in run("figure", "small", "-o", "f.bmp").output
    assert run("figure", "small", "--window", "5").exit_code == 2
    assert run("figure", "small", "--window", "9-2").exit_code == 2
    assert "2 courses" in run("figure", "two").output
    assert "no images" in run("figure", "small", "--kind", "images").output
    assert "no CAR-T measurement" in run("figure", "small", "--kind", "kinetics").output
