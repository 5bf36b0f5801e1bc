"""The suite as files that need no Python: one file of JSON lines per rule, the two schemas, and a page that explains them.

In: the case tables. Out: texts by file name, and the digest that names exactly these cases.
Decided here: a line holds the question as a tool gets it and, beside it, what is expected and why. The licence is that of
cartrace, so that one notice serves both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from functools import cache
from typing import Any

from cartrace import __version__
from cartrace.assess.conformance.expected import Expected, expectations
from cartrace.assess.conformance.question import question_of
from cartrace.assess.conformance.schema import answer_schema, question_schema
from cartrace.assess.conformance.tables import SUITE_VERSION, Case, cases
from cartrace.assess.rule import Rule

LICENCE = "Apache-2.0"
DIGEST_LETTERS = 16

README = """# Conformance cases for CAR-T toxicity and response rules

Suite {version}, digest {digest}, {count} cases over {rules} rules, written by cartrace {package}.
Licence: {licence} (https://www.apache.org/licenses/LICENSE-2.0).

`cases/RULE.jsonl` holds one JSON object per line:

- `question`: what a grader is given, as in `question.schema.json`: rule, options, and the course as plain records.
- `expect`: what a right answer says, item by item, as `kind` with `name`, `elapsed_days` or `study_day`, and the grade
  (`low` and `high`, `not_graded` or `not_applicable`; of a fact its `value`, null when there is none).
- `sentence`: the case in words. `locator`: where its source says so. `threshold`, `side`: the boundary it stands at.
- `provisional`: true when a part of the rule was written from memory and awaits the primary source.

A key that is absent was not recorded. It means "absent" or "normal" only where `complete` names the chart.
A grade with a missing input is a range: a grader that answers one end of it guesses.
A grader answers in the form of `answer.schema.json`.
"""


def files(rules: Sequence[Rule]) -> dict[str, str]:
    """Every file of the suite: name to text."""
    count = sum(len(cases(rule.id)) for rule in rules)
    readme = README.format(
        version=SUITE_VERSION,
        digest=suite_digest(tuple(rules)),
        count=count,
        rules=len(rules),
        package=__version__,
        licence=LICENCE,
    )
    schemas = {"question.schema.json": question_schema(), "answer.schema.json": answer_schema()}
    return {
        "README.md": readme,
        **{name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for name, schema in schemas.items()},
        **{f"cases/{rule.id}.jsonl": "".join(f"{line}\n" for line in _lines(rule)) for rule in rules},
    }


@cache
def suite_digest(rules: tuple[Rule, ...]) -> str:
    """What names exactly these cases, row for row."""
    total = hashlib.sha256()
    for rule in rules:
        for case in cases(rule.id):
            total.update(("\t".join(astuple(case)) + "\n").encode("utf-8"))
    return total.hexdigest()[:DIGEST_LETTERS]


def _lines(rule: Rule) -> Iterator[str]:
    for case in cases(rule.id):
        yield json.dumps(_record(rule, case), ensure_ascii=False, allow_nan=False)


def _record(rule: Rule, case: Case) -> dict[str, Any]:
    said = {"sentence": case.sentence, "locator": case.locator, "threshold": case.threshold, "side": case.side}
    return {
        "question": question_of(rule, case),
        "expect": [_plain(rule, item) for item in expectations(case.expect)],
        **{name: text for name, text in said.items() if text},
        "provisional": bool(rule.provisional),
    }


def _plain(rule: Rule, item: Expected) -> dict[str, Any]:
    """One item of what is expected."""
    plain: dict[str, Any] = {"kind": item.kind}
    if item.name:
        plain["name"] = item.name
    if item.kind in ("at", "evidence", "no evidence"):
        plain["elapsed_days"] = item.time
    if item.kind == "day":
        plain["study_day"] = int(item.time)
    if item.kind == "fact":
        plain["value"] = None if item.grade == "none" else float(item.grade)
    elif item.grade in ("not graded", "not applicable"):
        plain[item.grade.replace(" ", "_")] = True
    elif item.grade:
        plain["low"], plain["high"] = (word if word in rule.categories else int(word) for word in item.bounds)
    return plain
