"""The page of one course: sections assembled, evidence drawers placed, everything in one file; and the same as PDF.

In: contents. Out: HTML text, PDF bytes.
Decided here: the order of the sections; a drawer stands in the section that owns its address; the PDF holds the static
figures and the drawers of headline numbers, not those of every day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from cartrace.assess.families import family_of
from cartrace.errors import MissingExtra
from cartrace.figures.plates import image_plate
from cartrace.report import (
    drawing,
    glance,
    hyperinflammation,
    infections,
    kinetics,
    laboratory,
    methods,
    prediction,
    quality,
    registry_forms,
    response,
    toxicity,
    treatment,
)
from cartrace.report.addresses import AnswerOf, DensityOf, EndpointOf, LedgerOf, MetricOf, resolve
from cartrace.report.contents import ReportContents
from cartrace.report.explanation import explain
from cartrace.report.layout import Block, Cards, Drawers, Drawing, Plate, Section, anchor, cells

TOGETHER_UP_TO = 10
"""So few numbers of a section are explained together; more are put under the titles of their rules."""

SIMULATED = "SIMULATED: synthetic course, not a patient"


def html(contents: ReportContents) -> str:
    """The report as one self-contained HTML file."""
    return _written(contents, interactive=True)


def pdf(contents: ReportContents) -> bytes:
    """The report as PDF. Raises `MissingExtra` without the extra "pdf"."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        raise MissingExtra("the PDF report", extra="pdf") from None
    # Nothing is fetched but what stands in the page itself.
    fetcher = URLFetcher(allowed_protocols=("data",))
    document: bytes = HTML(string=_written(contents, interactive=False), url_fetcher=fetcher).write_pdf()
    return document


def sections(contents: ReportContents, *, interactive: bool) -> tuple[Section, ...]:
    """Every section with its drawers, in the order of reading."""
    found = [
        glance.section(contents),
        Section("figure", "The course", (drawing.course(contents, interactive=interactive),)),
        toxicity.section(contents),
        hyperinflammation.section(contents),
        infections.section(contents),
        laboratory.haematology(contents),
        laboratory.chemistry(contents),
        response.section(contents),
        kinetics.section(contents, interactive=interactive),
        _images(contents),
        prediction.section(contents, interactive=interactive),
        treatment.section(contents),
        registry_forms.section(contents),
        quality.section(contents),
        methods.section(contents),
    ]
    shown = [section for section in found if section is not None]
    return tuple(_with_drawers(contents, shown, every=interactive))


def _images(contents: ReportContents) -> Section | None:
    if not contents.course.images:
        return None
    return Section("images", "Images", (Plate(image_plate(contents.course, contents.folder)),))


def _with_drawers(contents: ReportContents, found: list[Section], *, every: bool) -> Iterator[Section]:
    linked = dict.fromkeys(cell.address for section in found for cell in cells(section.blocks) if cell.address)
    # On paper, what nothing is recorded of has its line and no drawer of its own.
    cards = tuple(block for block in found[0].blocks if isinstance(block, Cards))
    headlines = frozenset(cell.address for cell in cells(cards) if cell.address)
    for section in found:
        own = [address for address in linked if section.keeps(address) and (every or address in headlines)]
        groups: dict[str, list[str]] = {}
        for address in own:
            group = _group(contents, address) if len(own) > TOGETHER_UP_TO else ""
            groups.setdefault(group, []).append(address)
        alone = [title for title, addresses in groups.items() if len(addresses) == 1]
        if len(alone) > 1:
            groups["other rules"] = [groups.pop(title)[0] for title in alone]
        drawers: list[Block] = [
            Drawers(title, tuple(explain(contents, address) for address in addresses), headlines)
            for title, addresses in groups.items()
        ]
        yield dataclasses.replace(section, blocks=(*section.blocks, *drawers))


def _group(contents: ReportContents, address: str) -> str:
    """Drawers of one rule or profile stand together under its title."""
    target = resolve(contents, address)
    if isinstance(target, LedgerOf):
        return "treatment ledger"
    if isinstance(target, EndpointOf):
        return "endpoints"
    if isinstance(target, DensityOf):
        return "infection density"
    if isinstance(target, AnswerOf):
        return f"{target.form.toxicity}, registry forms"
    if isinstance(target, MetricOf):
        return kinetics.title(target.profile)
    assessment = target.assessment
    family = family_of(assessment.rule)
    return family.name if family.by_term else assessment.title


def _written(contents: ReportContents, *, interactive: bool) -> str:
    from cartrace.figures.interactive import CONFIG
    from cartrace.report import writing

    course = contents.course
    found = sections(contents, interactive=interactive)
    specs = {
        block.key: {"wide": block.wide, "narrow": block.narrow}
        for section in found
        for block in section.blocks
        if isinstance(block, Drawing) and block.wide is not None
    }
    return writing.render(
        "page.html.j2",
        title=course.title or course.id,
        course=course,
        mark=SIMULATED if course.synthetic else "",
        sections=found,
        disclaimer=methods.DISCLAIMER,
        specs=writing.packed(writing.as_json({"config": CONFIG, "figures": specs})) if specs else "",
        library=drawing.library() if specs else "",
        interactive=interactive,
        linked=_anchors(found),
    )


def _anchors(found: tuple[Section, ...]) -> frozenset[str]:
    """Ids of the drawers that are in the page: a number whose drawer was left out of print is no link."""
    return frozenset(
        anchor(explanation.address)
        for section in found
        for block in section.blocks
        if isinstance(block, Drawers)
        for explanation in block.explanations
    )
