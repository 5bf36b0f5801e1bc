"""Escaping: data in a script cannot close it, pictures are part of the page."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from cartrace.report import writing


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "]]>", "&lt;", "\u2028\u2029", "'\"\\"])
def test_data_in_a_script_cannot_end_it_and_reads_back_the_same(hostile):
    value = {"title": hostile, hostile: [1.5, None, True]}
    text = writing.packed(writing.as_json(value))
    assert json.loads(gzip.decompress(base64.b64decode(text))) == value
    assert not any(sign in text for sign in "<>&\u2028\u2029")


def test_packing_gives_the_same_bytes_and_less_of_them():
    long = "the same words again; " * 400
    assert writing.packed(long) == writing.packed(long)
    assert len(writing.packed(long)) < len(long) / 20


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        writing.as_json({"x": float("nan")})


def test_a_picture_becomes_a_data_uri():
    assert writing.data_uri(b"abc", "image/png") == "data:image/png;base64,YWJj"
