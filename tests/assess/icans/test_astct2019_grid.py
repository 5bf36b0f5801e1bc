"""ICANS by ASTCT 2019 against a second computation: the chart painted hour by hour.

Written from the published grid and the Readings of the rule, over plain dicts and lists; it shares no code with the rule.
"""

import random

import pytest

from cartrace.assess.icans.astct2019 import RULE
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.record import Patient

MIND = ("alert", "awakens_spontaneously", "awakens_to_voice", "awakens_to_touch", "unarousable")
SIGN = ("none", "posturing", "cn6_palsy", "papilloedema", "cushing_triad")
SEIZURE = ("none", "brief", "nonconvulsive_resolved", "over_5_min", "repetitive")
OEDEMA = ("none", "focal", "diffuse")
# What can be charted, from harmless to worst.
CHART = {
    "ice": (10, 9, 8, 7, 6, 3, 2, 1, 0),
    "capd": (0, 1, 6, 8, 9, 14),
    "consciousness": (*MIND, "sedated"),
    "seizure": SEIZURE,
    "motor_weakness": ("no", "yes"),
    "cerebral_oedema": OEDEMA,
    "raised_icp_sign": SIGN,
    "global_aphasia": ("no", "yes"),
}
STANDING = {"intracranial_haemorrhage": ("no", "yes"), "tremor": ("no", "yes")}


# --- charts -----------------------------------------------------------------------------------------------------------


def random_chart(seed):
    """Examinations every few hours of a patient who drifts; charts are left out, scattered entries are thrown in."""
    chance = random.Random(seed)
    rows, state = [], {code: values[0] for code, values in CHART.items()}

    def note(code, hour, said):
        status = chance.choice((Status.NOT_RECORDED, Status.NOT_DONE)) if chance.random() < 0.06 else Status.DONE
        due = chance.choice((None, True, True, True, False))
        rows.append(
            {"code": code, "hour": hour, "said": said if status == Status.DONE else None, "status": status, "due": due}
        )

    hour, worse = chance.randrange(-12, 12), chance.choice((0.02, 0.1, 0.3))
    while hour < 130 and chance.random() < 0.95:
        for code, values in CHART.items():
            state[code] = (
                chance.choice(values)
                if chance.random() < worse
                else values[0]
                if chance.random() < 0.4
                else state[code]
            )
            if chance.random() < 0.9:
                note(code, hour, state[code])
        hour += chance.choice((4, 8, 12, 24, 30))
    for _ in range(chance.choice((0, 0, 3))):
        code = chance.choice((*CHART, *STANDING))
        note(code, chance.randrange(-6, 130), chance.choice({**CHART, **STANDING}[code]))
    if chance.random() < 0.1:
        note("death", chance.randrange(0, 130), chance.choice(("icans", "unknown_cause", "other")))
    return {
        "rows": rows,
        "age": chance.choice((None, 3, 11.9, 12, 16, 21, 21.5, 60)),
        "delay": chance.choice((None, False, True)),
        "options": {
            "validity_hours": chance.choice((24, 24, 12)),
            "resolution_hours": chance.choice((24, 12, 48)),
            "gap_hours": chance.choice((0, 0, 40)),
            "age_boundary": chance.choice((12, 12, 13)),
            "score": chance.choice(("by_age", "by_age", "by_age", "ice", "capd")),
            "silent_domains": chance.choice(("unknown", "absent")),
        },
    }


def to_course(chart):
    clock = Clock(start_minute=0)
    builder = CourseBuilder("grid", clock=clock)
    for row in chart["rows"]:
        moment = clock.from_elapsed_hours(row["hour"])
        builder.observe(row["code"], row["said"], moment=moment, status=row["status"], attributed=row["due"])
    return builder.course(patient=Patient(age_years=chart["age"], developmental_delay=chart["delay"]))


# --- the second computation; times in hours ---------------------------------------------------------------------------


def badness(row):
    if row["said"] is None:
        return (0, row["status"] == Status.NOT_RECORDED)
    ladder = {**CHART, **STANDING}[row["code"]]
    return (1 if row["due"] is False else 2, ladder.index(row["said"]))


def paint(chart):
    painted = {code: {} for code in (*CHART, *STANDING)}
    for row in sorted((r for r in chart["rows"] if r["code"] != "death"), key=lambda r: (r["hour"], badness(r))):
        until = 10_000 if row["code"] in STANDING else row["hour"] + chart["options"]["validity_hours"]
        painted[row["code"]].update(dict.fromkeys(range(row["hour"], until), row))
    return painted


def said(row):
    return None if row is None else row["said"]


def excused(row):
    return said(row) is not None and row["due"] is False


def adult_row(score, mind, aphasia):
    """The ICE row of the grid for one patient."""
    if score >= 10:
        return 0
    if score >= 7:
        return 1
    if score >= 3:
        return 2
    return 4 if score <= 0 and mind == "unarousable" and not aphasia else 3


def child_row(score):
    return 0 if score == 0 else 1 if score < 9 else 3


def possible_together(score, asleep, by_ice):
    """Whether somebody this far away can have that score: nobody unarousable names an object, and so on."""
    if by_ice:
        return score <= 0 or asleep < MIND.index("unarousable")
    return score >= 9 or asleep <= MIND.index("awakens_to_voice")


def score_and_mind(now, minds, by_ice):
    """Grades of every patient whose score and consciousness the chart leaves open."""
    row, mind_row = now["ice" if by_ice else "capd"], now["consciousness"]
    number = said(row)
    scores = (number,) if number is not None else range(11) if by_ice else (0, 5, 20)
    stale = mind_row is not None and row is not None and row["hour"] < mind_row["hour"]
    grades = set()
    for score in scores:
        for mind in minds:
            asleep = MIND.index(mind)
            told_by_score = len(minds) > 1 and not stale and (by_ice or number is not None)
            if told_by_score and not possible_together(score, asleep, by_ice):
                continue
            band = adult_row(score, mind, said(now["global_aphasia"]) == "yes") if by_ice else child_row(score)
            grades.add(max(0 if excused(row) else band, asleep))
    return grades


def ways(chart):
    """True for ICE, False for CAPD; both when the age is not recorded."""
    options, age = chart["options"], chart["age"]
    if options["score"] != "by_age":
        return [options["score"] == "ice"]
    if age is None:
        return [True, False]
    return [not (age < options["age_boundary"] or (chart["delay"] and age <= 21))]


def finding(row, worst_by_word, silent_is_absent):
    if said(row) is not None:
        return {0} if excused(row) else {worst_by_word[said(row)]}
    return {0} if row is None and silent_is_absent else set(worst_by_word.values())


def pressure(now, silent_is_absent):
    image, bleeding = now["cerebral_oedema"], now["intracranial_haemorrhage"]
    grades = {0, 3, 4} if image is not None and image["status"] == Status.NOT_RECORDED else {0}
    if said(image) is not None and not excused(image):
        grades = {{"none": 0, "focal": 3, "diffuse": 4}[said(image)]}
    if said(bleeding) == "yes":
        grades = {0}
    elif bleeding is not None and said(bleeding) is None:
        grades = grades | {0}
    signs = finding(now["raised_icp_sign"], {sign: 0 if sign == "none" else 4 for sign in SIGN}, silent_is_absent)
    return {max(grade, sign) for grade in grades for sign in signs}


def moment(chart, now):
    """(lowest, highest, sedated) or None when nothing is current."""
    if not any(now[code] for code in CHART):
        return None
    mind, silent_is_absent = now["consciousness"], chart["options"]["silent_domains"] == "absent"
    minds = MIND if said(mind) is None else ("alert",) if excused(mind) else (said(mind),)
    sedated = said(mind) == "sedated"
    domains = [
        {0} if sedated else set().union(*(score_and_mind(now, minds, by_ice) for by_ice in ways(chart))),
        finding(now["seizure"], dict(zip(SEIZURE, (0, 3, 3, 4, 4), strict=True)), silent_is_absent),
        finding(now["motor_weakness"], {"no": 0, "yes": 4}, silent_is_absent),
        pressure(now, silent_is_absent),
    ]
    return max(min(d) for d in domains), max(max(d) for d in domains), sedated


def read(chart):
    """Bounds hour by hour, and [onset, end] of every episode."""
    options, painted = chart["options"], paint(chart)
    deaths = {row["hour"]: row for row in chart["rows"] if row["code"] == "death"}
    looks = {row["hour"] for row in chart["rows"] if row["code"] not in STANDING}
    points = looks | {row["hour"] for row in chart["rows"]}
    points |= {hour + options["validity_hours"] for hour in looks - set(deaths)}
    last = min([max(looks, default=-1), *deaths])
    bounds, episodes, quiet = {}, [], []
    for hour in range(min((p for p in points if p >= 0), default=last + 1), last + 1):
        opened = bool(episodes) and episodes[-1][1] is None
        if opened and hour in looks:
            after = max(i for i, (_, word) in enumerate(quiet) if word == "ill")
            clear = [at for at, word in quiet[after:] if word == "clear"]
            if clear and hour - clear[0] >= options["resolution_hours"]:
                episodes[-1][1], opened = clear[0], False
        found = moment(chart, {code: rows.get(hour) for code, rows in painted.items()})
        low, high, sedated = found or (None, None, False)
        death = deaths.get(hour)
        if death and death["due"] is not False and death["said"] == "icans":
            low, high = 5, 5
        elif death and death["due"] is not False and death["said"] in (None, "unknown_cause"):
            ever = [at for at in bounds if bounds[at] and bounds[at][1]]
            rest = [at for at, word in quiet if ever and at > ever[-1] and word == "clear"]
            over = rest and any(rest[0] + options["resolution_hours"] <= at <= hour for at in looks)
            if opened or high or (ever and not over):
                low, high = low or 0, 5
        if low and not opened:
            if episodes and hour - episodes[-1][1] <= options["gap_hours"]:
                episodes[-1][1] = None
            else:
                episodes.append([hour, None])
        quiet.append((hour, "ill" if low else "clear" if (low, high) == (0, 0) and not sedated else "not seen"))
        bounds[hour] = None if low is None else (low, high)
    return bounds, episodes


def compare(seed):
    chart = random_chart(seed)
    assessment = RULE.run(to_course(chart), chart["options"])
    bounds, episodes = read(chart)
    begins = [round(step.at * 24, 6) for step in assessment.steps]
    found = {}
    for hour in bounds:
        step = assessment.steps[sum(begin <= hour for begin in begins) - 1]
        found[hour] = None if step.low is None else (step.low, step.high)
    assert found == bounds, (seed, {h: (found[h], bounds[h]) for h in bounds if found[h] != bounds[h]})
    graded = [b for b in bounds.values() if b]
    worst = (max(b[0] for b in graded), max(b[1] for b in graded)) if graded else (None, None)
    assert (assessment.overall.low, assessment.overall.high) == worst, seed
    facts = {fact.id: fact.value for fact in assessment.facts}
    assert facts["episodes"] == len(episodes), seed
    if episodes:
        assert facts["onset_time"] == pytest.approx(episodes[0][0] / 24), seed
        end = episodes[0][1]
        assert facts["resolution_time"] == (None if end is None else pytest.approx(end / 24)), seed
    return len(graded), len(set(graded))


def test_random_charts_against_the_grid():
    found = [compare(seed) for seed in range(700)]
    assert sum(graded > 24 for graded, _ in found) > 350
    assert sum(kinds > 3 for _, kinds in found) > 100


@pytest.mark.slow
def test_many_random_charts_against_the_grid():
    for seed in range(10_000, 14_000):
        compare(seed)
