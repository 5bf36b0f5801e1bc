"""Response by site: the response rules, disease sites, MRD, panels, lesions.

In: contents. Out: the section "Response by site".
Decided here: rules first, then what was measured, each row with its source.
"""

from __future__ import annotations

from cartrace import assess
from cartrace.assess import Assessment, Grade
from cartrace.assess.families import FAMILIES, family_of
from cartrace.course.record import DiseaseSite, Marker, Panel
from cartrace.report import endpoints, evidence, scales
from cartrace.report.addresses import ENDPOINTS, hour, rule_id, slug
from cartrace.report.assessment import in_full, not_graded
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.explanation import settles, why_not
from cartrace.report.layout import Block, Cell, Heading, Section, Table, grade_cell, plain, without_empty

FOLD_ABOVE = 14


def section(contents: ReportContents) -> Section:
    """The section "Response by site"."""
    blocks: list[Block] = []
    found = headlines(contents)
    by_site = [a for a in found if rule_id(a).startswith("response.") and a.overall.state != "not applicable"]
    if by_site:
        rows = tuple(row for assessment in by_site for row in _rows(contents, assessment))
        head = ("Compartment", "Best response", "When", "Remarks")
        blocks.append(without_empty(Table("Best response by compartment", head, rows)))
        blocks += [table for assessment in by_site for table in _evaluations(contents, assessment)]
    for family in scales.families("response"):
        blocks += scales.other_scales(contents, family.id)
    blocks += [block for a in found if a not in by_site for block in _other(contents, a)]
    blocks += [*endpoints.blocks(contents), *_sites(contents), *_mrd(contents), *_panels(contents), *_lesions(contents)]
    if not blocks:
        blocks = [plain("Neither a response nor the extent of disease is recorded.", "calm")]
    return Section(
        "response",
        "Response by site",
        tuple(blocks),
        owns=(*scales.owned(scales.of_subject(contents, "response")), ENDPOINTS),
    )


def _other(contents: ReportContents, assessment: Assessment) -> list[Block]:
    """CNS status, relapse, and criteria that do not apply to this disease."""
    if assessment.overall.state == "not applicable":
        return [not_graded(contents, assessment)]
    evaluations = _evaluations(contents, assessment)
    return [*in_full(contents, assessment, "response", days=False), *evaluations]


def headlines(contents: ReportContents) -> tuple[Assessment, ...]:
    """Assessments of response, CNS and relapse that stand first."""
    known = [a for family in scales.families("response") for a in scales.leading(contents, family.id)]
    return (*known, *(a for a in scales.of_subject(contents, "response") if family_of(a.rule) not in FAMILIES))


def _rows(contents: ReportContents, assessment: Assessment) -> list[tuple[Cell, ...]]:
    rule = rule_id(assessment)
    best = next((fact for fact in assessment.facts if fact.id.startswith("best")), None)
    when = Cell(quantity_said(best), f"{rule}/{best.id}") if best and best.value is not None else Cell("")
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(assessment.title),
            grade_cell(assessment.overall, rule),
            when,
            Cell(_remarks(contents, assessment, assessment.overall)),
        )
    ]
    for part, grade in assessment.parts:
        cell = grade_cell(grade, f"{rule}/{slug(part)}", badge=False)
        rows.append((Cell(f"· {part}"), cell, Cell(""), Cell(_remarks(contents, assessment, grade))))
    return rows


def _remarks(contents: ReportContents, assessment: Assessment, grade: Grade) -> str:
    rule = assess.rule(assessment.rule)
    said = list(why_not(rule, contents.course, grade))
    if grade.settles:
        said.append(f"Would be settled by: {'; '.join(settles(rule, grade.settles))}.")
    return " ".join(said)


def _evaluations(contents: ReportContents, assessment: Assessment) -> list[Block]:
    """Each evaluation of a rule; nothing when none of them says anything."""
    if not any(step.low is not None for step in assessment.steps):
        return []
    rule = rule_id(assessment)
    rows = []
    for step in assessment.steps:
        if step.at is None:
            continue
        address = f"{rule}/h{hour(step.at)}"
        day = f"day {evidence.exact(round(step.at, 2))}"
        cell = grade_cell(step, address, badge=False)
        rows.append((Cell(day), cell, Cell(_remarks(contents, assessment, step))))
    caption = f"{assessment.title}: every evaluation"
    table = Table(caption, ("When", "Response", "Remarks"), tuple(rows), folded=len(rows) > FOLD_ABOVE)
    return [without_empty(table)]


def _sites(contents: ReportContents) -> list[Block]:
    """Sites against phases of the disease, in the order of the record."""
    sites = contents.course.disease.sites
    if not sites:
        return []
    phases = tuple(dict.fromkeys(site.phase for site in sites))
    rows = []
    for name in dict.fromkeys(site.site for site in sites):
        row = [Cell(name)]
        for phase in phases:
            row.append(_involved([site for site in sites if (site.site, site.phase) == (name, phase)]))
        rows.append(tuple(row))
    caption = "Sites of disease over time, as recorded"
    head = ("Site", *(phase or "phase not recorded" for phase in phases))
    return [Heading(caption, "response-sites"), Table(caption, head, tuple(rows))]


def _involved(found: list[DiseaseSite]) -> Cell:
    if not found:
        return Cell("not recorded")
    words = {True: "involved", False: "free", None: "not recorded"}
    said = ", ".join(dict.fromkeys(words[site.involved] for site in found))
    notes = (part for site in found for part in (site.detail, site.method, site.note) if part)
    return Cell(said, note="; ".join(notes))


def _mrd(contents: ReportContents) -> list[Block]:
    if not contents.course.mrd:
        return []
    rows = tuple(
        (Cell(evidence.moment(m.moment)), Cell(f"{m.site}, {m.method}"), Cell(evidence.mrd(m)), _place(m))
        for m in contents.course.mrd
    )
    caption = "Measurable residual disease, as recorded"
    return [
        Heading(caption, "response-mrd"),
        without_empty(Table(caption, ("When", "Sample", "Result", "Source"), rows)),
    ]


def _place(record: object) -> Cell:
    return Cell(evidence.row(record).place)  # type: ignore[arg-type]


def _panels(contents: ReportContents) -> list[Block]:
    if not contents.course.panels:
        return []
    rows = tuple(
        (
            Cell(evidence.moment(p.moment)),
            Cell(p.site, note=p.method),
            Cell(_blasts(p)),
            Cell(", ".join(_marker(marker) for marker in p.markers), note=p.note),
            _place(p),
        )
        for p in contents.course.panels
    )
    caption = "Blasts and immunophenotype, % of blasts positive"
    head = ("When", "Specimen", "Blasts", "Markers", "Source")
    return [Heading(caption, "response-panels"), without_empty(Table(caption, head, rows))]


def _blasts(panel: Panel) -> str:
    return "not recorded" if panel.blasts_percent is None else f"{evidence.exact(panel.blasts_percent)} %"


def _marker(marker: Marker) -> str:
    percent = "not recorded" if marker.percent is None else f"{evidence.exact(marker.percent)} %"
    return f"{marker.name} {percent}{' (partial)' if marker.partial else ''}"


def _lesions(contents: ReportContents) -> list[Block]:
    lesions = contents.course.lesions
    if not lesions:
        return []
    rows = tuple(
        (
            Cell(look.lesion or look.site, note=look.method),
            Cell(evidence.moment(look.moment), note=look.note),
            Cell(evidence.size(look)),
            _place(look),
        )
        for look in sorted(lesions, key=lambda look: (look.site, look.lesion))
    )
    caption = "Every look at every lesion, as recorded"
    table = Table(caption, ("Lesion", "When", "Seen", "Source"), rows, folded=len(rows) > FOLD_ABOVE)
    return [Heading("Lesions", "response-lesions"), without_empty(table)]
