"""Wrong rules are found: one line of a rule is made wrong at a time, and the case table or a second oracle must say so.

Each error is one that a reader of the published text could make. Random courses alone and boundary rows alone each let
some of them pass; the two together must not.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from cartrace.assess import rule, sweep
from cartrace.assess.compiled import part
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import astct2019 as crs
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_gate as gate
from cartrace.assess.crs import bnhl2022 as bnhl
from cartrace.assess.crs import cartox2018, ctcae5, lee2014, mskcc2018, organs, penn2018, support, vasopressor_course
from cartrace.assess.crs import evidence as crs_evidence
from cartrace.assess.crs import severe_davila2014 as davila
from cartrace.assess.icans import astct2019 as icans
from cartrace.assess.icans import astct2019_domains as domains
from cartrace.assess.icans import cres2018 as cres
from cartrace.assess.response import ball, best, evidence, extramedullary, lesion, lugano2014, lugano2014_lesion, mrd

HERE = Path(__file__).parent


class Wrong(NamedTuple):
    """One line of a part of a rule, and the wrong one in its place."""

    error: str
    rule: str
    part: Callable[..., Any]
    right: str
    wrong: str


CRS, ICANS = "crs.astct2019", "icans.astct2019"
LEE, PENN, CARTOX, MSKCC, CTCAE = "crs.lee2014", "crs.penn2018", "crs.cartox2018", "crs.mskcc2018", "crs.ctcae5"
DAVILA, CRES, BNHL = "severe_crs.davila2014", "icans.cres2018", "crs.bnhl2022"
BALL, MRD, SITES, LUGANO = "response.ball", "response.mrd", "response.extramedullary", "response.lugano2014"
ERRORS = (
    Wrong("fever above 38.0 only", CRS, axes.fever, "low >= FEVER_FROM", "low > FEVER_FROM"),
    Wrong("fever of another cause opens an episode", CRS, axes.fever, "events.attributed[i] == -1 or ", ""),
    Wrong("fever before the infusion counts", CRS, axes.fever, " or events.time[i] < 0.0", ""),
    Wrong("6 L/min is high flow", CRS, axes.cannula, "low > LOW_FLOW", "low >= LOW_FLOW"),
    Wrong("0 L/min is oxygen", CRS, axes.cannula, "high <= FLOW_ABOVE", "high < FLOW_ABOVE"),
    Wrong("vasopressin counts as a second vasopressor", CRS, axes.hypotension_level,
          "if vasopressors >=", "if vasopressors + vasopressin >="),
    Wrong("vasopressin alone is none", CRS, axes.hypotension_level, " or vasopressin", ""),
    Wrong("a mask is low flow", CRS, axes.hypoxia_axis,
          "FACE_MASK <= code <= VENTURI_MASK:\n        axis[LOW], axis[HIGH] = 2, 2",
          "FACE_MASK <= code <= VENTURI_MASK:\n        axis[LOW], axis[HIGH] = 1, 1"),
    Wrong("protecting the airway is hypoxia", CRS, axes.hypoxia_axis, "code <= VENTILATION", "code <= PROTECTION"),
    Wrong("no drug chart means no drug", CRS, crs.waived, "CHARTS] & inputs.COMPLETE_DRUGS == 0", "CHARTS] < 0"),
    Wrong("a drug given before onset lifts fever", CRS, gate.waiver, "at >= onset else", "at >= 0 else"),
    Wrong("the waiver grades what is level 0", CRS, gate.gate, "(1 + low if low > 0 else 0)", "1 + low"),
    Wrong("without temperature there is no fever", CRS, gate.gate, "elif heat == sweep.UNKNOWN:", "elif heat > 9:"),
    Wrong("the day of the end of a drug does not count", CRS, sweep.end_minute, "MINUTES_PER_DAY\n", "0\n"),
    Wrong("the minute of the end counts", CRS, sweep.end_minute, "return max(stop,", "return max(stop + 1,"),
    Wrong("a vasopressor of unknown end has ended", CRS, sweep.apply, "lost[channel] = i + 1", "lost[channel] = 0"),
    Wrong("the last reading of a minute counts", CRS, sweep.apply, "rank[i] >= rank[j]", "rank[i] > -1e12"),
    Wrong("an episode closes when nobody looked", CRS, sweep.run_clock, "looked == 0 or ", ""),
    Wrong("an episode ends when the clock has run", CRS, sweep.run_clock,
          "episode[LAST_END] = episode[CLEAR_SINCE]", "episode[LAST_END] = minute"),
    Wrong("two vasopressors are one", LEE, lee2014.pressure_level, ">= SEVERAL_FROM", "> SEVERAL_FROM"),
    Wrong("a high dose is a low dose", LEE, lee2014.pressure_level, " or high_dose", ""),
    Wrong("transaminitis reaches grade 4", LEE, lee2014.organ_level, "min(level, 2) if transaminase else", ""),
    Wrong("bilirubin is a transaminase", LEE, lee2014.organ_axis, "ALT <= channel < BILIRUBIN", "ALT <= channel"),
    Wrong("40 % is less than 40 %", LEE, support.by_fraction, "share_low >= FIO2_FROM", "share_low > FIO2_FROM"),
    Wrong("FiO2 is estimated on any device", LEE, support.by_fraction, "if code == axes.NASAL_CANNULA:", "if code:"),
    Wrong("FiO2 of the last device counts", LEE, support.oxygen_need, "< since", "< 0"),
    Wrong("silence about organs is no toxicity", LEE, organs.organ_grade, "0 if silent > 0 else MOST", "0"),
    Wrong("vasopressin does not count", LEE, support.pressure_support, "number + (1 if alone else 0)", "number"),
    Wrong("who is not named is on a low dose", LEE, support.pressure_support, "most > named", "most > 99"),
    Wrong("more than 20 ug/min", LEE, vasopressor_course.is_high, "rate >= ALONE", "rate > ALONE"),
    Wrong("the scale asks for fever", LEE, crs_evidence.not_asked, "return sweep.YES", "return sweep.NO"),
    Wrong("labs are forgotten after a day", LEE, crs_evidence.evidence_holds, "= HOURS * 60", "= 1440"),
    Wrong("an equivalent above 20 only", PENN, vasopressor_course.is_high, "equivalent >= EQUIVALENT_FROM",
          "equivalent > EQUIVALENT_FROM"),
    Wrong("vasopressin halves no limit", PENN, vasopressor_course.is_high, ">= EQUIVALENT_WITH_VASOPRESSIN_FROM",
          ">= EQUIVALENT_FROM"),
    Wrong("little oxygen is grade 2", PENN, penn2018.levels, "NONE < state.oxygen[end] < VENTILATED", "False"),
    Wrong("one bolus is multiple", PENN, penn2018.pressure_axis, ">= MULTIPLE_BOLUSES_FROM", ">= 1"),
    Wrong("boluses of all days add up", PENN, penn2018.boluses, "now - BOLUS_HOURS * 60 <", "0 <"),
    Wrong("a high dose is grade 3", PENN, penn2018.pressure_axis, "low = 3 if found.high_dose else 2", "low = 2"),
    Wrong("creatinine reaches grade 4", PENN, penn2018.organ_level, "+ 1, 0), 2)", "+ 1, 0), 3)"),
    Wrong("silence about plasma is none", PENN, penn2018.other_axis, "COMPLETE_COAGULATION == 0", "COMPLETE_COAGULATION < 0"),
    Wrong("silence about admission is none", PENN, penn2018.other_axis, "axis, 0, 1, ADMISSION", "axis, 0, 0, ADMISSION"),
    Wrong("grade 1 organs need fever", CARTOX, cartox2018.levels, "1 if low >= MILD", "1 if low > MILD"),
    Wrong("duration does not matter", MSKCC, mskcc2018.pressure_level, "2 if long else 1", "1"),
    Wrong("two vasopressors are grade 3", CTCAE, ctcae5.pressure_level, ">= SEVERAL_FROM", "> SEVERAL_FROM + 9"),
    Wrong("the clinician's word is not asked for", CTCAE, ctcae5.life_axis, "axis[axes.LOW] = axis[axes.HIGH] = MOST", "pass"),
    Wrong("several vasopressors are grade 4", CTCAE, ctcae5.levels, "MOST if threat == YES else 2", "MOST"),
    Wrong("a fever once is enough", BNHL, bnhl.always_asked, "return NO", "return YES"),
    Wrong("vasopressin does not count", BNHL, bnhl.pressure_axis, "number + (1 if alone else 0)", "number"),
    Wrong("two vasopressors are one", BNHL, bnhl.pressure_level, ">= SEVERAL_FROM", "> SEVERAL_FROM"),
    Wrong("silence about lesions is none", BNHL, bnhl.local_axis, "i >= 0 or silent == 0", "i >= 0"),
    Wrong("a lesion is never unknown again", BNHL, bnhl.local_axis, "i >= 0 or silent == 0", "silent == 0"),
    Wrong("progression counts as inflammation", BNHL, bnhl.local_axis, "events.attributed[i] == -1", "False"),
    Wrong("two days of fever", DAVILA, davila.fever_days, "certain >= FEVER_DAYS_FROM", "certain >= FEVER_DAYS_FROM - 1"),
    Wrong("a day without temperature breaks the run", DAVILA, davila.fever_days, "if state[day] != NO", "if state[day] > NO"),
    Wrong("one 75-fold cytokine is enough", DAVILA, davila.cytokines, "or two > 1", "or two > 0"),
    Wrong("no baseline, no change", DAVILA, davila.fold_change, "high if seen else np.inf", "high"),
    Wrong("sedation is a disorder", DAVILA, davila.speaks,
          "return UNKNOWN\n    return YES if value", "return YES\n    return YES if value"),
    Wrong("CARTOX-10 of 2 is grade 2", CRES, cres.band, "score <= GRADE_3_UP_TO", "score < GRADE_3_UP_TO"),
    Wrong("ICE is CARTOX-10", CRES, cres.score_domain, "min(events.value[ice] + 1.0", "min(events.value[ice] + 0.0"),
    Wrong("a generalised seizure is grade 3", CRES, cres.seizure_domain, "== GENERALISED", "== 9"),
    Wrong("20 mmHg is below 20", CRES, cres.pressure_domain, ">= OPENING_PRESSURE_FROM", "> OPENING_PRESSURE_FROM"),
    Wrong("stage 3 is grade 3", CRES, cres.pressure_domain, ">= STAGE_GRADE_4_FROM", "> STAGE_GRADE_4_FROM"),
    Wrong("sedated means impaired", CRES, cres.judge, "if mind == SEDATED:", "if mind == 9:"),
    Wrong("ICE 7 is grade 2", ICANS, domains.ice_bands, "score <= ICE_GRADE_2_UP_TO", "score <= ICE_GRADE_2_UP_TO + 1"),
    Wrong("ICE 0 is always grade 4", ICANS, domains.ice_bands, "if aphasia or state not in", "if False and state not in"),
    Wrong("CAPD 9 is a negative screen", ICANS, domains.score_domain, ">= CAPD_FROM", "> CAPD_FROM"),
    Wrong("a sedated patient is alert", ICANS, icans.judge, "grade[REASON] |= PARTIAL", "pass"),
    Wrong("oedema of a haemorrhage counts", ICANS, domains.pressure_domain,
          " and not bled:\n        high = 4 if", ":\n        high = 4 if"),
    Wrong("a long seizure is grade 3", ICANS, domains.seizure_domain, "4 if long else 3", "3 if long else 3"),
    Wrong("CAPD at twelve years", ICANS, icans.uses, "events.value[age] < boundary", "events.value[age] <= boundary"),
    Wrong("delay counts at any age", ICANS, icans.uses, " and events.value[age] <= DELAY_UP_TO", ""),
    Wrong("silent domains are absent", ICANS, domains.motor_domain, "if silent and i < 0", "if i < 0"),
    Wrong("platelets above 100 only", BALL, ball.category, "platelets >= CR_PLATELETS_FROM:\n        return CR\n",
          "platelets > CR_PLATELETS_FROM:\n        return CR\n"),
    Wrong("5 % blasts is remission", BALL, ball.category, ">= REMISSION_BELOW", "> REMISSION_BELOW"),
    Wrong("CRh needs one count only", BALL, ball.category, ">= CRH_ANC_FROM and", ">= CRH_ANC_FROM or"),
    Wrong("counts under support count", BALL, ball.category, "if x[X_TRANSFUSION] == 0.0 else -1.0", ""),
    Wrong("seven days are still support", BALL, evidence.support, "at - end < SUPPORT", "at - end <= SUPPORT"),
    Wrong("the farthest count speaks", BALL, evidence.near, "- at) < abs(", "- at) > abs("),
    Wrong("day 20 counts for the best response", BALL, best.write_best, "< begin:", "< begin - 1:"),
    Wrong("what comes after the transplant counts", BALL, best.write_best, "steps.at[i] > until or ", ""),
    Wrong("the worst response is the best", MRD, best.write_best, "low = min(low, steps.low[i])", "low = max(low, steps.low[i])"),
    Wrong("1e-4 is failure", MRD, mrd.judge, "value > FAILURE_ABOVE", "value >= FAILURE_ABOVE"),
    Wrong("any limit of detection will do", MRD, mrd.judge, "lod <= SENSITIVE_UP_TO or", "lod <= 1.0 or"),
    Wrong("a gate on CD19 shows negativity", MRD, mrd.hides_cd19_negative, "        return 1.0", "        return 0.0"),
    Wrong("the least sensitive negative decides", MRD, mrd.write_day, "min(negative_low, low), min(", "max(negative_low, low), max("),
    Wrong("a node of 15 mm is left", SITES, lesion.by_size, "if size > limit", "if size >= limit"),
    Wrong("a fall of half is not enough", SITES, extramedullary.evaluate,
          "lower or fall >= FALL_FROM - lesion.EPSILON", "lower or fall > FALL_FROM + lesion.EPSILON"),
    Wrong("growth is counted from the baseline", SITES, lesion.grown,
          "smallest_before(events, channel, site, lesion, float(events.time[i]))", "baseline(events, channel, site, lesion)"),
    Wrong("growth on day 14 is progression", SITES, extramedullary.judge_growth, "< GROWTH_COUNTS_DAYS_FROM", "< 0"),
    Wrong("Deauville 4 is clean", SITES, lesion.gone, "> METABOLIC_CR_UP_TO", "> METABOLIC_CR_UP_TO + 1"),
    Wrong("PET clears a testis", SITES, lesion.gone, "score >= 0 and kind != TESTIS", "score >= 0"),
    Wrong("a finding goes before the biopsy", SITES, lesion.gone, "if tissue >= 0:", "if tissue >= 10**6:"),
    Wrong("the best site decides", SITES, extramedullary.worst_of_sites,
          "low, high = max(low, steps.low[chosen])", "low, high = min(low, steps.low[chosen])"),
    Wrong("Deauville 4 is a CR", LUGANO, lugano2014_lesion.by_uptake, "<= METABOLIC_CR_UP_TO", "<= METABOLIC_CR_UP_TO + 1"),
    Wrong("uptake counts from the baseline", LUGANO, lugano2014_lesion.by_uptake,
          "smallest_before(events, DEAUVILLE, site, lesion, float(events.time[i]))", "baseline(events, DEAUVILLE, site, lesion)"),
    Wrong("uptake goes before the biopsy", LUGANO, lugano2014_lesion.metabolic, "if said == FREE:", "if said == 99:"),
    Wrong("an infiltrated lesion may be a CR", LUGANO, lugano2014_lesion.metabolic, "said == NO_TISSUE", "said != UNREAD"),
    Wrong("a new infiltrated focus is no PD", LUGANO, lugano2014_lesion.metabolic, "most if said == INFILTRATED else PR", "PR"),
    Wrong("a biopsy clears every lesion of its site", LUGANO, lugano2014_lesion.tissue, " and alone(events, site)", ""),
    Wrong("size goes before the biopsy", LUGANO, lugano2014_lesion.by_size, "if said in (FREE, INFILTRATED, SOMEWHERE):",
          "if said == 99:"),
    Wrong("what is free of lymphoma adds to the sum", LUGANO, lugano2014.fall_of_sum, "0.0 if said == FREE else ", ""),
    Wrong("a growing mass without lymphoma is PD", LUGANO, lugano2014_lesion.progressive,
          "if said == FREE:", "if said == 99:"),
    Wrong("a step of 5 mm counts in any lesion", LUGANO, lugano2014_lesion.progressive, "length_before <= SMALL_UP_TO", "True"),
    Wrong("growth without a step is PD", LUGANO, lugano2014_lesion.progressive, " and longer >= step - EPSILON", ""),
    Wrong("involved marrow is no matter", LUGANO, lugano2014.marrow_floor, "return (PR, PR, i)", "return (CR, CR, i)"),
    Wrong("the spleen halves its length", LUGANO, lugano2014_lesion.spleen, "SPLEEN_FALL_ABOVE * excess", "SPLEEN_FALL_ABOVE * before"),
)  # fmt: skip

# The oracles of each rule: file and number of random courses.
ORACLES = {
    CRS: (("crs/test_astct2019_grid.py", 150), ("crs/test_astct2019.py", 150)),
    ICANS: (("icans/test_astct2019_grid.py", 200), ("icans/test_astct2019.py", 150)),
    **dict.fromkeys((LEE, PENN, CARTOX, MSKCC, CTCAE), (("crs/test_evidence.py", 150),)),
    BNHL: (("crs/test_bnhl2022.py", 150),),
    DAVILA: (("crs/test_severe_davila2014.py", 60),),
    CRES: (("icans/test_cres2018.py", 200),),
    BALL: (("response/test_ball_visits.py", 200),),
    MRD: (("response/test_mrd_series.py", 200),),
    SITES: (("response/test_extramedullary_visits.py", 200),),
    LUGANO: (("response/test_lugano2014.py", 200),),
}


def load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(file).stem, HERE / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_wrong(error: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the wrong line in place, wherever the part is known by name."""
    right = error.part
    assert isinstance(right, FunctionType)
    source = inspect.getsource(right)
    assert source.count(error.right) >= 1, f"{error.error}: the line is not there any more"
    names = {**right.__globals__, "part": part}
    exec(compile(source.replace(error.right, error.wrong), "wrong rule", "exec"), names)  # the rule's own text
    for name, module in list(sys.modules.items()):
        if name.startswith("cartrace.assess") and getattr(module, right.__name__, None) is right:
            monkeypatch.setattr(module, right.__name__, names[right.__name__])


def found_by(error: Wrong) -> set[str]:
    """What says so; a wrong rule may also break on a row or a course."""
    found = set()
    try:
        passed = all(run_case(rule(error.rule), case).passed for case in cases(error.rule))
    except IndexError:
        passed = False
    if not passed:
        found.add("cases")
    for file, courses in ORACLES[error.rule]:
        oracle = load(file)
        for seed in range(courses):
            try:
                oracle.compare(seed)
            except (AssertionError, IndexError):
                found.add("oracle")
                break
    return found


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: f"{error.rule}: {error.error}")
def test_a_wrong_rule_is_found(error: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wrong(error, monkeypatch)
    assert found_by(error)


@pytest.mark.slow
def test_the_right_rules_are_found_right() -> None:
    for name in ORACLES:
        assert found_by(Wrong("", name, sweep.apply, "", "")) == set()
