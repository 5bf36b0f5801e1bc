"""Every source key that is cited stands in the bibliography, and every entry of the bibliography is cited somewhere.

A key is cited in a `sources` tuple, as a word in a docstring or comment, in a data table, or in an example course.
"""

from __future__ import annotations

import re
from pathlib import Path

from cartrace.vocabulary import sources

SOURCE = Path(sources.__file__).parents[1]
BIBLIOGRAPHY = SOURCE / "vocabulary" / "sources.toml"
# A key is a name, a year and a word (lee2019astct), or stands in the bibliography as it is (ctcae5).
LOOKS_LIKE_A_KEY = re.compile(r"\b[a-z]{3,}(?:19|20)\d\d[a-z]*\d*\b")
IN_A_TUPLE = re.compile(r"\bsources\s*[=:]\s*[\[(]([^\])]*)[\])]")


def texts() -> dict[str, str]:
    endings = {".py", ".toml", ".tsv", ".yaml"}
    paths = (path for path in SOURCE.rglob("*") if path.suffix in endings and path != BIBLIOGRAPHY)
    return {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in paths}


def test_every_cited_key_stands_in_the_bibliography():
    # The edition in the id of a rule (hscore.fardet2014) and the id of a model (stein2019) name no source by themselves.
    stems = {path.stem for path in SOURCE.rglob("*") if path.suffix in {".py", ".tsv"}}
    models = {path.parent.name for path in SOURCE.glob("models/library/*/model.toml")}
    modules = stems | models | {edition for stem in stems for edition in stem.split(".")}
    unknown = []
    for name, text in texts().items():
        in_tuples = re.findall(r"[a-z][a-z0-9_]+", " ".join(IN_A_TUPLE.findall(text)))
        cited = {*LOOKS_LIKE_A_KEY.findall(text), *in_tuples} - modules
        unknown += [(name, key) for key in sorted(cited) if key not in sources.sources()]
    assert unknown == []


def test_every_entry_is_cited():
    everything = "\n".join(texts().values())
    words = set(re.findall(r"\w+", everything))
    assert sorted(set(sources.sources()) - words) == []
