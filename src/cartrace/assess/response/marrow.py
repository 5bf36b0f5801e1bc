"""What the haematological response is judged by, as events: marrow, counts, their support, and the other compartments.

In: `Course`. Out: `Events` on the channels of the editions.
Decided here: which records speak for which input. A blast percentage without a site is of marrow; panels of marrow or
blood count too. A course of growth factor or platelets becomes a start (1) and a stop (0); an open end has no stop, an
end nobody wrote down is an event of status not recorded. A standing 0 says that the chart is declared complete.
The extramedullary response enters as the bounds of its own rule, in `low` and `high`; so does the CNS status by
`cns.cog` on every day with fluid or clinical signs on which the record gives no status itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cartrace.assess.cns import cog
from cartrace.assess.response import extramedullary, sites
from cartrace.assess.response.best import therapy_rows, without_attribution
from cartrace.course import Channel, Course, Events, Moment, Status
from cartrace.course.events import event_row, from_rows
from cartrace.course.record import DrugCourse, Observation

(
    MARROW_BLASTS,
    BLOOD_BLASTS,
    ANC,
    PLATELETS,
    TRANSFUSION,
    GROWTH_FACTOR,
    CNS,
    CELLULARITY,
    CELLS,
    ADEQUATE,
    EXTRAMEDULLARY,
    KNOWN_BEFORE,
    THERAPY,
    RED_CELLS,
    MRD,
) = range(15)
CHANNELS = (
    Channel("marrow_blasts", meaning="Blasts in marrow [%]"),
    Channel("blood_blasts", meaning="Blasts in blood [%] or [/uL]"),
    Channel("anc", codes=("anc",), meaning="Neutrophils [10*9/L]"),
    Channel("platelets", codes=("platelets",), meaning="Platelets [10*9/L]"),
    Channel("platelet_transfusion", codes=("platelet_transfusion",), meaning="Platelets given"),
    Channel("growth_factor", drug_classes=("growth_factor",), meaning="G-CSF given"),
    Channel("cns_status", codes=("cns_status",), meaning="CNS status, of the record or by cns.cog; 0 = CNS1"),
    Channel("marrow_cellularity", codes=("marrow_cellularity",), meaning="Cellularity of the marrow [%]"),
    Channel("cells_counted", codes=("cells_counted",), meaning="Cells counted in the marrow"),
    Channel("marrow_adequate", codes=("marrow_adequate",), meaning="1 when the marrow can be judged, 0 when not"),
    Channel("extramedullary", meaning="Extramedullary response: low and high hold its bounds"),
    Channel("known_before", meaning="Standing facts: compartment (low) involved before the infusion 1, free 0"),
    Channel("next_therapy", codes=("next_therapy",), meaning="Next anticancer therapy, transplant included"),
    Channel("rbc_transfusion", codes=("rbc_transfusion",), meaning="Red cells given"),
    Channel("mrd", codes=("mrd",), meaning="MRD fraction in marrow"),
)


def without(channels: tuple[Channel, ...], *unused: int) -> tuple[Channel, ...]:
    """`channels` in their places, those that take no part in an edition described so."""
    return tuple(
        Channel(channel.name, meaning="Takes no part in this edition") if number in unused else channel
        for number, channel in enumerate(channels)
    )


PHENOTYPE = 1.0
"""`low` of a blast count that came with a panel; a panel without one asks for no blast count."""

PLAIN = {
    channel.codes[0]: number
    for number, channel in enumerate(CHANNELS)
    if channel.codes and channel.name not in ("platelet_transfusion", "rbc_transfusion", "next_therapy", "mrd")
}
"""Analyte code -> channel, for inputs that enter as they are."""

GIVEN = {"platelet_transfusion": TRANSFUSION, "rbc_transfusion": RED_CELLS}
CONCENTRATES = {"platelet_concentrate": TRANSFUSION, "red_cells": RED_CELLS}
"""Transfusions by their two charts -> channel."""

FLUID = ("csf_wbc", "csf_rbc", "csf_blasts", "cns_signs")
"""Analytes that make a day on which cns.cog judges."""

PER_MICROLITRE = 1.0
"""`high` of blasts in blood that were counted per uL; a percentage has none."""


def _observation_rows(observation: Observation) -> Iterator[Any]:
    given: dict[str, Any] = {"moment": observation.moment, "uid": observation.uid, "status": observation.status}
    code, site = observation.code, observation.site
    if code in PLAIN:
        yield event_row(PLAIN[code], observation.value, **given)
    elif code == "blasts_percent" and site in ("", "marrow"):
        yield event_row(MARROW_BLASTS, observation.value, **given)
    elif code == "blasts_percent" and site == "blood":
        yield event_row(BLOOD_BLASTS, observation.value, high=0.0, **given)
    elif code == "blasts_per_ul":
        yield event_row(BLOOD_BLASTS, observation.value, high=PER_MICROLITRE, **given)
    elif code == "mrd" and site in ("", "marrow"):
        yield event_row(MRD, observation.value, **given)
    elif code in GIVEN and observation.status != Status.NOT_DONE and observation.value != 0.0:
        yield event_row(GIVEN[code], observation.value, **given)
        if observation.status == Status.DONE:
            yield event_row(GIVEN[code], 0.0, moment=observation.moment, uid=observation.uid, order=2)


def _support_rows(drug: DrugCourse, channel: int) -> Iterator[Any]:
    if not drug.start.known:
        yield event_row(channel, None, moment=None, uid=drug.uid, status=Status.NOT_RECORDED)
        return
    yield event_row(channel, 1.0, moment=drug.start, uid=drug.uid)
    end: Moment | None = drug.start if drug.end_state == "single" else drug.end
    if drug.end_state == "not recorded" or (drug.end_state == "ended" and (end is None or not end.known)):
        yield event_row(channel, None, moment=drug.start, uid=drug.uid, status=Status.NOT_RECORDED, order=1)
    elif drug.end_state != "ongoing":
        yield event_row(channel, 0.0, moment=end, uid=drug.uid, order=2)


def _standing_rows(course: Course) -> Iterator[Any]:
    if "transfusions" in course.complete:
        yield event_row(TRANSFUSION, 0.0, moment=None)
        yield event_row(RED_CELLS, 0.0, moment=None)
    if "drugs" in course.complete:
        yield event_row(GROWTH_FACTOR, 0.0, moment=None)
    for place, compartment in (("marrow", MARROW_BLASTS), ("blood", BLOOD_BLASTS), ("cns", CNS)):
        involved = sites.involvement(course, place)
        if involved is not None:
            yield event_row(KNOWN_BEFORE, float(involved), moment=None, low=compartment)


def _extramedullary_rows(course: Course) -> Iterator[Any]:
    """The extramedullary response at each of its evaluations, by that rule's default settings."""
    judged = extramedullary.RULE.run(course)
    if judged.overall.state == "not applicable":
        if sites.site_names(course):
            yield event_row(KNOWN_BEFORE, 0.0, moment=None, low=EXTRAMEDULLARY)
        return
    yield event_row(KNOWN_BEFORE, 1.0, moment=None, low=EXTRAMEDULLARY)
    for step in judged.steps:
        if step.low is None or not step.evidence or step.at is None:
            continue
        found = Moment(step.at, step.day, "day")
        yield event_row(EXTRAMEDULLARY, step.low, moment=found, uid=step.evidence[0], low=step.low, high=step.high)


def _fluid_rows(course: Course) -> Iterator[Any]:
    """The CNS status by cns.cog, by that rule's default settings, where the record gives none for the day."""
    if not any(o.code in FLUID for o in course.observations):
        return
    said = {o.moment.day for o in course.observations if o.code == "cns_status" and o.value is not None}
    for step in cog.RULE.run(course).steps:
        if step.day in said or step.low is None or not step.evidence or step.at is None:
            continue
        found = Moment(step.at, step.day, "day")
        yield event_row(CNS, step.low, moment=found, uid=step.evidence[0], low=step.low, high=step.high)


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Everything an edition reads: `channels` is the whole of CHANNELS or its first part."""
    rows = [row for o in course.observations if o.moment.known for row in _observation_rows(o)]
    for panel in course.panels:
        if panel.site in ("marrow", "blood") and panel.moment.known:
            channel = MARROW_BLASTS if panel.site == "marrow" else BLOOD_BLASTS
            status = Status.NOT_RECORDED if panel.blasts_percent is None else Status.DONE
            told: dict[str, Any] = {"moment": panel.moment, "uid": panel.uid, "status": status, "low": PHENOTYPE}
            told["high"] = 0.0
            rows.append(event_row(channel, panel.blasts_percent, **told))
    for drug in course.drugs:
        if drug.drug_class == "growth_factor":
            rows += _support_rows(drug, GROWTH_FACTOR)
        elif drug.drug in CONCENTRATES:
            rows += _support_rows(drug, CONCENTRATES[drug.drug])
    for result in course.mrd:
        if result.moment.known and result.site in ("", "marrow"):
            rows.append(event_row(MRD, result.fraction, moment=result.moment, uid=result.uid, status=result.status))
    rows += _standing_rows(course)
    rows += _extramedullary_rows(course)
    rows += _fluid_rows(course)
    rows += therapy_rows(course, THERAPY)
    return without_attribution(from_rows(row for row in rows if row.channel < len(channels)))
