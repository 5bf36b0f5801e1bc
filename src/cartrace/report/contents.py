"""What a report is made from: one course with everything that was found out about it.

In: results of the rooms below. Out: `ReportContents`.
Decided here: nothing; the command line and the study fill it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cartrace.assess import Assessment
from cartrace.course import Course, Finding, InputFile
from cartrace.kinetics import ProfileResult


@dataclass(frozen=True, slots=True)
class ReportContents:
    """One course, its grades, its kinetics, the findings about its files.

    folder    where its pictures lie; None for a plain table. It is read from and never printed.
    command   the command that makes the report again
    """

    course: Course
    assessments: tuple[Assessment, ...] = ()
    profiles: tuple[ProfileResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    folder: Path | None = None
    command: str = ""
