"""Why a number is what it is: one text for the command line and for the evidence drawers of the page.

In: contents and an address. Out: `Explanation`.
Decided here: what belongs to an explanation and in which order it is read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import import_module

from cartrace import assess
from cartrace.assess import Assessment, Grade, Rule
from cartrace.assess.endpoints import Endpoint
from cartrace.assess.endpoints.derive import SOURCES
from cartrace.assess.ledger import CAUTIONS
from cartrace.course import Course, Quantity
from cartrace.figures import wording
from cartrace.kinetics import METRICS
from cartrace.kinetics.metric import FLAGS
from cartrace.report import evidence
from cartrace.report.addresses import KINETICS, EndpointOf, FactOf, GradeAt, LedgerOf, MetricOf, resolve
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import Evidence
from cartrace.vocabulary import sources


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number explained.

    name         what it is: "CRS, ASTCT 2019, day 3"
    sentence     the result as one sentence
    said         the result alone, for a reader: "2 to 3", "4.5 days", "not graded"
    value        the number; None for a range, a word or a reason. `low` and `high` hold the bounds of a grade
    definition   how it is defined
    method       rule or method id with its version
    settings     (name, value) of every choice that took part
    reasons      flags and causes in words
    settles      what would settle a range
    evidence     records that decided it; `left_out`: records that took no part
    citations    printable sources; `source_keys` their keys
    provisional  what was written from memory and awaits the primary source
    """

    address: str
    name: str
    sentence: str
    said: str
    value: float | None
    low: int | None
    high: int | None
    unit: str
    definition: str
    method: str
    settings: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    settles: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    left_out: tuple[Evidence, ...]
    source_keys: tuple[str, ...]
    citations: tuple[str, ...]
    provisional: tuple[str, ...]

    @property
    def by_rule(self) -> bool:
        """Whether a rule gave the number: its settings, sources and provisional parts are the same for all its numbers."""
        return not self.address.startswith(f"{KINETICS}/")

    @property
    def text(self) -> str:
        """The explanation as plain text."""
        blocks = [self.sentence, *self.reasons]
        blocks += [f"Would be settled by: {'; '.join(self.settles)}."] if self.settles else []
        listed = (
            ("Decided by", [row.line for row in self.evidence] or ["no single record"]),
            ("Took no part", [row.line for row in self.left_out]),
            ("Definition", [self.definition] if self.definition else []),
            ("Method", [self.method]),
            ("Settings", [f"{name}: {value}" for name, value in self.settings]),
            ("Sources", list(self.citations)),
            ("Provisional", list(self.provisional)),
        )
        for title, lines in listed:
            if lines:
                blocks.append("\n".join([title, *(f"  {line}" for line in lines)]))
        return "\n".join(blocks)


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
            return _ledger(contents, address, target.quantity)
        case EndpointOf():
            return _endpoint(contents, address, target.endpoint)


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


def quantity_said(quantity: Quantity) -> str:
    """A value for a reader: "day 3", "4.5 days", "≥ 4.5 days", "21 400 copies/µg DNA"; its reason when there is none."""
    if quantity.value is None:
        return quantity.reason
    bound = "≥ " if quantity.censored else ""
    if quantity.unit == "d" and (quantity.id.endswith("_day") or re.search(r"study day\b", quantity.name.lower())):
        return f"{bound}day {wording.day(quantity.value)}"
    if quantity.unit == "d" and quantity.value == 1:
        return f"{bound}1 day"
    return bound + evidence.spelled(wording.number(quantity.value), quantity.unit)


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
        evidence=evidence.rows(contents.course, grade.evidence),
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
        evidence=evidence.rows(contents.course, fact.used or assessment.overall.evidence),
        left_out=evidence.rows(contents.course, fact.left_out),
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
        evidence=evidence.rows(contents.course, metric.used),
        left_out=evidence.rows(contents.course, metric.left_out),
        source_keys=keys,
        citations=tuple(sources.source(key).citation for key in keys),
        provisional=(),
    )


def _ledger(contents: ReportContents, address: str, quantity: Quantity) -> Explanation:
    """A number of the ledger, with the factors of the group that its id begins with."""
    factors = [f for f in contents.ledger.factors.table if quantity.id.startswith(f.id.partition(".")[0])]
    keys = tuple(dict.fromkeys(f.source for f in factors if f.source)) or ("cartrace",)
    return Explanation(
        address=address,
        name=quantity.name,
        sentence=f"{quantity.name}: {quantity_said(quantity).rstrip('.')}.",
        said=quantity_said(quantity) if quantity.value is not None else "no value",
        value=quantity.value,
        low=None,
        high=None,
        unit=quantity.unit,
        definition="Counted and added up from what the record says was given, from the day of the infusion on.",
        method=quantity.method,
        settings=tuple((f.id, evidence.with_unit(f.value, f.unit)) for f in factors),
        reasons=(
            *(("Lower bound.",) if quantity.censored else ()),
            *(CAUTIONS[code] for code in quantity.flags),
        ),
        settles=(),
        evidence=evidence.rows(contents.course, quantity.used),
        left_out=evidence.rows(contents.course, quantity.left_out),
        source_keys=keys,
        citations=tuple(sources.source(key).citation for key in keys),
        provisional=tuple(f"{f.id} was written from memory ({f.source})." for f in factors if f.provisional),
    )


def endpoint_said(endpoint: Endpoint) -> str:
    """An endpoint for a reader: "event after 75 d", "censored after 180 d", "met"."""
    if endpoint.time is None:
        return endpoint.state
    state = {"competing": "competing event"}.get(endpoint.state, endpoint.state)
    return f"{state} after {endpoint.time} d"


def _endpoint(contents: ReportContents, address: str, endpoint: Endpoint) -> Explanation:
    choices = contents.endpoints.choices
    return Explanation(
        address=address,
        name=endpoint.name,
        sentence=f"{endpoint.name}: {endpoint_said(endpoint)}.",
        said=endpoint_said(endpoint),
        value=None if endpoint.time is None else float(endpoint.time),
        low=None,
        high=None,
        unit="" if endpoint.time is None else "d",
        definition="Endpoint of the course, counted in whole days between study days.",
        method="endpoints@1",
        settings=tuple((f.name, str(getattr(choices, f.name))) for f in fields(choices)),
        reasons=(endpoint.reason, *(f"{evidence.words(flag).capitalize()}." for flag in endpoint.flags)),
        settles=(),
        evidence=evidence.rows(contents.course, endpoint.evidence),
        left_out=(),
        source_keys=SOURCES,
        citations=tuple(sources.source(key).citation for key in SOURCES),
        provisional=("The definition was written from memory.",) if endpoint.provisional else (),
    )
