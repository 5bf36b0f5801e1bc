"""SBML as a system of equations.

In: the text of an SBML file, Level 2 or 3. Out: a `System`, or every reason why it cannot be one.
Decided here: which quantity is what. A quantity with a rate rule, changed by reactions or assigned by an event is a state;
one with an assignment rule, and the rate of each reaction, is a rule; one with an initial assignment over parameters alone
is a rule, too; any other is a parameter. Not kept: constraints, annotations, layout, and of units all but their names.
What the form of a system cannot hold is refused (`sbml_refusals`).
"""

from __future__ import annotations

from typing import Any

from cartrace.course.finding import Finding
from cartrace.errors import InputRefused, MissingExtra
from cartrace.models.expression import evaluate, names
from cartrace.models.order import in_order
from cartrace.models.sbml_events import read_events
from cartrace.models.sbml_quantities import Quantities
from cartrace.models.sbml_reactions import changes
from cartrace.models.sbml_refusals import problem, refusals
from cartrace.models.system import Parameter, Rule, State, System

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
TIME_UNITS = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "d"}


def read_sbml(text: str, *, file: str = "SBML") -> System:
    """The system of an SBML text; `file` is the name that findings say.

    Raises InputRefused with every finding, MissingExtra without python-libsbml.
    """
    try:
        import libsbml
    except ImportError:
        raise MissingExtra("reading SBML", extra="models") from None
    # Without a declaration libsbml writes one on a line of its own, and every line it names is one too far.
    document = libsbml.readSBMLFromString(text if text.lstrip().startswith("<?xml") else DECLARATION + text)
    _refuse(_errors(document, file))
    _refuse(refusals(document, file))
    document.expandFunctionDefinitions()
    conversion = libsbml.ConversionProperties()
    conversion.addOption("promoteLocalParameters", True)
    document.convert(conversion)
    quantities = Quantities(document.getModel(), file)
    try:
        system = _system(quantities)
    except (RecursionError, SyntaxError):
        quantities.refuse(quantities.model, "a formula that is too long or nested too deep")
    except ValueError as error:  # rules in a loop, which libsbml lets pass in some places
        quantities.refuse(quantities.model, str(error))
    _refuse(quantities.findings)
    return system


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise InputRefused(findings)


def _errors(document: Any, file: str) -> list[Finding]:
    """What libsbml itself calls an error. Units and good practice are no reason to refuse; algebraic rules are our own."""
    import libsbml

    for category in ("UNITS_CONSISTENCY", "MODELING_PRACTICE", "OVERDETERMINED_MODEL"):
        document.setConsistencyChecks(getattr(libsbml, f"LIBSBML_CAT_{category}"), False)
    if not document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) and not document.getNumErrors(libsbml.LIBSBML_SEV_FATAL):
        document.checkConsistency()
    found = []
    for error in (document.getError(n) for n in range(document.getNumErrors())):
        if error.isError() or error.isFatal():
            said = " ".join(error.getMessage().split())
            found.append(problem("sbml.invalid", file, error, said, "valid SBML", "correct the file"))
    if not found and document.getModel() is None:
        found.append(problem("sbml.empty", file, document, "no model", "one model", "give a file that holds a model"))
    return found


def _system(quantities: Quantities) -> System:
    rates = changes(quantities)
    quantities.states = [
        symbol
        for symbol in quantities.symbols
        if symbol not in quantities.rule_of
        and (symbol in quantities.rate_of or symbol in rates or symbol in quantities.assigned)
    ]
    parameters, rules = _constants(quantities)
    rules += [
        Rule(quantities.names[symbol], quantities.text(rule), quantities.unit(symbol))
        for symbol, rule in quantities.rule_of.items()
    ]
    rules += [
        Rule(quantities.names[reaction.getId()], quantities.text(reaction.getKineticLaw()))
        for reaction in quantities.model.getListOfReactions()
        if reaction.isSetKineticLaw()
    ]
    latches, events = read_events(quantities)
    model = quantities.model
    return System(
        id=model.getId() or model.getName() or "model",
        time_unit=_time_unit(model),
        parameters=tuple(parameters),
        states=(*(_state(quantities, symbol, rates) for symbol in quantities.states), *latches),
        rules=in_order(rules),
        events=events,
    )


def _state(quantities: Quantities, symbol: str, rates: dict[str, str]) -> State:
    rate = quantities.text(quantities.rate_of[symbol]) if symbol in quantities.rate_of else rates.get(symbol, "0")
    return State(quantities.names[symbol], quantities.initial(symbol), rate, quantities.unit(symbol))


def _constants(quantities: Quantities) -> tuple[list[Parameter], list[Rule]]:
    """Parameters, and rules for what an initial assignment computes from them."""
    parameters: list[Parameter] = []
    rules: list[Rule] = []
    values: dict[str, float] = {}
    for symbol in quantities.constants():
        assigned = symbol in quantities.initial_of
        text = quantities.initial(symbol) if assigned else quantities.stated(symbol)
        name, unit = quantities.names[symbol], quantities.unit(symbol)
        # A constant species given as an amount is a parameter with the concentration that it has in its compartment.
        if names(text) <= set() if assigned else names(text) <= set(values):
            values[name] = evaluate(text, values)
            parameters.append(Parameter(name, values[name], unit))
        else:
            rules.append(Rule(name, text, unit))
    return parameters, rules


def _time_unit(model: Any) -> str:
    """d, h, min or s when the model's time is one of them; empty when it is another or none is said."""
    import libsbml

    named = model.getTimeUnits() or "time"
    if named == "second":
        return "s"
    definition = model.getUnitDefinition(named)
    if definition is None or definition.getNumUnits() != 1:
        return ""
    part = definition.getUnit(0)
    if part.getKind() != libsbml.UNIT_KIND_SECOND or part.getExponent() != 1:
        return ""
    seconds = part.getMultiplier() * 10.0 ** part.getScale()
    return next((word for value, word in TIME_UNITS.items() if abs(seconds / value - 1) < 1e-9), "")
