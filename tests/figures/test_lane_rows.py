"""Rows of a lane: no label is lost, none touches another thing, and each stays with its mark."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.figures.description import Bar, Event, Lane, LaneText, Span
from cartrace.figures.lane_rows import Ruler, plan_lane, wrapped

RULER = Ruler(
    x=float,
    width=lambda text: 2.0 * len(text),
    name_width=lambda text: 2.0 * len(text),
    left=0.0,
    right=100.0,
    edge=120.0,
    names=40.0,
    letter=5.0,
    air=1.0,
    mark=1.0,
    glyph=4.0,
    gap=2.0,
)


def event(time, label=""):
    return Event(float(time), label, "hover", "procedure")


def plan(*, room=40.0, **fields):
    return plan_lane(Lane("k", fields.pop("name", "name"), **fields), RULER, room=room)


@pytest.mark.parametrize(
    ("time", "left"),
    [(10, 12.0), (60, 62.0), (100, 102.0), (113, 97.0 + 4.0)],  # right of the mark, in the margin too; else left of it
)
def test_a_label_stands_beside_its_mark(time, left):
    planned = plan(events=(event(time, "label"),))
    assert planned.rows == 1
    assert [(line.row, line.left) for line in planned.labels] == [(0, left)]


def test_a_mark_without_room_for_its_label_moves_down():
    planned = plan(events=(event(0, "first label"), event(5, "second label"), event(28, "third")))
    assert planned.events == (0, 1, 0)
    assert planned.rows == 2
    assert [line.text for line in planned.labels] == ["first label", "second label", "third"]


def test_a_dose_stays_with_every_mark_it_holds_for():
    planned = plan(events=(event(2, "30 mg"), event(5), event(8)))
    assert planned.events == (0, 0, 0)
    assert planned.labels[0].left == 10.0


def test_a_label_of_two_lines_is_one_where_it_fits():
    assert [line.text for line in plan(events=(event(5, "1 + 3\n25 + 75 %"),)).labels] == ["1 + 3 (25 + 75 %)"]
    two = plan(events=(event(86, "1 + 3\n25 + 75 %"), event(60, "x"))).labels
    assert sorted((line.row, line.text) for line in two if line.text != "x") == [(0, "1 + 3"), (1, "25 + 75 %")]


def test_a_label_wider_than_any_gap_gets_rows_of_its_own():
    words = "nasal cannula and then high flow and again nasal cannula, ventilated and room air"
    planned = plan(bars=(Bar(0.0, 100.0, "closed", words, "hover", "oxygen"),))
    assert " ".join(line.text for line in sorted(planned.labels, key=lambda line: line.row)) == words
    assert all(line.row > 0 for line in planned.labels)


def test_labels_keep_off_the_ribbon_and_its_summary():
    span = Span(0.0, 60.0, 1, 1, "1", "hover")
    (line,) = plan(spans=(span,), texts=(LaneText("recorded: 2", "h"),), summary="max 1").texts
    assert line.row == 0
    assert line.left > 60.0
    long = plan(spans=(span,), texts=(LaneText("recorded: grade 2, maximum", "h"),), summary="max 1").texts
    assert [line.row for line in long] == [1]


def test_texts_share_a_row_or_have_their_own():
    texts = (LaneText("recorded: grade 1", "a"), LaneText("computed: 2", "b"))
    (line,) = plan(texts=texts).texts
    assert (line.text, line.hover) == ("recorded: grade 1; computed: 2", "a\nb")
    wide = tuple(LaneText(text.text + " with many more words", text.hover) for text in texts)
    lines = plan(texts=wide).texts
    assert [(line.row, line.text[-6:], line.hover) for line in lines] == [(0, "words;", "a"), (1, " words", "b")]


def test_what_comes_after_stands_at_the_end_of_the_plot():
    (line,) = plan(texts=(LaneText("HSCT: later", "", "after"),)).texts
    assert line.left + line.width == 99.0


def test_a_long_name_has_rows_enough():
    planned = plan(name="consolidation chemotherapy", room=30.0)
    assert planned.name == ("consolidation", "chemotherapy")
    assert planned.rows == 2


@pytest.mark.parametrize(("text", "lines"), [("a bc def", ["a bc", "def"]), ("abcdefgh", ["abcdefgh"]), ("", [""])])
def test_wrapping(text, lines):
    assert wrapped(text, room=8.0, width=lambda t: 2.0 * len(t)) == lines


@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["", "neg", "3×10⁻⁴", "lumbar puncture"])), max_size=9),
    st.lists(st.sampled_from(["HSCT: after day 90", "dose and days not recorded"]), max_size=2),
)
def test_nothing_touches_and_nothing_is_lost(marks, texts):
    events = tuple(event(time, label) for time, label in marks)
    planned = plan(events=events, texts=tuple(LaneText(text, "") for text in texts))
    assert sorted(line.text for line in planned.labels) == sorted(label for _, label in marks if label)
    assert set(texts) <= {part for line in planned.texts for part in line.text.removesuffix(";").split("; ")}
    lines = [*planned.labels, *planned.texts]
    assert all(0 <= line.row < planned.rows and line.left >= 0 and line.left + line.width <= 120.0 for line in lines)
    for one, other in combinations(lines, 2):
        assert one.row != other.row or one.left + one.width <= other.left or other.left + other.width <= one.left
    for mark, row in zip(events, planned.events, strict=True):
        for line in lines:
            away = line.left >= mark.time + 1.0 or line.left + line.width <= mark.time - 1.0
            assert line.row != row or away
