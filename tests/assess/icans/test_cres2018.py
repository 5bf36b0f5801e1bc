"""CRES: its case table, and a second oracle that grades every patient the entries of one moment leave open."""

import random
from itertools import product

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.icans import cres2018
from cartrace.assess.icans.astct2019_domains import LOW
from cartrace.assess.icans.cres2018 import RULE

CONSCIOUS = ("alert", "awakens_spontaneously", "awakens_to_voice", "awakens_to_touch", "unarousable", "sedated")
UNABLE = "unable"


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(RULE, case).wrong == ()


@pytest.mark.parametrize("score", range(11))
def test_the_bands_of_cartox_10(score):
    assert cres2018.band(float(score)) == {10: 0, 9: 1, 8: 1, 7: 1, 6: 2, 5: 2, 4: 2, 3: 2}.get(score, 3)


def scores(rng, mind, given):
    """What CARTOX-10 may be; UNABLE when it cannot be performed."""
    if mind == "unarousable":
        return [UNABLE]
    asleep = [UNABLE] if mind in ("", "awakens_to_touch") else []
    kind = rng.choice(("cartox10", "cartox10", "ice", ""))
    score = rng.randrange(11)
    if kind:
        given.append(f"h6 {kind} {score}")
    if kind == "cartox10":
        return [score, *(asleep if score == 0 else [])]
    if kind == "ice":
        # Command following is one of the points of ICE, the head of government one of CARTOX-10.
        possible = sorted({score - command + head for command in (0, 1) for head in (0, 1)} & set(range(11)))
        possible = [p for p in possible if not (score == 10 and p > 10)]
        return [*possible, *(asleep if 0 in possible else [])]
    return [*range(11), *asleep]


def a_patient(rng):
    given, facts = [], {}
    mind = rng.choice((*CONSCIOUS, "alert", "alert", ""))
    given += [f"h6 consciousness {mind}"] if mind else []
    facts["score"] = [10] if mind == "sedated" else scores(rng, mind, given)
    seizure = rng.choice(("none", "none", "brief", "nonconvulsive_resolved", "over_5_min", ""))
    given += [f"h6 seizure {seizure}"] if seizure else []
    kind = rng.choice(("partial", "generalised", ""))
    given += [f"h6 seizure_type {kind}"] if kind else []
    long = ["over_5_min"]
    facts["seizure"] = [seizure] if seizure else ["none", *long, "brief"]
    facts["kind"] = [kind] if kind else ["partial", "generalised"] if seizure == "brief" else ["partial"]
    weak = rng.choice(("no", "no", "yes", ""))
    given += [f"h6 motor_weakness {weak}"] if weak else []
    facts["weak"] = [weak == "yes"] if weak else [False, True]
    stage = rng.choice((0, 0, 1, 2, 3, 5, ""))
    sign = rng.choice(("none", "none", "none", "papilloedema", "posturing", ""))
    given += [f"h6 papilloedema_stage {stage}"] if stage != "" and sign != "" else []
    given += [f"h6 raised_icp_sign {sign}"] if sign else []
    staged = [stage] if stage != "" else [1, 4] if sign == "papilloedema" else [0]
    facts["raised"] = [{0: 0, 1: 3, 2: 3}.get(s, 4) for s in staged]
    if sign == "posturing":
        facts["raised"] = [max(3, facts["raised"][0]), 4]
    elif sign == "":
        facts["raised"] = [0, 3, 4]
    elif sign == "papilloedema" and stage == 0:
        facts["raised"] = [3]
    return "; ".join(given or ["h6 seizure none"]), facts


def published(world):
    score = 4 if world["score"] == UNABLE else 3 if world["score"] <= 2 else 2 if world["score"] <= 6 else 1
    score = 0 if world["score"] == 10 else score
    fit = {"none": 0, "over_5_min": 4, "nonconvulsive_resolved": 3, "brief": 3}[world["seizure"]]
    if fit and world["kind"] == "generalised":
        fit = 4
    return max(score, fit, 4 if world["weak"] else 0, world["raised"])


def compare(seed):
    given, facts = a_patient(random.Random(seed))
    (step, *_) = RULE.run(read_given(given)).steps
    grades = [published(dict(zip(facts, chosen, strict=True))) for chosen in product(*facts.values())]
    assert (step.low, step.high) == (min(grades), max(grades)), given
    assert bool(step.settles) == (step.low < step.high)


@pytest.mark.parametrize("seed", range(300))
def test_every_patient_the_entries_leave_open(seed):
    compare(seed)


def test_the_channels_its_domains_are_read_from_stand_where_icans_has_them():
    from cartrace.assess.icans import astct2019_inputs as inputs

    assert (cres2018.CONSCIOUSNESS, cres2018.SEIZURE) == (inputs.CONSCIOUSNESS, inputs.SEIZURE)
    assert (cres2018.WEAKNESS, cres2018.OEDEMA, cres2018.SIGN) == (inputs.WEAKNESS, inputs.OEDEMA, inputs.SIGN)
    assert LOW == 0
