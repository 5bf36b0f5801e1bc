"""What the lymphoma response reads: the lesions of every site, the length of the spleen, the marrow and the disease.

In: `Course`. Out: `Events`; `low` is the number of the site and `high` the number of the lesion, both -1 for spleen and
marrow.
Decided here: the spleen is measured by its longest diameter. Marrow is involved by the word of a biopsy ("positive"), a
Deauville score above 3 or an abnormal finding, and clean by "negative", a score up to 3 or a normal or resolved one. A
negative biopsy of a lesion that no look speaks of clears none of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cartrace.assess.disease import is_lymphoma
from cartrace.assess.response import sites
from cartrace.assess.response.best import without_attribution
from cartrace.course import Channel, Course, Events, Status
from cartrace.course.events import event_row, from_rows
from cartrace.course.record import LesionMeasurement, Procedure

SPLEEN, MARROW, LYMPHOMA = range(11, 14)
CHANNELS = (
    *sites.CHANNELS,
    Channel("spleen_length", meaning="Length of the spleen [mm]"),
    Channel("marrow", meaning="1 when the marrow is involved by biopsy or imaging, 0 when not"),
    Channel("lymphoma", meaning="1 when the disease of the record is a lymphoma"),
)


def _seen(look: LesionMeasurement) -> float | None:
    """What a look at the marrow says: 1 involved, 0 clean, None nothing."""
    if look.deauville is not None:
        return float(look.deauville > sites.METABOLIC_CR_UP_TO)
    if look.finding in ("", "equivocal"):
        return None
    return float(look.finding not in ("normal", "resolved"))


def _own_rows(course: Course) -> Iterator[Any]:
    """Rows of spleen and marrow."""
    for look in course.lesions:
        if not look.moment.known or look.site not in ("spleen", "marrow"):
            continue
        channel = SPLEEN if look.site == "spleen" else MARROW
        found = _seen(look) if channel == MARROW else max(look.axes_mm, default=None)
        if look.status in (Status.NOT_DONE, Status.NOT_RECORDED):
            found = None
        status = Status.DONE if found is not None else Status.NOT_RECORDED
        yield event_row(channel, found, moment=look.moment, uid=look.uid, status=status, low=-1, high=-1)
    for procedure in course.procedures:
        if procedure.kind == "biopsy" and procedure.site == "marrow" and procedure.moment.known:
            word = procedure.note.strip().lower()
            found = 0.0 if word.startswith("negative") else 1.0 if word.startswith("positive") else None
            status = Status.DONE if found is not None else Status.NOT_RECORDED
            yield event_row(MARROW, found, moment=procedure.moment, uid=procedure.uid, status=status, low=-1, high=-1)
    involved = sites.involvement(course, "marrow")
    if involved is not None:
        yield event_row(MARROW, float(involved), moment=None, low=-1, high=-1)


def _of_another_lesion(course: Course, biopsy: Procedure) -> bool:
    """Whether a negative biopsy names a lesion of its site that no look speaks of: it clears no other lesion there."""
    looked = {look.lesion for look in course.lesions if look.site == biopsy.site}
    negative = biopsy.kind == "biopsy" and biopsy.note.strip().lower().startswith("negative")
    return negative and bool(biopsy.detail) and bool(looked) and biopsy.detail not in looked


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Events of the sites but the spleen, then those of spleen and marrow, and the standing fact of the disease."""
    spleenless = replace(
        course,
        lesions=tuple(look for look in course.lesions if look.site != "spleen"),
        procedures=tuple(p for p in course.procedures if not _of_another_lesion(course, p)),
        disease=replace(course.disease, sites=tuple(s for s in course.disease.sites if s.site != "spleen")),
    )
    rows = [*sites.site_rows(spleenless), *_own_rows(course)]
    rows.append(event_row(LYMPHOMA, float(is_lymphoma(course.disease.name)), moment=None))
    return without_attribution(from_rows(rows))
