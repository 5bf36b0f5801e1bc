"""What of SBML the form of a system cannot hold.

In: a document of libsbml. Out: a finding for each such part, all at once.
Decided here: algebraic rules, fast reactions, extensions that change the mathematics (those that the file says are required) and
Level 1 are refused. Formulas that cannot be said are found while they are read (`sbml_quantities`).
"""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

from cartrace.course.finding import Finding

EQUATIONS = "differential equations, rules and events"
FUNCTIONS_ONLY = "/l3v2extendedmath/"
"""In the address of the extension that adds nothing but functions: those that cannot be said are found where they stand."""


def problem(check: str, file: str, element: Any, found: str, expected: str, action: str) -> Finding:
    """An error at the line of an element of the file (no line when it has none)."""
    row = element.getLine() if element is not None else 0
    return Finding("error", check, file, row or None, "", found, expected, action)


def required_extensions(document: Any, text: str) -> list[str]:
    """The prefixes of extensions without which the mathematics cannot be understood; libsbml keeps silent on those it does not know."""
    _, root = next(ElementTree.iterparse(io.StringIO(text), events=("start",)))
    addresses = [
        key.removesuffix("}required").removeprefix("{")
        for key, value in root.attrib.items()
        if key.endswith("}required") and value in ("true", "1") and FUNCTIONS_ONLY not in key
    ]
    return [document.getNamespaces().getPrefix(address) for address in addresses]


def refusals(document: Any, text: str, file: str) -> list[Finding]:
    """One finding for each part that is refused; `text` is what the document was read from."""
    model = document.getModel()
    found = []

    def refuse(check: str, element: Any, said: str, action: str) -> None:
        found.append(problem(f"sbml.{check}", file, element, said, EQUATIONS, action))

    if document.getLevel() < 2:
        found.append(
            problem("sbml.level", file, document, "SBML Level 1", "Level 2 or 3", "convert the file to Level 3")
        )
    for package in required_extensions(document, text):
        refuse("package", document, f'the extension "{package}"', "flatten the model to core SBML")
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            refuse(
                "algebraic_rule", rule, "an algebraic rule", "solve it for one quantity and write an assignment rule"
            )
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            refuse("fast_reaction", reaction, f'fast reaction "{reaction.getId()}"', "write its equilibrium as a rule")
    return found
