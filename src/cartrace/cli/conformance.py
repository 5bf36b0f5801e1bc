"""`cartrace conformance`: the published cases, run."""

from __future__ import annotations

import click

from cartrace.cli import door
from cartrace.cli.door import BAD_INPUT, guarded, json_option


@click.command(short_help="Run the conformance cases of the rules and print a scorecard.")
@door.rule_option
@click.option("--cases", "list_cases", is_flag=True, help="Print the cases instead of running them.")
@json_option
@guarded
def command(rules: tuple[str, ...], list_cases: bool, as_json: bool) -> None:
    """Run the conformance cases of the rules and print a scorecard; exit code 1 when a case fails.

    \b
    Example: cartrace conformance
             cartrace conformance --rule crs.astct2019 --cases
    """
    from cartrace.assess import conformance
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json
    from cartrace.study import chosen_rules

    chosen = chosen_rules(rules)
    if list_cases:
        cases = [case for rule in chosen for case in conformance.cases(rule.id)]
        rows = [(c.rule, c.case, c.expect, c.sentence) for c in cases]
        click.echo(to_json({"cases": cases}) if as_json else aligned(("rule", "case", "expected", "sentence"), rows))
        return
    outcomes = [conformance.run_case(rule, case) for rule in chosen for case in conformance.cases(rule.id)]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    score = [
        (
            rule.name,
            str(sum(o.case.rule == rule.id for o in outcomes)),
            str(sum(o.case.rule == rule.id and o.passed for o in outcomes)),
        )
        for rule in chosen
    ]
    if as_json:
        records = [{"rule": name, "cases": int(cases), "passed": int(passed)} for name, cases, passed in score]
        click.echo(to_json({"rules": records, "failed": failed}))
    else:
        for outcome in failed:
            case = outcome.case
            click.echo(f"FAILED {case.rule} {case.case}: {case.sentence}: {'; '.join(outcome.wrong)}", err=True)
        click.echo(aligned(("rule", "cases", "passed"), score))
        click.echo(f"{len(outcomes)} cases, {len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if failed:
        raise SystemExit(BAD_INPUT)
