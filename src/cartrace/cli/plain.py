"""Records as JSON: what every `--json` prints.

In: records of any room. Out: JSON text.
Decided here: a field is a key; a status is its word; NaN and infinity are null; the clock gives its convention and no
calendar date.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from cartrace.course.clock import Clock
from cartrace.course.status import Status


def to_plain(value: Any) -> Any:
    """`value` as dicts, lists, texts and numbers."""
    match value:
        case Clock():
            return {"convention": value.convention, "zone": value.zone}
        case Status():
            return value.word
        case Enum():
            return value.value
        case bool() | int() | str() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case Path():
            return value.name
        case Mapping():
            return {str(key): to_plain(item) for key, item in value.items()}
        case frozenset() | set():
            return sorted(to_plain(item) for item in value)
        case list() | tuple():
            return [to_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain form")


def to_json(value: Any) -> str:
    """`value` as indented JSON, letters as they are."""
    return json.dumps(to_plain(value), ensure_ascii=False, indent=2)
