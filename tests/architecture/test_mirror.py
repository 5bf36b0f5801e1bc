"""Every source file has a test file of its name in the same place of the test tree, and every test file a source."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cartrace"
TESTS = ROOT / "tests"
# Gates over the whole package; the examples are data.
WITHOUT_SOURCE = {"architecture", "examples", "docs"}


def modules() -> dict[str, Path]:
    return {
        str(path.relative_to(SOURCE).with_suffix("")): path
        for path in SOURCE.rglob("*.py")
        if path.name != "__init__.py"
    }


def mirrors() -> dict[str, Path]:
    found = {}
    for path in TESTS.rglob("test_*.py"):
        place = path.relative_to(TESTS)
        if place.parts[0] not in WITHOUT_SOURCE:
            found[str(place.with_name(place.stem.removeprefix("test_")))] = path
    return found


def test_every_module_has_its_test():
    missing = sorted(set(modules()) - set(mirrors()))
    assert not missing


def test_every_test_has_its_module():
    # A long module may have its tests in several files: test_reading_broken.py tests reading.py.
    names = set(modules())
    strays = sorted(
        name for name in mirrors() if name not in names and not any(name.startswith(f"{module}_") for module in names)
    )
    assert not strays
