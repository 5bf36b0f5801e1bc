import pytest

from cartrace.engine.layout import SECTIONS, Layout


def test_sections_follow_each_other_without_gap_or_overlap():
    layout = Layout.of({"P": 3, "Y": 2, "K": 16, "BAD": 1})
    taken = []
    for name in SECTIONS:
        taken += range(layout.offset(name), layout.offset(name) + layout.count(name))
    assert taken == list(range(22))
    assert layout.size == 22
    assert layout.count("EVT") == 0


def test_an_unknown_section_is_refused():
    with pytest.raises(KeyError, match="Q"):
        Layout.of({"Q": 1})
