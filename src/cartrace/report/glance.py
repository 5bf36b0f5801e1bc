"""At a glance: the patient, the product, the dose, and every headline result as a grade, a range or "not graded: why".

In: contents. Out: the first section, and the headlines of an overview of many courses.
Decided here: what is a headline: one edition of each family of rules. Results that nothing is recorded for stand in one
line, not in cards of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace import assess
from cartrace.assess import Assessment
from cartrace.assess.families import family_of
from cartrace.figures import wording
from cartrace.kinetics import ProfileResult
from cartrace.report import investigators, laboratory, ledger, response, scales, treatment
from cartrace.report.addresses import profile_address, rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.explanation import why_not
from cartrace.report.kinetics import is_curve, title
from cartrace.report.layout import Block, Card, Cards, Cell, Paragraph, Section, grade_cell, marks, plain

FACTS = (("onset_day", "onset"), ("peak_day", "peak on"), ("duration_elapsed", "duration"), ("best_day", "best on"))
VALUES = ("baseline", "peak")
SHOWN_UP_TO = 4
"""Laboratory terms on a card: the worst ones."""

METRICS = ("tmax", "auc_0_28", "tlast")


def section(contents: ReportContents) -> Section:
    """The section "At a glance"."""
    course = contents.course
    blocks: list[Block] = [plain(course.summary)] if course.summary else []
    blocks.append(treatment.glance(course))
    shown = cards(contents)
    if shown:
        blocks.append(Cards(shown))
    silent = [a for a in headlines(contents) if not _speaks(contents, a)]
    for meant, lead, end in (
        (True, "The record does not allow a grade for: ", ". The reason is one click away; nothing was assumed."),
        (False, "Not applicable to this record: ", "."),
    ):
        named = [a for a in silent if (a.overall.state != "not applicable") is meant]
        pieces: list[Cell] = []
        for assessment in named:
            pieces += [Cell(", " if pieces else lead), Cell(assessment.title, rule_id(assessment))]
        if pieces:
            blocks.append(Paragraph((*pieces, Cell(end)), "calm"))
    blocks.append(_quality(contents))
    return Section("glance", "At a glance", tuple(blocks))


def headlines(contents: ReportContents) -> tuple[Assessment, ...]:
    """The leading edition of each family, in the order of the report; laboratory terms are drawn together."""
    toxic = [*scales.families("toxicity"), *scales.families("hyperinflammation")]
    first = [a for family in toxic for a in scales.leading(contents, family.id)]
    return (*first, *laboratory.headlines(contents), *response.headlines(contents))


def cards(contents: ReportContents) -> tuple[Card, ...]:
    """The headline results that say something."""
    speaking = [a for a in headlines(contents) if _speaks(contents, a)]
    last = [a for a in speaking if family_of(a.rule).subject == "response"]
    found = [_card(contents, a) for a in speaking if a not in last]
    found += [*_laboratory(contents), *(_card(contents, a) for a in last)]
    return (*found, *(_kinetics(contents, profile) for profile in contents.profiles if is_curve(profile)))


def _speaks(contents: ReportContents, assessment: Assessment) -> bool:
    return assessment.overall.low is not None or bool(investigators.recorded(contents, assessment))


def _card(contents: ReportContents, assessment: Assessment) -> Card:
    rule = rule_id(assessment)
    recorded = investigators.recorded(contents, assessment)
    plain_label = (
        "response" if family_of(rule).subject == "response" else "state" if assessment.overall.words else "grade"
    )
    label = "computed" if recorded else plain_label
    results = _measured(assessment) or [(label, grade_cell(assessment.overall, rule, badge=False))]
    for grade in recorded:
        cell = Cell(str(grade.grade), low=grade.grade, high=grade.grade, graded=True)
        results.append(
            (f"investigators {investigators.recorded_said(grade).removeprefix(f'grade {grade.grade} ')}", cell)
        )
    known = {fact.id: fact for fact in assessment.facts if fact.value is not None}
    times = [f"{said} {quantity_said(known[name])}" for name, said in FACTS if name in known]
    lines = [sentence(times)] if times else []
    lines += [sentence(marks(assessment.overall))] if marks(assessment.overall) else []
    if assessment.overall.low is None:
        lines += _why(contents, assessment)
    return Card(assessment.title, tuple(results), tuple(lines))


def _measured(assessment: Assessment) -> list[tuple[str, Cell]]:
    """Of an index without grades its values: baseline and peak."""
    if assessment.overall.words != scales.MEASURED:
        return []
    known = {fact.id: fact for fact in assessment.facts if fact.value is not None}
    rule = rule_id(assessment)
    return [(name, Cell(quantity_said(known[name]), f"{rule}/{name}")) for name in VALUES if name in known]


def sentence(parts: Sequence[str]) -> str:
    """Short parts as one line: "Onset day 2; duration 4 days."."""
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def _why(contents: ReportContents, assessment: Assessment) -> tuple[str, ...]:
    return why_not(assess.rule(assessment.rule), contents.course, assessment.overall)


def _laboratory(contents: ReportContents) -> list[Card]:
    """One card for blood counts and one for everything else, each with its worst terms."""
    found = []
    for name, inside in (("Blood counts, CTCAE 5", True), ("Chemistry, CTCAE 5", False)):
        graded = [a for a in scales.leading(contents, "ctcae") if a.overall.high]
        graded = [a for a in graded if (laboratory.group(a) in laboratory.COUNTS) is inside]
        graded.sort(key=lambda a: (-(a.overall.high or 0), -(a.overall.low or 0)))
        if graded:
            results = tuple(
                (laboratory.short(a), grade_cell(a.overall, rule_id(a), badge=False)) for a in graded[:SHOWN_UP_TO]
            )
            left = len(graded) - SHOWN_UP_TO
            more = "and one more term" if left == 1 else f"and {left} more terms" if left > 1 else ""
            shown = dict.fromkeys(mark for a in graded[:SHOWN_UP_TO] for mark in marks(a.overall))
            lines = [line for line in (more, sentence(tuple(shown)) if shown else "") if line]
            found.append(Card(name, results, tuple(lines)))
    return found


def _kinetics(contents: ReportContents, profile: ProfileResult) -> Card:
    stem = profile_address(profile, contents.profiles)
    metrics = {metric.id: metric for metric in profile.metrics}
    peak = metrics.get("cmax")
    results = (("Cmax", Cell(quantity_said(peak), f"{stem}/cmax")),) if peak and peak.value is not None else ()
    shown = [metrics[name] for name in METRICS if name in metrics and metrics[name].value is not None]
    return Card(title(profile), results, tuple(f"{metric.name}: {quantity_said(metric)}" for metric in shown))


def _quality(contents: ReportContents) -> Paragraph:
    """How much of the input was questioned, and how much is not recorded, with links."""
    warnings = sum(finding.severity != "info" for finding in contents.findings)
    count = len(contents.findings)
    said = "no finding" if not count else "one finding" if count == 1 else f"{count} findings"
    said += f", {warnings} to look at" if warnings else ""
    pieces = [Cell("Data quality: "), Cell(said, href="#quality")]
    if contents.course.not_recorded:
        number = wording.number(len(contents.course.not_recorded))
        pieces += [Cell("; "), Cell(f"{number} things known to be missing", href="#quality-missing")]
    if contents.queries and ledger.is_kept(contents):
        asked = len(contents.queries)
        said = "one question to the chart" if asked == 1 else f"{asked} questions to the chart"
        pieces += [Cell("; "), Cell(said, href="#quality-queries")]
    return Paragraph((*pieces, Cell(".")))
