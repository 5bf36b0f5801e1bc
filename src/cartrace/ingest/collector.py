"""Findings as they are met, with the place filled in, so that a reader reports everything and stops at nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cartrace.course import Finding, Severity


class Collector:
    """Collects the findings of one reading. `limit` repeats of one check in one column are kept, the rest counted."""

    LIMIT = 20

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._repeats: dict[tuple[str, str, str], int] = {}

    def add(
        self,
        severity: Severity,
        check: str,
        *,
        file: str,
        row: int | None = None,
        column: str = "",
        found: str,
        expected: str | Callable[[], str],
        action: str,
    ) -> None:
        """Add one finding. `expected` may be a function: looking for the nearest word is slow, and only kept findings need it."""
        key = (check, file, column)
        self._repeats[key] = self._repeats.get(key, 0) + 1
        if self._repeats[key] <= self.LIMIT:
            said = expected if isinstance(expected, str) else expected()
            self._findings.append(Finding(severity, check, file, row, column, found, said, action))

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self._findings)

    def findings(self) -> tuple[Finding, ...]:
        """All findings: errors first, then by file and row; one line counts what was left out as repeated."""
        rest = [
            Finding(
                "info",
                check,
                file,
                None,
                column,
                f"{count - self.LIMIT} more rows with the same problem ({check})",
                "as said above",
                "correct them together",
            )
            for (check, file, column), count in self._repeats.items()
            if count > self.LIMIT
        ]
        order = {"error": 0, "warning": 1, "info": 2}
        return tuple(sorted([*self._findings, *rest], key=lambda f: (order[f.severity], f.file, f.row or 0, f.column)))


def quoted(text: object) -> str:
    """Text as it stood in the file, in quotation marks, shortened when very long."""
    words = str(text)
    return f'"{words if len(words) <= 60 else words[:57] + "..."}"'


def one_of(words: Sequence[object], nearest: Sequence[str] = ()) -> str:
    """ "a, b or c; did you mean b?": what is accepted, and the nearest when there is one."""
    texts = [str(word) for word in words]
    listed = f"one of {', '.join(texts)}" if len(texts) > 1 else "".join(texts)
    if texts == list(nearest):
        return listed
    return f"{listed}; did you mean {' or '.join(nearest)}?" if nearest else listed
