"""A whole run: which rules, which options, which files belong to which course."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartrace import study
from cartrace.assess import RULES
from cartrace.errors import InputRefused, UnknownTerm
from cartrace.study import StudySettings

COURSE = """cartrace: 1
id: {id}
infusions: [{{day: 0, dose: 1, unit: 10^6/kg}}]
settings: {settings}
observations:
  - {{hour: 6, code: temperature, value: {temperature}, unit: Cel}}
"""


def folder(path: Path, *, course: str = "one", settings: str = "{}", temperature: str = "38.5") -> Path:
    path.mkdir(parents=True)
    text = COURSE.format(id=course, settings=settings, temperature=temperature)
    (path / "course.yaml").write_text(text)
    return path


def settings_of(done: study.Study, rule: str) -> dict[str, float]:
    return next(dict(a.settings) for a in done.courses[0].assessments if a.rule.startswith(rule))


def test_every_rule_runs_by_default(tmp_path):
    done = study.run(folder(tmp_path / "one"))
    assert [a.rule for a in done.courses[0].assessments] == [rule.name for rule in RULES]


def test_rules_by_the_beginning_of_their_ids():
    assert {rule.id for rule in study.chosen_rules(("response",))} == {
        r.id for r in RULES if r.id.startswith("response.")
    }
    chosen = study.chosen_rules(("crs.astct2019@1", "crs"))
    assert [rule.id for rule in chosen] == [r.id for r in RULES if r.id.startswith("crs.")]
    with pytest.raises(UnknownTerm, match="crs"):
        study.chosen_rules(("csr",))


def test_the_command_line_goes_before_course_yaml_and_that_before_the_default(tmp_path):
    path = folder(tmp_path / "one", settings="{crs.astct2019.resolution_hours: 48}")
    assert settings_of(study.run(path), "crs")["resolution_hours"] == 48
    said = StudySettings(options={"crs.astct2019.resolution_hours": "72"})
    assert settings_of(study.run(path, said), "crs")["resolution_hours"] == 72
    assert settings_of(study.run(path), "crs")["gap_hours"] == 0


def test_a_wrong_option_in_course_yaml_is_a_finding_and_nothing_is_read(tmp_path):
    path = folder(tmp_path / "one", settings="{crs.astct2019.resolution: 48}")
    with pytest.raises(InputRefused) as refused:
        study.run(path)
    (finding,) = refused.value.findings
    assert finding.check == "settings.unknown"
    assert "crs.astct2019.resolution_hours" in finding.expected
    assert study.check(path) == (finding,)


def test_files_and_findings_go_with_their_course(tmp_path):
    folder(tmp_path / "all" / "a", course="a")
    folder(tmp_path / "all" / "b", course="b", temperature="45")
    done = study.run(tmp_path / "all")
    assert [one.course.id for one in done.courses] == ["a", "b"]
    assert [[file.name for file in one.inputs] for one in done.courses] == [["a/course.yaml"], ["b/course.yaml"]]
    assert [len(one.findings) for one in done.courses] == [0, 1]
    assert [one.folder.name for one in done.courses] == ["a", "b"]


def test_grading_and_measuring_can_be_left_out(tmp_path):
    path = folder(tmp_path / "one")
    assert study.run(path, grade=False).courses[0].assessments == ()
    assert study.run(path, measure=False).courses[0].profiles == ()


def test_a_report_names_the_command_that_makes_it_again(tmp_path):
    done = study.run(folder(tmp_path / "one"))
    assert study.contents(done.courses[0], "cartrace report one").command == "cartrace report one"
    assert "cartrace report one" in study.page(done.courses[0], "cartrace report one")


def test_check_never_raises(tmp_path):
    assert study.check(tmp_path / "nowhere")[0].severity == "error"


@pytest.mark.slow
def test_a_registry_run_gives_the_same_overall_grades(tmp_path):
    for name, temperature, settings in (("a", "38.5", "{}"), ("b", "36.6", "{crs.astct2019.gap_hours: 12}")):
        folder(tmp_path / "all" / name, course=name, temperature=temperature, settings=settings)
    chosen = StudySettings(("crs", "response"))
    plain = study.run(tmp_path / "all", chosen, measure=False)
    compiled = study.run(tmp_path / "all", chosen, measure=False, registry=True)
    for one, other in zip(plain.courses, compiled.courses, strict=True):
        assert [(a.rule, a.settings, a.overall) for a in one.assessments] == [
            (a.rule, a.settings, a.overall) for a in other.assessments
        ]


COUNTS = """
  - {day: 5, code: wbc, value: 1.0, unit: 10^9/L}
  - {day: 5, code: neutrophil_percent, value: 40, unit: '%'}
"""


def with_counts(tmp_path: Path) -> Path:
    path = folder(tmp_path / "one")
    (path / "course.yaml").write_text((path / "course.yaml").read_text() + COUNTS)
    return path


@pytest.mark.parametrize("registry", [False, True])
def test_neutrophils_are_derived_only_when_asked_for(tmp_path, registry):
    if registry:
        pytest.importorskip("numba")
    path = with_counts(tmp_path)

    def graded(options: dict[str, str]) -> dict[str, int | None]:
        settings = StudySettings(("ctcae5.anc", "crs.astct2019"), options)
        (one,) = study.run(path, settings, registry=registry).courses
        return {a.rule.partition("@")[0]: a.overall.low for a in one.assessments}

    plain, derived = graded({}), graded({"course.anc": "derived"})
    assert plain["ctcae5.anc"] is None
    assert derived["ctcae5.anc"] == 4
    assert plain["crs.astct2019"] == derived["crs.astct2019"]


def test_the_evidence_says_that_a_count_is_derived(tmp_path):
    from cartrace.report import explain

    (one,) = study.run(with_counts(tmp_path), StudySettings(options={"course.anc": "derived"})).courses
    (row,) = explain(study.contents(one, ""), "ctcae5.anc").evidence
    assert row.what == "Neutrophils, derived from white cells and their percentage"
    assert row.text == "white cells 1, neutrophils 40 %"
