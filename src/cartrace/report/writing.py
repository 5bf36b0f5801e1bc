"""The templates' surroundings: escaping, filters, style, data within a page.

In: a template's name and its fields. Out: text.
Decided here: everything is escaped unless this room itself made it; data of a script are packed, so that a page stays
small and no sign in them can close the script.
"""

from __future__ import annotations

import base64
import gzip
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
    environment.filters["method_anchor"] = layout.method_anchor
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


def packed(text: str) -> str:
    """A long text for a script element: compressed, as letters and digits. The page unpacks it or does without."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), mtime=0)).decode("ascii")


def as_json(value: Any) -> str:
    """JSON without blanks and without numbers that JSON does not know."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def data_uri(content: bytes, media_type: str) -> str:
    """A picture as part of the page."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def _template(name: str) -> str:
    return resources.files("cartrace.report").joinpath("templates", name).read_text(encoding="utf-8")
