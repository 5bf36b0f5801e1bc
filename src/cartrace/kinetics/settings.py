"""Every choice of the kinetics room in one frozen object, made at the door and printed in every report."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from cartrace.errors import UnknownTerm
from cartrace.kinetics import blq
from cartrace.vocabulary import terms


@dataclass(frozen=True, slots=True)
class KineticsSettings:
    """Choices.

    windows         AUC windows (start, end) [d] since the infusion, both finite
    policy          name of the BLQ policy (`blq.POLICIES`)
    lloq            LLOQ for every sample, in the canonical unit; None = as recorded with the samples
    inflection_day  [d] end of contraction and begin of persistence (stein2019tisagenlecleucel describes two phases;
                    day 28 is our default)
    infusion        number of the infusion whose clock is used; a split dose is counted from its first part
    convert         whether samples with the second input of their conversion also make a profile in cells/uL or copies/uL
    """

    windows: tuple[tuple[float, float], ...] = ((0.0, 7.0), (0.0, 28.0), (0.0, 84.0))
    policy: str = "standard"
    lloq: float | None = None
    inflection_day: float = 28.0
    infusion: int = 1
    convert: bool = False

    def __post_init__(self) -> None:
        if self.policy not in blq.POLICIES:
            near = terms.nearest(self.policy, blq.POLICIES)
            raise UnknownTerm("BLQ policy", self.policy, nearest=near or blq.POLICIES)
        for start, end in self.windows:
            if not 0.0 <= start < end < math.inf:
                raise UnknownTerm("AUC window", f"{start:g}-{end:g}", nearest=("0-28",))
        if self.lloq is not None and not 0.0 < self.lloq < math.inf:
            raise UnknownTerm("LLOQ", f"{self.lloq:g}", nearest=("a number above 0",))
        if not 0.0 < self.inflection_day < math.inf:
            raise UnknownTerm("inflection day", f"{self.inflection_day:g}", nearest=("28",))
        if self.infusion < 1:
            raise UnknownTerm("infusion", str(self.infusion), nearest=("1",))

    def used(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of every choice, as text."""
        texts = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "windows":
                value = ", ".join(f"{start:g}-{end:g} d" for start, end in value)
            value = ("no", "yes")[value] if isinstance(value, bool) else value
            texts.append((field.name, "as recorded" if value is None else str(value)))
        return tuple(texts)


def parse_windows(text: str) -> tuple[tuple[float, float], ...]:
    """ "0-28,0-90" as windows [d], each once. Raises `UnknownTerm`."""
    windows = []
    for part in text.split(","):
        start, _, end = part.strip().partition("-")
        try:
            windows.append((float(start), float(end)))
        except ValueError:
            raise UnknownTerm("AUC window", part.strip(), nearest=("0-28",)) from None
    return tuple(dict.fromkeys(windows))
