"""The reference pages are what the package would write today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)
PAGES = generate.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fresh(name):
    path = DOCS / name
    assert path.is_file(), f"run python docs/generate.py: {name} is missing"
    assert path.read_text(encoding="utf-8") == PAGES[name], f"run python docs/generate.py: {name} is stale"


def test_no_page_of_a_rule_that_is_gone():
    assert {f"rules/{path.name}" for path in (DOCS / "rules").glob("*.md")} <= set(PAGES)
