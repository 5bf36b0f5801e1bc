"""CRS and ICANS: course by day, onset, peak, duration in both conventions, other scales, the investigators' grades.

In: contents. Out: the section "Toxicity".
Decided here: the leading edition is shown in full, the others beside it.
"""

from __future__ import annotations

from cartrace.report import assessment, investigators, scales
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Section, plain


def section(contents: ReportContents) -> Section:
    """The section "Toxicity"."""
    blocks: list[Block] = []
    families = scales.families("toxicity")
    for family in families:
        for first in scales.leading(contents, family.id):
            blocks += assessment.in_full(contents, first, "toxicity")
        if not scales.of_family(contents, family.id):
            blocks.append(plain(f"{family.name} was not assessed in this run.", "calm"))
        blocks += scales.other_scales(contents, family.id)
    blocks += investigators.table(contents)
    return Section("toxicity", "Toxicity", tuple(blocks), scales.owned(scales.of_subject(contents, "toxicity")))
