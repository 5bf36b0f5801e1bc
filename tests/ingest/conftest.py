"""Small folders and tables on disk, and what reading them finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cartrace import ingest
from cartrace.course import Finding
from cartrace.errors import InputRefused

BASE = "cartrace: 1\nid: c1\ninfusions: [{day: 0}]\n"
"""The smallest course without any finding; what a case adds starts in row 4."""

Files = Mapping[str, str | bytes | None]


def write(folder: Path, files: Files) -> Path:
    """Write files by name; None makes a folder of that name."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir()
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8", newline="")
    return folder


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., tuple[Finding, ...]]:
    """Findings of a folder, or of one table in it; makes sure that `read` refuses exactly when there is an error."""

    def look(files: Files, *, at: str = "", **options: object) -> tuple[Finding, ...]:
        folder = write(tmp_path / "case", files)
        path = folder / at if at else folder
        findings = ingest.check(path, **options)
        if any(finding.severity == "error" for finding in findings):
            with pytest.raises(InputRefused) as refused:
                ingest.read(path, **options)
            assert refused.value.findings == findings
        else:
            assert ingest.read(path, **options).findings == findings
        return findings

    return look
