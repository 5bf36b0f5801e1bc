"""Antimony as a system of equations, by way of SBML.

In: the text of an Antimony model. Out: a `System`, or every reason why it cannot be one.
Decided here: the last model of the text is the one that is meant. A finding of the SBML step names no line of the Antimony text.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from cartrace.course.finding import Finding
from cartrace.errors import InputRefused, MissingExtra
from cartrace.models.sbml import read_sbml
from cartrace.models.system import System

# The Antimony library keeps what it has read in variables of the process.
_LIBRARY = threading.Lock()


def sbml_of(text: str, *, file: str = "Antimony") -> str:
    """The model as SBML text. Raises InputRefused with what Antimony says, MissingExtra without the library."""
    try:
        import antimony
    except ImportError:
        raise MissingExtra("reading Antimony", extra="models") from None
    with _LIBRARY:
        antimony.clearPreviousLoads()
        if antimony.loadAntimonyString(text) < 0:
            said = " ".join(antimony.getLastError().split())
            action = "correct the text"
            raise InputRefused([Finding("error", "antimony.invalid", file, None, "", said, "valid Antimony", action)])
        return str(antimony.getSBMLString(antimony.getMainModuleName()))


def read_antimony(text: str, *, file: str = "Antimony") -> System:
    """The system of an Antimony text; `file` is the name that findings say.

    Raises InputRefused with every finding, MissingExtra without antimony or python-libsbml.
    """
    written = sbml_of(text, file=file)
    try:
        return read_sbml(written, file=file)
    except InputRefused as refused:
        # Their lines are those of the SBML text, which nobody sees.
        raise InputRefused([replace(finding, row=None) for finding in refused.findings]) from None
