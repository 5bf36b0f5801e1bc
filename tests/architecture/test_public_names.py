"""The top level and every room list what they export; names exist, are sorted and described."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import cartrace

SOURCE = Path(cartrace.__file__).parent
UP_TO = 20
ROOMS = sorted(".".join(("cartrace", *path.parent.relative_to(SOURCE).parts)) for path in SOURCE.rglob("__init__.py"))
JUNK = {"utils", "util", "helpers", "core", "common", "misc"}


def test_the_top_level_exports_few_names():
    assert len(cartrace.__all__) <= UP_TO
    assert all(hasattr(cartrace, name) for name in cartrace.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_and_what_it_exports(room):
    module = importlib.import_module(room)
    assert module.__doc__, f"{room} has no paragraph"
    names = getattr(module, "__all__", [])
    assert all(hasattr(module, name) for name in names)
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def test_no_junk_room():
    assert not [path for path in SOURCE.rglob("*") if path.stem in JUNK]


def test_every_public_function_is_described_and_typed():
    silent = []
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE.parent).with_suffix("")
        module = importlib.import_module(".".join(place.parts).removesuffix(".__init__"))
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            if "return" not in function.__annotations__:
                silent.append(f"{module.__name__}.{name}: no return type")
    assert silent == []
