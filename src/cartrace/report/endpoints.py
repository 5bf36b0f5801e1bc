"""Endpoints of the course: survival, events, duration of response, as a part of the section "Response by site".

In: contents. Out: blocks.
Decided here: endpoints about which the record says nothing, or that are not asked of this patient, share a line.
"""

from __future__ import annotations

from cartrace.assess.endpoints import Endpoint
from cartrace.figures import wording
from cartrace.report.addresses import ENDPOINTS
from cartrace.report.assessment import named
from cartrace.report.contents import ReportContents
from cartrace.report.counted import endpoint_said
from cartrace.report.explanation import explain
from cartrace.report.layout import Block, Cell, Heading, Table, without_empty

SILENT = ("not in set", "not determined")
NOTE = "Each with the default choices of cartrace; a protocol may choose otherwise (cartrace endpoints)."


def blocks(contents: ReportContents) -> list[Block]:
    """A table of the endpoints with an answer, and one line for each kind of silence."""
    if not contents.course.infusions:
        return []
    found = contents.endpoints.endpoints
    answered = [endpoint for endpoint in found if endpoint.state not in SILENT]
    shown: list[Block] = [Heading("Endpoints of this course", "response-endpoints")]
    if answered:
        rows = tuple(_row(endpoint) for endpoint in answered)
        shown.append(
            without_empty(Table("Endpoints", ("Endpoint", "Result", "Counted from", "What happened"), rows, NOTE))
        )
    for state in SILENT:
        silent = [(endpoint.name, _address(endpoint)) for endpoint in found if endpoint.state == state]
        shown += [named(state[0].upper() + state[1:], silent)] if silent else []
    return shown


def _row(endpoint: Endpoint) -> tuple[Cell, ...]:
    start = "" if endpoint.start is None else f"day {wording.day(endpoint.start)}"
    badge = "provisional" if endpoint.provisional else ""
    return (
        Cell(endpoint.name),
        Cell(endpoint_said(endpoint), _address(endpoint), badge=badge),
        Cell(start),
        Cell(endpoint.reason),
    )


def _address(endpoint: Endpoint) -> str:
    return f"{ENDPOINTS}/{endpoint.id}"


def choices(contents: ReportContents) -> list[Block]:
    """The choices behind the endpoints, for the methods."""
    if not contents.course.infusions:
        return []
    settings = explain(contents, _address(contents.endpoints.endpoints[0])).settings
    rows = tuple((Cell(name.replace("_", " ")), Cell(value)) for name, value in settings)
    caption = "Choices of the endpoints"
    return [Heading(caption, "method-endpoints"), Table(caption, ("Choice", "Value"), rows)]
