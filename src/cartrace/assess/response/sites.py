"""The extramedullary sites of a course and what was seen there, as events.

In: `Course`. Out: `Events` whose `low` is the number of the site and whose `high` is the number of the lesion (-1 = the
whole site), and the names of the sites.
Decided here: which records speak of which site. Marrow, blood and CNS are judged elsewhere. A biopsy speaks through
its note ("negative", "positive"), a panel of a site's tissue through its blasts (0 % is negative); both speak for the
lesion named in the biopsy's detail, else for the whole site. Examination and photograph are one input.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.response.best import after_infusion, therapy_rows, without_attribution
from cartrace.course import Channel, Course, Events, Status
from cartrace.course.events import event_row, from_rows
from cartrace.course.record import DiseaseSite, LesionMeasurement, Procedure

SITE, INVOLVED, AXES, LONGEST, VOLUME, DEAUVILLE, EXAMINATION, ULTRASOUND, IMAGING, BIOPSY, THERAPY = range(11)
CHANNELS = (
    Channel("site", meaning="Kind of the site: testis, skin, node, mediastinum or other"),
    Channel("involved", meaning="1 when the site is recorded as involved by the disease, 0 as free"),
    Channel("axes", meaning="Product of the two longest diameters [mm2]"),
    Channel("longest_axis", meaning="Longest diameter [mm]"),
    Channel("volume", meaning="Volume [mL]"),
    Channel("deauville", meaning="Deauville score by PET"),
    Channel("examination", meaning="Finding by examination or photograph"),
    Channel("ultrasound", meaning="Finding by ultrasound"),
    Channel("imaging", meaning="Finding by another or an unnamed method"),
    Channel("biopsy", meaning="1 when the biopsy shows infiltration, 0 when it does not"),
    Channel("next_therapy", codes=("next_therapy",), meaning="Next anticancer therapy, transplant included"),
)

FINDINGS = ("normal", "resolved", "equivocal", "abnormal", "new")
NORMAL, RESOLVED, EQUIVOCAL, ABNORMAL, NEW = range(5)

KINDS = ("testis", "skin", "node", "mediastinum")
TESTIS, SKIN, NODE, MEDIASTINUM, OTHER = range(5)

NODE_NORMAL_UP_TO = 15.0
"""[mm] longest diameter of a node that counts as resolved by CT; cheson2014lugano, CT criteria."""

METABOLIC_CR_UP_TO = 3.0
"""Deauville score of a complete metabolic response; cheson2014lugano, PET-CT criteria."""

JUDGED_ELSEWHERE = ("marrow", "blood", "cns")


def involvement(course: Course, place: str) -> bool | None:
    """Whether the disease sites of the record call `place` involved: the last word about each of its details counts."""
    last: dict[str, bool] = {}
    for entry in course.disease.sites:
        if entry.site == place and entry.involved is not None:
            last[entry.detail] = entry.involved
    return any(last.values()) if last else None


def site_names(course: Course) -> tuple[str, ...]:
    """Every extramedullary site the record speaks of, in alphabetical order."""
    spoken: list[DiseaseSite | LesionMeasurement | Procedure | Any] = [*course.disease.sites, *course.lesions]
    spoken += [p for p in course.procedures if p.kind == "biopsy" and p.site]
    spoken += [p for p in course.panels if p.site]
    return tuple(sorted({record.site for record in spoken} - {*JUDGED_ELSEWHERE, ""}))


def _method_channel(method: str) -> int:
    word = method.lower()
    if "exam" in word or "photo" in word or "palpation" in word:
        return EXAMINATION
    return ULTRASOUND if "ultrasound" in word or "sonograph" in word else IMAGING


def _look_rows(look: LesionMeasurement, site: int, lesion: int) -> Iterator[Any]:
    common: dict[str, Any] = {"moment": look.moment, "uid": look.uid, "low": site, "high": lesion}
    unseen = look.status in (Status.NOT_DONE, Status.NOT_RECORDED)
    if look.axes_mm and not unseen:
        longest = sorted(look.axes_mm, reverse=True)
        yield event_row(LONGEST, longest[0], **common)
        if len(longest) > 1:
            yield event_row(AXES, round(longest[0] * longest[1], 9), **common)
    if look.volume_ml is not None and not unseen:
        yield event_row(VOLUME, look.volume_ml, **common)
    if look.deauville is not None and not unseen:
        yield event_row(DEAUVILLE, look.deauville, **common)
    elif "pet" in look.method.lower():
        yield event_row(DEAUVILLE, None, status=Status.NOT_RECORDED, **common)
    channel = _method_channel(look.method)
    if look.finding in FINDINGS and not unseen:
        yield event_row(channel, FINDINGS.index(look.finding), **common)
    elif unseen:
        yield event_row(channel, None, status=look.status, **common)


def _tissue_rows(course: Course, sites: tuple[str, ...], lesions: dict[tuple[str, str], int]) -> Iterator[Any]:
    for procedure in course.procedures:
        if procedure.kind != "biopsy" or procedure.site not in sites or not procedure.moment.known:
            continue
        word = procedure.note.strip().lower()
        found = 0.0 if word.startswith("negative") else 1.0 if word.startswith("positive") else None
        yield event_row(
            BIOPSY,
            found,
            moment=procedure.moment,
            uid=procedure.uid,
            status=Status.DONE if found is not None else Status.NOT_RECORDED,
            low=sites.index(procedure.site),
            high=lesions.get((procedure.site, procedure.detail), -1),
        )
    for panel in course.panels:
        if panel.site in sites and panel.moment.known:
            blasts = panel.blasts_percent
            yield event_row(
                BIOPSY,
                None if blasts is None else float(blasts > 0),
                moment=panel.moment,
                uid=panel.uid,
                status=Status.DONE if blasts is not None else Status.NOT_RECORDED,
                low=sites.index(panel.site),
                high=-1,
            )


def site_rows(course: Course) -> list[Any]:
    """The rows of every extramedullary site, numbered as in `site_names`, and of the next therapy."""
    sites = site_names(course)
    named = sorted({(look.site, look.lesion) for look in course.lesions if look.site in sites})
    named += [(place, place) for place in sites if not any(place == site for site, _ in named)]
    lesions = {key: number for number, key in enumerate(named)}
    rows = []
    for number, place in enumerate(sites):
        kind = KINDS.index(place) if place in KINDS else OTHER
        involved = involvement(course, place)
        rows.append(event_row(SITE, kind, moment=None, low=number, high=math.nan))
        if involved is not None:
            rows.append(event_row(INVOLVED, float(involved), moment=None, low=number, high=-1))
    for place, name in named:
        rows.append(event_row(SITE, math.nan, moment=None, low=sites.index(place), high=lesions[place, name]))
    for look in course.lesions:
        if look.site in sites and look.moment.known:
            rows += _look_rows(look, sites.index(look.site), lesions[look.site, look.lesion])
    rows += _tissue_rows(course, sites, lesions)
    return rows + therapy_rows(course, THERAPY)


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The events of every extramedullary site."""
    return without_attribution(from_rows(site_rows(course)))


@part
def takes_part(events: Events, kind: int, site: float) -> bool:
    """Whether disease was recorded or seen at the site, or may have been there; what has resolved was there."""
    for i in range(len(events.time)):
        if events.low[i] != site or events.channel[i] in (SITE, AXES, THERAPY):
            continue
        value, channel = events.value[i], events.channel[i]
        clean = value == 0.0
        if channel == INVOLVED:
            clean = value != 1.0
        elif channel == DEAUVILLE:
            clean = value <= METABOLIC_CR_UP_TO
        elif kind == NODE and channel in (LONGEST, VOLUME):
            clean = channel == VOLUME or value <= NODE_NORMAL_UP_TO
        if not clean:
            return True
    return False


@part
def kind_of(events: Events, site: float) -> int:
    """The kind of a site."""
    for i in range(len(events.time)):
        if events.channel[i] == SITE and events.low[i] == site and np.isnan(events.high[i]):
            return int(events.value[i])
    return -1


@part
def what_would_settle(kind: int) -> int:
    """Bits of the inputs that would settle a site nobody looked at."""
    if kind == TESTIS:
        return 1 << EXAMINATION | 1 << ULTRASOUND
    return 1 << EXAMINATION if kind == SKIN else 1 << LONGEST if kind == NODE else 1 << IMAGING


@part
def look_of(events: Events, i: int, site: float) -> bool:
    """Whether event `i` is a look at the site after the infusion."""
    return AXES <= events.channel[i] <= BIOPSY and events.low[i] == site and after_infusion(events.time[i])
