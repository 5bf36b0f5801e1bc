"""The conformance suite: published cases for the tests, the documentation, and any other tool that grades.

In: the case tables. Out: cases, and what came of running them here (`run_case`) or on another tool (`run_tool`).
Decided here: nothing; `expected` says what a case can expect, `question` and `answer` what goes to and comes from a tool.
"""

from cartrace.assess.conformance.expected import Expected, expectations
from cartrace.assess.conformance.judge import Outcome, run_case
from cartrace.assess.conformance.question import course_of, question
from cartrace.assess.conformance.tables import SUITE_VERSION, Case, cases, chosen_options

__all__ = [
    "SUITE_VERSION",
    "Case",
    "Expected",
    "Outcome",
    "cases",
    "chosen_options",
    "course_of",
    "expectations",
    "question",
    "run_case",
]
