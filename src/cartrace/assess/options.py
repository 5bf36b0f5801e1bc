"""Choices of rules as a course and a command line make them.

In: "rule.option" names with values. Out: the options of one rule, and findings for names and values that do not exist.
Decided here: what is said on the command line goes before what course.yaml says, and that before the default. One option is of
no rule: `course.anc`, what counts as a neutrophil count.
"""

from __future__ import annotations

from collections.abc import Mapping

from cartrace.assess import neutrophils
from cartrace.assess.rule import Rule
from cartrace.assess.shelf import RULES, rule
from cartrace.course import Course, Finding
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms


def options_of(of: Rule, course: Course, said: Mapping[str, str]) -> dict[str, str]:
    """Options for one rule by their plain names."""
    both = {**{name: str(value) for name, value in course.settings}, **said}
    return {name.rpartition(".")[2]: value for name, value in both.items() if name.rpartition(".")[0] == of.id}


def derives_neutrophils(course: Course, said: Mapping[str, str]) -> bool:
    """Whether neutrophil counts are to be derived where none is recorded (option `course.anc`)."""
    both = {**{name: str(value) for name, value in course.settings}, **said}
    return neutrophils.NAME in both and neutrophils.ANC.number(both[neutrophils.NAME]) == 1


def accept(said: Mapping[str, str]) -> None:
    """Raise `UnknownTerm` for the first rule, option or value that does not exist."""
    for name, value in said.items():
        rule_id, _, option = name.rpartition(".")
        if name == neutrophils.NAME:
            neutrophils.ANC.number(value)
            continue
        rule(rule_id).settings({option: value})


def wrong_options(course: Course, *, file: str = "course.yaml") -> tuple[Finding, ...]:
    """A finding for every setting of the course that no rule has."""
    findings = []
    for name, value in course.settings:
        try:
            accept({name: str(value)})
        except UnknownTerm as unknown:
            names = (neutrophils.NAME, *(f"{r.id}.{option.name}" for r in RULES for option in r.options))
            near = " or ".join(terms.nearest(name, names)) or "rule.option: value (see cartrace rules)"
            found = f'"{name}: {value}" ({unknown})'
            findings.append(
                Finding("error", "settings.unknown", file, None, "settings", found, near, "correct the option")
            )
    return tuple(findings)
