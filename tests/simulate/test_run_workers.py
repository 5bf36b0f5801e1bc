"""The integrated model in two processes: no digit changes."""

from __future__ import annotations

import pytest

from cartrace.simulate import run, scenario_file


@pytest.mark.slow
def test_processes_change_no_digit():
    small = scenario_file.load("founding-case", {"virtual_patients.count": "6", "days": "30"})
    whole = run.simulate(small)
    assert run.simulate(small, chunk=2, mapped=run.in_processes(2)).table.equals(whole.table)
