"""ICANS by ASTCT 2019: case table, random courses against an oracle of possible patients, properties.

The oracle lists every patient the record leaves open at a minute (score, consciousness, seizure, weakness, raised
pressure) and takes the mildest and the worst of their grades.
"""

import dataclasses
import random
from itertools import product

import numpy as np
import pytest

from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.icans.astct2019 import RULE, capd_total
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.record import Patient

AWAKE = ("alert", "awakens_spontaneously", "awakens_to_voice", "awakens_to_touch", "unarousable")
SIGNS = ("none", "posturing", "cn6_palsy", "papilloedema", "cushing_triad")
SEIZURES = {"none": 0, "brief": 3, "nonconvulsive_resolved": 3, "over_5_min": 4, "repetitive": 4}
CODES = {
    "ice": (0, 1, 2, 3, 6, 7, 9, 10),
    "capd": (0, 1, 8, 9, 20),
    "consciousness": (*AWAKE, "alert", "alert", "sedated"),
    "seizure": (*SEIZURES, "none", "none", "none"),
    "motor_weakness": ("no", "no", "yes"),
    "cerebral_oedema": ("none", "focal", "diffuse"),
    "raised_icp_sign": (*SIGNS, "none", "none", "none", "none"),
    "global_aphasia": ("no", "yes"),
    "intracranial_haemorrhage": ("no", "yes"),
    "tremor": ("no", "yes"),
}


@pytest.mark.parametrize("case", cases("icans.astct2019"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def test_capd_total_turns_the_first_four_items_round():
    """N18: item scores 4,0,0,0,4,0,0,0, that is: never eye contact, always restless, otherwise well."""
    assert capd_total([0, 4, 4, 4, 4, 0, 0, 0]) == 8
    assert capd_total([4, 4, 4, 4, 0, 0, 0, 0]) == 0
    assert capd_total([0, 0, 0, 0, 4, 4, 4, 4]) == 32
    assert capd_total([3, 2, 1, 0, 1, 2, 3, 4]) == 1 + 2 + 3 + 4 + 1 + 2 + 3 + 4


@pytest.mark.parametrize("items", [[0] * 7, [0] * 9, [5, 0, 0, 0, 0, 0, 0, 0], [-1, 0, 0, 0, 0, 0, 0, 0]])
def test_capd_total_refuses_what_is_no_form(items):
    with pytest.raises(ValueError, match="eight items"):
        capd_total(items)


def random_course(seed):
    rng = random.Random(seed)
    clock = Clock(start_minute=rng.choice((0, None, 600)))
    builder = CourseBuilder("random", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    for _ in range(rng.randrange(0, 7)):
        hour = rng.choice((rng.randrange(-12, 100), rng.randrange(0, 9) * 12))
        for code in rng.sample(list(CODES), rng.choice((1, 3, 6, 8, 10))):
            value, fields = rng.choice(CODES[code]), {"attributed": rng.choice((None, True, True, True, False))}
            if rng.random() < 0.06:
                value, fields["status"] = None, rng.choice((Status.NOT_DONE, Status.NOT_RECORDED))
            builder.observe(code, value, moment=clock.from_elapsed_hours(hour), **fields)
    if rng.random() < 0.1:
        cause = rng.choice(("icans", "unknown_cause", "other"))
        builder.observe("death", cause, moment=clock.from_elapsed_hours(rng.randrange(0, 100)))
    patient = Patient(
        age_years=rng.choice((None, 8, 11.9, 12, 20, 21, 40)), developmental_delay=rng.choice((None, False, True))
    )
    return builder.course(patient=patient)


def random_options(seed):
    rng = random.Random(-seed)
    return {
        "validity_hours": rng.choice((24, 48)),
        "resolution_hours": rng.choice((24, 48)),
        "gap_hours": rng.choice((0, 48)),
        "age_boundary": rng.choice((12, 12, 13)),
        "score": rng.choice(("by_age", "by_age", "by_age", "ice", "capd")),
        "silent_domains": rng.choice(("unknown", "absent")),
    }


def minutes(moment):
    return round(moment.time * 1440)


class Oracle:
    def __init__(self, course, options):
        self.course, self.options = course, options
        self.validity = options["validity_hours"] * 60

    def latest(self, code, now):
        forever = code in ("intracranial_haemorrhage", "tremor", "death")
        held = [o for o in self.course.observations if o.code == code and minutes(o.moment) <= now]
        held = [o for o in held if forever or now < minutes(o.moment) + self.validity]
        newest = max((minutes(o.moment) for o in held), default=None)

        def badness(o):
            if o.value is None:
                return (0, 0)
            return (1, 0) if o.attributed is False else (2, -o.value if code == "ice" else o.value)

        return max((o for o in held if minutes(o.moment) == newest), key=lambda o: (badness(o), o.uid), default=None)

    def known(self, code, now):
        """The record that holds and has a value, else None."""
        record = self.latest(code, now)
        return record if record is not None and record.value is not None else None

    def minds(self, now):
        record = self.known("consciousness", now)
        if record is None:
            return AWAKE
        return ("alert",) if record.attributed is False and record.text != "sedated" else (record.text,)

    def told_by(self, score, now):
        """Whether the score says how awake somebody is whose consciousness is not known."""
        blank = self.latest("consciousness", now)
        stale = blank is not None and score is not None and score.moment.time < blank.moment.time
        return len(self.minds(now)) > 1 and not stale

    def adult(self, now):
        record, aphasia = self.known("ice", now), self.known("global_aphasia", now)
        excused = record is not None and record.attributed is False
        scores = tuple(range(11)) if record is None else (record.value,)
        grades = set()
        for score, mind in product(scores, self.minds(now)):
            if score > 0 and mind == "unarousable" and self.told_by(record, now):
                continue
            mute = 4 if mind == "unarousable" and not (aphasia is not None and aphasia.text == "yes") else 3
            band = mute if score <= 0 else 3 if score <= 2 else 2 if score <= 6 else 1 if score <= 9 else 0
            grades.add(max(0 if excused else band, AWAKE.index(mind)))
        return grades

    def child(self, now):
        record = self.known("capd", now)
        excused = record is not None and record.attributed is False
        scores = (0, 5, 9) if record is None else (record.value,)
        grades = set()
        for score, mind in product(scores, self.minds(now)):
            if record is not None and score < 9 and AWAKE.index(mind) > 2 and self.told_by(record, now):
                continue
            band = 3 if score >= 9 else 1 if score > 0 else 0
            grades.add(max(0 if excused else band, AWAKE.index(mind)))
        return grades

    def awake(self, now):
        if self.minds(now) == ("sedated",):
            return {0}
        patient, choice = self.course.patient, self.options["score"]
        if choice != "by_age":
            return self.adult(now) if choice == "ice" else self.child(now)
        if patient.age_years is None:
            return self.adult(now) | self.child(now)
        delayed = patient.developmental_delay and patient.age_years <= 21
        return self.child(now) if patient.age_years < self.options["age_boundary"] or delayed else self.adult(now)

    def finding(self, code, now, grades):
        record = self.known(code, now)
        if record is not None:
            return {0 if record.attributed is False else grades[record.text]}
        silent = self.options["silent_domains"] == "absent" and self.latest(code, now) is None
        return {0} if silent else set(grades.values())

    def pressure(self, now):
        oedema, bleeding = self.latest("cerebral_oedema", now), self.latest("intracranial_haemorrhage", now)
        images = {"none": 0, "focal": 3, "diffuse": 4}
        seen = {0} if oedema is None or oedema.status == Status.NOT_DONE else set(images.values())
        if oedema is not None and oedema.value is not None:
            seen = {0 if oedema.attributed is False else images[oedema.text]}
        if bleeding is not None:
            seen = {"yes": {0}, "no": seen}.get(bleeding.text, seen | {0})
        signs = self.finding("raised_icp_sign", now, {sign: 4 if sign != "none" else 0 for sign in SIGNS})
        return {max(world) for world in product(seen, signs)}

    def grades(self, now):
        if all(self.latest(code, now) is None for code in list(CODES)[:8]):
            return None
        seizures = self.finding("seizure", now, SEIZURES)
        weakness = self.finding("motor_weakness", now, {"no": 0, "yes": 4})
        return {max(world) for world in product(self.awake(now), seizures, weakness, self.pressure(now))}

    def unseen(self, answers, looks, now):
        """Whether a grade that was possible before has not been followed by a whole resolution time at grade 0."""
        doubtful = [at for at, _, high in answers if high]
        if not doubtful:
            return False
        calm = [
            at
            for at, low, high in answers
            if at > doubtful[-1] and (low, high) == (0, 0) and self.minds(at) != ("sedated",)
        ]
        needed = self.options["resolution_hours"] * 60
        return not (calm and any(calm[0] + needed <= look <= now for look in looks))

    def read(self):
        observed = [o for o in self.course.observations if o.code not in ("intracranial_haemorrhage", "tremor")]
        deaths = [o for o in observed if o.code == "death"]
        points = {minutes(o.moment) for o in self.course.observations}
        points |= {minutes(o.moment) + self.validity for o in observed if o.code != "death"}
        last = max((minutes(o.moment) for o in observed), default=-1)
        last = min([last] + [minutes(o.moment) for o in deaths])
        looks = {minutes(o.moment) for o in observed}
        answers, episodes, opened, clear, quiet, before = [], [], False, None, None, None
        for now in sorted(p for p in points if 0 <= p <= last):
            clear = (before if clear is None else clear) if quiet == "yes" else None if quiet == "no" else clear
            if opened and now in looks and clear is not None and now - clear >= self.options["resolution_hours"] * 60:
                episodes[-1][1], opened, clear = clear, False, None
            worlds = self.grades(now)
            low, high = (min(worlds), max(worlds)) if worlds else (None, None)
            causes = {o.text for o in deaths if minutes(o.moment) == now and o.attributed is not False}
            if "icans" in causes:
                low, high = 5, 5
            elif "unknown_cause" in causes and (opened or high or self.unseen(answers, looks, now)):
                low, high = low or 0, 5
            if low and not opened:
                opened, clear = True, None
                if episodes and now - episodes[-1][1] <= self.options["gap_hours"] * 60:
                    episodes[-1][1] = None
                else:
                    episodes.append([now, None])
            answers.append((now, low, high))
            sedated = self.minds(now) == ("sedated",)
            quiet = "no" if low else "yes" if (low, high) == (0, 0) and not sedated else "unknown"
            before = now
        return answers, episodes


def compare(seed):
    course, options = random_course(seed), random_options(seed)
    assessment = RULE.run(course, options)
    answers, episodes = Oracle(course, options).read()
    assert [(round(g.at * 1440), g.low, g.high) for g in assessment.steps] == answers, seed
    graded = [(low, high) for _, low, high in answers if low is not None]
    expected = (max(g[0] for g in graded), max(g[1] for g in graded)) if graded else (None, None)
    assert (assessment.overall.low, assessment.overall.high) == expected, seed
    facts = {fact.id: fact for fact in assessment.facts}
    assert facts["episodes"].value == len(episodes), seed
    if episodes:
        assert facts["onset_time"].value == episodes[0][0] / 1440, seed
        assert facts["resolution_time"].value == (None if episodes[0][1] is None else episodes[0][1] / 1440), seed


def test_random_courses_against_the_oracle():
    for seed in range(400):
        compare(seed)


@pytest.mark.slow
def test_many_random_courses_against_the_oracle():
    for seed in range(1000, 6000):
        compare(seed)


def bounds(course):
    return {round(step.at * 1440): (step.low, step.high) for step in RULE.run(course).steps}


def test_the_order_of_rows_does_not_matter():
    for seed in range(60):
        course = random_course(seed)
        observations = list(course.observations)
        random.Random(seed).shuffle(observations)
        assert bounds(dataclasses.replace(course, observations=tuple(observations))) == bounds(course), seed


def test_tremor_never_counts():
    for seed in range(100):
        course = random_course(seed)
        still = tuple(o for o in course.observations if o.code != "tremor")
        mine, theirs = bounds(dataclasses.replace(course, observations=still)), bounds(course)
        assert all(theirs[minute] == mine[minute] for minute in mine), seed


def told_otherwise(course, index):
    """Whether another entry of that minute says the same thing, or a score of that time or later bounds consciousness."""
    hidden = course.observations[index]
    others = [o for o in course.observations if o is not hidden and o.value is not None]
    if hidden.code == "consciousness":
        return any(o.code in ("ice", "capd") and o.moment.time >= hidden.moment.time for o in others)
    return any(o.code == hidden.code and o.moment.time == hidden.moment.time for o in others)


def test_a_missing_entry_only_widens():
    """With any entry turned into "not recorded" no lower bound rises and no upper bound falls at any graded moment."""
    checked = 0
    for seed in range(250):
        course = random_course(seed)
        full = bounds(course)
        chosen = [
            i for i, o in enumerate(course.observations) if o.value is not None and o.code not in ("death", "tremor")
        ]
        for index in random.Random(seed).sample(chosen, min(3, len(chosen))):
            if told_otherwise(course, index):
                continue
            observations = list(course.observations)
            observations[index] = dataclasses.replace(
                observations[index], status=Status.NOT_RECORDED, value=None, text=""
            )
            less = bounds(dataclasses.replace(course, observations=tuple(observations)))
            for minute, (low, high) in full.items():
                if low is not None and high < 5 and less[minute][0] is not None:
                    checked += 1
                    assert less[minute][0] <= low, (seed, index, minute)
                    assert less[minute][1] >= high, (seed, index, minute)
    assert checked > 1500


@pytest.mark.slow
def test_compiled_kernel_writes_the_same_rows():
    fast, option = compile_kernel(RULE.kernel), RULE.settings()
    for seed in range(300):
        events = RULE.events(random_course(seed))
        plain, steps = RULE.calculate(events, option), allocate(RULE.rows(len(events.time)))
        count = fast(events, option, steps)
        for expected, found in zip(plain, steps, strict=True):
            np.testing.assert_array_equal(found[:count], expected)
