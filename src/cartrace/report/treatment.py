"""What was given and done: patient, disease, product, infusions, drugs, procedures.

In: contents. Out: the section "Treatment" with its ledger, and the few lines of it that stand at a glance.
Decided here: what is not recorded is left out of a line, never replaced by a word that could be read as "none".
"""

from __future__ import annotations

from cartrace.course import Course
from cartrace.course.record import DrugCourse
from cartrace.report import evidence, ledger
from cartrace.report.addresses import LEDGER
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Pairs, Section, Table, plain, without_empty

FOLD_ABOVE = 20


def section(contents: ReportContents) -> Section:
    """The section "Treatment"."""
    course = contents.course
    blocks: list[Block] = [*_infusions(course), *_drugs(course), *_procedures(course)]
    if ledger.is_kept(contents):
        blocks += ledger.blocks(contents)
    shown = tuple(blocks) or (plain("No treatment is recorded.", "calm"),)
    return Section("treatment", "Treatment", shown, owns=(LEDGER,))


def glance(course: Course) -> Pairs:
    """Patient, disease, product, dose and preparation in a few lines."""
    pairs = (
        ("Patient", patient(course)),
        ("Disease", "; ".join(part for part in (course.disease.name, course.disease.status) if part)),
        ("Product", product(course)),
        ("Dose", dose(course)),
        ("Lymphodepletion", lymphodepletion(course)),
        ("Outcome", course.outcome.statement),
    )
    silent = [name.lower() for name, text in pairs if not text]
    known = [(name, Cell(text)) for name, text in pairs if text]
    return Pairs((*known, *((("Not recorded", Cell(", ".join(silent))),) if silent else ())))


def patient(course: Course) -> str:
    """Sex, age and weight as recorded."""
    who = course.patient
    age = f"{evidence.exact(who.age_years)} years" if who.age_years is not None else ""
    weight = f"{evidence.exact(who.weight_kg)} kg" if who.weight_kg is not None else ""
    return ", ".join(part for part in (who.sex, age, weight) if part)


def product(course: Course) -> str:
    """Name, target, costimulatory domain, gene edits, trial."""
    made = course.product
    edits = ", ".join(f"{edit.kind.replace('shrna', 'shRNA')} against {edit.target}" for edit in made.gene_edits)
    target = f"anti-{made.target}" if made.target else ""
    parts = (made.name, target, made.costimulatory_domain, edits, made.manufacturer, made.trial)
    return ", ".join(part for part in parts if part)


def dose(course: Course) -> str:
    """The total dose of the infusions with a known dose, and how it was split."""
    given = course.infusions
    if not given:
        return ""
    days = ", ".join(evidence.moment(i.moment).partition(" (")[0].removeprefix("day ") for i in given)
    number = f"{len(given)} infusions on days {days}" if len(given) > 1 else f"one infusion on day {days}"
    per_kg = [i.dose_per_kg for i in given]
    split = [i.fraction for i in given]
    share = ""
    if len(given) > 1 and all(part is not None for part in split):
        share = ", split " + "/".join(evidence.exact(round((part or 0) * 100, 6)) for part in split) + " %"
    if all(part is not None for part in per_kg):
        total = evidence.exact(round(sum(part or 0.0 for part in per_kg), 6))
        return f"{total} × 10⁶ cells/kg in {number}{share}"
    cells = [i.dose for i in given]
    if all(part is not None for part in cells):
        return f"{evidence.exact(round(sum(part or 0.0 for part in cells), 6))} × 10⁶ cells in {number}{share}"
    known = any(part is not None for part in (*per_kg, *cells))
    missing = "doses not all recorded" if known else "doses not recorded" if len(given) > 1 else "dose not recorded"
    return f"{number}{share}; {missing}"


def lymphodepletion(course: Course) -> str:
    """The drugs given as lymphodepletion with their total days."""
    drugs = [drug for drug in course.drugs if drug.purpose == "lymphodepletion" or drug.drug_class == "lymphodepletion"]
    names = dict.fromkeys(evidence.words(drug.drug) for drug in drugs)
    dosed = {
        n: ", ".join(dict.fromkeys(d for x in drugs if evidence.words(x.drug) == n if (d := evidence.dose(x))))
        for n in names
    }
    return " + ".join(f"{name} ({dosed[name]})" if dosed[name] else name for name in names)


def _infusions(course: Course) -> list[Block]:
    if not course.infusions:
        return []
    rows = tuple(
        (
            Cell(str(infusion.number), note=infusion.purpose),
            Cell(evidence.moment(infusion.moment), note=infusion.moment.assumption),
            Cell(evidence.cells(infusion)),
            Cell(evidence.row(infusion).place),
        )
        for infusion in course.infusions
    )
    return [
        Heading("Infusions", "treatment-infusions"),
        without_empty(Table("CAR-T infusions", ("Number", "When", "Dose", "Source"), rows)),
    ]


def _drugs(course: Course) -> list[Block]:
    if not course.drugs:
        return []
    rows = tuple(
        (
            Cell(evidence.words(drug.drug), note="; ".join(part for part in (drug.purpose, drug.note) if part)),
            Cell(evidence.interval(drug)),
            Cell(_dose(drug)),
            Cell(evidence.row(drug).place),
        )
        for drug in course.drugs
    )
    complete = "drugs" in course.complete
    note = (
        "The drug chart is declared complete." if complete else "What is not listed may have been given all the same."
    )
    table = Table("Drugs as recorded", ("Drug", "When", "Dose", "Source"), rows, note, folded=len(rows) > FOLD_ABOVE)
    return [Heading("Drugs", "treatment-drugs"), without_empty(table)]


def _dose(drug: DrugCourse) -> str:
    return evidence.dose(drug) or "not recorded"


def _procedures(course: Course) -> list[Block]:
    if not course.procedures:
        return []
    rows = tuple(
        (
            Cell(" ".join(part for part in (evidence.words(p.kind), p.site) if part)),
            Cell(evidence.moment(p.moment)),
            Cell("; ".join(part for part in (p.detail, p.note) if part)),
            Cell(evidence.row(p).place),
        )
        for p in course.procedures
    )
    head = ("Procedure", "When", "Details", "Source")
    return [Heading("Procedures", "treatment-procedures"), without_empty(Table("Procedures as recorded", head, rows))]
