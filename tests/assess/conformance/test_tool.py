"""Another tool: whatever it does, each case gets its verdict and the next one is asked."""

from __future__ import annotations

import shlex
import sys

import pytest

from cartrace.assess import rule
from cartrace.assess.conformance import cases, run_tool
from cartrace.assess.conformance.tool import Tool, verdict

CRS = rule("crs.astct2019")
ASKED = [(CRS, case) for case in cases(CRS.id)[:4]]
RIGHT = [case.expect.split(";")[0] for _, case in ASKED]
START = "import json, sys, time\nfor n, line in enumerate(sys.stdin):\n    case = json.loads(line)['case']\n"


@pytest.fixture
def command(tmp_path):
    def written(body: str) -> str:
        path = tmp_path / "tool.py"
        path.write_text(START + "".join(f"    {line}\n" for line in body.splitlines()), encoding="utf-8")
        return shlex.join([sys.executable, str(path)])

    return written


def states(command: str, seconds: float = 30.0) -> list[str]:
    return [verdict.state for verdict in run_tool(command, ASKED, seconds)]


def test_the_grades_these_cases_expect():
    assert RIGHT == ["0", "1", "1", "1"]


def test_one_process_answers_all(command):
    # The answer is the number of lines read so far.
    assert states(command("print(json.dumps({'case': case, 'grade': min(n, 1)}), flush=True)")) == ["passed"] * 4


def test_a_tool_may_end_after_each_answer(command):
    once = command("print(json.dumps({'case': case, 'grade': 1}), flush=True)\nbreak")
    assert states(once) == ["failed", "passed", "passed", "passed"]


def test_a_crash_is_a_verdict_on_one_case(command):
    body = "if 'A2' in case and 'above' not in case: raise RuntimeError('no such fever')\n"
    found = list(run_tool(command(body + "print(json.dumps({'case': case, 'grade': 1}), flush=True)"), ASKED, 30.0))
    assert [verdict.state for verdict in found] == ["failed", "crashed", "passed", "passed"]
    assert "exit code 1" in found[1].wrong[0]
    assert "no such fever" in found[1].wrong[0]


def test_a_late_answer_is_a_verdict_on_one_case(command):
    body = "if case.endswith('A2'): time.sleep(600)\nprint(json.dumps({'case': case, 'grade': 1}), flush=True)"
    with Tool(command(body), 1.0) as tool:
        late = verdict(tool, *ASKED[1])
        tool.seconds = 60.0
        next_one = verdict(tool, *ASKED[2])
    assert (late.state, late.wrong) == ("timed out", ("no answer within 1 s",))
    assert next_one.state == "passed"


@pytest.mark.parametrize(
    "answer",
    ["'grade 1'", "'[]'", "json.dumps({'case': 'other', 'grade': 1})", "json.dumps({'case': case, 'grade': '1'})",
     "json.dumps({'case': case, 'grade': 1, 'facts': 3})"],
)  # fmt: skip
def test_an_answer_outside_the_protocol_is_a_crash(command, answer):
    assert states(command(f"print({answer}, flush=True)"))[1] == "crashed"


def test_a_tool_may_pass_on_cases(command):
    assert states(command("print(json.dumps({'case': case, 'unsupported': True}), flush=True)")) == ["unsupported"] * 4


def test_a_tool_that_ends_at_once_is_not_started_for_ever(tmp_path):
    (tmp_path / "silent.py").write_text("", encoding="utf-8")
    assert states(shlex.join([sys.executable, str(tmp_path / "silent.py")])) == ["crashed"] * 4


def test_a_command_that_is_none_cannot_be_started():
    with pytest.raises(FileNotFoundError):
        states("no-such-grader-anywhere")
