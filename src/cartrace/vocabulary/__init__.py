"""What words mean: analytes, units, drugs, record fields and sources, each once, in data files.

In: nothing. Out: look-ups of terms, exact unit conversion, citations.
Decided here: which spellings are accepted. Everything else in cartrace asks this room.
"""

from cartrace.vocabulary import sources, terms, units

__all__ = ["sources", "terms", "units"]
