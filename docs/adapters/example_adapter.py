"""A CRS grader as it is often written, behind the adapter that lets `cartrace conformance --tool` question it.

    cartrace conformance --rule crs.astct2019 --tool "python docs/adapters/example_adapter.py"

The grader is wrong on purpose: it takes the worst value of the course wherever it stands, reads silence as "no", counts
vasopressin, forgets that a treated fever still counts, and never says that it does not know. The suite finds each of these.
The adapter (`main`) is the part to copy: read a line, grade or pass, write a line, flush.
"""

from __future__ import annotations

import json
import sys
from typing import Any

FEVER = 38.0
LOW_FLOW = 6.0
VASOPRESSORS = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin")
HIGH_FLOW = ("high_flow_cannula", "face_mask", "non_rebreather", "venturi_mask")
PRESSURE = ("cpap", "bipap", "invasive_ventilation", "intubated_airway_protection")


def crs_grade(course: dict[str, Any]) -> int:
    """The worst value of each thing, whenever it was."""
    values: dict[str, list[Any]] = {}
    for observation in course.get("observations", []):
        values.setdefault(observation["code"], []).append(observation.get("value"))

    temperature = max((t for t in values.get("temperature", []) if t is not None), default=0.0)
    if temperature < FEVER:
        return 0
    grade = 1
    devices = values.get("oxygen_device", [])
    flow = max((f for f in values.get("oxygen_flow", []) if f is not None), default=0.0)
    vasopressors = {drug["drug"] for drug in course.get("drugs", []) if drug["drug"] in VASOPRESSORS}

    if "yes" in values.get("hypotension", []) or "nasal_cannula" in devices:
        grade = 2
    if vasopressors or flow > LOW_FLOW or any(device in HIGH_FLOW for device in devices):
        grade = 3
    if len(vasopressors) > 1 or any(device in PRESSURE for device in devices):
        grade = 4
    return grade


def main() -> None:
    for line in sys.stdin:
        question = json.loads(line)
        answer: dict[str, Any] = {"case": question["case"]}
        if question["rule"] == "crs.astct2019":
            answer["grade"] = crs_grade(question["course"])
        else:
            answer["unsupported"] = True
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
