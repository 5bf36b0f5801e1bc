"""The image plate: photographs, histology and scans in a grid of place and phase, as in the founding article's first figure.

In: a course and the folder that holds its pictures. Out: a `PlateDescription` that both media draw.
Decided here: one row per place (site and kind of picture), one column per phase; a picture that is not in the folder
becomes a framed place with its caption, never an empty gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from cartrace.course import Course
from cartrace.course.record import Image
from cartrace.figures import wording

ABSENT = "{kind} described in the source; not in this folder"
SIMULATED = "SIMULATED – synthetic course, not a patient"
UNREADABLE = "{kind}: the file is no picture"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""First bytes of the two kinds of picture that both media can show."""
PICTURE = 0.72
EMPTY = 0.24
PHASES = ("diagnosis", "relapse", "before", "during", "after")


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture or its framed place. `content` is empty when the picture is not in the folder."""

    row: str
    column: str
    caption: str
    when: str
    content: bytes
    media_type: str
    absent: str
    hover: str


@dataclass(frozen=True, slots=True)
class PlateDescription:
    """A grid of pictures: row and column names in drawing order, cells in reading order."""

    key: str
    title: str
    mark: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]

    def aspect(self, row: str) -> float:
        """Height of the frames of a row as a share of their width: low when no picture is there to be seen."""
        return PICTURE if any(cell.content for cell in self.cells if cell.row == row) else EMPTY

    def ranks(self, row: str) -> tuple[tuple[tuple[int, Cell], ...], ...]:
        """The cells of a row of the grid, rank by rank as (column number, cell): the first of each column, the second ...

        What stands side by side is meant to be compared: leg before and leg after.
        """
        columns = [
            [(n, cell) for cell in self.cells if (cell.row, cell.column) == (row, column)]
            for n, column in enumerate(self.columns)
        ]
        return tuple(tuple(cell for cell in rank if cell is not None) for rank in zip_longest(*columns))


def image_plate(course: Course, folder: Path | None = None) -> PlateDescription:
    """The plate of a course; pictures are looked for in `folder` by the names the record gives."""
    cells = tuple(_cell(image, folder) for image in course.images)
    columns = dict.fromkeys(cell.column for cell in cells)
    ordered = sorted(columns, key=lambda name: PHASES.index(name) if name in PHASES else len(PHASES))
    return PlateDescription(
        key=f"{course.id}-images",
        title=course.title or course.id,
        mark=SIMULATED if course.synthetic else "",
        rows=tuple(dict.fromkeys(cell.row for cell in cells)),
        columns=tuple(ordered),
        cells=cells,
    )


def _cell(image: Image, folder: Path | None) -> Cell:
    content, media_type = _content(image, folder)
    said = ABSENT
    if content and not content.startswith(SIGNATURES[media_type]):
        content, media_type, said = b"", "", UNREADABLE
    stain = f", {image.stain}" if image.stain else ""
    return Cell(
        row=f"{image.site or 'site not recorded'} ({image.kind}{stain})",
        column=image.phase or "phase not recorded",
        caption=image.caption,
        when=wording.moment(image.moment),
        content=content,
        media_type=media_type,
        absent="" if content else said.format(kind=image.kind or "picture"),
        hover=wording.lines(image.caption, wording.moment(image.moment), wording.place(image.source)),
    )


def _content(image: Image, folder: Path | None) -> tuple[bytes, str]:
    if folder is None or not image.file:
        return b"", ""
    path = (folder / image.file).resolve()
    media_type = TYPES.get(path.suffix.lower(), "")
    # A picture lies inside the course folder or it is not shown.
    if not media_type or not path.is_relative_to(folder.resolve()) or not path.is_file():
        return b"", ""
    return path.read_bytes(), media_type
