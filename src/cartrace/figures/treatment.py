"""Panel "treatment": infusions with dose and split, drugs with doses and gaps, oxygen, transfusions, procedures.

In: course, time axis. Out: a panel of lanes.
Decided here: one lane per drug, in the order a reader looks for them; gaps are real gaps; what has no day is a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from cartrace.course import Course, Status
from cartrace.course.record import DrugCourse, Infusion, Observation, Procedure
from cartrace.figures import wording
from cartrace.figures.description import Bar, Event, Lane, Lanes, LaneText, Panel, Silent, TimeAxis

ORDER = (
    "lymphodepletion",
    "anticytokine",
    "corticosteroid",
    "vasopressor",
    "growth_factor",
    "transfusion",
    "antipyretic",
    "antiseizure",
    "anti_infective",
    "immunoglobulin",
    "chemotherapy",
)
TONED = frozenset(ORDER[:6])
SPLIT_WITHIN = 7.0
"""[d] Infusions no further apart than this are one split dose and share one label."""
LEAST_BAR = 0.25
"""[d] A shorter bar than this is drawn this long, so that it can be seen."""
OXYGEN_WORDS = {
    "nasal_cannula": "nasal cannula",
    "high_flow_cannula": "high flow",
    "blow_by": "blow-by",
    "face_mask": "face mask",
    "non_rebreather": "non-rebreather",
    "venturi_mask": "Venturi mask",
    "cpap": "CPAP",
    "bipap": "BiPAP",
    "invasive_ventilation": "ventilated",
    "intubated_airway_protection": "intubated (airway)",
}


def panel(course: Course, axis: TimeAxis, letter: str) -> Panel:
    """Every treatment lane of the course."""
    lanes = _infusions(course.infusions, axis)
    lanes += _drug_lanes(course.drugs, axis, _last(course))
    lanes += [lane for lane in (_transfusions(course, axis), _oxygen(course, axis)) if lane]
    lanes += _procedures(course.procedures, axis)
    if not lanes:
        return Silent("treatment", letter, "Infusions and drugs: not recorded in the source")
    return Lanes("treatment", letter, "Treatment", tuple(lanes))


def _last(course: Course) -> float:
    known = [o.moment.time for o in course.observations if o.moment.known]
    known += [d.start.time for d in course.drugs if d.start.known]
    return max([*known, course.outcome.last_day or 0.0], default=0.0)


def infusion_words(infusion: Infusion) -> str:
    """One infusion as a hover text."""
    amount, unit = wording.dose(infusion)
    share = f"{wording.number(infusion.fraction * 100)} % of the planned dose" if infusion.fraction is not None else ""
    return wording.lines(
        f"CAR-T infusion {infusion.number}: {amount} {'×' if unit else ''}{unit}".rstrip(),
        share,
        wording.moment(infusion.moment),
        infusion.moment.assumption,
        infusion.purpose,
        wording.place(infusion.source),
    )


def _infusions(infusions: Sequence[Infusion], axis: TimeAxis) -> list[Lane]:
    """One lane per split dose: a re-infusion has its own, so that every dose finds room."""
    groups: list[list[Infusion]] = []
    dated = [infusion for infusion in infusions if infusion.moment.known]
    for infusion in sorted(dated, key=lambda i: i.moment.time):
        if groups and infusion.moment.time - groups[-1][-1].moment.time <= SPLIT_WITHIN:
            groups[-1].append(infusion)
        else:
            groups.append([infusion])
    undated = [infusion for infusion in infusions if not infusion.moment.known]
    if undated and not groups:
        groups.append([])
    return [_infusion_lane(n, group, undated if n == 0 else [], axis) for n, group in enumerate(groups)]


def _infusion_lane(n: int, group: Sequence[Infusion], undated: Sequence[Infusion], axis: TimeAxis) -> Lane:
    # The whole split is written once, beside the last marker: three labels a day apart would collide.
    shown = [infusion for infusion in group if axis.shows(infusion.moment.time)]
    label = _split(group) if group else ""
    events = tuple(Event(i.moment.time, label if i is shown[-1] else "", infusion_words(i), "infusion") for i in shown)
    texts = [LaneText(f"{_amount_of(i)}, day not recorded", infusion_words(i)) for i in undated]
    texts += [
        LaneText(f"{_amount_of(i)} on day {wording.day(i.moment.day or 0)}", infusion_words(i), "after")
        for i in group
        if i not in shown
    ]
    name = "CAR-T infusion" if n == 0 else "CAR-T re-infusion" if n == 1 else f"CAR-T re-infusion {n}"
    return Lane(f"infusions-{n + 1}", name, events=events, texts=tuple(texts))


def _amount_of(infusion: Infusion) -> str:
    return " ×".join(part for part in wording.dose(infusion) if part)


def _split(group: Sequence[Infusion]) -> str:
    amounts = [wording.dose(infusion) for infusion in group]
    units = {unit for _, unit in amounts}
    if len(units) == 1:
        unit = units.pop()
        text = " + ".join(amount for amount, _ in amounts) + (f" ×{unit}" if unit else "")
        if not unit:
            text = amounts[0][0]
    else:
        text = " + ".join(f"{amount} {unit}".strip() for amount, unit in amounts)
    shares = [infusion.fraction for infusion in group]
    if len(group) > 1 and all(share is not None for share in shares):
        text += "\n" + " + ".join(f"{wording.number((share or 0) * 100)}" for share in shares) + " %"
    return text


def tone_of(drug_class: str) -> str:
    """The tone of a drug class."""
    return drug_class if drug_class in TONED else "other_drug"


def _drug_lanes(drugs: Sequence[DrugCourse], axis: TimeAxis, last: float) -> list[Lane]:
    rank = {name: number for number, name in enumerate(ORDER)}
    names = dict.fromkeys(d.drug for d in sorted(drugs, key=lambda d: rank.get(d.drug_class, len(ORDER))))
    return [_drug_lane(name, [d for d in drugs if d.drug == name], axis, last) for name in names]


def _amount(drug: DrugCourse) -> str:
    if drug.dose is None:
        return ""
    return f"{wording.number(drug.dose)} {wording.unit(drug.dose_unit)}".strip()


def _drug_words(drug: DrugCourse, name: str) -> str:
    ends = {
        "ended": f"until {wording.moment(drug.end)}" if drug.end else "",
        "ongoing": "ongoing at the end of the record",
        "not recorded": "end not recorded",
        "single": "",
    }
    return wording.lines(
        " ".join(part for part in (name, _amount(drug) or "dose not recorded", drug.frequency, drug.route) if part),
        wording.moment(drug.start),
        ends[drug.end_state],
        drug.purpose,
        drug.note,
        wording.place(drug.source),
    )


def _drug_lane(drug: str, courses: Sequence[DrugCourse], axis: TimeAxis, last: float) -> Lane:
    name = wording.name(drug)
    bars: list[Bar] = []
    events: list[Event] = []
    texts: list[LaneText] = []
    said = ""
    for course in sorted(courses, key=lambda c: (not c.start.known, c.start.time if c.start.known else 0.0)):
        hover, tone = _drug_words(course, name), tone_of(course.drug_class)
        if not course.start.known:
            where: Literal["before", "anywhere"] = "before" if course.drug_class == "lymphodepletion" else "anywhere"
            dose = _amount(course) or "dose"
            gap = "dose and days not recorded" if not _amount(course) else f"{dose}, days not recorded"
            texts.append(LaneText(gap, hover, where))
            continue
        # The dose is written where it changes, not on every bar.
        amount = _amount(course)
        label = amount if amount != said else ""
        said = amount or said
        bar = _bar(course, axis, last, label, hover, tone)
        if bar is not None:
            bars.append(bar)
        elif axis.shows(course.start.time) and course.end_state == "single":
            events.append(Event(course.start.time, label, hover, tone))
        else:
            when = wording.day(course.start.day or 0)
            texts.append(LaneText(f"day {when}", hover, "before" if course.start.time < 0 else "after"))
    return Lane(drug, name, tuple(bars), tuple(events), texts=tuple(dict.fromkeys(texts)))


def _bar(drug: DrugCourse, axis: TimeAxis, last: float, label: str, hover: str, tone: str) -> Bar | None:
    if drug.end_state == "single":
        return None
    start = drug.start.time
    if drug.end_state == "ended" and drug.end is not None and drug.end.known:
        end, kind = drug.end.time, "closed"
        if drug.end.precision == "day" and drug.start.precision == "day":
            end += 1.0  # both ends are whole days: the last day is part of the course
    elif drug.end_state == "ongoing":
        end, kind = max(last, start + 1.0), "ongoing"
    else:
        end, kind = start + max(2.0, 0.06 * (axis.span[1] - axis.span[0])), "unknown"
    end = max(end, start + LEAST_BAR)
    if end < axis.start or start > axis.end:
        return None
    return Bar(max(start, axis.start), min(end, axis.end), kind, label, hover, tone)  # type: ignore[arg-type]


def _transfusions(course: Course, axis: TimeAxis) -> Lane | None:
    codes = {"rbc_transfusion": "red cells", "platelet_transfusion": "platelets"}
    events = []
    for observation in course.observations:
        if observation.code in codes and observation.moment.known and observation.text not in ("", "no"):
            if not axis.shows(observation.moment.time):
                continue
            hover = wording.lines(
                f"Transfusion: {codes[observation.code]}",
                wording.moment(observation.moment),
                wording.place(observation.source),
            )
            events.append(Event(observation.moment.time, "", hover, "transfusion"))
    return Lane("transfusions", "transfusions", events=tuple(events)) if events else None


def _oxygen(course: Course, axis: TimeAxis) -> Lane | None:
    looks = sorted(
        (o for o in course.observations if o.code == "oxygen_device" and o.moment.known and o.status is Status.DONE),
        key=lambda o: o.moment.time,
    )
    bars: list[Bar] = []
    for number, look in enumerate(looks):
        if look.text == "room_air":
            continue
        following = looks[number + 1].moment.time if number + 1 < len(looks) else look.moment.time + LEAST_BAR
        bar = _oxygen_bar(look, min(following, look.moment.time + 1.0), axis)
        words = OXYGEN_WORDS.get(look.text, look.text.replace("_", " "))
        if bars and bars[-1].end >= bar.start - 1e-6:
            # Supports that follow each other are written once, behind the last of them.
            said = bars[-1].label
            same = said == words or said.endswith(f"→ {words}")
            if same:
                bar = replace(bar, start=bars[-1].start, hover=bars[-1].hover, label=said)
                del bars[-1]
            else:
                bar = replace(bar, label=f"{said} → {words}")
                bars[-1] = replace(bars[-1], label="")
        bars.append(bar)
    shown = tuple(bar for bar in bars if axis.shows(bar.start) and bar.end > bar.start)
    return Lane("oxygen", "oxygen", shown) if shown else None


def _oxygen_bar(look: Observation, end: float, axis: TimeAxis) -> Bar:
    words = OXYGEN_WORDS.get(look.text, look.text.replace("_", " "))
    hover = wording.lines(f"Oxygen: {words}", wording.moment(look.moment), wording.place(look.source))
    start = look.moment.time
    return Bar(start, min(max(end, start + LEAST_BAR), axis.end), "closed", words, hover, "oxygen")


def _procedures(procedures: Sequence[Procedure], axis: TimeAxis) -> list[Lane]:
    lanes: dict[str, list[Procedure]] = {}
    for procedure in procedures:
        lanes.setdefault("transplant" if procedure.kind == "transplant" else "procedures", []).append(procedure)
    return [_procedure_lane(name, found, axis) for name, found in lanes.items()]


def _procedure_lane(name: str, procedures: Sequence[Procedure], axis: TimeAxis) -> Lane:
    events: list[Event] = []
    texts: list[LaneText] = []
    for procedure in procedures:
        words = wording.name(procedure.kind)
        words += f" {wording.name(procedure.site)}" if procedure.site and procedure.site not in words else ""
        hover = wording.lines(
            words, procedure.detail, procedure.note, wording.moment(procedure.moment), wording.place(procedure.source)
        )
        label = (procedure.detail.split(";")[0] or "HSCT") if name == "transplant" else words
        if procedure.moment.known and axis.shows(procedure.moment.time):
            events.append(Event(procedure.moment.time, label, hover, "procedure"))
            continue
        when = f"day {wording.day(procedure.moment.day or 0)}" if procedure.moment.known else ""
        when = ", ".join(part for part in (procedure.moment.label, when) if part) or "day not recorded"
        texts.append(LaneText(f"{label}: {when}", hover, _side(procedure)))
    return Lane(name, name, events=tuple(events), texts=tuple(texts))


def _side(procedure: Procedure) -> Literal["before", "anywhere", "after"]:
    """On which side of the infusions a procedure without a place on the axis is written."""
    if procedure.moment.known:
        return "before" if procedure.moment.time < 0 else "after"
    # Diagnosis and relapse are phases before the infusion, as they are among the pictures.
    if (
        any(word in procedure.moment.label for word in ("diagnosis", "relapse"))
        and "after" not in procedure.moment.label
    ):
        return "before"
    return {"apheresis": "before", "transplant": "after"}.get(procedure.kind, "anywhere")  # type: ignore[return-value]
