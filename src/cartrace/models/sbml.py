"""SBML as a system of equations.

In: the text of an SBML file, Level 2 or 3. Out: a `System`, or every reason why it cannot be one.
Decided here: which quantity is what. A quantity with a rate rule, changed by reactions or assigned by an event is a state;
one with an assignment rule, and the rate of each reaction, is a rule; one with an initial assignment over parameters alone
is a rule, too; any other is a parameter, unless it has no value and nothing uses it. Where a compartment changes its size, the
amount of what is in it is the state. Not kept: constraints, annotations, layout, and of units all but their names.
What the form of a system cannot hold is refused (`sbml_refusals`).
"""

from __future__ import annotations

import re
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
REFERENCE = re.compile(r"Reference: L\d\w* Section [\d.]+")
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
    whole = text if text.lstrip().startswith("<?xml") else DECLARATION + text
    document = libsbml.readSBMLFromString(whole)
    _refuse(_errors(document, file))
    _refuse(refusals(document, whole, file))
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
            found.append(problem("sbml.invalid", file, error, _said(error), "valid SBML", "correct the file"))
    if not found and document.getModel() is None:
        found.append(problem("sbml.empty", file, document, "no model", "one model", "give a file that holds a model"))
    return found


def _said(error: Any) -> str:
    """What libsbml says of this place, without the rule of the specification that it repeats before; the whole when it says no more."""
    whole = " ".join(error.getMessage().split())
    here = REFERENCE.split(whole)[-1].strip()
    return f"{error.getShortMessage()}. {here}" if here and here != whole else whole


def _system(quantities: Quantities) -> System:
    rates = changes(quantities)
    quantities.states = [
        symbol
        for symbol in quantities.symbols
        if symbol in quantities.amounts
        or (
            symbol not in quantities.rule_of
            and (symbol in quantities.rate_of or symbol in rates or symbol in quantities.assigned)
        )
    ]
    parameters, rules = _constants(quantities)
    rules += _rules(quantities)
    states = [_state(quantities, symbol, rates) for symbol in quantities.states]
    latches, events = read_events(quantities, rules, {state.id for state in states if state.rate != "0"})
    model = quantities.model
    system = System(
        id=model.getId() or model.getName() or "model",
        time_unit=_time_unit(model),
        parameters=tuple(parameters),
        states=(*states, *latches),
        rules=in_order(rules),
        events=tuple(events),
    )
    _refuse_unset(quantities, system)
    return system


def _rules(quantities: Quantities) -> list[Rule]:
    """What assignment rules, reactions and compartments of changing size compute."""
    rules = [
        Rule(quantities.names[symbol], quantities.text(rule), quantities.unit(symbol))
        for symbol, rule in quantities.rule_of.items()
    ]
    rules += [
        Rule(quantities.names[reaction.getId()], quantities.text(reaction.getKineticLaw()))
        for reaction in quantities.model.getListOfReactions()
        if reaction.isSetKineticLaw()
    ]
    rules += [
        Rule(quantities.names[symbol], f"{amount} / {quantities.size(symbol)}", quantities.unit(symbol))
        for symbol, amount in quantities.amounts.items()
    ]
    return rules


def _state(quantities: Quantities, symbol: str, rates: dict[str, str]) -> State:
    rate = quantities.text(quantities.rate_of[symbol]) if symbol in quantities.rate_of else rates.get(symbol, "0")
    name, initial = quantities.names[symbol], quantities.initial(symbol)
    if symbol not in quantities.amounts:
        return State(name, initial, rate, quantities.unit(symbol))
    if symbol in quantities.rate_of:
        said = f'a rate for the concentration "{symbol}" in a compartment of changing size'
        quantities.refuse(quantities.rate_of[symbol], said, "write the rate of its amount")
    return State(quantities.amounts[symbol], f"({initial}) * {quantities.volume(quantities.symbols[symbol])}", rate)


def _constants(quantities: Quantities) -> tuple[list[Parameter], list[Rule]]:
    """Parameters, and rules for what an initial assignment computes from them."""
    parameters: list[Parameter] = []
    rules: list[Rule] = []
    values: dict[str, float] = {}
    for symbol in quantities.constants():
        assigned = symbol in quantities.initial_of
        if quantities.is_unset(symbol) and not assigned:
            continue
        text = quantities.initial(symbol) if assigned else quantities.stated(symbol)
        name, unit = quantities.names[symbol], quantities.unit(symbol)
        # A constant species given as an amount is a parameter with the concentration that it has in its compartment.
        if names(text) <= (set() if assigned else values.keys()):
            values[name] = _value(quantities, symbol, text, values)
            parameters.append(Parameter(name, values[name], unit))
        else:
            rules.append(Rule(name, text, unit))
    return parameters, rules


def _value(quantities: Quantities, symbol: str, text: str, values: dict[str, float]) -> float:
    try:
        return evaluate(text, values)
    except (ArithmeticError, ValueError) as error:
        element = quantities.initial_of.get(symbol, quantities.symbols[symbol])
        quantities.refuse(
            element, f'"{symbol}" with the value {text}, which is no number: {error}', "correct the formula"
        )
        return 0.0


def _refuse_unset(quantities: Quantities, system: System) -> None:
    """A constant without a value that something uses."""
    texts = [*(state.initial for state in system.states), *(state.rate for state in system.states)]
    texts += [rule.value for rule in system.rules]
    for event in system.events:
        texts += [event.trigger, *(value for _, value in event.assignments)]
    used = set[str]().union(*map(names, texts))
    for symbol in quantities.constants():
        if quantities.is_unset(symbol) and symbol not in quantities.initial_of and quantities.names[symbol] in used:
            quantities.stated(symbol)


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
