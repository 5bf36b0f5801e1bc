"""The episodes of a time-resolved rule as stretches of time.

In: an assessment with steps. Out: `EpisodeSpan`s.
Decided here: an episode begins with the first step whose grade is at least 1 with every missing input at best, and ends where
it became clear, once it has been clear for the rule's resolution time; a step of which nobody knows neither breaks nor starts
that clock. The spans must give the rule's own onset, number and resolution; where they do not, there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cartrace.assess.result import Assessment, Grade
from cartrace.assess.sweep import minute_of
from cartrace.course.clock import MINUTES_PER_DAY, hours

RESOLUTION = "resolution_hours"
GAP = "gap_hours"
MINUTES_PER_HOUR = MINUTES_PER_DAY / hours(1.0)


@dataclass(frozen=True, slots=True)
class EpisodeSpan:
    """[d] elapsed from `start` to `end` (excluded); `end` None while it is not resolved."""

    start: float
    end: float | None

    def overlaps(self, start: float, end: float | None) -> bool:
        """Whether a stretch of time (`end` None: a moment) touches the episode."""
        last = start if end is None else end
        before_end = self.end is None or start < self.end
        return before_end and (last > self.start or start == self.start)


def spans(assessment: Assessment) -> tuple[EpisodeSpan, ...]:
    """The episodes in order; none when they do not agree with the facts of the rule."""
    settings = dict(assessment.settings)
    facts = {fact.id: fact.value for fact in assessment.facts}
    found = _walk(assessment.steps, settings[RESOLUTION], settings[GAP])
    return found if _agree(found, facts) else ()


def _walk(steps: tuple[Grade, ...], resolution: float, gap: float) -> tuple[EpisodeSpan, ...]:
    closed: list[tuple[float, float]] = []
    start: float | None = None
    clear: float | None = None
    for step in steps:
        at = step.at or 0.0
        if start is not None and clear is not None and _hours(clear, at) >= resolution:
            closed.append((start, clear))
            start, clear = None, None
        if step.low is not None and step.low >= 1:
            if start is None:
                start = at
                if closed and _hours(closed[-1][1], at) <= gap:
                    start = closed.pop()[0]
            clear = None
        elif step.high == 0 and start is not None and clear is None:
            clear = at
    found = [EpisodeSpan(begin, end) for begin, end in closed]
    if start is not None:
        # Clear at the last entry, but not for long enough: the rule calls it not resolved.
        found.append(EpisodeSpan(start, None))
    return tuple(found)


def _hours(start: float, end: float) -> float:
    return (minute_of(end) - minute_of(start)) / MINUTES_PER_HOUR


def _agree(found: tuple[EpisodeSpan, ...], facts: Mapping[str, float | None]) -> bool:
    if not found:
        return not facts.get("episodes")
    first_and_last = (facts.get("onset_time"), facts.get("last_resolution_time"))
    return len(found) == facts.get("episodes") and (found[0].start, found[-1].end) == first_and_last
