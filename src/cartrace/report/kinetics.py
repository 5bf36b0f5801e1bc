"""Cellular kinetics: metrics of each assay, how they move with the BLQ policy, the profile drawn.

In: contents. Out: the section "Cellular kinetics".
Decided here: assays are never pooled; a re-infusion has its own profiles; metrics
without a value stand in a table of their own, each with its reason.
"""

from __future__ import annotations

from cartrace.kinetics import ProfileResult
from cartrace.kinetics.metric import FLAGS
from cartrace.report import drawing, evidence
from cartrace.report.addresses import profile_address, slug
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.layout import Block, Cell, Heading, Section, Table, plain, without_empty

CURVE_FROM = 3
"""Samples of a profile that make a curve."""

FOLD_ABOVE = 5
POLICIES = {
    "standard": "standard",
    "zero_all": "all zero",
    "half_lloq": "half the LLOQ",
    "drop_all": "all dropped",
}


def section(contents: ReportContents, *, interactive: bool) -> Section:
    """The section "Cellular kinetics"."""
    blocks: list[Block] = []
    for profile in contents.profiles:
        blocks += [Heading(title(profile), f"kinetics-{slug(title(profile)).lower()}"), *_profile(contents, profile)]
        if is_curve(profile):
            blocks.append(drawing.kinetics(contents, profile, interactive=interactive))
        blocks += _sensitivity(contents, profile)
    if not blocks:
        blocks = [plain("No measurement of CAR-T cells after the infusion is recorded: there is no kinetics.", "calm")]
    return Section("kinetics", "Cellular kinetics", tuple(blocks), owns=("kinetics",))


def is_curve(profile: ProfileResult) -> bool:
    """Whether a profile has enough samples to be drawn and to stand at a glance."""
    return len(profile.points) >= CURVE_FROM


def title(profile: ProfileResult) -> str:
    """A profile for a reader: "CAR copies per µg DNA, blood, qPCR"."""
    site = profile.site.upper() if profile.site in ("csf", "cns") else profile.site
    clock = f"after re-infusion (infusion {profile.infusion})" if profile.infusion > 1 else ""
    return ", ".join(part for part in (profile.name, site, profile.method, clock) if part)


def _profile(contents: ReportContents, profile: ProfileResult) -> list[Block]:
    stem = profile_address(profile, contents.profiles)
    samples = "One sample" if len(profile.points) == 1 else f"{len(profile.points)} samples"
    lloq = f"LLOQ {evidence.with_unit(profile.lloq, profile.unit)}" if profile.lloq is not None else "LLOQ not recorded"
    blocks: list[Block] = [plain(f"{samples}; {lloq}.")]
    known = [metric for metric in profile.metrics if metric.value is not None]
    rows = tuple(
        (
            Cell(metric.name),
            Cell(quantity_said(metric), f"{stem}/{metric.id}"),
            Cell(" ".join(("Lower bound.",) * metric.censored + tuple(FLAGS[flag] for flag in metric.flags))),
        )
        for metric in known
    )
    if rows:
        blocks.append(without_empty(Table(f"Metrics of {title(profile)}", ("Metric", "Value", "Cautions"), rows)))
    refused = [metric for metric in profile.metrics if metric.value is None]
    if refused:
        lines = tuple((Cell(metric.name, f"{stem}/{metric.id}"), Cell(metric.reason)) for metric in refused)
        caption = f"Metrics without a value, {title(profile)}"
        blocks.append(Table(caption, ("Metric", "Why it has no value"), lines, folded=len(lines) > FOLD_ABOVE))
    return blocks


def _sensitivity(contents: ReportContents, profile: ProfileResult) -> list[Block]:
    """Metrics that move with the BLQ policy; one line when none does."""
    if not profile.sensitivity:
        return []
    stem = profile_address(profile, contents.profiles)
    policies = [policy for policy, _ in profile.sensitivity]
    by_policy = {policy: {metric.id: metric for metric in metrics} for policy, metrics in profile.sensitivity}
    rows = []
    for metric in profile.metrics:
        found = [by_policy[policy].get(metric.id) for policy in policies]
        if len({quantity_said(m) for m in found if m is not None}) <= 1:
            continue
        row = [Cell(metric.name)]
        for policy, other in zip(policies, found, strict=True):
            said = "–" if other is None else quantity_said(other) if other.value is not None else "refused"
            row.append(Cell(said, f"{stem}/{metric.id}@{policy}" if other is not None else ""))
        rows.append(tuple(row))
    if not rows:
        return [plain("What a sample below the LLOQ counts as moves no metric within three figures.", "calm")]
    head = ("Metric", *(POLICIES.get(policy, policy) for policy in policies))
    caption = "Sensitivity to samples below the LLOQ: the same metric under each policy"
    return [
        Table(
            caption, head, tuple(rows), "Metrics that are not listed are the same under every policy, to three figures."
        )
    ]
