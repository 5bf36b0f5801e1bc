"""Numbers that no rule of the shelf gives: how they are said."""

from __future__ import annotations

import pytest

from cartrace.assess.forms import Answer
from cartrace.assess.forms.episode_form import Field
from cartrace.assess.forms.found import Found, number, silence
from cartrace.assess.infection.density import Density
from cartrace.report.counted import answer_said, asked_by, density_said


@pytest.mark.parametrize(
    ("field", "found", "said"),
    [
        ("onset_day", number(3.0, "d"), "day 3"),
        ("duration_elapsed", number(4.5, "d", lower_bound=True), "≥ 4.5 days"),
        ("highest_temperature", number(39.1, "Cel"), "39.1 °C"),
        ("lowest_ice", number(7.0, "{score}"), "7"),
        ("occurred", Found("yes"), "yes"),
        ("occurred", silence("not graded by the rule"), "not graded by the rule"),
    ],
)
def test_answers_for_a_reader(field, found, said):
    assert answer_said(Answer(Field(field, "", "", "", ""), found)) == said


@pytest.mark.parametrize(
    ("cibmtr", "ebmt", "said"),
    [("read", "read", "CIBMTR, EBMT"), ("memory", "", "CIBMTR (from memory)"), ("", "read", "EBMT"), ("", "", "")],
)
def test_who_asks(cibmtr, ebmt, said):
    assert asked_by(Field("a", "", "", cibmtr, ebmt)) == said


def test_a_density_is_a_number_with_its_interval_or_a_reason():
    assert density_said(Density((0, 28), 1, 29, 0.0873, 19.2123)) == "3.45 per 100 days (0.0873 to 19.2)"
    assert density_said(Density((0, 28), None, None, reason="no day at risk in the window")).startswith("no day")
