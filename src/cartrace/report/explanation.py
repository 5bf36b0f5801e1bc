"""Why a number is what it is: one text for the command line and for the evidence drawers of the page.

In: contents and an address. Out: `Explanation`.
Decided here: what belongs to an explanation and in which order it is read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import import_module

from cartrace import assess
from cartrace.assess import Assessment, Grade, Rule
from cartrace.course import Course
from cartrace.figures import wording
from cartrace.kinetics import METRICS
from cartrace.kinetics.metric import FLAGS
from cartrace.report import evidence
from cartrace.report.addresses import (
    AnswerOf,
    DensityOf,
    EndpointOf,
    FactOf,
    GradeAt,
    LedgerOf,
    MetricOf,
    resolve,
)
from cartrace.report.contents import ReportContents
from cartrace.report.counted import of_answer, of_density, of_endpoint, of_ledger
from cartrace.report.evidence import quantity_said
from cartrace.report.explained import Explanation
from cartrace.vocabulary import sources


def explain(contents: ReportContents, address: str) -> Explanation:
    """Why the number at `address` is what it is. Raises `UnknownTerm` with the nearest addresses."""
    target = resolve(contents, address)
    match target:
        case GradeAt():
            return _grade(contents, address, target)
        case FactOf():
            return _fact(contents, address, target)
        case MetricOf():
            return _metric(contents, address, target)
        case LedgerOf():
            return of_ledger(contents, address, target.quantity)
        case EndpointOf():
            return of_endpoint(contents, address, target.endpoint)
        case DensityOf():
            return of_density(contents, address, target.density)
        case AnswerOf():
            return of_answer(contents, address, target)


def reasons(rule: Rule, codes: Sequence[str]) -> tuple[str, ...]:
    """Reason codes as sentences, in their order."""
    sentences = {reason.code: reason.sentence for reason in rule.reasons}
    return tuple(sentences[code] for code in codes)


def settles(rule: Rule, names: Sequence[str]) -> tuple[str, ...]:
    """Input names as a reader says them."""
    meanings = {channel.name: channel.meaning for channel in rule.channels}
    return tuple(dict.fromkeys(input_said(meanings.get(name) or evidence.words(name)) for name in names))


def input_said(meaning: str) -> str:
    """What an input is, without the remarks meant for the reader of the rule."""
    meaning = re.sub(r"^1 when (.+), 0 when .*$", r"whether \1", meaning)
    text = re.split(r"[,;:\[(]", meaning)[0].strip()
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def settings_said(rule: Rule, used: Sequence[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
    """Options as (name, value): choices by their word, numbers with their unit."""
    options = {option.name: option for option in rule.options}
    said = []
    for name, value in used:
        option = options[name]
        named = {number: word for word, number in option.values}
        said.append((name, named.get(value) or f"{evidence.exact(value)} {option.unit}".strip()))
    return tuple(said)


def grade_said(grade: Grade) -> str:
    """A grade for a reader: "grade 2", "grade 2 to 3", "CR", "not graded"."""
    return grade.text if grade.words or grade.low is None else f"grade {grade.text}"


def definition(rule: Rule) -> str:
    """The first sentence of the rule's published text."""
    module = sys.modules.get(rule.module) or import_module(rule.module)
    first = (module.__doc__ or "").strip().split("\n")[0]
    return first.removesuffix(f": {rule.id}")


def why_not(rule: Rule, course: Course, grade: Grade) -> tuple[str, ...]:
    """Reasons of a grade in words. Where nothing at all was recorded, the input that comes first says it best."""
    if grade.state != "not graded" or grade.settles or grade.evidence:
        return reasons(rule, grade.reasons)
    first = next((channel for channel in rule.channels if channel.codes), None)
    recorded = {o.code for o in course.observations if o.moment.known and o.moment.time >= 0}
    if first is not None and not recorded & set(first.codes):
        return (f"No {settles(rule, (first.name,))[0]} is recorded since the first infusion.",)
    return reasons(rule, grade.reasons) or ("Nothing is recorded that it could be graded from.",)


def _grade(contents: ReportContents, address: str, target: GradeAt) -> Explanation:
    assessment, grade = target.assessment, target.grade
    rule = assess.rule(assessment.rule)
    name = f"{assessment.title}, {target.place}" if target.place else assessment.title
    return _of_rule(
        contents,
        rule,
        assessment,
        address=address,
        name=name,
        sentence=f"{name}: {grade_said(grade)}{_held(grade)}{'; attribution not decided' if grade.candidate else ''}.",
        said=grade.text,
        value=None if grade.value is None else float(grade.value),
        low=grade.low,
        high=grade.high,
        unit="",
        reasons=why_not(rule, contents.course, grade),
        settles=settles(rule, grade.settles),
        evidence=evidence.rows_in_time(contents.course, grade.evidence),
        left_out=(),
    )


def _held(grade: Grade) -> str:
    if grade.at is None or grade.day is not None or grade.low is None:
        return ""
    since = f", from {wording.number(grade.at)} d after the first infusion"
    return since + (f" to {wording.number(grade.until)} d" if grade.until is not None else "")


def _fact(contents: ReportContents, address: str, target: FactOf) -> Explanation:
    assessment, fact = target.assessment, target.fact
    rule = assess.rule(assessment.rule)
    name = f"{assessment.title}: {fact.name}"
    return _of_rule(
        contents,
        rule,
        assessment,
        address=address,
        name=name,
        sentence=f"{name}: {quantity_said(fact).rstrip('.')}.",
        said=quantity_said(fact) if fact.value is not None else "no value",
        value=fact.value,
        low=None,
        high=None,
        unit=fact.unit,
        reasons=(
            *(("Lower bound: it goes on at the last entry.",) if fact.censored else ()),
            *reasons(rule, fact.flags),
        ),
        settles=(),
        # A fact about the whole course rests on the records that decided the course's grade.
        evidence=evidence.rows_in_time(contents.course, fact.used or assessment.overall.evidence),
        left_out=evidence.rows_in_time(contents.course, fact.left_out),
    )


def _of_rule(contents: ReportContents, rule: Rule, assessment: Assessment, **fields: object) -> Explanation:
    return Explanation(
        definition=definition(rule),
        method=rule.name,
        settings=settings_said(rule, assessment.settings),
        source_keys=rule.sources,
        citations=tuple(sources.source(key).citation for key in rule.sources),
        provisional=rule.provisional,
        **fields,  # type: ignore[arg-type]
    )


def metric_definition(metric_id: str) -> tuple[str, tuple[str, ...]]:
    """(description, source keys) of a metric; a family member ("auc_0_28") has those of its family."""
    families = [metric for metric in METRICS if metric_id == metric.id or metric_id.startswith(metric.id)]
    if not families:
        return "", ()
    family = max(families, key=lambda metric: len(metric.id))
    return family.description, family.sources


def _metric(contents: ReportContents, address: str, target: MetricOf) -> Explanation:
    profile, metric = target.profile, target.metric
    described, keys = metric_definition(metric.id)
    clock = f"after re-infusion (infusion {profile.infusion})" if profile.infusion > 1 else ""
    sampled = ", ".join(part for part in (profile.name, profile.site, profile.method, clock) if part)
    name = f"{metric.name} of {sampled}"
    under = dict(profile.settings).get("policy", "")
    name += f" under the BLQ policy {target.policy}" if target.policy and target.policy != under else ""
    settings = tuple((n, target.policy if n == "policy" and target.policy else v) for n, v in profile.settings)
    return Explanation(
        address=address,
        name=name,
        sentence=f"{name}: {quantity_said(metric).rstrip('.')}.",
        said=quantity_said(metric) if metric.value is not None else "no value",
        value=metric.value,
        low=None,
        high=None,
        unit=metric.unit,
        definition=described,
        method=metric.method,
        settings=tuple((n, v) for n, v in settings),
        reasons=(
            *(("Lower bound.",) if metric.censored else ()),
            *(FLAGS[flag] for flag in metric.flags),
        ),
        settles=(),
        evidence=evidence.rows_in_time(contents.course, metric.used),
        left_out=evidence.rows_in_time(contents.course, metric.left_out),
        source_keys=keys,
        citations=tuple(sources.source(key).citation for key in keys),
        provisional=(),
    )
