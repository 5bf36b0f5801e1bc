"""Addresses of the numbers of a report: what `explain` is asked for and what evidence drawers are named after.

In: contents, an address. Out: the address resolved to an assessment or a profile and the part that is meant.
Decided here: the grammar.

    crs.astct2019                        the grade of the course
    crs.astct2019/onset_day              a fact
    crs.astct2019/d3                     study day 3
    crs.astct2019/h26                    the step that holds 26 hours after the first infusion
    response.extramedullary/testis       a part
    kinetics/car_copies_per_ug/cmax      a metric; /site/method before it when an assay has several profiles
    kinetics/car_copies_per_ug/cmax@zero_all   the metric under another BLQ policy
    kinetics/infusion-2/car_copies_per_ug/cmax a metric on the clock of a re-infusion
    ledger/tocilizumab_doses                   a number of the treatment ledger
    endpoints/os                               an endpoint
    infections/d0-28                           infections per 100 days at risk in a window of study days
    forms/crs/resolved                         what a registry form asks about the episodes
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cartrace.assess import Assessment, Grade
from cartrace.assess.endpoints import Endpoint
from cartrace.assess.forms import Answer, EpisodeForm
from cartrace.assess.infection.density import Density
from cartrace.assess.ledger import Ledger
from cartrace.course import Quantity
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.errors import UnknownTerm
from cartrace.kinetics import ProfileResult
from cartrace.report.contents import ReportContents
from cartrace.vocabulary import terms

DAY = re.compile(r"d(-?\d+)")
HOUR = re.compile(r"h(-?\d+(?:\.\d+)?)")
KINETICS = "kinetics"
LEDGER = "ledger"
ENDPOINTS = "endpoints"
INFECTIONS = "infections"
FORMS = "forms"


class GradeAt(NamedTuple):
    """A grade of an assessment. `place` says which: empty (the course), "day 3", "26 h ...", a part."""

    assessment: Assessment
    grade: Grade
    place: str


class FactOf(NamedTuple):
    """A fact of an assessment."""

    assessment: Assessment
    fact: Quantity


class MetricOf(NamedTuple):
    """A metric of a profile under one BLQ policy."""

    profile: ProfileResult
    metric: Quantity
    policy: str


class LedgerOf(NamedTuple):
    """A number of the treatment ledger."""

    quantity: Quantity


class EndpointOf(NamedTuple):
    """An endpoint of the course."""

    endpoint: Endpoint


class DensityOf(NamedTuple):
    """The infection density of a window."""

    density: Density


class AnswerOf(NamedTuple):
    """A field of a registry form."""

    form: EpisodeForm
    answer: Answer


Target = GradeAt | FactOf | MetricOf | LedgerOf | EndpointOf | DensityOf | AnswerOf


def addresses(contents: ReportContents) -> tuple[str, ...]:
    """Every address of a report, in the order of the report."""
    found: list[str] = []
    for assessment in contents.assessments:
        rule = rule_id(assessment)
        found.append(rule)
        found += [f"{rule}/{fact.id}" for fact in assessment.facts]
        found += [f"{rule}/{slug(part)}" for part, _ in assessment.parts]
        found += [f"{rule}/d{day.day}" for day in assessment.days]
        found += [f"{rule}/h{hour(step.at)}" for step in assessment.steps if step.at is not None]
    for profile in contents.profiles:
        stem = profile_address(profile, contents.profiles)
        found += [f"{stem}/{metric.id}" for metric in profile.metrics]
        found += [f"{stem}/{m.id}@{policy}" for policy, metrics in profile.sensitivity for m in metrics]
    found += [f"{LEDGER}/{quantity.id}" for quantity in quantities(contents.ledger)]
    found += [f"{ENDPOINTS}/{endpoint.id}" for endpoint in contents.endpoints.endpoints]
    found += [density_address(density) for density in contents.densities]
    found += [answer_address(form, answer) for form in contents.forms for answer in form.answers]
    return tuple(dict.fromkeys(found))


def resolve(contents: ReportContents, address: str) -> Target:
    """What an address means. Raises `UnknownTerm` with the nearest addresses."""
    wanted = address.strip().strip("/")
    rooms = {KINETICS: _metric, LEDGER: _of_ledger, ENDPOINTS: _endpoint, INFECTIONS: _density, FORMS: _answer}
    room = rooms.get(wanted.partition("/")[0], _of_rule)
    found: Target | None = room(contents, wanted)
    if found is None:
        known = addresses(contents)
        near = terms.nearest(wanted, known) or tuple(a for a in known if a.split("/")[0] == wanted.split("/")[0])[:3]
        raise UnknownTerm("address", address, nearest=near or tuple(a for a in known if "/" not in a)[:5])
    return found


def density_address(density: Density) -> str:
    """The address of the infection density of a window."""
    return f"{INFECTIONS}/d{density.window[0]}-{density.window[1]}"


def answer_address(form: EpisodeForm, answer: Answer) -> str:
    """The address of a field of a form."""
    return f"{FORMS}/{form.toxicity.lower()}/{answer.field.id}"


def quantities(ledger: Ledger) -> Iterator[Quantity]:
    """Every number of a ledger: totals, tocilizumab dose by dose, steroids day by day."""
    yield from ledger.quantities
    for dose in ledger.tocilizumab:
        yield from (dose.amount, dose.amount_per_kilogram, dose.interval)
    yield from (day.equivalent for day in ledger.steroid_days)


def rule_id(assessment: Assessment) -> str:
    """The rule of an assessment without its version."""
    return assessment.rule.split("@")[0]


def slug(name: str) -> str:
    """A part, site or method within an address: blanks and slashes become dashes."""
    return re.sub(r"[\s/@]+", "-", name.strip())


def hour(at: float) -> str:
    """The hour of a step [d], exact to the minute."""
    return f"{round(at * MINUTES_PER_DAY) / 60:.4f}".rstrip("0").rstrip(".")


def profile_address(profile: ProfileResult, profiles: Sequence[ProfileResult]) -> str:
    """The stem of a profile's addresses: site and method only where an assay has several profiles."""
    if Counter((p.infusion, p.assay) for p in profiles)[profile.infusion, profile.assay] == 1:
        return _short_stem(profile)
    return _long_stem(profile)


def _short_stem(profile: ProfileResult) -> str:
    clock = f"/infusion-{profile.infusion}" if profile.infusion > 1 else ""
    return f"{KINETICS}{clock}/{profile.assay}"


def _long_stem(profile: ProfileResult) -> str:
    return f"{_short_stem(profile)}/{slug(profile.site) or 'no-site'}/{slug(profile.method) or 'no-method'}"


def _of_rule(contents: ReportContents, wanted: str) -> GradeAt | FactOf | None:
    name, _, place = wanted.partition("/")
    for assessment in contents.assessments:
        if name in (rule_id(assessment), assessment.rule):
            return GradeAt(assessment, assessment.overall, "") if not place else _within(assessment, place)
    return None


def _within(assessment: Assessment, place: str) -> GradeAt | FactOf | None:
    for fact in assessment.facts:
        if fact.id == place:
            return FactOf(assessment, fact)
    for part, grade in assessment.parts:
        if slug(part) == place:
            return GradeAt(assessment, grade, part)
    if found := DAY.fullmatch(place):
        days = [grade for grade in assessment.days if grade.day == int(found[1])]
        return GradeAt(assessment, days[0], f"day {found[1]}".replace("-", "−")) if days else None
    if found := HOUR.fullmatch(place):
        step = step_at(assessment, round(float(found[1]) * 60))
        return GradeAt(assessment, step, f"{found[1]} h after the first infusion") if step else None
    return None


def step_at(assessment: Assessment, minute: int) -> Grade | None:
    """The step that holds at a minute since the first infusion; None before the first."""
    held = [step for step in assessment.steps if step.at is not None and round(step.at * MINUTES_PER_DAY) <= minute]
    return held[-1] if held else None


def _of_ledger(contents: ReportContents, wanted: str) -> LedgerOf | None:
    name = wanted.partition("/")[2]
    return next((LedgerOf(quantity) for quantity in quantities(contents.ledger) if quantity.id == name), None)


def _endpoint(contents: ReportContents, wanted: str) -> EndpointOf | None:
    name = wanted.partition("/")[2]
    return next((EndpointOf(endpoint) for endpoint in contents.endpoints.endpoints if endpoint.id == name), None)


def _density(contents: ReportContents, wanted: str) -> DensityOf | None:
    return next((DensityOf(density) for density in contents.densities if density_address(density) == wanted), None)


def _answer(contents: ReportContents, wanted: str) -> AnswerOf | None:
    fields = ((form, answer) for form in contents.forms for answer in form.answers)
    return next((AnswerOf(*pair) for pair in fields if answer_address(*pair) == wanted), None)


def _metric(contents: ReportContents, wanted: str) -> MetricOf | None:
    stem, _, name = wanted.rpartition("/")
    metric_id, _, policy = name.partition("@")
    for profile in contents.profiles:
        if stem not in (profile_address(profile, contents.profiles), _long_stem(profile)):
            continue
        metrics = dict(profile.sensitivity).get(policy, ()) if policy else profile.metrics
        for metric in metrics:
            if metric.id == metric_id:
                return MetricOf(profile, metric, policy or dict(profile.settings).get("policy", ""))
    return None
