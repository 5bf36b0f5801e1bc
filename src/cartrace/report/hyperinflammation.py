"""Hyperinflammation, endothelial indices and tumour lysis: the leading rule of each family in full, the others beside it.

In: contents. Out: the section "Hyperinflammation and serial scores".
Decided here: rules that the record says nothing for share one line.
"""

from __future__ import annotations

from cartrace.report import scales
from cartrace.report.addresses import rule_id
from cartrace.report.assessment import in_full, named
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Section


def section(contents: ReportContents) -> Section | None:
    """The section "Hyperinflammation and serial scores"; None when no such rule was run."""
    found = scales.of_subject(contents, "hyperinflammation")
    if not found:
        return None
    blocks: list[Block] = []
    silent = []
    for family in scales.families("hyperinflammation"):
        for first in scales.leading(contents, family.id):
            if first.overall.low is None and not first.overall.evidence:
                silent.append((first.title, rule_id(first)))
            else:
                blocks += in_full(contents, first, "hyperinflammation")
        blocks += scales.other_scales(contents, family.id)
    blocks += [named("Nothing recorded to grade", silent)] if silent else []
    return Section("hyperinflammation", "Hyperinflammation and serial scores", tuple(blocks), scales.owned(found))
