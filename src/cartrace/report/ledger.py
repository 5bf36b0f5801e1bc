"""What was given against the toxicities: counts, amounts, equivalents and hours, as a part of the section "Treatment".

In: contents. Out: blocks.
Decided here: treatments that were not given, or that nothing is recorded of, share a line for each cause; the conversion
factors stand once, in the methods.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.assess.ledger import CAUTIONS, Ledger
from cartrace.course import Quantity
from cartrace.figures import wording
from cartrace.report import evidence
from cartrace.report.addresses import LEDGER
from cartrace.report.assessment import named
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.layout import Block, Cell, Heading, Table, without_empty

FOLD_ABOVE = 10
NOT_GIVEN = "none given"
ZERO = "none, by a chart that is declared complete"
LEAD = (
    "From the day of the infusion on. The ledger annotates; it never advises treatment. "
    "Conversion factors stand in the methods."
)


def is_kept(contents: ReportContents) -> bool:
    """Whether the course records any treatment at all: a plain table of values has no ledger."""
    course = contents.course
    return bool(course.infusions or course.drugs or course.procedures)


def blocks(contents: ReportContents) -> list[Block]:
    """The ledger as tables, and a line for each cause of silence."""
    ledger = contents.ledger
    given = [q for q in ledger.quantities if q.value]
    found: list[Block] = [Heading("Given against toxicity, counted and added up", "treatment-ledger")]
    if given:
        rows = tuple((Cell(q.name), _cell(q), Cell(_cautions(q.flags))) for q in given)
        found.append(without_empty(Table("Treatment ledger", ("What", "Result", "Cautions"), rows, LEAD)))
    found += [*_tocilizumab(ledger), *_steroids(ledger), *_silent(ledger)]
    return found


def _cell(quantity: Quantity) -> Cell:
    return Cell(quantity_said(quantity), _address(quantity))


def _cautions(codes: Sequence[str]) -> str:
    return " ".join(CAUTIONS[code] for code in codes)


def _tocilizumab(ledger: Ledger) -> list[Block]:
    if not ledger.tocilizumab:
        return []
    head = ("Dose", "When", "Amount", "Per kilogram", "Since the dose before", "Cautions")
    rows = tuple(
        (
            Cell(str(dose.number)),
            Cell(f"day {wording.day(dose.day)}"),
            _cell(dose.amount),
            _cell(dose.amount_per_kilogram),
            _cell(dose.interval),
            Cell(_cautions(dose.cautions)),
        )
        for dose in ledger.tocilizumab
    )
    return [without_empty(Table("Tocilizumab, dose by dose", head, rows))]


def _steroids(ledger: Ledger) -> list[Block]:
    if not ledger.steroid_days:
        return []
    rows = tuple(
        (Cell(wording.day(day.day)), _cell(day.equivalent), Cell(_cautions(day.equivalent.flags)))
        for day in ledger.steroid_days
    )
    head = ("Study day", "As dexamethasone", "Cautions")
    table = Table("Corticosteroids by study day", head, rows, folded=len(rows) > FOLD_ABOVE)
    return [without_empty(table)]


def _silent(ledger: Ledger) -> list[Block]:
    """Treatments of which every number is 0 or none in one line for each cause."""
    lines: dict[str, dict[str, Quantity]] = {}
    given = {_treatment(quantity) for quantity in ledger.quantities if quantity.value}
    for quantity in ledger.quantities:
        name = _treatment(quantity)
        if name in given or quantity.reason == NOT_GIVEN:
            continue
        reason = ZERO if quantity.value == 0 else quantity.reason
        lines.setdefault(reason[0].upper() + reason[1:], {}).setdefault(name, quantity)
    return [
        named(reason, [(name, _address(quantity)) for name, quantity in members.items()])
        for reason, members in lines.items()
    ]


def _treatment(quantity: Quantity) -> str:
    """What a number speaks of: "tocilizumab" of "Tocilizumab, in all"."""
    name = quantity.name.partition(",")[0]
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _address(quantity: Quantity) -> str:
    return f"{LEDGER}/{quantity.id}"


def factor_table(contents: ReportContents) -> list[Block]:
    """Every conversion factor and limit with its source, for the methods."""
    if not is_kept(contents):
        return []
    rows = tuple(
        (
            Cell(f.id, badge="provisional" if f.provisional else "", note=f.meaning),
            Cell(evidence.with_unit(f.value, f.unit)),
            Cell(f.source, note=f.locator),
        )
        for f in contents.ledger.factors.table
    )
    head = ("Factor", "Value", "Source")
    caption = "Factors and limits of the treatment ledger"
    return [Heading(caption, "method-ledger"), Table(caption, head, rows)]
