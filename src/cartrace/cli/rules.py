"""`cartrace rules`: the published rules on the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cartrace.cli.door import guarded, json_option

if TYPE_CHECKING:
    from cartrace.assess import Option, Rule


@click.command(short_help="List the published rules, or print one whole.")
@click.argument("rule_id", required=False, default="", metavar="[ID]")
@json_option
@guarded
def command(rule_id: str, as_json: bool) -> None:
    """List the rules, or print one: published text, readings, what is ungradable, options, provisional parts, sources.

    \b
    Example: cartrace rules
             cartrace rules crs.astct2019
    """
    from cartrace.assess import RULES, rule
    from cartrace.cli.columns import aligned
    from cartrace.cli.plain import to_json

    if rule_id:
        found = rule(rule_id)
        click.echo(to_json(described(found)) if as_json else text(found))
        return
    rows = [(r.name, "provisional" if r.provisional else "", ", ".join(r.sources), r.title) for r in RULES]
    header = ("rule", "", "sources", "title")
    click.echo(to_json({"rules": [described(r) for r in RULES]}) if as_json else aligned(header, rows))


def published(rule: Rule) -> str:
    """The rule's published text with its readings: the docstring of its module."""
    from importlib import import_module
    from inspect import cleandoc

    return cleandoc(import_module(rule.module).__doc__ or "")


def described(rule: Rule) -> dict[str, Any]:
    """Everything about a rule but its kernel."""
    return {
        "rule": rule.name,
        "title": rule.title,
        "published": published(rule),
        "options": rule.options,
        "inputs": rule.channels,
        "categories": rule.categories,
        "reasons": rule.reasons,
        "provisional": rule.provisional,
        "sources": rule.sources,
    }


def option_default(option: Option) -> str:
    """The default of an option as a word or a number."""
    words = {number: word for word, number in option.values}
    return words.get(option.default, f"{option.default:g}")


def text(rule: Rule) -> str:
    """One rule for a reader."""
    from cartrace.cli.columns import aligned
    from cartrace.vocabulary.sources import source

    options = [
        (f"{rule.id}.{o.name}", option_default(o), o.unit, "|".join(word for word, _ in o.values), o.meaning)
        for o in rule.options
    ]
    inputs = [(c.name, c.meaning or ", ".join((*c.codes, *c.drugs, *c.drug_classes))) for c in rule.channels]
    parts = [f"{rule.title}\n{rule.name}", published(rule)]
    parts.append("Options\n\n" + aligned(("option", "default", "unit", "choices", "meaning"), options))
    parts.append("Inputs\n\n" + aligned(("input", "meaning"), inputs))
    parts.append("Flags and reasons\n\n" + aligned(("code", "sentence"), [(r.code, r.sentence) for r in rule.reasons]))
    if rule.provisional:
        parts.append("Provisional\n\n" + "\n".join(f"- {sentence}" for sentence in rule.provisional))
    parts.append("Sources\n\n" + "\n".join(f"- {source(key).citation}" for key in rule.sources))
    return "\n\n".join(parts)
