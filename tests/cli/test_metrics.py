"""`cartrace metrics`."""

from __future__ import annotations

from cartrace.kinetics import METRICS, POLICIES


def test_every_metric_and_policy_is_named(run, data):
    said = run("metrics").stdout
    assert all(metric.id in said for metric in METRICS)
    assert all(policy in said for policy in POLICIES)
    assert [metric["id"] for metric in data("metrics")["metrics"]] == [metric.id for metric in METRICS]
