"""Extramedullary response: the case table, an oracle over complete sizes, and what missing sizes may do."""

from __future__ import annotations

import random
import re

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, chosen_options, run_case
from cartrace.assess.response import extramedullary
from cartrace.assess.result import Assessment
from cartrace.assess.rule import allocate

RULE = extramedullary.RULE
ORDER = ["CR", "CRu", "PR", "SD", "PD"]
VISITS = (28, 60, 100)

Axes = tuple[int, int] | None
Lesions = dict[tuple[str, str], list[Axes]]  # (site, lesion) -> axes at baseline and at each visit


@pytest.mark.parametrize("case", cases("response.extramedullary"), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above() -> None:
    sides = {(case.threshold, case.side) for case in cases("response.extramedullary") if case.threshold}
    for name in {name for name, _ in sides}:
        assert hasattr(extramedullary, name)
        assert {side for other, side in sides if other == name} == {"below", "at", "above"}


def test_every_option_changes_an_answer() -> None:
    changed = set()
    for case in cases("response.extramedullary"):
        course = read_given(case.given)
        for word in case.options.split():
            name, value = word.split("=")
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def some_lesions(chance: random.Random, most: int) -> Lesions:
    lesions: Lesions = {}
    for site in ("node", "kidney"):
        for i in range(chance.randint(0, most)):
            start = (chance.randint(16, 60), chance.randint(10, 40))
            series: list[Axes] = [start]
            for _ in VISITS:
                shape = chance.choice(
                    [start, (0, 0), (15, 12), (16, 12), (chance.randint(10, 80), chance.randint(10, 60))]
                )
                series.append(shape)
            lesions[site, f"n{i}"] = series
    return lesions


def in_words(lesions: Lesions) -> list[str]:
    items = []
    for (site, name), series in lesions.items():
        for day, axes in zip((-5, *VISITS), series, strict=True):
            shape = "status=not_recorded" if axes is None else f"{axes[0]}x{axes[1]}"
            items.append(f"d{day} lesion {name} {site} ct {shape}")
    return items


def verdict(lesions: Lesions, site: str, visit: int) -> str:
    """The published table on complete integer sizes, exact arithmetic."""
    mine = sorted(
        (name, [a[0] * a[1] for a in s if a], [max(a) for a in s if a]) for (p, name), s in lesions.items() if p == site
    )
    limit = 15 if site == "node" else 0
    open_lesions = [(areas, longest) for _, areas, longest in mine if longest[visit] > limit]
    if not open_lesions:
        return "CR"
    if any(2 * areas[visit] >= 3 * min(areas[:visit]) for areas, _ in open_lesions):
        return "PD"
    largest = sorted(mine, key=lambda lesion: -lesion[1][0])[:6]
    before, now = sum(areas[0] for _, areas, _ in largest), sum(areas[visit] for _, areas, _ in largest)
    return "PR" if 2 * now <= before else "SD"


def worst(lesions: Lesions, visit: int) -> int:
    return max(ORDER.index(verdict(lesions, site, visit)) for site in {site for site, _ in lesions})


def run(items: list[str]) -> Assessment:
    return RULE.run(read_given("; ".join(items)))


def compare_random(seed: int, count: int, most: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        lesions = some_lesions(chance, most)
        if not lesions:
            continue
        items = in_words(lesions)
        chance.shuffle(items)
        result = run(items)
        expected = [worst(lesions, visit) for visit in (1, 2, 3)]
        assert [(step.low, step.high) for step in result.steps] == [(x, x) for x in expected], items
        assert result.overall.low == result.overall.high == min(expected)
        for site, grade in result.parts:
            assert grade.text == ORDER[min(ORDER.index(verdict(lesions, site, visit)) for visit in (1, 2, 3))]


def test_random_lesions_against_the_table() -> None:
    compare_random(11, 60, 3)


@pytest.mark.slow
def test_many_random_lesions_against_the_table() -> None:
    compare_random(12, 600, 8)


def test_a_range_holds_every_completion() -> None:
    chance = random.Random(13)
    for _ in range(60):
        full = some_lesions(chance, 2)
        if not full:
            continue
        holes: Lesions = {key: [axes if chance.random() < 0.75 else None for axes in s] for key, s in full.items()}
        result = run(in_words(holes))
        expected = [worst(full, visit) for visit in (1, 2, 3)]
        for step, true in zip(result.steps, expected, strict=True):
            assert step.low is None or step.high is None or step.low <= true <= step.high, (in_words(holes), step)
        if result.overall.low is not None and result.overall.high is not None:
            assert result.overall.low <= min(expected) <= result.overall.high
        if result.overall.state == "range":
            assert result.overall.settles


def test_founding_case_says_what_would_settle_it() -> None:
    (case,) = (case for case in cases("response.extramedullary") if case.case == "founding_case")
    result = run([case.given])
    assert result.overall.state == "not graded"
    parts = dict(result.parts)
    assert parts["testis"].settles == ("axes", "examination", "ultrasound")
    assert parts["skin"].reasons == ("no_evaluation",)
    assert parts["skin"].settles == ("examination",)
    assert [step.at for step in result.steps] == [4.0, 7.0, 37.0]
    assert all(fact.reason for fact in result.facts)


def test_evidence_names_the_looks_that_decided() -> None:
    course = read_given("d-5 lesion neck node ct 40x30; d28 lesion neck node ct 30x20; d90 lesion neck node ct 40x40")
    overall = RULE.run(course).overall
    assert [getattr(course.record(uid), "axes_mm", ()) for uid in overall.evidence] == [(30.0, 20.0)]


@pytest.mark.slow
def test_the_compiled_kernel_says_the_same() -> None:
    compiled = compile_kernel(RULE.kernel)
    for case in cases("response.extramedullary"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings()
        steps, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.missing[: len(plain.at)].tolist() == plain.missing.tolist()


def measured_testis(chance: random.Random, name: str, before: str, after: str) -> list[str]:
    """A testis measured at every visit and judged by both methods."""
    items = []
    for day in (-5, *VISITS):
        axes, word = f"{chance.randint(10, 90)}x{chance.randint(10, 90)}", before if day < 0 else after
        items += [f"d{day} lesion {name} testis ultrasound {axes} {word}"]
        items += [f"d{day} lesion {name} testis examination {word}"]
    return items


def test_a_lesion_that_was_clean_before_and_stays_clean_changes_nothing() -> None:
    chance, diluted = random.Random(17), 0
    for _ in range(60):
        ill = measured_testis(chance, "left", "abnormal", "abnormal")
        clean = measured_testis(chance, "right", chance.choice(["normal", "resolved"]), "normal")
        alone, both = run(ill), run([*ill, *clean])
        assert [(s.low, s.high) for s in both.steps] == [(s.low, s.high) for s in alone.steps], clean
        as_target = run([*ill, *(re.sub("(d-5 .*) (normal|resolved)", r"\1 abnormal", item) for item in clean)])
        diluted += [s.low for s in as_target.steps] != [s.low for s in alone.steps]
    assert diluted


def test_only_what_was_not_looked_at_would_settle_the_whole():
    found = RULE.run(read_given("site skin involved=yes; d-5 lesion neck node ct 30x20; d28 lesion neck node ct 14x10"))
    assert (found.overall.text, found.overall.settles) == ("CR to PD", ("examination",))


def test_the_whole_names_the_looks_of_every_site():
    course = read_given(
        "site skin involved=yes; d-5 lesion neck node ct 30x20; d28 lesion neck node ct 14x10; d28 lesion leg skin examination resolved"
    )
    found = RULE.run(course)
    assert found.overall.text == "CR"
    assert {course.record(uid).site for uid in found.overall.evidence} == {"node", "skin"}


def lesions_named(given: str) -> list[str]:
    """What the evidence of the overall response speaks of, in order: the lesion of a look, the word of a biopsy."""
    course = read_given(given)
    records = [course.record(uid) for uid in RULE.run(course).overall.evidence]
    return [getattr(record, "lesion", "biopsy") for record in records]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("d28 lesion neck node ct 14x10; d28 lesion groin node ct 25x20 new", ["groin", "neck"]),
        # A biopsy decides over the size: it comes first.
        ("d28 lesion leg skin photograph 10x10; d28 procedure biopsy skin positive", ["biopsy", "leg"]),
        (
            "d-5 lesion neck node ct 30x20; d28 lesion neck node ct 14x10; d28 lesion groin node ct 25x20 new; "
            "d28 procedure biopsy node negative lesion=groin",
            ["biopsy", "groin", "neck"],
        ),
    ],
)
def test_evidence_names_each_lesion_and_what_decided_first(given: str, names: list[str]) -> None:
    assert lesions_named(given) == names


def test_evidence_names_every_lesion_while_there_is_room() -> None:
    def seen(site: str, names: str) -> list[str]:
        return [f"d{day} lesion {name} {site} ct 20x16" for name in names for day in (-5, 28)]

    assert lesions_named("; ".join(seen("node", "abc"))) == [*"abc"]
    assert lesions_named("; ".join(seen("liver", "abcde") + seen("node", "vwxyz")))[:3] == [*"abc"]


@pytest.mark.parametrize(
    ("given", "text", "settles"),
    [
        ("d28 lesion neck node ct 30x20", "PR to PD", ("axes",)),
        ("site skin involved=yes; d28 lesion neck node ct 40x30", "PR to PD", ("axes", "examination")),
    ],
)
def test_a_size_without_one_before_is_no_growth_and_carries_no_flag(
    given: str, text: str, settles: tuple[str, ...]
) -> None:
    result = RULE.run(read_given(given))
    for grade in (result.overall, *result.steps):
        assert (grade.text, grade.settles, grade.reasons) == (text, settles, ())


def test_skin_that_nobody_looked_at_again_asks_for_an_examination() -> None:
    overall = RULE.run(read_given("d-5 panel skin 93.1")).overall
    assert (overall.text, overall.settles, overall.reasons) == ("not graded", ("examination",), ("no_evaluation",))


def test_of_two_looks_on_neighbouring_days_each_day_has_its_own() -> None:
    """Growth on day 27 may be inflammation; on day 28 it is progression."""
    result = RULE.run(
        read_given("d-5 lesion neck node ct 20x20; d27 lesion neck node ct 30x20; d28 lesion neck node ct 30x20")
    )
    assert [(step.day, step.text) for step in result.steps] == [(27, "SD to PD"), (28, "PD")]
    assert {fact.id: fact.value for fact in result.facts}["progression_day"] == 28


def test_a_node_that_was_only_ever_small_takes_no_part_and_has_no_time() -> None:
    part = dict(RULE.run(read_given("d21 lesion neck node ct 14x10")).parts)["node"]
    assert (part.state, part.at) == ("not applicable", None)


def test_the_best_response_of_a_site_counts_from_day_21_as_that_of_all_does() -> None:
    for day, text, reasons in ((20, "not graded", ("too_early",)), (21, "CR", ())):
        result = RULE.run(read_given(f"d-5 lesion neck node ct 30x20; d{day} lesion neck node ct 14x10"))
        for grade in (result.overall, dict(result.parts)["node"]):
            assert (grade.text, grade.reasons) == (text, reasons)


@pytest.mark.parametrize(
    ("given", "text", "flags"),
    [
        ("d-5 lesion neck node ct 20x20; d60 lesion neck node ct 30x30", "PD", ("growth",)),
        (
            "d60 lesion neck node ct 20x20 new; d60 procedure biopsy node negative lesion=neck",
            "CR",
            ("biopsy_decided",),
        ),
    ],
)
def test_what_decided_is_all_that_is_said_of_the_site_and_of_the_whole(
    given: str, text: str, flags: tuple[str, ...]
) -> None:
    result = RULE.run(read_given(given))
    assert [name for name, _ in result.parts] == ["node"]
    for grade in (result.overall, *result.steps, dict(result.parts)["node"]):
        assert (grade.text, grade.reasons) == (text, flags)


def test_what_grew_is_named_first_then_what_is_left_then_what_is_gone() -> None:
    before = "d-5 lesion a node ct 40x30; d-5 lesion b node ct 40x30; d-5 lesion c node ct 20x15"
    course = read_given(f"{before}; d28 lesion a node ct 10x8; d28 lesion b node ct 30x20; d28 lesion c node ct 30x25")
    assert [course.record(uid).lesion for uid in RULE.run(course).overall.evidence] == ["c", "b", "a"]


def test_a_settled_response_asks_for_nothing() -> None:
    for case in cases(RULE.id):
        found = RULE.run(read_given(case.given), chosen_options(case.options))
        assert all(grade.settles == () for grade in found.steps if grade.low == grade.high and grade.low is not None)
