"""Where labels go so that no two touch.

In: boxes (left, bottom, right, top) of what is already drawn, sizes of labels, wished places. Out: free places.
Decided here: fixed marks win; a label that finds no free place is not drawn (its text stays in the hover text).
Nothing here knows a drawing library: units are whatever the caller measures in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def touches(self, other: Box, *, air: float = 0.0) -> bool:
        """True when the two overlap or come nearer than `air`."""
        return (
            self.left < other.right + air
            and other.left < self.right + air
            and self.bottom < other.top + air
            and other.bottom < self.top + air
        )

    def within(self, other: Box) -> bool:
        """True when this box lies wholly inside the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


def free(box: Box, taken: Iterable[Box], *, air: float = 0.0) -> bool:
    """True when the box touches none of the taken ones."""
    return not any(box.touches(other, air=air) for other in taken)


def first_free(candidates: Iterable[Box], taken: Sequence[Box], *, inside: Box, air: float = 0.0) -> Box | None:
    """The first candidate that lies inside and touches nothing; None when there is none."""
    for box in candidates:
        if box.within(inside) and free(box, taken, air=air):
            return box
    return None


def gap_for(width: float, taken: Iterable[Box], *, inside: Box, where: str) -> tuple[float, float]:
    """The free stretch of a lane for a text of this width: the first ("before"), the last ("after") or the widest.

    When the first or last stretch is too short, the widest is taken.
    """
    gaps = []
    edge = inside.left
    for box in sorted(taken):
        gaps.append((edge, max(box.left, edge)))
        edge = max(edge, box.right)
    gaps.append((edge, inside.right))
    wished = {"before": gaps[0], "after": gaps[-1]}.get(where)
    if wished is not None and wished[1] - wished[0] >= width:
        return wished
    return max(gaps, key=lambda gap: gap[1] - gap[0])


def around(x: float, y: float, width: float, height: float, *, inside: Box, step: float) -> Iterator[Box]:
    """Places for a box of this size about a point: beside it, above and below it, then all over `inside`, nearest first."""
    for air in (step / 2, step):
        for dy in (0.0, -air, air):
            yield Box(x + air, y + dy - height / 2, x + air + width, y + dy + height / 2)
            yield Box(x - air - width, y + dy - height / 2, x - air, y + dy + height / 2)
        for dy in (-air - height / 2, air + height / 2):
            yield Box(x - width / 2, y + dy - height / 2, x + width / 2, y + dy + height / 2)
    across = int(max(inside.right - inside.left - width, 0.0) / step) + 1
    down = int(max(inside.top - inside.bottom - height, 0.0) / step) + 1
    corners = [(inside.left + step * i, inside.bottom + step * k) for i in range(across) for k in range(down)]
    corners.sort(key=lambda at: (at[0] + width / 2 - x) ** 2 + (at[1] + height / 2 - y) ** 2)
    for left, low in corners:
        yield Box(left, low, left + width, low + height)


def along(points: Sequence[tuple[float, float]], *, step: float) -> list[Box]:
    """Small boxes along the line through `points`, `step` apart, so that labels keep off lines."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(points):
        count = int(max(abs(x1 - x0), abs(y1 - y0)) / step)
        for n in range(1, count + 1):
            x, y = x0 + (x1 - x0) * n / (count + 1), y0 + (y1 - y0) * n / (count + 1)
            found.append(Box(x, y, x, y))
    return found


def kept(centres: Sequence[float], widths: Sequence[float], *, air: float) -> tuple[bool, ...]:
    """Which labels of a row stay when those that would touch are dropped.

    The two outermost labels stay whenever they can; the others are kept from left to right.
    """
    order = [0, len(centres) - 1, *range(1, len(centres) - 1)] if len(centres) > 1 else list(range(len(centres)))
    chosen: list[int] = []
    for index in order:
        left, right = centres[index] - widths[index] / 2, centres[index] + widths[index] / 2
        clear = (right + air <= centres[k] - widths[k] / 2 or centres[k] + widths[k] / 2 + air <= left for k in chosen)
        if all(clear):
            chosen.append(index)
    return tuple(index in chosen for index in range(len(centres)))


def spread(wished: Sequence[float], *, size: float, low: float, high: float) -> tuple[float, ...]:
    """Centres of labels of one height stacked without overlap, as near to the wished places as order allows.

    The labels keep the order of their wishes. When they do not all fit between `low` and `high` they are stacked
    evenly from `low` upward and may pass `high`.
    """
    if not wished:
        return ()
    order = sorted(range(len(wished)), key=lambda i: wished[i])
    blocks: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        blocks.append([index])
        centres.append(_held(wished[index], 1, size, low, high))
        while (
            len(blocks) > 1
            and _bottom(centres[-1], len(blocks[-1]), size) < _top(centres[-2], len(blocks[-2]), size) - 1e-9
        ):
            merged = blocks[-2] + blocks[-1]
            del blocks[-2:], centres[-2:]
            offset = [wished[i] - size * n for n, i in enumerate(merged)]
            middle = sum(offset) / len(offset) + size * (len(merged) - 1) / 2
            blocks.append(merged)
            centres.append(_held(middle, len(merged), size, low, high))
    places = [0.0] * len(wished)
    for block, centre in zip(blocks, centres, strict=True):
        for n, index in enumerate(block):
            places[index] = _bottom(centre, len(block), size) + size * (n + 0.5)
    return tuple(places)


def _held(centre: float, count: int, size: float, low: float, high: float) -> float:
    half = size * count / 2
    return max(min(centre, high - half), low + half)


def _bottom(centre: float, count: int, size: float) -> float:
    return centre - size * count / 2


def _top(centre: float, count: int, size: float) -> float:
    return centre + size * count / 2
