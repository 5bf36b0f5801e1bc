"""Therapy models as data: equations, parameters with their evidence, observables, what each must reproduce.

In: Antimony or SBML text, folders of the library. Out: a `System` of equations and the tables beside it.
Decided here: what a model is made of, and the small grammar in which its equations are written.
"""

from cartrace.models.antimony import read_antimony
from cartrace.models.library import MODELS, load
from cartrace.models.model import Model
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Event, Parameter, Rule, State, System, from_json

__all__ = [
    "MODELS",
    "Event",
    "Model",
    "Parameter",
    "Rule",
    "State",
    "System",
    "from_json",
    "load",
    "read_antimony",
    "read_sbml",
]
