"""The quantities of an SBML model: which there are, how they are called, their formulas, their values at time 0.

In: a model of libsbml. Out: `Quantities`, from which the parts of a system are read.
Decided here: a species stands for its concentration, or for its amount when it has only substance units; where the compartment
changes its size, the amount is the state and the concentration a rule; an id that is a word of Python or of the grammar gets a
line below behind it; what cannot be said becomes a finding, and reading goes on.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterator
from typing import Any

from cartrace.course.finding import Finding
from cartrace.models import sbml_math
from cartrace.models.expression import TIME, names, substituted
from cartrace.models.sbml_refusals import problem
from cartrace.models.system import FUNCTIONS

ANTIMONY_COMPARTMENT = "default_compartment"
"""Antimony puts species without a compartment into one of this name and of size 1: it is no part of the model."""


class Quantities:
    """Everything with a value in one model, by its SBML id. `states` is set once it is known what changes during a run."""

    def __init__(self, model: Any, file: str) -> None:
        self.model, self.file = model, file
        self.findings: list[Finding] = []
        self.rule_of = {rule.getVariable(): rule for rule in model.getListOfRules() if rule.isAssignment()}
        self.rate_of = {rule.getVariable(): rule for rule in model.getListOfRules() if rule.isRate()}
        self.initial_of = {item.getSymbol(): item for item in model.getListOfInitialAssignments()}
        self.compartments = {item.getId(): item for item in model.getListOfCompartments()}
        self.assigned = {
            item.getVariable() for event in model.getListOfEvents() for item in event.getListOfEventAssignments()
        }
        self.hidden = self._hidden()
        self.symbols = self._symbols()
        self.names: dict[str, str] = {}
        for symbol in self.symbols:
            self.names[symbol] = self.free_name(symbol)
        self.swelling = self.compartments.keys() & (self.rule_of.keys() | self.rate_of.keys() | self.assigned)
        self.amounts = {
            symbol: self.free_name(f"{symbol}_amount")
            for symbol, element in self.symbols.items()
            if element.getElementName() == "species" and self._thins_out(symbol, element)
        }
        """Names for the amounts of the species whose concentration changes with the size of their compartment."""
        self.states: list[str] = []
        self._initial: dict[str, str] = {}

    def _hidden(self) -> set[str]:
        """The compartment that Antimony adds, when nothing speaks of it."""
        compartment = self.compartments.get(ANTIMONY_COMPARTMENT)
        spoken_of = set(_mentioned(self.model)) | self.initial_of.keys() | self.rule_of.keys()
        plain = compartment is not None and compartment.getSize() == 1 and ANTIMONY_COMPARTMENT not in spoken_of
        return {ANTIMONY_COMPARTMENT} if plain else set()

    def _symbols(self) -> dict[str, Any]:
        model = self.model
        spoken_of = set(_mentioned(model)) | self.initial_of.keys() | self.rule_of.keys() | self.rate_of.keys()
        sides = [
            side
            for reaction in model.getListOfReactions()
            for side in (*reaction.getListOfReactants(), *reaction.getListOfProducts())
            if side.getId() in spoken_of | self.assigned
        ]
        listed = (*self.compartments.values(), *model.getListOfSpecies(), *model.getListOfParameters())
        everything = {item.getId(): item for item in (*listed, *sides, *model.getListOfReactions())}
        return {symbol: item for symbol, item in everything.items() if symbol not in self.hidden}

    def _thins_out(self, symbol: str, species: Any) -> bool:
        changing = species.getCompartment() in self.swelling
        return changing and not species.getHasOnlySubstanceUnits() and symbol not in self.rule_of

    def free_name(self, word: str) -> str:
        """The word, with lines below behind it until no quantity, function or word of Python has that name."""
        while keyword.iskeyword(word) or word in FUNCTIONS or word == TIME or word in self._taken():
            word += "_"
        return word

    def _taken(self) -> set[str]:
        return {*self.names.values(), *getattr(self, "amounts", {}).values()}

    def unit(self, symbol: str) -> str:
        """The name of the unit as far as the file says one."""
        element = self.symbols[symbol]
        kind = element.getElementName()
        if kind == "species":
            amount, size = element.getSubstanceUnits(), self.compartments[element.getCompartment()].getUnits()
            if element.getHasOnlySubstanceUnits():
                return str(amount)
            return f"{amount}/{size}" if amount and size else ""
        return str(element.getUnits() or "") if kind in ("parameter", "compartment") else ""

    # ------------------------------------------------------------------ formulas

    def refuse(self, element: Any, found: str, action: str = "write the model without it") -> None:
        """Note that this element cannot be read."""
        expected = "what differential equations, rules and events can say"
        self.findings.append(problem("sbml.formula", self.file, element, found, expected, action))

    def text(self, element: Any) -> str:
        """The formula of an element as an expression; "0" and a finding when it has none that can be said."""
        return self._written(element, sbml_math.expression)

    def assignment(self, name: str, value: str) -> tuple[str, str]:
        """What an event assigns, by name of the quantity: a concentration that is a rule is set by way of the amount."""
        symbol = next((symbol for symbol in self.amounts if self.names[symbol] == name), None)
        return (name, value) if symbol is None else (self.amounts[symbol], f"({value}) * {self.size(symbol)}")

    def size(self, symbol: str) -> str:
        """The name of the compartment of a species."""
        return self.names[self.symbols[symbol].getCompartment()]

    def condition(self, element: Any) -> str:
        """The formula of an element as a condition."""
        return self._written(element, sbml_math.condition)

    def _written(self, element: Any, write: Any) -> str:
        try:
            if element is None or element.getMath() is None:
                raise sbml_math.Unwritable("an element without its formula")
            return str(write(element.getMath(), self.names))
        except sbml_math.Unwritable as reason:
            self.refuse(element, str(reason))
            return "0"

    # ------------------------------------------------------------------ values at time 0

    def constants(self) -> Iterator[str]:
        """What neither changes during a run nor is computed by a rule."""
        for symbol, element in self.symbols.items():
            fixed = symbol not in self.rule_of and symbol not in self.states
            if fixed and element.getElementName() != "reaction":
                yield symbol

    def initial(self, symbol: str) -> str:
        """The value at time 0, over parameters alone."""
        if symbol not in self._initial:
            self._initial[symbol] = self._initial_text(symbol)
        return self._initial[symbol]

    def _initial_text(self, symbol: str) -> str:
        element = self.symbols[symbol]
        if symbol in self.initial_of:
            return self._at_start(self.text(self.initial_of[symbol]))
        if symbol in self.rule_of:
            return self._at_start(self.text(self.rule_of[symbol]))
        if element.getElementName() == "reaction":
            return self._at_start(self.text(element.getKineticLaw()))
        return self.stated(symbol) if symbol in self.states else self.names[symbol]

    def _at_start(self, text: str) -> str:
        symbol_of = {name: symbol for symbol, name in self.names.items()}
        values = {name: self.initial(symbol_of[name]) for name in names(text) - {TIME}}
        return substituted(text, values | {TIME: "0"})

    def is_unset(self, symbol: str) -> bool:
        """Whether the element itself states no value."""
        element = self.symbols[symbol]
        if element.getElementName() == "species":
            return not (element.isSetInitialConcentration() or element.isSetInitialAmount())
        return math.isnan(_number_of(element))

    def stated(self, symbol: str) -> str:
        """The value that the element itself states; "0" and a finding when it states none."""
        element = self.symbols[symbol]
        if element.getElementName() == "species":
            return self._stated_amount(element)
        return self._number(element, _number_of(element))

    def _number(self, element: Any, value: float) -> str:
        if not math.isfinite(value):
            self.refuse(element, f'"{element.getId()}" without a value that is a number', "give it a value")
            return "0"
        return repr(float(value))

    def _stated_amount(self, species: Any) -> str:
        volume = self.volume(species)
        if species.isSetInitialConcentration():
            value = self._number(species, species.getInitialConcentration())
            return f"{value} * {volume}" if volume and species.getHasOnlySubstanceUnits() else value
        if species.isSetInitialAmount():
            value = self._number(species, species.getInitialAmount())
            return f"{value} / {volume}" if volume and not species.getHasOnlySubstanceUnits() else value
        return self._number(species, float("nan"))

    def volume(self, species: Any) -> str:
        """The size of the species' compartment over parameters; empty for the compartment that Antimony adds."""
        symbol = species.getCompartment()
        if symbol in self.hidden or self.compartments[symbol].getSpatialDimensions() == 0:
            return ""
        size = self.initial(symbol)
        return size if size.isidentifier() else f"({size})"


def _number_of(element: Any) -> float:
    """The number of a compartment, parameter or stoichiometry; not-a-number when there is none."""
    match element.getElementName():
        case "compartment":
            return float(element.getSize())
        case "speciesReference":
            return float(element.getStoichiometry())
        case _:
            return float(element.getValue()) if element.isSetValue() else math.nan


def _mentioned(model: Any) -> Iterator[str]:
    """Every id that stands in a formula, once or more."""
    waiting = [item.getMath() for item in model.getListOfAllElements() if hasattr(item, "getMath")]
    waiting = [node for node in waiting if node is not None]
    while waiting:
        node = waiting.pop()
        if node.isName():
            yield node.getName()
        waiting += [node.getChild(n) for n in range(node.getNumChildren())]
