"""CRS by ASTCT 2019: case table, random courses against an oracle of possible worlds, properties.

The oracle asks at each minute, from the list of records alone, which worlds the record leaves open (hypotensive or not,
how many vasopressors, which device at which flow, febrile or not, waived or not) and takes the mildest and the worst.
"""

import dataclasses
import math
import random
from itertools import product

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs.astct2019 import RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Moment, Status

AGENTS = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine")
DOSES = ("paracetamol", "tocilizumab", "dexamethasone")
MASKS = ("face_mask", "non_rebreather", "venturi_mask")
PRESSURE_SUPPORT = ("cpap", "bipap", "invasive_ventilation")
DEVICES = (
    *("room_air", "blow_by", "nasal_cannula", "high_flow_cannula", "intubated_airway_protection"),
    *MASKS,
    *PRESSURE_SUPPORT,
)
UNSAID = Status.NOT_RECORDED
CODES = (
    *("temperature", "hypotension", "fluid_bolus", "systolic_bp"),
    *("vasopressors", "oxygen_device", "oxygen_flow"),
)


@pytest.mark.parametrize("case", cases("crs.astct2019"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


# --- random courses ---------------------------------------------------------------------------------------------------


def random_moment(rng, clock):
    if rng.random() < 0.1:
        return clock.from_study_day(rng.randrange(-1, 6))
    return clock.from_elapsed_hours(rng.choice((rng.randrange(-12, 120), rng.randrange(0, 12) * 6)))


def random_course(seed):
    rng = random.Random(seed)
    clock = Clock(start_minute=rng.choice((0, None, 840)))
    builder = CourseBuilder("random", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    for _ in range(rng.randrange(1, 26)):
        code, values = rng.choice(
            (
                ("temperature", (36.8, 37.9, 38.0, 38.1, 39.5)),
                ("temperature", (36.5, 38.5)),
                ("temperature", (36.9, 37.0)),
                ("hypotension", ("no", "no", "yes")),
                ("fluid_bolus", ("no", "yes")),
                ("vasopressors", ("none", "one", "two_or_more")),
                ("oxygen_device", DEVICES),
                ("oxygen_device", ("room_air", "nasal_cannula")),
                ("oxygen_flow", (0, 2, 6, 6.1, 30)),
                ("systolic_bp", (89, 90, 120)),
            )
        )
        value, fields = rng.choice(values), {"attributed": rng.choice((None, True, True, False))}
        if rng.random() < 0.08:
            value, fields["status"] = None, rng.choice((Status.NOT_DONE, Status.NOT_RECORDED))
        elif code in ("temperature", "oxygen_flow") and rng.random() < 0.06:
            fields["status"] = rng.choice((Status.BELOW, Status.ABOVE))
        builder.observe(code, value, moment=random_moment(rng, clock), **fields)
    for _ in range(rng.choice((0, 0, 1, 2, 3, 5))):
        start, end_state = (
            random_moment(rng, clock),
            rng.choice(("ended", "ended", "single", "ongoing", "not recorded")),
        )
        end = None
        if end_state == "ended":
            end = clock.from_elapsed_days(start.time + rng.choice((0, 2, 6, 30)) / 24)
            if start.precision == "day":
                end = clock.from_study_day(start.day + rng.randrange(0, 3))
        drug = rng.choice((*AGENTS[:2], *AGENTS, "vasopressin", *DOSES, *DOSES))
        builder.drug(drug, start=start, end=end, end_state=end_state)
    if rng.random() < 0.15:
        cause = rng.choice(("crs", "unknown_cause", "infection"))
        builder.observe("death", cause, moment=random_moment(rng, clock))
    complete = frozenset(rng.sample(("drugs", "vasopressors", "oxygen"), rng.randrange(0, 4)))
    return builder.course(complete=complete)


def random_options(seed):
    rng = random.Random(-seed)
    return {
        "validity_hours": rng.choice((24, 12, 48)),
        "resolution_hours": rng.choice((24, 48)),
        "gap_hours": rng.choice((0, 0, 48)),
        "systolic_proxy": rng.choice(("off", "on")),
    }


# --- the oracle -------------------------------------------------------------------------------------------------------


def minutes(moment):
    return round(moment.time * 1440)


def allowed(record, candidates):
    """Candidate numbers that a numeric record does not exclude."""
    if record is None or record.value is None:
        return list(candidates)
    tests = {Status.DONE: lambda x: x == record.value, Status.BELOW: lambda x: x < record.value}
    return [x for x in (*candidates, record.value) if tests.get(record.status, lambda x: x > record.value)(x)]


class Oracle:
    def __init__(self, course, options):
        self.course, self.options = course, options
        self.validity = options["validity_hours"] * 60
        self.offset = course.clock.start_minute or 0

    def latest(self, code, now):
        """The record of `code` that holds at `now`; of several at one minute the worst."""
        held = [
            o
            for o in self.course.observations
            if o.code == code and minutes(o.moment) <= now < minutes(o.moment) + self.validity
        ]

        def badness(o):
            if o.value is None:
                return (0, 0)
            if o.attributed is False:
                return (1, 0)
            worst = {"systolic_bp": -o.value, "oxygen_device": 0.5 if o.text == DEVICES[4] else o.value}
            beyond = {Status.ABOVE: 1, Status.BELOW: -1}.get(o.status, 0) * (-1 if code == "systolic_bp" else 1)
            return (2, worst.get(code, o.value), beyond)

        newest = max((minutes(o.moment) for o in held), default=None)
        return max((o for o in held if minutes(o.moment) == newest), key=lambda o: (badness(o), o.uid), default=None)

    def runs(self, drug, now):
        """{True}, {False} or both: does this vasopressor run now?"""
        answers = {False}
        for d in self.course.drugs:
            start = minutes(d.start)
            if d.drug != drug or now < start:
                continue
            if now == start or d.end_state == "ongoing":
                return {True}
            if d.end_state in ("single", "not recorded"):
                answers = {False, True}
            elif now < minutes(d.end) + (1440 if d.end.precision == "day" else 0):
                return {True}
        return answers

    def hypotensive(self, now):
        """Possible answers to "is the patient hypotensive?", or None when another cause was named."""
        record, bolus = self.latest("hypotension", now), self.latest("fluid_bolus", now)
        proxy = self.latest("systolic_bp", now) if self.options["systolic_proxy"] == "on" else None
        answers, said = {True, False}, -math.inf
        if record is not None and record.value is not None:
            if record.text == "yes" and record.attributed is False:
                return None
            answers, said = {record.text == "yes"}, minutes(record.moment)
        elif proxy is not None and proxy.value is not None:
            answers, said = {proxy.value < 90 and proxy.attributed is not False}, minutes(proxy.moment)
        poured = bolus is not None and bolus.text == "yes" and bolus.attributed is not False
        if record is not None and record.value is None and said == -math.inf:
            said = minutes(record.moment)
            poured = poured and said <= minutes(bolus.moment)
        if poured and (answers != {False} or said <= minutes(bolus.moment)):
            answers = {True}
        if answers == {False} and self.asked_again(said, now, bolus):
            answers = {True, False}
        return answers

    def lost(self, drug, now, since):
        """Whether this vasopressor was given from `since` on and nobody recorded until when."""
        ends = [d for d in self.course.drugs if d.drug == drug and d.end_state in ("single", "not recorded")]
        return any(since <= minutes(d.start) < now for d in ends)

    def asked_again(self, said, now, bolus):
        """Whether something since a "no" at minute `said` says that nobody knows."""
        blank = [o for o in (bolus, self.latest("vasopressors", now)) if o is not None and o.value is None]
        later = any(minutes(o.moment) >= said for o in blank)
        return later or any(self.lost(agent, now, said) for agent in (*AGENTS, "vasopressin"))

    def pressure_levels(self, now):
        answers, chart = self.hypotensive(now), self.latest("vasopressors", now)
        if answers is None:
            return {0}
        charted = chart is not None and chart.value is not None
        if charted and chart.attributed is False:
            return {int(answer) for answer in answers}
        states = [self.runs(agent, now) for agent in AGENTS]
        sure, open_ = states.count({True}), states.count({True, False})
        alone = self.runs("vasopressin", now)
        silent = not self.course.complete & {"drugs", "vasopressors"} or (chart is not None and not charted)
        counts = range(sure, sure + open_ + 1)
        if charted:
            later = [a for a, state in zip(AGENTS, states, strict=True) if len(state) == 2]
            later = [a for a in later if self.lost(a, now, minutes(chart.moment))]
            fewest = max(sure, int(chart.value))
            counts = range(fewest, max(fewest, sure + len(later)) + 1)
        elif silent:
            counts = range(sure, max(sure, 2) + 1)
            alone = alone if alone == {True} else {True, False}
        if answers == {False} and min(counts) == 0 and False in alone:
            return {0}
        grid = {(0, False): 0, (1, False): 2, (0, True): 2, (1, True): 2}
        worlds = product(answers, counts, alone)
        return {max(grid.get((count, vaso), 3), int(low)) for low, count, vaso in worlds}

    def oxygen_levels(self, now):
        device, flow = self.latest("oxygen_device", now), self.latest("oxygen_flow", now)
        known = device is not None and device.value is not None
        if known and device.attributed is False:
            return {0}
        if flow is not None and device is not None:
            since = self.same_device_since(device, now) if known else minutes(device.moment)
            flow = flow if minutes(flow.moment) >= since else None
        said = flow is not None and flow.value is not None and flow.status != Status.BELOW
        elsewhere = said and flow.attributed is False
        if known and device.text == "room_air" and flow is not None and not elsewhere:
            begun = max(allowed(flow, (-1, 0, 0.5, 3, 6, 6.05, 8, 50))) > 0
            known = not begun or minutes(flow.moment) <= minutes(device.moment)
        if not known:
            if device is None and flow is None and "oxygen" in self.course.complete:
                return {0}
            if elsewhere:
                return {0} if device is None else {0, 1, 2, 3}
        flows = allowed(flow, (-1, 0, 0.5, 3, 6, 6.05, 8, 50))
        if known:
            return {self.level(device.text, f) for f in flows if f > 0 or max(flows) <= 0}
        if max(flows) <= 0:
            return {0} if device is None else {0, 1, 2, 3}
        lifting = [name for name in DEVICES if name not in ("room_air", DEVICES[4], "blow_by")]
        return {self.level(name, f) for f in flows for name in (lifting if f > 0 else ["room_air"])}

    @staticmethod
    def level(device, flow):
        if device in ("nasal_cannula", "high_flow_cannula"):
            return 0 if flow <= 0 else 1 if flow <= 6 else 2
        return {"blow_by": 1, **dict.fromkeys(MASKS, 2), **dict.fromkeys(PRESSURE_SUPPORT, 3)}.get(device, 0)

    def same_device_since(self, device, now):
        since = now
        for earlier in [t for t in reversed(self.instants) if t <= now]:
            record = self.latest("oxygen_device", earlier)
            if record is None or record.value != device.value:
                break
            since = earlier
        return since

    def febrile(self, now):
        record = self.latest("temperature", now)
        if record is None or record.value is None:
            return {True, False}
        temperatures = allowed(record, (20, 36, 37.9, 37.99, 38.0, 38.05, 39, 45))
        excused = record.attributed is False or record.moment.time < 0
        answers = {t >= 38.0 for t in temperatures}
        return {False} if excused and True in answers else answers

    def left_out(self, now, high, missed):
        """Whether a temperature or a sign that was due is missing, in a course that has temperatures or may have CRS by now."""
        temperatures = [o for o in self.course.observations if o.code == "temperature" and o.moment.time >= 0]
        due = self.latest("temperature", now) is not None or (high > 0 and self.left_open(now))
        return due and (missed is not None or any(o.value is not None for o in temperatures))

    def waived(self, onset, now, exact):
        """Possible answers to "was a drug that lowers fever given in [onset, now]?"; onset = (minute, study day)."""
        answers = {False}
        for d in self.course.drugs:
            if d.drug not in DOSES or minutes(d.start) > now:
                continue
            comparable = (d.start.precision == "minute") == exact
            later = {minutes(d.start) >= onset[0]} if comparable else {d.start.day > onset[1], d.start.day >= onset[1]}
            if d.end_state == "ongoing":
                later = {True}
            elif d.end_state == "not recorded" and later == {False}:
                later = {True, False}
            elif d.end_state == "ended" and later != {True} and minutes(d.end) > minutes(d.start):
                if (d.end.precision == "minute") == exact:
                    over = minutes(d.end) > onset[0] or (not exact and minutes(d.end) == onset[0])
                    later = {True} if over else later
                elif d.end.day >= onset[1]:
                    later = {True} if d.end.day > onset[1] else {True, False}
            answers = {True} if later == {True} else answers | later if answers != {True} else answers
        return {True} if answers == {True} else answers if "drugs" in self.course.complete else {True, False}

    def read(self):
        """Every instant's (minute, low, high), low None when not graded; and the episodes."""
        inputs = [o for o in self.course.observations if o.code != "death"]
        deaths = [o for o in self.course.observations if o.code == "death"]
        pressors = [d for d in self.course.drugs if d.drug not in DOSES]
        entries = {minutes(o.moment) for o in self.course.observations}
        entries |= {minutes(d.start) for d in pressors}
        entries |= {minutes(d.end) for d in pressors if d.end_state == "ended"}
        points = set(entries) | {minutes(o.moment) + self.validity for o in inputs}
        for d in self.course.drugs:
            points |= {minutes(d.start)} | ({minutes(d.end)} if d.end_state == "ended" else set())
        for d in pressors:
            points.add(minutes(d.start) + 1)
            if d.end_state == "ended":
                points.add(minutes(d.end) + (1440 if d.end.precision == "day" else 0))
        last = min([max(entries)] + [minutes(o.moment) for o in deaths])
        self.instants = sorted(p for p in points if p <= last)
        looks = {minutes(o.moment) for o in self.course.observations}
        return self.walk([p for p in self.instants if p >= 0], looks, deaths)

    def walk(self, instants, looks, deaths):
        answers, episodes, missed, clear, surely, quiet, before = [], [], None, None, None, None, None
        resolution, opened = self.options["resolution_hours"] * 60, False
        for now in instants:
            clear = (before if clear is None else clear) if quiet == "yes" else None if quiet == "no" else clear
            surely = (before if surely is None else surely) if quiet == "yes" else surely
            surely = None if quiet in ("no", "left open") else surely
            seen = now in looks and surely is not None and now - surely >= resolution
            if opened and now in looks and clear is not None and now - clear >= resolution:
                episodes[-1][1], opened, clear = clear, False, None
                missed = None if seen else episodes[-1][0][0]
            elif not opened and seen:
                missed = None
            pressure, oxygen, heat = self.pressure_levels(now), self.oxygen_levels(now), self.febrile(now)
            low, high = max(min(pressure), min(oxygen)), max(max(pressure), max(oxygen))
            if heat == {True} and not opened:
                opened, clear = True, None
                gap = self.options["gap_hours"] * 60
                if episodes and now - episodes[-1][1] <= gap:
                    episodes[-1][1] = None
                else:
                    record = self.latest("temperature", now)
                    episodes.append([(now, record.moment.day, record.moment.precision == "minute"), None])
            if not opened and heat == {True, False} and missed is None and (low > 0 or self.left_out(now, high, None)):
                missed = now
            grades = self.worlds(now, opened, episodes, missed, heat, low, high)
            answers.append((now, *self.with_death(grades, now, opened or missed is not None, deaths)))
            quiet = "no" if heat == {True} or low > 0 else "yes" if heat == {False} and high == 0 else "unknown"
            if quiet == "unknown" and self.left_open(now):
                quiet = "left open"
            before = now
        return answers, episodes

    def left_open(self, now):
        held = [self.latest(code, now) for code in CODES]
        lost = any(self.lost(agent, now, -math.inf) for agent in (*AGENTS, "vasopressin"))
        return lost or any(o is not None and o.value is None for o in held)

    def worlds(self, now, opened, episodes, missed, heat, low, high):
        waivers = {False}
        if opened:
            minute, day, exact = episodes[-1][0]
            waivers = self.waived((minute, day), now, exact)
        if missed is not None and waivers != {True}:
            waivers = waivers | self.waived((missed, (missed + self.offset) // 1440), now, True) | {False}
        if opened and heat == {True, False}:
            running = any(self.runs(agent, now) == {True} for agent in (*AGENTS, "vasopressin"))
            if not running and all(self.latest(code, now) is None for code in CODES):
                return None
        if not opened and heat == {True, False}:
            return {0, 1 + high} if low > 0 or self.left_out(now, high, missed) else None
        if not opened and missed is None:
            return {0}
        allowed_waivers = waivers if opened else waivers | {False}
        worlds = product(heat, allowed_waivers, range(low, high + 1))
        return {1 + level if hot or (waiver and level > 0) else 0 for hot, waiver, level in worlds}

    @staticmethod
    def with_death(grades, now, possible, deaths):
        causes = {o.text for o in deaths if minutes(o.moment) == now and o.attributed is not False}
        if "crs" in causes:
            return 5, 5
        if "unknown_cause" in causes and possible:
            return (min(grades) if grades else 0), 5
        return (min(grades), max(grades)) if grades else (None, None)


def compare(seed):
    course, options = random_course(seed), random_options(seed)
    assessment = RULE.run(course, options)
    answers, episodes = Oracle(course, options).read()
    found = [(round(g.at * 1440), g.low, g.high) for g in assessment.steps]
    merged = {at: (low, high) for at, low, high in answers}
    for at, low, high in found:
        assert merged[at] == (low, high), (seed, at / 60, merged[at], (low, high))
    holding = (None, None)
    for at, low, high in answers:
        holding = next(((step[1], step[2]) for step in found if step[0] == at), holding)
        assert holding == (low, high), (seed, at / 60)
    graded = [(low, high) for _, low, high in answers if low is not None]
    expected = (max(g[0] for g in graded), max(g[1] for g in graded)) if graded else (None, None)
    assert (assessment.overall.low, assessment.overall.high) == expected, seed
    facts = {fact.id: fact for fact in assessment.facts}
    assert facts["episodes"].value == len(episodes), seed
    if episodes:
        (onset, _, _), end = episodes[0]
        assert facts["onset_time"].value == onset / 1440, seed
        assert facts["resolution_time"].value == (None if end is None else end / 1440), seed
        assert facts["duration_elapsed"].censored == (end is None), seed


def test_random_courses_against_the_oracle():
    for seed in range(400):
        compare(seed)


@pytest.mark.slow
def test_many_random_courses_against_the_oracle():
    for seed in range(1000, 6000):
        compare(seed)


# --- properties -------------------------------------------------------------------------------------------------------


def at_each_minute(assessment):
    return {round(step.at * 1440): (step.low, step.high) for step in assessment.steps}


def bounds(assessment):
    return [(step.low, step.high) for step in assessment.steps]


def with_observation(course, index, **fields):
    observations = list(course.observations)
    observations[index] = dataclasses.replace(observations[index], **fields)
    return dataclasses.replace(course, observations=tuple(observations))


def test_the_order_of_rows_does_not_matter():
    for seed in range(60):
        course = random_course(seed)
        drugs, observations = list(course.drugs), list(course.observations)
        random.Random(seed).shuffle(drugs)
        random.Random(seed).shuffle(observations)
        shuffled = dataclasses.replace(course, drugs=tuple(drugs), observations=tuple(observations))
        assert bounds(RULE.run(shuffled)) == bounds(RULE.run(course)), seed


def later(moment, days):
    return Moment(moment.time + days, moment.day + days, moment.precision)


def test_a_course_that_happens_two_days_later_has_the_same_grades_two_days_later():
    for seed in range(60):
        course = random_course(seed)
        moved = dataclasses.replace(
            course,
            infusions=(),
            observations=tuple(
                dataclasses.replace(o, moment=later(o.moment, 2)) for o in course.observations if o.moment.time >= 0
            ),
            drugs=tuple(
                dataclasses.replace(d, start=later(d.start, 2), end=d.end and later(d.end, 2))
                for d in course.drugs
                if d.start.time >= 0
            ),
        )
        here = dataclasses.replace(
            course,
            observations=tuple(o for o in course.observations if o.moment.time >= 0),
            drugs=tuple(d for d in course.drugs if d.start.time >= 0),
        )
        assert bounds(RULE.run(moved)) == bounds(RULE.run(here)), seed


def answered_otherwise(course, index):
    """Whether another entry says the same thing or its opposite: then hiding this one does not make it unknown."""
    hidden, others = course.observations[index], [o for o in course.observations if o.value is not None]
    later = [o for o in others if o is not hidden and o.moment.time >= hidden.moment.time]
    twin = any(o.code == hidden.code and o.moment.time == hidden.moment.time for o in later)
    return twin or (
        hidden.code in ("vasopressors", "fluid_bolus")
        and any(o.code == "hypotension" and o.text == "no" for o in later)
    )


def contradicts(course, index):
    """Whether what is hidden held back what another entry says: then hiding it lets that entry speak."""
    hidden = course.observations[index]
    later = [o for o in course.observations if o.value is not None and o.moment.time >= hidden.moment.time]
    if hidden.attributed is False:
        return True
    if hidden.code == "hypotension":
        return any(o.code == "fluid_bolus" for o in later)
    if hidden.text in ("room_air", "intubated_airway_protection"):
        return any(o.code == "oxygen_flow" and o.value > 0 for o in later)
    return hidden.code == "oxygen_flow" and hidden.value == 0


@pytest.mark.parametrize("resolution", [24, 1e6])
def test_a_missing_entry_only_widens(resolution):
    """With an entry turned into "not recorded" no upper bound falls, and while nothing resolves no lower bound rises.

    A missing clear reading may keep an episode open longer, never shorter: the lower bound is asked with an endless clock.
    """
    checked, options = 0, {"resolution_hours": resolution}
    for seed in range(450):
        course = random_course(seed)
        full = at_each_minute(RULE.run(course, options))
        candidates = [i for i, o in enumerate(course.observations) if o.value is not None and o.code != "death"]
        for index in random.Random(seed).sample(candidates, min(3, len(candidates))):
            if answered_otherwise(course, index):
                continue
            less = at_each_minute(
                RULE.run(with_observation(course, index, status=UNSAID, value=None, text=""), options)
            )
            for minute, (low, high) in full.items():
                if low is None or less[minute][0] is None:
                    continue
                checked += 1
                assert less[minute][1] >= high, (seed, index, minute)
                if resolution > 1e5 and not contradicts(course, index):
                    assert less[minute][0] <= low, (seed, index, minute)
    assert checked > 5000


def test_an_end_nobody_recorded_never_takes_the_worst_grade_away():
    """Left out: a later "hypotension: no" or a later count of vasopressors, which say what became of the drug."""
    checked = 0
    for seed in range(400):
        course = random_course(seed)
        full = at_each_minute(RULE.run(course))
        for index, drug in enumerate(course.drugs):
            later = [o for o in course.observations if o.value is not None and o.moment.time > drug.start.time]
            if drug.end_state not in ("ended", "ongoing") or any(
                o.text == "no" or o.code == "vasopressors" for o in later
            ):
                continue
            drugs = list(course.drugs)
            drugs[index] = dataclasses.replace(drug, end=None, end_state="not recorded")
            less = at_each_minute(RULE.run(dataclasses.replace(course, drugs=tuple(drugs))))
            for minute, (low, high) in full.items():
                if minute in less and low is not None and less[minute][0] is not None:
                    checked += 1
                    assert less[minute][1] >= high, (seed, index, minute)
    assert checked > 500


WORST = {"hypotension": (1.0, "yes"), "oxygen_device": (8.0, "bipap"), "vasopressors": (2.0, "two_or_more")}


def test_a_worse_finding_never_lowers_a_grade():
    for seed in range(300):
        course = random_course(seed)
        for index, observation in enumerate(course.observations):
            if observation.code not in WORST or observation.value is None or observation.attributed is False:
                continue
            value, text = WORST[observation.code]
            before = at_each_minute(RULE.run(course, {"resolution_hours": 1e6}))
            worse = RULE.run(with_observation(course, index, value=value, text=text), {"resolution_hours": 1e6})
            after = at_each_minute(worse)
            for minute, (low, high) in before.items():
                if low is not None and after[minute][0] is not None:
                    assert after[minute][0] >= low, (seed, minute)
                    assert after[minute][1] >= high, (seed, minute)
            break


def test_every_range_names_what_would_settle_it_and_no_grade_exceeds_five():
    for seed in range(150):
        assessment = RULE.run(random_course(seed))
        for grade in (assessment.overall, *assessment.steps, *assessment.days):
            assert grade.state != "range" or grade.settles, seed
            assert grade.low is None or 0 <= grade.low <= grade.high <= 5


def test_unknown_attribution_is_a_candidate_and_a_clinicians_yes_is_not():
    clock = Clock(start_minute=0)
    for attributed, candidate in ((None, True), (True, False)):
        builder = CourseBuilder("one", clock=clock)
        when = clock.from_elapsed_hours(6)
        builder.observe("temperature", 39, moment=when, attributed=attributed)
        builder.observe("hypotension", "no", moment=when, attributed=True)
        builder.observe("oxygen_device", "room_air", moment=when, attributed=True)
        assert RULE.run(builder.course()).overall.candidate is candidate


@pytest.mark.slow
def test_compiled_kernel_writes_the_same_rows():
    fast, option = compile_kernel(RULE.kernel), RULE.settings()
    for seed in range(300):
        events = RULE.events(random_course(seed))
        plain, steps = RULE.calculate(events, option), allocate(RULE.rows(len(events.time)))
        count = fast(events, option, steps)
        for expected, found in zip(plain, steps, strict=True):
            np.testing.assert_array_equal(found[:count], expected)


@pytest.mark.parametrize(
    ("charted", "grade", "named"), [("none", 2, False), ("one", 3, True), ("two_or_more", 4, True)]
)
def test_a_chart_is_named_when_it_counts_a_vasopressor(charted, grade, named):
    course = read_given(
        f"h6 temperature 39; h6 hypotension yes; h6 vasopressors {charted}; h6 oxygen_device room_air; complete drugs"
    )
    overall = RULE.run(course).overall
    assert overall.value == grade
    assert ("vasopressors" in {course.record(uid).code for uid in overall.evidence}) is named
