"""What a missing or bounded value means. Five words, never NaN alone.

Kernels see the integer; files and reports see the word.
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """State of one observation.

    DONE           a value was obtained
    BELOW          below the limit of quantification (the limit stands in `lloq`)
    ABOVE          above the upper limit (the limit stands in `uloq`)
    NOT_DONE       the test is known not to have been made
    NOT_RECORDED   nothing is known
    """

    DONE = 0
    BELOW = 1
    ABOVE = 2
    NOT_DONE = 3
    NOT_RECORDED = 4

    @property
    def word(self) -> str:
        """The word used in files and reports: done, below, above, not done, not recorded."""
        return self.name.lower().replace("_", " ")

    @classmethod
    def from_word(cls, word: str) -> Status:
        """The status written as `word`; KeyError when it is none of the five."""
        return cls[word.strip().upper().replace(" ", "_").replace("-", "_")]
