"""What of SBML the form of a system cannot hold.

In: a document of libsbml. Out: a finding for each such part, all at once.
Decided here: algebraic rules, fast reactions, compartments that change, extensions that change the mathematics and Level 1 are
refused. Formulas that cannot be said are found while they are read (`sbml_quantities`).
"""

from __future__ import annotations

from typing import Any

from cartrace.course.finding import Finding

EQUATIONS = "differential equations, rules and events"
EXTENSIONS = ("arrays", "comp", "distrib", "dyn", "multi", "qual", "spatial")
"""Extensions of Level 3 that change what the equations are."""


def problem(check: str, file: str, element: Any, found: str, expected: str, action: str) -> Finding:
    """An error at the line of an element of the file (no line when it has none)."""
    row = element.getLine() if element is not None else 0
    return Finding("error", check, file, row or None, "", found, expected, action)


def refusals(document: Any, file: str) -> list[Finding]:
    """One finding for each part that is refused."""
    model = document.getModel()
    found = []

    def refuse(check: str, element: Any, said: str, action: str) -> None:
        found.append(problem(f"sbml.{check}", file, element, said, EQUATIONS, action))

    if document.getLevel() < 2:
        found.append(
            problem("sbml.level", file, document, "SBML Level 1", "Level 2 or 3", "convert the file to Level 3")
        )
    for n in range(document.getNumPlugins()):
        package = document.getPlugin(n).getPackageName()
        if package in EXTENSIONS:
            refuse("package", document, f'the extension "{package}"', "flatten the model to core SBML")
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            refuse(
                "algebraic_rule", rule, "an algebraic rule", "solve it for one quantity and write an assignment rule"
            )
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            refuse("fast_reaction", reaction, f'fast reaction "{reaction.getId()}"', "write its equilibrium as a rule")
    changing = {rule.getVariable(): rule for rule in model.getListOfRules() if not rule.isAlgebraic()}
    for event in model.getListOfEvents():
        changing |= {item.getVariable(): item for item in event.getListOfEventAssignments()}
    for compartment in model.getListOfCompartments():
        if compartment.getId() in changing:
            said = f'compartment "{compartment.getId()}" of changing size'
            refuse("compartment", changing[compartment.getId()], said, "give the compartment a constant size")
    return found
