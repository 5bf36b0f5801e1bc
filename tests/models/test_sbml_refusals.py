"""What of SBML is refused: each by itself and all at once."""

from __future__ import annotations

import libsbml
import pytest

from cartrace.models.sbml_refusals import problem, refusals

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>'
COMPARTMENT = (
    '<listOfCompartments><compartment id="C" size="1" constant="false" spatialDimensions="3"/></listOfCompartments>'
)
ONE = '<math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math>'
TAIL = "</model></sbml>"


def said(body: str, head: str = HEAD) -> list[str]:
    text = head + body + TAIL
    return [finding.check for finding in refusals(libsbml.readSBMLFromString(text), text, "model.xml")]


def test_a_plain_model_is_not_refused():
    assert said(COMPARTMENT) == []


def test_an_algebraic_rule():
    assert said(f"<listOfRules><algebraicRule>{ONE}</algebraicRule></listOfRules>") == ["sbml.algebraic_rule"]


def test_a_fast_reaction():
    assert said('<listOfReactions><reaction id="J" fast="true" reversible="false"/></listOfReactions>') == [
        "sbml.fast_reaction"
    ]


@pytest.mark.parametrize(
    ("address", "required", "found"),
    [
        ("http://www.sbml.org/sbml/level3/version1/comp/version1", "true", ["sbml.package"]),
        ("http://example.org/unknown/to/libsbml", "true", ["sbml.package"]),
        ("http://example.org/unknown/to/libsbml", "1", ["sbml.package"]),
        ("http://example.org/unknown/to/libsbml", "false", []),
        ("http://www.sbml.org/sbml/level3/version1/fbc/version1", "false", []),
        ("http://www.sbml.org/sbml/level3/version1/l3v2extendedmath/version1", "true", []),
    ],
)
def test_an_extension_that_changes_the_equations(address, required, found):
    assert said("", HEAD.replace("level=", f'xmlns:x="{address}" x:required="{required}" level=')) == found


def test_level_1():
    head = '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m">'
    assert "sbml.level" in said("", head)


def test_all_at_once_with_their_lines():
    body = (
        f"{COMPARTMENT}\n<listOfRules><algebraicRule>{ONE}</algebraicRule></listOfRules>"
        '\n<listOfReactions><reaction id="J" fast="true" reversible="false"/>'
        '\n<reaction id="K" fast="true" reversible="false"/></listOfReactions>'
    )
    text = HEAD + body + TAIL
    found = refusals(libsbml.readSBMLFromString(text), text, "model.xml")
    assert [finding.row for finding in found] == [3, 4, 5]


def test_a_problem_without_a_place_has_no_row():
    assert problem("a.b", "f", None, "x", "y", "z").place == "f"
