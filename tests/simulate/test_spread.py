"""Pieces over dask workers change no digit."""

from __future__ import annotations

import sys

import pytest

from cartrace.errors import MissingExtra
from cartrace.simulate import run, scenario_file
from cartrace.simulate.spread import over_machines


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_local_workers_give_the_same_table():
    pytest.importorskip("distributed")
    small = scenario_file.load("founding-case", {"virtual_patients.count": "6", "days": "30"})
    assert run.simulate(small, chunk=2, mapped=over_machines(workers=2)).table.equals(run.simulate(small).table)


def test_without_the_extra_it_says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"cartrace\[spread\]"):
        over_machines()
