"""The parts a page is made of, as plain data: what the templates know how to write.

In: nothing. Out: `Section` and its blocks.
Decided here: a number in a page is a `Cell`; its `address` makes it a link to its evidence drawer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from cartrace.assess import Grade
from cartrace.assess.families import family_of
from cartrace.figures.plates import PlateDescription
from cartrace.report.addresses import slug
from cartrace.report.explained import Explanation

LONG_ABOVE = 40
"""Letters of a cell that does not fit beside two others on a phone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text that may be a number with evidence.

    note    a second, quieter line
    badge   a short mark: "provisional", "attribution open"
    low, high   bounds of a grade, for its colour; `graded` says that the text is a grade at all
    href    an anchor of this page or a doi, where the text is a plain link; `id` makes a list item one
    """

    text: str
    address: str = ""
    note: str = ""
    badge: str = ""
    low: int | None = None
    high: int | None = None
    graded: bool = False
    href: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `folded` puts it behind a line that opens it; `wide` tables become cards on a phone."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    folded: bool = False

    @property
    def wide(self) -> bool:
        longest = max((len(cell.text) for row in self.rows for cell in row), default=0)
        return len(self.head) > 3 or (len(self.head) > 2 and longest > LONG_ABOVE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text, its pieces joined as they are. Tone: "plain", "calm" (what is not known), "warning"."""

    kind: ClassVar[str] = "paragraph"
    pieces: tuple[Cell, ...]
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Terms with what is known of them."""

    kind: ClassVar[str] = "pairs"
    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A plain list."""

    kind: ClassVar[str] = "listing"
    items: tuple[Cell, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One headline: a name, its results (computed and recorded ones), a few words."""

    title: str
    results: tuple[tuple[str, Cell], ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """The headlines side by side."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure in two media: `svg` for paper and readers without script, specifications for the screen.

    `pointed`: what pointing at it does on screen.
    """

    kind: ClassVar[str] = "drawing"
    key: str
    svg: str
    alt: str
    wide: dict[str, Any] | None = None
    narrow: dict[str, Any] | None = None
    pointed: str = "Point at a mark for its value and its source row"


@dataclass(frozen=True, slots=True)
class Plate:
    """Pictures in a grid."""

    kind: ClassVar[str] = "plate"
    plate: PlateDescription


@dataclass(frozen=True, slots=True)
class Drawers:
    """Explanations of the numbers of a section; only those in `headlines` (addresses) are printed on paper."""

    kind: ClassVar[str] = "drawers"
    title: str
    explanations: tuple[Explanation, ...]
    headlines: frozenset[str] = frozenset()


Block = Table | Paragraph | Heading | Pairs | Listing | Cards | Drawing | Plate | Drawers


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `owns`: beginnings of the addresses whose drawers stand here; `mark`: a banner over what is no record."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    owns: tuple[str, ...] = ()
    mark: str = ""

    def keeps(self, address: str) -> bool:
        """Whether the drawer of this address stands in this section."""
        return any(address == own or address.startswith((f"{own}.", f"{own}/")) for own in self.owns)


def without_empty(table: Table) -> Table:
    """The table without columns in which nothing stands."""
    kept = [n for n in range(len(table.head)) if any(row[n].text for row in table.rows)]
    rows = tuple(tuple(row[n] for n in kept) for row in table.rows)
    return replace(table, head=tuple(table.head[n] for n in kept), rows=rows)


def anchor(address: str) -> str:
    """The id of an evidence drawer."""
    return "why-" + slug(address.replace("@", "-under-"))


def method_anchor(rule_name: str) -> str:
    """The id of the row of the methods that holds settings and sources of a rule (id@version); one for a laboratory table."""
    rule_id = rule_name.split("@")[0]
    return "method-" + slug(rule_id.partition(".")[0] if family_of(rule_id).by_term else rule_id)


def plain(text: str, tone: str = "plain") -> Paragraph:
    """A paragraph of one piece."""
    return Paragraph((Cell(text),), tone)


def marks(grade: Grade) -> tuple[str, ...]:
    """Short marks of a grade: attribution to the cells not decided, rule text provisional."""
    if grade.low is None:
        return ()
    open_ = ("attribution open",) if grade.candidate else ()
    return (*open_, *(("provisional",) if grade.provisional else ()))


def grade_cell(grade: Grade, address: str, *, badge: bool = True, words: str = "") -> Cell:
    """A grade with its colour, its evidence and its marks."""
    return Cell(
        words or grade.text,
        address,
        badge=", ".join(marks(grade)) if badge else "",
        low=None if grade.words else grade.low,
        high=None if grade.words else grade.high,
        graded=not grade.words,
    )


def cells(blocks: tuple[Block, ...]) -> Iterator[Cell]:
    """Every cell of the blocks, in reading order."""
    for block in blocks:
        match block:
            case Table():
                for row in block.rows:
                    yield from row
            case Paragraph():
                yield from block.pieces
            case Pairs():
                yield from (cell for _, cell in block.pairs)
            case Listing():
                yield from block.items
            case Cards():
                yield from (cell for card in block.cards for _, cell in card.results)
            case _:
                pass
