"""What stands on a shelf can be loaded, is described and has a test; what has a file stands on the shelf."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from cartrace.assess import RULES
from cartrace.cli import COMMANDS, main
from cartrace.kinetics import METRICS
from cartrace.vocabulary import sources

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cartrace"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_text_cases_and_sources(rule):
    text = import_module(rule.module).__doc__ or ""
    assert "Published rule" in text
    assert "Readings" in text
    assert "Ungradable" in text
    assert (SOURCE / "assess" / "cases" / f"{rule.id}.tsv").is_file()
    assert rule.sources
    assert all(key in sources.sources() for key in rule.sources)
    assert len({r.code for r in rule.reasons}) == len(rule.reasons)


def test_every_case_table_belongs_to_a_rule():
    tables = {path.stem for path in (SOURCE / "assess" / "cases").glob("*.tsv")}
    assert tables == {rule.id for rule in RULES}


def test_rule_ids_are_unique():
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_a_metric_is_described(metric):
    assert metric.description.endswith(".")
    assert metric.sources
    assert all(key in sources.sources() for key in metric.sources)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_with_an_example(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"Example: cartrace {name}" in result.stdout
    assert "--json" in result.stdout


def test_every_command_file_is_on_the_shelf():
    parts = {"door", "plain", "columns", "commands", "__init__"}
    files = {path.stem for path in (SOURCE / "cli").glob("*.py")} - parts
    assert files == set(COMMANDS.values())
