"""The templates' surroundings: escaping, filters, style, data within a page.

In: a template's name and its fields. Out: text.
Decided here: everything is escaped unless this room itself made it; data in a script cannot close the script.
"""

from __future__ import annotations

import base64
import json
from importlib import resources
from typing import Any

from cartrace import __version__
from cartrace.figures import look
from cartrace.report import layout


def render(template: str, **fields: Any) -> str:
    """One template filled in."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["anchor"] = layout.anchor
    environment.filters["data_uri"] = data_uri
    environment.filters["safe_markup"] = Markup
    text: str = environment.get_template(template).render(
        style=Markup(_template("style.css")),
        behaviour=Markup(_template("page.js")),
        grades=look.GRADES,
        version=__version__,
        **{"interactive": True, **fields},
    )
    return text


def json_in_page(value: Any) -> str:
    """JSON that may stand in a script element: no sign in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def data_uri(content: bytes, media_type: str) -> str:
    """A picture as part of the page."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def _template(name: str) -> str:
    return resources.files("cartrace.report").joinpath("templates", name).read_text(encoding="utf-8")
