"""The conformance suite: published cases for the tests, the documentation, and any other tool that grades.

In: the case tables. Out: cases, and what came of running them here (`run_case`) or on another tool (`run_tool`).
Decided here: nothing; `expected` says what a case can expect, `question` and `answer` what goes to and comes from a tool.
"""

from cartrace.assess.conformance.answer import STATES, Verdict, answer_of, judge_answer, read_answer
from cartrace.assess.conformance.expected import Expected, expectations
from cartrace.assess.conformance.export import files, suite_digest
from cartrace.assess.conformance.judge import Outcome, run_case
from cartrace.assess.conformance.question import course_of, question_of
from cartrace.assess.conformance.schema import answer_schema, question_schema
from cartrace.assess.conformance.tables import SUITE_VERSION, Case, cases, chosen_options
from cartrace.assess.conformance.tool import SECONDS, run_tool

__all__ = [
    "SECONDS",
    "STATES",
    "SUITE_VERSION",
    "Case",
    "Expected",
    "Outcome",
    "Verdict",
    "answer_of",
    "answer_schema",
    "cases",
    "chosen_options",
    "course_of",
    "expectations",
    "files",
    "judge_answer",
    "question_of",
    "question_schema",
    "read_answer",
    "run_case",
    "run_tool",
    "suite_digest",
]
