"""Methods: rules with versions, settings and sources, kinetics settings, inputs by name and hash, the command, what to cite.

In: contents. Out: the section "Methods".
Decided here: every source that took part is cited once; every provisional sentence is shown.
"""

from __future__ import annotations

from cartrace import __version__, assess
from cartrace.assess import Assessment, Rule
from cartrace.assess.endpoints.derive import SOURCES
from cartrace.assess.infection.density import SOURCES as INFECTION_SOURCES
from cartrace.report import endpoints, infections, ledger, prediction
from cartrace.report.contents import ReportContents
from cartrace.report.explanation import metric_definition, settings_said
from cartrace.report.layout import Block, Cell, Heading, Listing, Section, Table, method_anchor, plain
from cartrace.vocabulary import sources

DISCLAIMER = "Research software, not a medical device: it annotates, it never advises treatment."
CLOCK = (
    "Day 0 is the day of the first infusion; elapsed days count from its start. "
    "A day without a time of day stays a day: no minute is invented."
)


def section(contents: ReportContents) -> Section:
    """The section "Methods"."""
    blocks: list[Block] = [plain(DISCLAIMER), plain(CLOCK)]
    blocks += [*_again(contents), *_inputs(contents), *_rules(contents), *_provisional(contents)]
    blocks += [*_kinetics(contents), *prediction.methods(contents)]
    blocks += [*ledger.factor_table(contents), *endpoints.choices(contents), *infections.choices(contents)]
    blocks += [*_bibliography(contents)]
    return Section("methods", "Methods", tuple(blocks))


def cited(contents: ReportContents) -> tuple[str, ...]:
    """Keys of every source that took part, in the order of the report."""
    keys = list(contents.course.sources)
    for assessment in contents.assessments:
        keys += assess.rule(assessment.rule).sources
    for profile in contents.profiles:
        for metric in profile.metrics:
            keys += metric_definition(metric.id)[1]
    if contents.course.infusions:
        keys += SOURCES
    if ledger.is_kept(contents):
        keys += [factor.source for factor in contents.ledger.factors.table]
        keys += INFECTION_SOURCES
    return tuple(dict.fromkeys(key for key in keys if key in sources.sources()))


def _again(contents: ReportContents) -> list[Block]:
    if not contents.command:
        return []
    said = f"Made by cartrace {__version__}. The same report is made again by: "
    return [plain(said + contents.command)]


def _inputs(contents: ReportContents) -> list[Block]:
    if not contents.inputs:
        return []
    rows = tuple(
        (Cell(file.name), Cell(file.sha256), Cell("" if file.rows is None else str(file.rows)))
        for file in contents.inputs
    )
    return [Heading("Input", "methods-input"), Table("Files read", ("File", "SHA-256", "Rows"), rows)]


def _rules(contents: ReportContents) -> list[Block]:
    """One row for each rule; the terms of a laboratory table, which share their choices, have one row together."""
    groups: dict[str, list[Assessment]] = {}
    for assessment in contents.assessments:
        groups.setdefault(method_anchor(assessment.rule), []).append(assessment)
    if not groups:
        return []
    head = ("Rule", "Settings", "Sources")
    rows = tuple(_applied(anchor, members) for anchor, members in groups.items())
    return [Heading("Rules", "methods-rules"), Table("Rules as applied", head, rows)]


def _applied(anchor: str, members: list[Assessment]) -> tuple[Cell, ...]:
    rules = [assess.rule(assessment.rule) for assessment in members]
    said: dict[str, list[str]] = {}
    for rule, assessment in zip(rules, members, strict=True):
        for name, value in settings_said(rule, assessment.settings):
            said.setdefault(f"{name} {value}", []).append(rule.id.partition(".")[2])
    settings = (text + _whose(terms, rules) for text, terms in said.items())
    keys = dict.fromkeys(key for rule in rules for key in rule.sources)
    provisional = sum(bool(rule.provisional) for rule in rules)
    mark = "" if not provisional else "provisional" if provisional == len(rules) else "provisional in part"
    name, title = rules[0].name, rules[0].title
    if len(rules) > 1:
        versions = {rule.version for rule in rules}
        terms = [rule.name.partition(".")[2] if len(versions) > 1 else rule.id.partition(".")[2] for rule in rules]
        name = name.partition(".")[0] + (f", version {versions.pop()}" if len(versions) == 1 else "")
        title = f"{len(rules)} terms: {', '.join(terms)}"
    return Cell(name, badge=mark, id=anchor, note=title), Cell("; ".join(settings)), Cell(", ".join(keys))


def _whose(terms: list[str], rules: list[Rule]) -> str:
    """Of which terms of a table a choice is, where it is not that of all."""
    others = [name for rule in rules if (name := rule.id.partition(".")[2]) not in terms]
    if not others:
        return ""
    return f" (all but {', '.join(others)})" if len(others) < len(terms) else f" ({', '.join(terms)})"


def _provisional(contents: ReportContents) -> list[Block]:
    said: dict[str, list[str]] = {}
    for assessment in contents.assessments:
        rule = assess.rule(assessment.rule)
        for sentence in rule.provisional:
            said.setdefault(sentence, []).append(rule.id)
    if not said:
        return []
    items = tuple(Cell(sentence, note=", ".join(rules)) for sentence, rules in said.items())
    lead = "Parts of these rules were written from memory and await comparison with the primary source."
    return [Heading("Provisional parts", "methods-provisional"), plain(lead), Listing(items)]


def _kinetics(contents: ReportContents) -> list[Block]:
    rows: dict[str, tuple[Cell, ...]] = {}
    for profile in contents.profiles:
        for name, value in profile.settings:
            rows.setdefault(f"{name}{value}", (Cell(name.replace("_", " ")), Cell(value)))
    if not rows:
        return []
    caption = "Settings of the cellular kinetics"
    return [Heading(caption, "methods-kinetics"), Table(caption, ("Setting", "Value"), tuple(rows.values()))]


def _bibliography(contents: ReportContents) -> list[Block]:
    items = []
    for key in cited(contents):
        source = sources.source(key)
        text = f"{source.authors}. {source.title}. {source.published}."
        link = f"https://doi.org/{source.doi}" if source.doi else source.url
        items.append(
            Cell(
                f"[{key}] {text}",
                id=f"source-{key}",
                note=f"Read by us: {source.read}." if source.read else "",
                href=link,
            )
        )
    return [Heading("Sources", "methods-sources"), Listing(tuple(items))] if items else []
