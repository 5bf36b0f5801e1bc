"""The bibliography: entries are whole and print as one line."""

from __future__ import annotations

import re

import pytest

from cartrace.vocabulary import sources


@pytest.mark.parametrize("source", sources.sources().values(), ids=lambda source: source.key)
def test_an_entry_is_whole(source):
    assert source.title
    assert source.authors
    assert source.published
    assert source.read, "say what of it was read by us"
    assert re.fullmatch(r"[a-z0-9_]+", source.key)
    if source.doi:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", source.doi)
    if source.url:
        assert source.url.startswith("https://")
    assert "\n" not in source.citation


def test_no_paper_stands_twice():
    dois = [source.doi.lower() for source in sources.sources().values() if source.doi]
    assert len(set(dois)) == len(dois)


def test_a_citation_carries_its_doi():
    cited = sources.source("lee2019astct").citation
    assert "ASTCT consensus grading" in cited
    assert cited.endswith("doi:10.1016/j.bbmt.2018.12.758")


def test_an_unknown_key_is_said():
    with pytest.raises(KeyError):
        sources.source("nobody2099")
