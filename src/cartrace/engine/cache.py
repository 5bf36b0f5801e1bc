"""What is kept between runs: programs as text, code as object code, in the user's cache folder.

In: a key and how to make the thing. Out: the thing, from the folder or made now.
Decided here: the folder (`CARTRACE_CACHE`, or the usual one of the platform); that a missing, read-only or damaged cache costs time and
nothing else. Each file begins with the digest of its content, so that half a file is never used.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

VARIABLE = "CARTRACE_CACHE"
DIGEST = 32


def folder() -> Path:
    """Where the cache is, whether it exists or not."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = str(Path("~/Library/Caches").expanduser())
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "cartrace"


@functools.cache
def writer() -> str:
    """Digest of the modules that write programs and code: what they made before they were changed is not used."""
    here = Path(__file__).parent
    content = b"".join(path.read_bytes() for path in [*sorted(here.glob("*.py")), here.parent / "models" / "system.py"])
    return hashlib.sha256(content).hexdigest()


def key(*parts: str) -> str:
    """A name for something made from these parts by this version of the engine."""
    return hashlib.sha256("\0".join((writer(), *parts)).encode()).hexdigest()


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The content that was kept under this name, or what `make` gives, which is then kept if it can be."""
    try:
        path = folder() / name
    except RuntimeError:  # a user without a home
        return make()
    with contextlib.suppress(OSError):
        stored = path.read_bytes()
        if hashlib.sha256(stored[DIGEST:]).digest() == stored[:DIGEST]:
            return stored[DIGEST:]
    content = make()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
    return content
