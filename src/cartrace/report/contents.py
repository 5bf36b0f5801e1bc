"""What a report is made from: one course with everything that was found out about it.

In: results of the rooms below. Out: `ReportContents`.
Decided here: what follows from course and grades alone is worked out when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cartrace.assess import Assessment, concordance
from cartrace.assess.comparison import Difference, compare
from cartrace.assess.concordance import Comparison
from cartrace.assess.endpoints import CourseEndpoints, endpoints
from cartrace.assess.forms import EpisodeForm, episode_forms
from cartrace.assess.gaps import Query, gaps
from cartrace.assess.infection.density import FIRST_WINDOW, SECOND_WINDOW, Density, density
from cartrace.assess.ledger import Ledger, ledger
from cartrace.course import Course, Finding, InputFile
from cartrace.kinetics import ProfileResult

if TYPE_CHECKING:
    from cartrace.report.prediction_inputs import NotPredicted, Predicted


@dataclass(frozen=True)
class ReportContents:
    """One course, its grades, its kinetics, the findings about its files.

    folder    where its pictures lie; None for a plain table. It is read from and never printed.
    command   the command that makes the report again
    predict   whether the simulated course of patients like this one is worked out
    """

    course: Course
    assessments: tuple[Assessment, ...] = ()
    profiles: tuple[ProfileResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    folder: Path | None = None
    command: str = ""
    predict: bool = False

    @cached_property
    def ledger(self) -> Ledger:
        """What was given against toxicity, by the published factors."""
        return ledger(self.course)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The investigators' grades beside the computed ones."""
        return concordance.compare(self.course, self.assessments)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Where the editions of one scale differ, and by which published line."""
        return compare(self.course, self.assessments)

    @cached_property
    def endpoints(self) -> CourseEndpoints:
        """Survival, events and duration of response, with the default choices."""
        return endpoints(self.course)

    @cached_property
    def densities(self) -> tuple[Density, ...]:
        """Infections per 100 days at risk, in the published windows."""
        return tuple(density(self.course, window) for window in (FIRST_WINDOW, SECOND_WINDOW))

    @cached_property
    def forms(self) -> tuple[EpisodeForm, ...]:
        """What registry forms ask about the episodes of CRS and ICANS."""
        return episode_forms(self.course, self.assessments)

    @cached_property
    def prediction(self) -> Predicted | NotPredicted | None:
        """Simulated patients with this regimen and disease, or why there are none; None when nobody asked."""
        if not self.predict:
            return None
        from cartrace.report.prediction_inputs import predicted

        return predicted(self.course)

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """What somebody should look up in the chart, held against our own schedule."""
        return gaps(self.course, assessments=self.assessments)
