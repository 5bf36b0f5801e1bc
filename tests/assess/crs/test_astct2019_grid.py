"""CRS by ASTCT 2019 against a second computation: the chart painted on a grid of half hours.

Written from the published grid and the Readings of the rule, over plain dicts and lists; it shares no code with the rule.
Everything in these charts begins and ends on the hour, so that hours and half hours see every state there is.
"""

import random
from itertools import product

import pytest

from cartrace.assess.crs.astct2019 import RULE
from cartrace.course import Clock, CourseBuilder

LOW_FLOW, HIGH_FLOW, PRESSURE = 1, 2, 3
# Words of each chart from harmless to worst.
WORDS = {
    "hypotension": ("no", "yes"),
    "fluid_bolus": ("no", "yes"),
    "vasopressors": ("none", "one", "two_or_more"),
    "oxygen_device": (
        *("room_air", "intubated_airway_protection", "blow_by", "nasal_cannula", "high_flow_cannula", "face_mask"),
        *("non_rebreather", "venturi_mask", "cpap", "bipap", "invasive_ventilation"),
    ),
}
NUMBERS = {"temperature": (36.5, 37.9, 38.0, 39.4), "oxygen_flow": (0, 2, 6, 6.1, 30), "systolic_bp": (80, 90, 110)}
FIXED_LEVEL = {
    "blow_by": LOW_FLOW,
    **dict.fromkeys(("face_mask", "non_rebreather", "venturi_mask"), HIGH_FLOW),
    **dict.fromkeys(("cpap", "bipap", "invasive_ventilation"), PRESSURE),
}
AGENTS = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine")
LOWER_FEVER = ("paracetamol", "tocilizumab", "dexamethasone")
UNKNOWN = (False, True)


# --- charts -----------------------------------------------------------------------------------------------------------


def entry(chance, code, hour, said):
    if chance.random() < 0.07:
        said = None
    return {"code": code, "hour": hour, "said": said, "due": chance.choice((None, True, True, True, False))}


def scattered(chance):
    """Entries at random hours."""
    codes = [*WORDS, *NUMBERS, "temperature", "temperature", "temperature"]
    picked = [(chance.choice(codes), chance.randrange(-12, 110)) for _ in range(chance.randrange(1, 24))]
    return [entry(chance, code, hour, chance.choice({**WORDS, **NUMBERS}[code])) for code, hour in picked]


def rounds(chance):
    """Ward rounds every few hours over a patient who changes slowly; now and then a chart is left out."""
    said = {code: values[0] for code, values in {**WORDS, **NUMBERS}.items()}
    entries = []
    for hour in range(chance.choice((-6, 0, 3)), 110, chance.choice((4, 6, 8, 12))):
        for code in said:
            if chance.random() < 0.2:
                often = ("nasal_cannula", "high_flow_cannula") if code == "oxygen_device" else ()
                said[code] = chance.choice((*{**WORDS, **NUMBERS}[code], *often, *often))
            elif chance.random() < 0.15:
                said[code] = {**WORDS, **NUMBERS}[code][0]
            if chance.random() < 0.85:
                entries.append(entry(chance, code, hour, said[code]))
    return entries


def random_chart(seed):
    chance = random.Random(seed)
    entries = chance.choice((scattered, rounds))(chance)
    drugs = []
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        drug, start = chance.choice((*AGENTS[:2], *AGENTS, "vasopressin", *LOWER_FEVER, *LOWER_FEVER)), 0
        state = chance.choice(("ended", "ended", "single", "ongoing", "not recorded"))
        start, day = chance.randrange(-12, 100), None
        if drug in LOWER_FEVER and chance.random() < 0.3:
            state, day = "single", chance.randrange(-1, 5)
            start = 24 * day
        end = start + chance.choice((1, 4, 20, 40)) if state == "ended" else None
        drugs.append({"drug": drug, "start": start, "end": end, "state": state, "day": day})
    death = entry(chance, "death", chance.randrange(0, 100), chance.choice(("crs", "unknown_cause", "infection")))
    return {
        "entries": [*entries, *([death] if chance.random() < 0.1 else [])],
        "drugs": drugs,
        "complete": chance.sample(("drugs", "vasopressors", "oxygen"), chance.randrange(0, 4)),
        "options": {
            "validity_hours": chance.choice((24, 24, 12, 5)),
            "resolution_hours": chance.choice((24, 24, 48, 10)),
            "gap_hours": chance.choice((0, 0, 36)),
            "systolic_proxy": chance.choice(("off", "on")),
        },
    }


def to_course(chart):
    clock = Clock(start_minute=0)
    builder = CourseBuilder("grid", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    for row in chart["entries"]:
        builder.observe(row["code"], row["said"], moment=clock.from_elapsed_hours(row["hour"]), attributed=row["due"])
    for drug in chart["drugs"]:
        start = clock.from_elapsed_hours(drug["start"]) if drug["day"] is None else clock.from_study_day(drug["day"])
        end = None if drug["end"] is None else clock.from_elapsed_hours(drug["end"])
        builder.drug(drug["drug"], start=start, end=end, end_state=drug["state"])
    return builder.course(complete=frozenset(chart["complete"]))


# --- the second computation; times in half hours from here on ---------------------------------------------------------


def badness(row):
    if row["said"] is None:
        return (0, 0)
    words = WORDS.get(row["code"])
    rank = words.index(row["said"]) if words else -row["said"] if row["code"] == "systolic_bp" else row["said"]
    return (1 if row["due"] is False else 2, rank)


def paint(chart):
    """For each code a map: half hour -> the row that holds then."""
    holds = 2 * chart["options"]["validity_hours"]
    painted = {code: {} for code in (*WORDS, *NUMBERS)}
    for row in sorted(chart["entries"], key=lambda row: (row["hour"], *badness(row)) if row["code"] != "death" else ()):
        if row["code"] != "death":
            painted[row["code"]].update(dict.fromkeys(range(2 * row["hour"], 2 * row["hour"] + holds), row))
    return painted


def on(chart, name, at):
    """True, False or None (nobody knows) for one vasopressor."""
    states = []
    for drug in chart["drugs"]:
        if drug["drug"] != name or at < 2 * drug["start"]:
            continue
        if drug["state"] in ("single", "not recorded"):
            states.append(True if at == 2 * drug["start"] else None)
        else:
            states.append(drug["state"] == "ongoing" or at < 2 * drug["end"])
    return True if True in states else None if None in states else False


def lost_since(chart, name, at):
    """Hour of the last start of a vasopressor of unknown end, once its first minute is over."""
    starts = [
        drug["start"]
        for drug in chart["drugs"]
        if drug["drug"] == name and drug["state"] in ("single", "not recorded") and at > 2 * drug["start"]
    ]
    return max(starts, default=-1000)


def hypotensive(chart, now, at):
    """Possible answers, or None when another cause was named."""
    record, systolic, bolus = now["hypotension"], now["systolic_bp"], now["fluid_bolus"]
    possible, said = UNKNOWN, None
    if record and record["said"]:
        if record["said"] == "yes" and record["due"] is False:
            return None
        possible, said = (record["said"] == "yes",), record["hour"]
    elif chart["options"]["systolic_proxy"] == "on" and systolic and systolic["said"] is not None:
        possible, said = (systolic["said"] < 90 and systolic["due"] is not False,), systolic["hour"]
    poured = bolus and bolus["said"] == "yes" and bolus["due"] is not False
    latest_word = said if said is not None else record["hour"] if record else -1000
    if poured and not (possible != (True,) and latest_word > bolus["hour"]):
        return (True,)
    if possible == (False,):
        silent = [r for r in (bolus, now["vasopressors"]) if r and r["said"] is None and r["hour"] >= said]
        given = [a for a in (*AGENTS, "vasopressin") if lost_since(chart, a, at) >= said]
        return UNKNOWN if silent or given else possible
    return possible


def pressure_levels(chart, now, at):
    possible, count = hypotensive(chart, now, at), now["vasopressors"]
    if possible is None:
        return {0}
    charted = WORDS["vasopressors"].index(count["said"]) if count and count["said"] else None
    if charted is not None and count["due"] is False:
        return {int(answer) for answer in possible}
    sure = [a for a in AGENTS if on(chart, a, at)]
    open_ones = [a for a in AGENTS if on(chart, a, at) is None]
    vasopressin = on(chart, "vasopressin", at)
    beside = (vasopressin,) if vasopressin is True else UNKNOWN if vasopressin is None else (False,)
    numbers = range(len(sure), len(sure) + len(open_ones) + 1)
    if charted is not None:
        later = [a for a in open_ones if lost_since(chart, a, at) >= count["hour"]]
        fewest = max(charted, len(sure))
        numbers = range(fewest, max(fewest, len(sure) + len(later)) + 1)
    elif count or not {"drugs", "vasopressors"} & set(chart["complete"]):
        numbers = range(len(sure), max(len(sure), 2) + 1)
        beside = (True,) if vasopressin else UNKNOWN
    if possible == (False,) and numbers[0] == 0 and not vasopressin:
        return {0}
    return {
        3 if number >= 2 else 2 if number == 1 or also else int(low)
        for number, also, low in product(numbers, beside, possible)
    }


def oxygen_levels(chart, painted, now, at):
    device, flow = now["oxygen_device"], now["oxygen_flow"]
    word = device["said"] if device else None
    if word and device["due"] is False:
        return {0}
    if device and flow:
        since = 2 * device["hour"]
        while word and (earlier := painted["oxygen_device"].get(since - 1)) and earlier["said"] == word:
            since -= 1
        flow = flow if 2 * flow["hour"] >= since else None
    number = flow["said"] if flow else None
    elsewhere = number is not None and flow["due"] is False
    if word == "room_air" and flow and number != 0 and not elsewhere and flow["hour"] > device["hour"]:
        word = None
    if word in FIXED_LEVEL:
        return {FIXED_LEVEL[word]}
    if word in ("nasal_cannula", "high_flow_cannula"):
        return (
            {LOW_FLOW, HIGH_FLOW} if number is None else {0 if number <= 0 else LOW_FLOW if number <= 6 else HIGH_FLOW}
        )
    if word:
        return {0}
    if not device and not flow and "oxygen" in chart["complete"]:
        return {0}
    if number is None:
        return {0, 1, 2, 3}
    if number <= 0 or elsewhere:
        return {0, 1, 2, 3} if device else {0}
    return {HIGH_FLOW, PRESSURE} if number > 6 else {LOW_FLOW, HIGH_FLOW, PRESSURE}


def febrile(now):
    row = now["temperature"]
    if not row or row["said"] is None:
        return UNKNOWN
    return (row["said"] >= 38.0 and row["due"] is not False and row["hour"] >= 0,)


def waived(chart, onset, at):
    """Possible answers to "was a drug that lowers fever given between onset and now?" """
    answers = {False} if "drugs" in chart["complete"] else {False, True}
    for drug in chart["drugs"]:
        if drug["drug"] not in LOWER_FEVER or 2 * drug["start"] > at:
            continue
        if drug["day"] is not None:
            day = onset // 48
            later = (True,) if drug["day"] > day else UNKNOWN if drug["day"] == day else (False,)
        elif 2 * drug["start"] >= onset or drug["state"] == "ongoing":
            later = (True,)
        elif drug["state"] == "ended":
            later = (2 * drug["end"] > onset,)
        else:
            later = UNKNOWN if drug["state"] == "not recorded" else (False,)
        if later == (True,):
            return {True}
        answers |= set(later)
    return answers


def clear_since(quiet, breaks):
    """Half hour since which the patient was clear, with nothing in `breaks` afterwards; None when not clear."""
    start = None
    for at, word in quiet.items():
        start = None if word in breaks else at if start is None and word == "yes" else start
    return start


class Ward:
    """The chart read from the first half hour to the last."""

    def __init__(self, chart, begin):
        self.chart, self.painted, self.begin = chart, paint(chart), begin
        self.quiet, self.episodes, self.maybe, self.grades = {}, [], None, {}
        self.deaths = {2 * row["hour"]: row for row in chart["entries"] if row["code"] == "death"}
        moments = [2 * row["hour"] for row in chart["entries"]]
        self.looks = set(moments)
        for drug in chart["drugs"]:
            if drug["drug"] not in LOWER_FEVER:
                moments += [2 * drug["start"], 2 * (drug["start"] if drug["end"] is None else drug["end"])]
        self.last = min([max(moments, default=-1), *self.deaths])

    @property
    def opened(self):
        return bool(self.episodes) and self.episodes[-1][1] is None

    def read(self):
        for at in range(self.begin, self.last + 1):
            if at in self.looks:
                self.close(at)
            self.grades[at] = self.look(at)
        return self

    def close(self, at):
        enough = 2 * self.chart["options"]["resolution_hours"]
        clear, surely = clear_since(self.quiet, ("no",)), clear_since(self.quiet, ("no", "left open"))
        seen = surely is not None and at - surely >= enough
        if self.opened and clear is not None and at - clear >= enough:
            self.episodes[-1][1] = clear
            self.maybe = None if seen else self.episodes[-1][0]
        elif not self.opened and seen:
            self.maybe = None

    def look(self, at):
        now = {code: rows.get(at) for code, rows in self.painted.items()}
        pressure, oxygen = pressure_levels(self.chart, now, at), oxygen_levels(self.chart, self.painted, now, at)
        levels = range(max(min(pressure), min(oxygen)), max(max(pressure), max(oxygen)) + 1)
        hot = febrile(now)
        if hot == (True,) and not self.opened:
            last = self.episodes[-1] if self.episodes else None
            if last and at - last[1] <= 2 * self.chart["options"]["gap_hours"]:
                last[1] = None
            else:
                self.episodes.append([at, None])
        temperatures = [r for r in self.chart["entries"] if r["code"] == "temperature" and r["hour"] >= 0]
        left_out = now["temperature"] or (levels[-1] > 0 and self.left_open(at, now))
        measured = any(r["said"] is not None for r in temperatures)
        missed = (
            hot == UNKNOWN
            and not self.opened
            and (levels[0] > 0 or (left_out and (measured or self.maybe is not None)))
        )
        if missed and self.maybe is None:
            self.maybe = at
        self.remember(at, now, hot, levels)
        return self.at_death(at, self.worlds(at, now, hot, levels, missed))

    def remember(self, at, now, hot, levels):
        if hot == (True,) or levels[0] > 0:
            self.quiet[at] = "no"
        elif hot == (False,) and levels[-1] == 0:
            self.quiet[at] = "yes"
        else:
            self.quiet[at] = "left open" if self.left_open(at, now) else "not seen"

    def left_open(self, at, now):
        lost = any(lost_since(self.chart, agent, at) > -1000 for agent in (*AGENTS, "vasopressin"))
        return lost or any(row and row["said"] is None for row in now.values())

    def worlds(self, at, now, hot, levels, missed):
        if hot == UNKNOWN and not self.opened:
            return {0, 1 + levels[-1]} if missed else None
        running = any(on(self.chart, agent, at) for agent in (*AGENTS, "vasopressin"))
        if hot == UNKNOWN and not running and not any(now.values()):
            return None
        waivers = waived(self.chart, self.episodes[-1][0], at) if self.opened else {False}
        if self.maybe is not None and waivers != {True}:
            waivers = waivers | {False} | waived(self.chart, self.maybe, at)
        return {
            1 + level if febrile_now or (given and level) else 0
            for febrile_now, given, level in product(hot, waivers, levels)
        }

    def at_death(self, at, grades):
        row = self.deaths.get(at)
        if row and row["due"] is not False:
            if row["said"] == "crs":
                return {5}
            if row["said"] in (None, "unknown_cause") and (self.opened or self.maybe is not None):
                return {min(grades) if grades else 0, 5}
        return grades


def compare(seed):
    chart = random_chart(seed)
    assessment = RULE.run(to_course(chart), chart["options"])
    begins = [round(step.at * 1440) for step in assessment.steps]
    if not begins:
        return 0
    ward = Ward(chart, -(-begins[0] // 30)).read()
    found, graded = {}, []
    for at in ward.grades:
        step = assessment.steps[sum(begin <= 30 * at for begin in begins) - 1]
        found[at] = None if step.low is None else (step.low, step.high)
    expected = {at: (min(grades), max(grades)) if grades else None for at, grades in ward.grades.items()}
    assert found == expected, (seed, {at / 2: (found[at], expected[at]) for at in found if found[at] != expected[at]})
    graded = [bounds for bounds in expected.values() if bounds]
    worst = (max(b[0] for b in graded), max(b[1] for b in graded)) if graded else (None, None)
    assert (assessment.overall.low, assessment.overall.high) == worst, seed
    facts = {fact.id: fact.value for fact in assessment.facts}
    assert facts["episodes"] == len(ward.episodes), seed
    if ward.episodes:
        onset, end = ward.episodes[0]
        assert facts["onset_time"] == pytest.approx(onset / 48), seed
        assert facts["resolution_time"] == (None if end is None else pytest.approx(end / 48)), seed
    return len(graded)


def test_random_charts_against_the_grid():
    graded = [compare(seed) for seed in range(700)]
    assert sum(count > 20 for count in graded) > 300


@pytest.mark.slow
def test_many_random_charts_against_the_grid():
    for seed in range(10_000, 20_000):
        compare(seed)
