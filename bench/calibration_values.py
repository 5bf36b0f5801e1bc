"""Fitted values into the folder of the model: parameters.tsv, model.ant, population.toml, settings.toml, system.json.

In: values by the names of a guess. Out: changed files.
Decided here: a value is written to three figures; what was assumed becomes `fitted by us`, with the targets as its source; the equations'
text follows the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from calibration_cohort import MODEL

from cartrace.models.folder import read_folder, write_system
from cartrace.models.library import folder_of

LOCATOR = "targets.toml, fitted by bench/calibration.py"
FITTED = "fitted by us"
HYPOTHESES = ("H1", "H2")
KEEP_EVIDENCE = frozenset({FITTED, "input"})


def apply(values: Mapping[str, float]) -> None:
    """Write the values and generate system.json anew."""
    folder = Path(str(folder_of(MODEL)))
    changes = {
        "parameters.tsv": in_table,
        "model.ant": in_equations,
        "population.toml": in_population,
        "settings.toml": in_settings,
    }
    for name, change in changes.items():
        file = folder / name
        file.write_text(change(file.read_text(encoding="utf-8"), values), encoding="utf-8")
    write_system(read_folder(folder), folder)


def figures(value: float) -> str:
    """Three figures."""
    return f"{value:.3g}"


def in_table(text: str, values: Mapping[str, float]) -> str:
    """parameters.tsv with the values."""
    head, *lines = text.splitlines()
    column = {name: number for number, name in enumerate(head.split("\t"))}
    rows = []
    for line in lines:
        cells = line.split("\t")
        name = cells[column["parameterId"]]
        if name in values:
            cells[column["nominalValue"]] = figures(values[name])
            if cells[column["evidence"]] not in KEEP_EVIDENCE:
                cells[column["evidence"]] = FITTED
                cells[column["sourceKey"]], cells[column["sourceLocator"]] = MODEL, LOCATOR
        if f"{name}~" in values:
            cells[column["variability"]] = figures(values[f"{name}~"])
            cells[column["variabilitySource"]] = f"{MODEL}: {LOCATOR}"
        rows.append("\t".join(cells))
    return "\n".join((head, *rows)) + "\n"


def in_equations(text: str, values: Mapping[str, float]) -> str:
    """model.ant with the values."""
    for name, value in values.items():
        if name.isidentifier():
            text, found = re.subn(rf"(?<![\w.]){name} = [-+.\deE]+;", f"{name} = {figures(value)};", text, count=1)
            assert found == 1, name
    return text


def in_population(text: str, values: Mapping[str, float]) -> str:
    """population.toml with probabilities, factors and ends of draws of the mixtures."""
    blocks = re.split(r"(?=^\[\[)", text, flags=re.MULTILINE)
    for name, value in values.items():
        mixture, _, part = name.partition(".")
        if not part or mixture in HYPOTHESES:
            continue
        number = next(n for n, block in enumerate(blocks) if f'id = "{mixture}"' in block)
        if part == "probability":
            pattern, new = r"(probability = )[-+.\deE]+", figures(value)
        elif part.endswith(".high"):
            parameter = re.escape(part.removesuffix(".high"))
            pattern, new = rf'(parameter = "{parameter}",[^}}]*high = )[-+.\deE]+', figures(value)
        else:
            pattern, new = rf"(times = {{[^}}]*\b{part} = )[-+.\deE]+", figures(value)
        blocks[number], found = re.subn(pattern, rf"\g<1>{new}", blocks[number], count=1)
        assert found == 1, name
        sourced = f'evidence = "{FITTED}"\nsource = "{MODEL}"\nlocator = "{LOCATOR}"'
        blocks[number] = blocks[number].replace('evidence = "assumed"', sourced, 1)
    return "".join(blocks)


def in_settings(text: str, values: Mapping[str, float]) -> str:
    """settings.toml with the weights of the hypotheses."""
    blocks = re.split(r"(?=^\[)", text, flags=re.MULTILINE)
    for name, value in values.items():
        hypothesis, _, part = name.partition(".")
        if hypothesis not in HYPOTHESES:
            continue
        number = next(n for n, block in enumerate(blocks) if block.startswith(f"[{hypothesis}]"))
        blocks[number], found = re.subn(rf"(\b{part} = )[-+.\deE]+", rf"\g<1>{figures(value)}", blocks[number], count=1)
        assert found == 1, name
        sourced = f'evidence = "{FITTED}"\nsource = "{MODEL}"\nlocator = "{LOCATOR}"'
        blocks[number] = blocks[number].replace('evidence = "assumed"', sourced, 1)
    return "".join(blocks)
