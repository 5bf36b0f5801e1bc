"""What registry forms ask about the episodes of CRS and ICANS, answered from the record.

In: contents. Out: the section "Registry forms".
Decided here: fields that the record does not answer stand in one line for each reason; of many fields with one reason the
first are named and the others counted.
"""

from __future__ import annotations

from cartrace.assess.forms import Answer, EpisodeForm
from cartrace.report import ledger
from cartrace.report.addresses import FORMS, answer_address
from cartrace.report.assessment import named
from cartrace.report.contents import ReportContents
from cartrace.report.counted import answer_said, asked_by
from cartrace.report.layout import Block, Cell, Heading, Paragraph, Section, Table, plain, without_empty

FOLD_ABOVE = 10
NAMED_UP_TO, NAMED_FIRST = 6, 3
LEAD = (
    "Field names are our own; the forms are not reproduced. What a registry asks was in part written from memory. "
    "A clinician confirms every answer before it goes to a registry."
)


def section(contents: ReportContents) -> Section | None:
    """The section "Registry forms"; None when neither syndrome was graded, and for a plain table of values."""
    if not contents.forms or not ledger.is_kept(contents):
        return None
    blocks: list[Block] = [plain(LEAD)]
    for form in contents.forms:
        blocks += _form(form)
    return Section("forms", "Registry forms", tuple(blocks), (FORMS,))


def _form(form: EpisodeForm) -> list[Block]:
    answered = [answer for answer in form.answers if not answer.found.reason]
    name = form.toxicity
    blocks: list[Block] = [Heading(f"{name}: episodes", f"forms-{name.lower()}")]
    if answered:
        rows = tuple(_row(form, answer) for answer in answered)
        head = ("Field", "Answer", "Asked by")
        folded = len(rows) > FOLD_ABOVE
        blocks.append(without_empty(Table(f"{name}: answers to registry forms", head, rows, folded=folded)))
    silent: dict[str, list[tuple[str, str]]] = {}
    for answer in form.answers:
        reason = answer.found.reason
        if reason:
            silent.setdefault(reason, []).append((answer.field.question, answer_address(form, answer)))
    blocks += [_unanswered(reason, fields) for reason, fields in silent.items()]
    return blocks


def _unanswered(reason: str, fields: list[tuple[str, str]]) -> Paragraph:
    """One line for the fields of one reason."""
    lead = f"{reason[0].upper()}{reason[1:]}"
    if len(fields) <= NAMED_UP_TO:
        return named(lead, fields)
    *pieces, _ = named(lead, fields[:NAMED_FIRST]).pieces
    return Paragraph((*pieces, Cell(f" and {len(fields) - NAMED_FIRST} other fields.")), "calm")


def _row(form: EpisodeForm, answer: Answer) -> tuple[Cell, ...]:
    said = Cell(answer_said(answer), answer_address(form, answer))
    return Cell(answer.field.question), said, Cell(asked_by(answer.field))
