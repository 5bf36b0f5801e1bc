"""What a field of a form is answered with: words or a number and its records, or the reason why there is no answer."""

from __future__ import annotations

from dataclasses import dataclass

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in words (`text`; a number stands in `number` as well), or a `reason`; never both and never neither."""

    text: str = ""
    number: float | None = None
    unit: str = ""
    reason: str = ""
    used: tuple[int, ...] = ()
    lower_bound: bool = False

    def __post_init__(self) -> None:
        if bool(self.text) == bool(self.reason):
            raise ValueError(f"an answer is words or a reason: {self.text!r}, {self.reason!r}")


def number(value: float, unit: str, *, used: tuple[int, ...] = (), lower_bound: bool = False) -> Found:
    """A number as an answer; a lower bound says so in its words."""
    return Found(f"{'>= ' if lower_bound else ''}{value:.6g}", value, unit, used=used, lower_bound=lower_bound)


def silence(reason: str) -> Found:
    """No answer, and why."""
    return Found(reason=reason)
