"""Antimony: read through SBML, several models in one text, mistakes told, the library not needed until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cartrace.errors import InputRefused
from cartrace.models.antimony import read_antimony, sbml_of
from cartrace.models.system import Event, Parameter, Rule, State, System

TEXT = """
model decay()   // ein Zerfall, ü
  x' = -k*x; x = x0; k = 0.5; x0 = 2;
  half := x/2;
  dose: at (time >= 3): x = x + 1;
end
"""


def test_a_model_reads_as_it_is_written():
    assert read_antimony(TEXT) == System(
        id="decay",
        time_unit="",
        parameters=(Parameter("k", 0.5), Parameter("x0", 2.0)),
        states=(State("x", "x0", "-k * x"),),
        rules=(Rule("half", "x / 2"),),
        events=(Event("dose", "time >= 3", (("x", "x + 1"),)),),
    )


def test_species_without_a_compartment_have_none():
    system = read_antimony("model a()\n species S; S = 3; J: S -> ; k*S; k = 2; end")
    assert [item.id for item in system.parameters] == ["k"]
    assert system.states == (State("S", "3.0", "-J"),)


def test_a_mistake_is_told_with_its_line():
    with pytest.raises(InputRefused) as refused:
        read_antimony("model a()\n x' = = 3\nend", file="a.ant")
    assert "line 2" in refused.value.findings[0].sentence
    assert refused.value.findings[0].file == "a.ant"


def test_one_reading_leaves_nothing_for_the_next():
    first = read_antimony(TEXT)
    read_antimony("model decay()\n y' = 1; y = 0; end")
    assert read_antimony(TEXT) == first


def test_the_last_model_of_a_text_is_meant():
    assert read_antimony("model a()\n x' = 1; x = 0; end\nmodel b()\n y' = 1; y = 0; end").id == "b"


def test_written_as_sbml_and_read_again_it_is_the_same():
    assert sbml_of(TEXT).startswith("<?xml")
    assert read_antimony(TEXT).digest == read_antimony(TEXT.replace("0.5", "0.7")).digest


def test_without_the_library_the_extra_is_named():
    code = (
        "import sys; sys.modules['antimony'] = None\n"
        "from cartrace.models import read_antimony\n"
        "from cartrace.errors import MissingExtra\n"
        "try: read_antimony('x = 1')\n"
        "except MissingExtra as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'reading Antimony needs an optional part: pip install "cartrace[models]"\n'


def test_a_finding_names_no_line_of_a_text_that_nobody_sees():
    with pytest.raises(InputRefused) as refused:
        read_antimony("model m()\n x' = -k*x;\n x = 1;\nend", file="m.ant")
    assert [finding.place for finding in refused.value.findings] == ["m.ant"]
