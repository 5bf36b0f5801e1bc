"""`cartrace conformance`: the published cases, run on our rules or on any other tool.

In: what to do with the cases. Out: a scorecard, the cases, files, or answers.
Decided here: a case that a tool passes on is no failure; a crash and a late answer are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cartrace.cli import door
from cartrace.cli.door import BAD_INPUT, guarded, json_option

if TYPE_CHECKING:
    from cartrace.assess import Rule
    from cartrace.assess.conformance import Verdict


@click.command(short_help="Run the conformance cases on the rules or on another tool and print a scorecard.")
@door.rule_option
@click.option("--cases", "list_cases", is_flag=True, help="Print the cases instead of running them.")
@click.option(
    "--tool", metavar="COMMAND", help="Ask this command instead: one JSON line in, one JSON line out per case."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the tool may take over one answer. [10]",
)
@click.option(
    "--export", type=click.Path(path_type=Path), metavar="DIR", help="Write the cases as JSON lines, for any language."
)
@click.option("--answer", is_flag=True, help="Be such a tool: read questions from standard input.")
@json_option
@guarded
def command(
    rules: tuple[str, ...],
    list_cases: bool,
    tool: str | None,
    timeout: float | None,
    export: Path | None,
    answer: bool,
    as_json: bool,
) -> None:
    """Run the conformance cases on the rules, or on another tool, and print a scorecard; exit code 1 when a case fails.

    The lines that go to a tool and come back are described in docs/conformance.md.

    \b
    Example: cartrace conformance
             cartrace conformance --rule crs.astct2019 --cases
             cartrace conformance --tool "python docs/adapters/example_adapter.py"
             cartrace conformance --export cases
    """
    from cartrace.study import chosen_rules

    if sum((list_cases, tool is not None, export is not None, answer)) > 1:
        raise click.UsageError("--cases, --tool, --export and --answer exclude one another.")
    chosen = chosen_rules(rules)
    if list_cases:
        print_cases(chosen, as_json=as_json)
    elif export is not None:
        write_cases(chosen, export)
    elif answer:
        answer_questions(chosen)
    else:
        score(chosen, verdicts(chosen, tool, timeout), as_json=as_json)


def print_cases(rules: Sequence[Rule], *, as_json: bool) -> None:
    """Every case with what it expects."""
    from cartrace.assess import conformance
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json

    cases = [case for rule in rules for case in conformance.cases(rule.id)]
    rows = [(c.rule, c.case, c.expect, c.sentence) for c in cases]
    click.echo(to_json({"cases": cases}) if as_json else aligned(("rule", "case", "expected", "sentence"), rows))


def write_cases(rules: Sequence[Rule], folder: Path) -> None:
    """The suite as files."""
    from cartrace.assess import conformance

    files = conformance.files(rules)
    for name, text in files.items():
        door.write(folder / name, text)
    click.echo(f"{folder}: {len(files)} files, {sum(len(conformance.cases(rule.id)) for rule in rules)} cases")


def answer_questions(rules: Sequence[Rule]) -> None:
    """Our own answers, in the form that any tool gives them."""
    from cartrace.assess import conformance

    by_id = {rule.id: rule for rule in rules}
    for line in sys.stdin:
        asked = json.loads(line)
        rule = by_id.get(asked["rule"])
        found = {"case": asked["case"], "unsupported": True} if rule is None else conformance.answer_of(rule, asked)
        click.echo(json.dumps(found, ensure_ascii=False))


def verdicts(rules: Sequence[Rule], tool: str | None, timeout: float | None) -> list[Verdict]:
    """What came of every case, on the tool or on our rules."""
    from cartrace.assess import conformance
    from cartrace.assess.conformance import Verdict

    asked = [(rule, case) for rule in rules for case in conformance.cases(rule.id)]
    if tool is not None:
        return list(conformance.run_tool(tool, asked, timeout or conformance.SECONDS))
    outcomes = (conformance.run_case(rule, case) for rule, case in asked)
    return [Verdict(o.case, "passed" if o.passed else "failed", o.wrong) for o in outcomes]


def score(rules: Sequence[Rule], found: Sequence[Verdict], *, as_json: bool) -> None:
    """Print the scorecard. Raises SystemExit with code 1 when a case failed."""
    from cartrace.assess import RULES, conformance
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json

    states = [
        state for state in conformance.STATES if state in ("passed", "failed") or any(v.state == state for v in found)
    ]
    rows = [(rule.name, counted([v for v in found if v.case.rule == rule.id], states)) for rule in rules]
    bad = [verdict for verdict in found if verdict.state not in ("passed", "unsupported")]
    suite = {"version": conformance.SUITE_VERSION, "digest": conformance.suite_digest(RULES)}
    if as_json:
        records = [
            {"rule": name, "cases": sum(counts), **dict(zip(states, counts, strict=True))} for name, counts in rows
        ]
        click.echo(to_json({"suite": suite, "rules": records, "failed": bad}))
    else:
        for verdict in bad:
            case, locator = verdict.case, f" ({verdict.case.locator})" if verdict.case.locator else ""
            words = "; ".join(verdict.wrong)
            click.echo(f"{verdict.state.upper()} {case.rule} {case.case}: {case.sentence}: {words}{locator}", err=True)
        table = [(name, str(sum(counts)), *map(str, counts)) for name, counts in rows]
        click.echo(aligned(("rule", "cases", *states), table))
        totals = ", ".join(f"{n} {state}" for n, state in zip(counted(found, states), states, strict=True))
        click.echo(f"{len(found)} cases, {totals}")
        if unanswered := sum(verdict.unanswered for verdict in found):
            click.echo(f"{unanswered} items of detail (times, facts, flags) not answered")
        click.echo(f"suite {suite['version']}, digest {suite['digest']}")
    if bad:
        raise SystemExit(BAD_INPUT)


def counted(found: Sequence[Verdict], states: Sequence[str]) -> list[int]:
    """How many verdicts are in each state."""
    return [sum(verdict.state == state for verdict in found) for state in states]
