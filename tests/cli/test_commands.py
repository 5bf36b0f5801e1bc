"""The front door: help, version, unknown words, and a quick start."""

from __future__ import annotations

import subprocess
import sys

from cartrace import __version__
from cartrace.cli import COMMANDS

HEAVY = {
    "numpy",
    "pyarrow",
    "matplotlib",
    "plotly",
    "jinja2",
    "numba",
    "openpyxl",
    "yaml",
    "weasyprint",
    "click.testing",
}


def test_help_names_every_command_and_the_promise(run):
    said = run("--help").stdout
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert "not a medical device" in " ".join(said.split())


def test_the_version(run):
    assert run("--version").stdout.strip() == f"cartrace, version {__version__}"


def test_a_word_that_is_no_command_is_told_with_the_nearest(run):
    result = run("grad", "small")
    assert result.exit_code == 2
    assert "Did you mean grade?" in result.stderr
    assert "Commands: check" in run("xyzzy").stderr


def test_help_loads_nothing_heavy():
    code = "import sys\nfrom cartrace.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    code += "print(*sorted(sys.modules), file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()
    assert HEAVY.isdisjoint(loaded)
