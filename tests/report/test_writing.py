"""Escaping: data in a script cannot close it, pictures are part of the page."""

from __future__ import annotations

import json

import pytest

from cartrace.report import writing


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "]]>", "&lt;", "\u2028\u2029", "'\"\\"])
def test_data_in_a_script_cannot_end_it_and_reads_back_the_same(hostile):
    value = {"title": hostile, hostile: [1.5, None, True]}
    text = writing.json_in_page(value)
    assert json.loads(text) == value
    assert not any(sign in text for sign in "<>&\u2028\u2029")


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        writing.json_in_page({"x": float("nan")})


def test_a_picture_becomes_a_data_uri():
    assert writing.data_uri(b"abc", "image/png") == "data:image/png;base64,YWJj"
