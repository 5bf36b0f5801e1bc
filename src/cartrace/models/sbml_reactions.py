"""Reactions of SBML as rates of change.

In: the quantities of a model. Out: the rate of change of every species that reactions change.
Decided here: stoichiometries, conversion factors and the volume of the compartment are written out in the rate.
"""

from __future__ import annotations

import ast
from typing import Any

from cartrace.models.expression import parse
from cartrace.models.sbml_quantities import Quantities


def changes(quantities: Quantities) -> dict[str, str]:
    """Rate of change by id of species; species at the boundary of the model or constant have none."""
    terms: dict[str, list[str]] = {}
    for reaction in quantities.model.getListOfReactions():
        rate = quantities.names[reaction.getId()]
        if not reaction.isSetKineticLaw():
            quantities.refuse(reaction, f'reaction "{reaction.getId()}" without a rate')
            continue
        for sign, sides in (("-", reaction.getListOfReactants()), ("+", reaction.getListOfProducts())):
            for side in sides:
                species = quantities.model.getSpecies(side.getSpecies())
                if not species.getBoundaryCondition() and not species.getConstant():
                    terms.setdefault(side.getSpecies(), []).append(f"{sign} {_times(quantities, side, rate)}")
    return {symbol: _rate(quantities, symbol, listed) for symbol, listed in terms.items()}


def _times(quantities: Quantities, side: Any, rate: str) -> str:
    if side.isSetId() and side.getId() in quantities.names:
        return f"{quantities.names[side.getId()]}*{rate}"
    if side.isSetStoichiometryMath():
        return f"({quantities.text(side.getStoichiometryMath())})*{rate}"
    value = side.getStoichiometry()
    if value != value:
        quantities.refuse(side, f'"{side.getSpecies()}" in a reaction without a stoichiometry')
    return rate if value == 1 else f"{value!r}*{rate}"


def _rate(quantities: Quantities, symbol: str, terms: list[str]) -> str:
    species = quantities.model.getSpecies(symbol)
    text = " ".join(terms).removeprefix("+ ")
    # Species without an own factor use that of the model (Level 3).
    factor = species.getConversionFactor() or quantities.model.getConversionFactor()
    only_amount = species.getHasOnlySubstanceUnits() or symbol in quantities.amounts
    volume = "" if only_amount else quantities.volume(species)
    if factor:
        text = f"({text})*{quantities.names[factor]}"
    return ast.unparse(parse(f"({text})/{volume}" if volume else text))
