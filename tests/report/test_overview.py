"""The overview: one row per course with its link and headlines."""

from __future__ import annotations

from cartrace.report import index


def test_one_row_per_course_with_link_and_headlines(full, silent, parse):
    page = parse(index([(full, "full.html"), (silent, "silent.html")]))
    assert page.links == ["full.html", "silent.html"]
    assert page.tables == 1
    assert "5 × 10⁶ cells/kg in 3 infusions" in page.said
    assert "41 000 copies/µg DNA" in page.said
    assert "not graded" in page.said
    assert "investigators: grade 1 (maximum)" in page.said
    assert "Not graded for any course: ICANS, ASTCT 2019" in page.said
    assert "1 of 2 courses are SIMULATED" in page.said
    assert page.loads == []


def test_real_courses_carry_no_mark(silent, parse):
    assert "SIMULATED" not in parse(index([(silent, "silent.html")])).said


def test_names_are_escaped(graded, hostile_text, parse):
    from cartrace.course import Course

    course = Course(hostile_text, title=hostile_text)
    page = parse(index([(graded(course), 'a"><script>.html')]))
    assert page.links == ['a"><script>.html']
    assert page.said.count("alert(1)") == 2


def test_no_course_at_all_is_a_page_too(parse):
    assert "0 courses" in parse(index([])).said


def test_the_same_rows_give_the_same_bytes(full, silent):
    rows = [(full, "a.html"), (silent, "b.html")]
    assert index(rows) == index(rows)
