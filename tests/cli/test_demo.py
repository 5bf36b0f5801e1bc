"""`cartrace demo`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartrace.cli.demo import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_course_is_copied_and_reported(run, data, example):
    result = run("demo", example)
    assert result.exit_code == 0, result.output
    report = Path("cartrace-demo") / f"{example}.html"
    assert str(report) in result.stdout
    assert f"cartrace report {example}" in report.read_text(encoding="utf-8")
    assert run("check", f"cartrace-demo/{example}").exit_code == 0


def test_every_bundled_course_can_be_asked_for():
    import cartrace

    folders = {path.parent.name for path in (Path(cartrace.__file__).parent / "examples").glob("*/course.yaml")}
    assert folders == set(EXAMPLES)
