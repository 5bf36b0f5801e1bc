"""Infections: each one that counts, and how many there were for the days at risk.

In: contents. Out: the section "Infections", the settings for the methods.
Decided here: a record that says nothing about infections has a line that says so; a plain table of values has no section.
"""

from __future__ import annotations

from cartrace.assess.infection.density import Density, infections
from cartrace.report import evidence, ledger
from cartrace.report.addresses import INFECTIONS, density_address
from cartrace.report.contents import ReportContents
from cartrace.report.counted import density_said
from cartrace.report.explanation import explain
from cartrace.report.layout import Block, Cell, Heading, Section, Table, plain, without_empty

NOTE = "Infections per 100 days at risk with the exact 95 % interval; one course says little about a rate."


def section(contents: ReportContents) -> Section | None:
    """The section "Infections"; None for a plain table of values."""
    if not ledger.is_kept(contents):
        return None
    blocks: list[Block] = []
    counted = infections(contents.course)
    if counted:
        each: tuple[tuple[Cell, ...], ...] = tuple(
            (Cell(evidence.words(one.text)), Cell(one.site), Cell(evidence.moment(one.moment)), Cell(row.place))
            for one, row in zip(counted, evidence.rows(contents.course, [o.uid for o in counted]), strict=True)
        )
        blocks.append(without_empty(Table("Infections that count", ("Infection", "Site", "When", "Source"), each)))
    reasons = dict.fromkeys(density.reason for density in contents.densities)
    if len(reasons) == 1 and "" not in reasons:
        blocks.append(plain(f"No infection density: {next(iter(reasons))}.", "calm"))
    else:
        rows = tuple(_row(density) for density in contents.densities)
        head = ("Days at risk", "Infections per 100 days", "Counted")
        blocks.append(without_empty(Table("Infection density", head, rows, NOTE)))
    return Section("infections", "Infections", tuple(blocks), (INFECTIONS,))


def _row(density: Density) -> tuple[Cell, ...]:
    counted = "" if density.days is None else f"{density.infections} in {density.days} days"
    window = f"day {density.window[0]} to {density.window[1]}"
    return Cell(window), Cell(density_said(density), density_address(density)), Cell(counted, density_address(density))


def choices(contents: ReportContents) -> list[Block]:
    """The settings behind the infection density, for the methods."""
    if not ledger.is_kept(contents):
        return []
    settings = explain(contents, density_address(contents.densities[0])).settings
    rows = tuple((Cell(name.replace("_", " ")), Cell(value)) for name, value in settings)
    caption = "Choices of the infection density"
    return [Heading(caption, "method-infections"), Table(caption, ("Choice", "Value"), rows)]
