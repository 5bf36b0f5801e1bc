"""Numbers that no rule of the shelf gives, explained: treatment ledger, endpoints, infection density, registry forms.

In: contents, an address, what it means. Out: `Explanation`.
Decided here: how each of them is said in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from cartrace import assess
from cartrace.assess.endpoints import Endpoint
from cartrace.assess.endpoints.derive import SOURCES
from cartrace.assess.forms import Answer
from cartrace.assess.forms.episode_form import Field
from cartrace.assess.infection import density as infection
from cartrace.assess.infection.density import Density
from cartrace.assess.ledger import CAUTIONS
from cartrace.assess.ledger.body import COMPUTED
from cartrace.course import Quantity
from cartrace.figures import wording
from cartrace.report import evidence
from cartrace.report.addresses import AnswerOf
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.explained import Explanation
from cartrace.vocabulary import sources


def _of_records(
    contents: ReportContents, address: str, *, keys: tuple[str, ...], used: Sequence[int], left_out: Sequence[int] = (),
    value: float | None, **fields: object,
) -> Explanation:  # fmt: skip
    """A number that no rule of the shelf gives."""
    return Explanation(
        address=address,
        value=value,
        low=None,
        high=None,
        settles=(),
        evidence=evidence.rows_in_time(contents.course, used),
        left_out=evidence.rows_in_time(contents.course, left_out),
        source_keys=keys,
        citations=tuple(sources.source(key).citation for key in keys),
        **fields,  # type: ignore[arg-type]
    )


def of_ledger(contents: ReportContents, address: str, quantity: Quantity) -> Explanation:
    """A number of the ledger, with the factors of the group that its id begins with."""
    surface = COMPUTED in quantity.flags
    factors = [
        f
        for f in contents.ledger.factors.table
        if quantity.id.startswith(f.id.partition(".")[0]) or (surface and f.id.startswith("body_surface"))
    ]
    return _of_records(
        contents,
        address,
        name=quantity.name,
        sentence=f"{quantity.name}: {quantity_said(quantity).rstrip('.')}.",
        said=quantity_said(quantity) if quantity.value is not None else "no value",
        value=quantity.value,
        unit=quantity.unit,
        definition="Counted and added up from what the record says was given, from the day of the infusion on.",
        method=quantity.method,
        settings=tuple((f.id, evidence.with_unit(f.value, f.unit)) for f in factors),
        reasons=(
            *(("Lower bound.",) if quantity.censored else ()),
            *(CAUTIONS[code] for code in quantity.flags),
        ),
        used=quantity.used,
        left_out=quantity.left_out,
        keys=tuple(dict.fromkeys(f.source for f in factors if f.source)) or ("cartrace",),
        provisional=tuple(f"{f.id} was written from memory ({f.source})." for f in factors if f.provisional),
    )


def endpoint_said(endpoint: Endpoint) -> str:
    """An endpoint for a reader: "event after 75 d", "censored after 180 d", "met"."""
    if endpoint.time is None:
        return endpoint.state
    state = {"competing": "competing event"}.get(endpoint.state, endpoint.state)
    return f"{state} after {endpoint.time} d"


def of_endpoint(contents: ReportContents, address: str, endpoint: Endpoint) -> Explanation:
    """An endpoint, with the choices behind it."""
    choices = contents.endpoints.choices
    return _of_records(
        contents,
        address,
        name=endpoint.name,
        sentence=f"{endpoint.name}: {endpoint_said(endpoint)}.",
        said=endpoint_said(endpoint),
        value=None if endpoint.time is None else float(endpoint.time),
        unit="" if endpoint.time is None else "d",
        definition="Endpoint of the course, counted in whole days between study days.",
        method="endpoints@1",
        settings=tuple((f.name, str(getattr(choices, f.name))) for f in fields(choices)),
        reasons=(endpoint.reason, *(f"{evidence.words(flag).capitalize()}." for flag in endpoint.flags)),
        used=endpoint.evidence,
        keys=SOURCES,
        provisional=("The definition was written from memory.",) if endpoint.provisional else (),
    )


def density_said(density: Density) -> str:
    """An infection density for a reader: "3.45 per 100 days (0.0873 to 19.2)"; its reason when there is none."""
    if density.per_100_days is None or density.low is None or density.high is None:
        return density.reason
    low, high = wording.number(density.low), wording.number(density.high)
    return f"{wording.number(density.per_100_days)} per 100 days ({low} to {high})"


def of_density(contents: ReportContents, address: str, density: Density) -> Explanation:
    """The infection density of a window."""
    first, last = density.window
    name = f"Infections per 100 days at risk, day {first} to {last}"
    counted = f"{density.infections} counted in {density.days} days at risk." if density.days is not None else ""
    return _of_records(
        contents,
        address,
        name=name,
        sentence=f"{name}: {density_said(density)}.",
        said=density_said(density) if density.days is not None else "no value",
        value=density.per_100_days,
        unit="",
        definition="Every infection counts, repeated ones too; the interval is the exact one of a Poisson count (95 %).",
        method=infection.METHOD,
        settings=(("include_day0", "yes"), ("merge_days", f"{infection.MERGE_UP_TO} d")),
        reasons=(counted,) if counted else (),
        used=density.used,
        keys=infection.SOURCES,
        provisional=(),
    )


def answer_said(answer: Answer) -> str:
    """An answer to a form for a reader: "yes", "day 3", "39.1 °C"; its reason when there is none."""
    found = answer.found
    if found.reason or found.number is None or found.unit in ("", "1", "{score}"):
        return found.reason or found.text
    if answer.field.id.endswith("_day"):
        return f"day {wording.day(found.number)}"
    return ("≥ " if found.lower_bound else "") + evidence.spelled(wording.number(found.number), found.unit)


def asked_by(field: Field) -> str:
    """Which registries ask a field: "CIBMTR (from memory), EBMT"; empty for a field of our own."""
    registries = (("CIBMTR", field.cibmtr), ("EBMT", field.ebmt))
    return ", ".join(name + (" (from memory)" if how == "memory" else "") for name, how in registries if how)


def of_answer(contents: ReportContents, address: str, target: AnswerOf) -> Explanation:
    """A field of a registry form."""
    form, field, found = target.form, target.answer.field, target.answer.found
    asked = asked_by(field)
    name = f"{form.toxicity}: {field.question}"
    return _of_records(
        contents,
        address,
        name=name,
        sentence=f"{name}: {answer_said(target.answer)}.",
        said=answer_said(target.answer) if not found.reason else "no answer",
        value=found.number,
        unit="" if found.number is None else found.unit,
        definition=f"Asked by {asked}." if asked else "A field of our own; no registry is known to ask it.",
        method=form.rule,
        settings=(),
        reasons=("Lower bound.",) if found.lower_bound else (),
        used=found.used,
        keys=assess.rule(form.rule).sources,
        provisional=("That a registry asks this was written from memory.",) if "memory" in asked else (),
    )
