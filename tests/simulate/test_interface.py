"""A model without the inlets of a treatment is refused with everything it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.simulate import interface


def test_the_small_model_can_be_treated(small):
    interface.require(small)


def test_everything_missing_is_named_at_once(small):
    less = replace(small, states=small.states[1:], rules=small.rules[1:])
    with pytest.raises(interface.NotTreatable, match=r"no C_D, TEMP; scenarios need"):
        interface.require(less)
