"""What of SBML is refused: each by itself and all at once."""

from __future__ import annotations

import libsbml

from cartrace.models.sbml_refusals import problem, refusals

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>'
COMPARTMENT = (
    '<listOfCompartments><compartment id="C" size="1" constant="false" spatialDimensions="3"/></listOfCompartments>'
)
ONE = '<math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math>'
TAIL = "</model></sbml>"


def said(body: str, head: str = HEAD) -> list[str]:
    document = libsbml.readSBMLFromString(head + body + TAIL)
    return [finding.check for finding in refusals(document, "model.xml")]


def test_a_plain_model_is_not_refused():
    assert said(COMPARTMENT) == []


def test_an_algebraic_rule():
    assert said(f"<listOfRules><algebraicRule>{ONE}</algebraicRule></listOfRules>") == ["sbml.algebraic_rule"]


def test_a_compartment_that_changes():
    assert said(f'{COMPARTMENT}<listOfRules><rateRule variable="C">{ONE}</rateRule></listOfRules>') == [
        "sbml.compartment"
    ]


def test_a_fast_reaction():
    assert said('<listOfReactions><reaction id="J" fast="true" reversible="false"/></listOfReactions>') == [
        "sbml.fast_reaction"
    ]


def test_an_extension_that_changes_the_equations():
    head = HEAD.replace(
        "level=", 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true" level='
    )
    assert said("", head) == ["sbml.package"]


def test_level_1():
    head = '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m">'
    assert "sbml.level" in said("", head)


def test_all_at_once_with_their_lines():
    body = (
        f'{COMPARTMENT}\n<listOfRules><algebraicRule>{ONE}</algebraicRule>\n<rateRule variable="C">{ONE}</rateRule></listOfRules>'
        '\n<listOfReactions><reaction id="J" fast="true" reversible="false"/></listOfReactions>'
    )
    document = libsbml.readSBMLFromString(HEAD + body + TAIL)
    assert [finding.row for finding in refusals(document, "model.xml")] == [3, 5, 4]


def test_a_problem_without_a_place_has_no_row():
    assert problem("a.b", "f", None, "x", "y", "z").place == "f"
