"""The bibliography: key to citation.

In: a source key as rules and constants cite it. Out: the entry and a printable citation.
Decided here: nothing; `sources.toml` is the one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cartrace.vocabulary import terms


@dataclass(frozen=True, slots=True)
class Source:
    """One paper, guideline, manual, code base or data set. `doi` and `url` are empty when not known."""

    key: str
    title: str
    authors: str
    published: str
    doi: str
    url: str
    read: str

    @property
    def citation(self) -> str:
        """One printable line."""
        link = f" doi:{self.doi}" if self.doi else f" {self.url}" if self.url else ""
        return f"{self.authors}. {self.title}. {self.published}.{link}"


@cache
def sources() -> dict[str, Source]:
    """Every source by key."""
    return {
        key: Source(
            key,
            entry["title"],
            entry["authors"],
            entry["published"],
            entry.get("doi", ""),
            entry.get("url", ""),
            entry.get("read", ""),
        )
        for key, entry in terms.load("sources.toml").items()
    }


def source(key: str) -> Source:
    """The source with this key; KeyError when the bibliography lacks it."""
    return sources()[key]
