"""One number explained: what the command line prints and what an evidence drawer shows.

In: nothing. Out: `Explanation`.
Decided here: in which order an explanation is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from cartrace.report.addresses import KINETICS
from cartrace.report.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number explained.

    name         what it is: "CRS, ASTCT 2019, day 3"
    sentence     the result as one sentence
    said         the result alone, for a reader: "2 to 3", "4.5 days", "not graded"
    value        the number; None for a range, a word or a reason. `low` and `high` hold the bounds of a grade
    definition   how it is defined
    method       rule or method id with its version
    settings     (name, value) of every choice that took part
    reasons      flags and causes in words
    settles      what would settle a range
    evidence     records that decided it; `left_out`: records that took no part
    citations    printable sources; `source_keys` their keys
    provisional  what was written from memory and awaits the primary source
    """

    address: str
    name: str
    sentence: str
    said: str
    value: float | None
    low: int | None
    high: int | None
    unit: str
    definition: str
    method: str
    settings: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    settles: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    left_out: tuple[Evidence, ...]
    source_keys: tuple[str, ...]
    citations: tuple[str, ...]
    provisional: tuple[str, ...]

    @property
    def by_rule(self) -> bool:
        """Whether a rule gave the number: its settings, sources and provisional parts are the same for all its numbers."""
        return not self.address.startswith(f"{KINETICS}/")

    @property
    def text(self) -> str:
        """The explanation as plain text."""
        blocks = [self.sentence, *self.reasons]
        blocks += [f"Would be settled by: {'; '.join(self.settles)}."] if self.settles else []
        listed = (
            ("Decided by", [row.line for row in self.evidence] or ["no single record"]),
            ("Took no part", [row.line for row in self.left_out]),
            ("Definition", [self.definition] if self.definition else []),
            ("Method", [self.method]),
            ("Settings", [f"{name}: {value}" for name, value in self.settings]),
            ("Sources", list(self.citations)),
            ("Provisional", list(self.provisional)),
        )
        for title, lines in listed:
            if lines:
                blocks.append("\n".join([title, *(f"  {line}" for line in lines)]))
        return "\n".join(blocks)
