"""Zip archives whose bytes depend on their contents only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import IO

# The earliest date a zip entry can carry.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def settled(archive: bytes, *, compressed: bool = True) -> bytes:
    """The same entries in the same order, with a fixed date, mode and compression.

    compressed: False stores them as they are, so that the bytes do not depend on the machine's compressor either.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        write_zip(out, ((name, source.read(name)) for name in source.namelist()), compressed=compressed)
    return out.getvalue()


def packed(entries: Iterable[tuple[str, bytes]], *, compressed: bool = True) -> bytes:
    """A zip archive of (name, contents), in the order of names whatever order they come in."""
    out = io.BytesIO()
    write_zip(out, sorted(entries), compressed=compressed)
    return out.getvalue()


def write_zip(out: IO[bytes], entries: Iterable[tuple[str, bytes]], *, compressed: bool = True) -> None:
    """Writes (name, contents) as they come, one at a time, each with a fixed date and mode."""
    with zipfile.ZipFile(out, "w") as target:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
            entry.external_attr = 0o600 << 16
            # Unpackers of Unix read Chinese names rightly only where the entry says that it comes from there.
            entry.create_system = 0 if name.isascii() else 3
            target.writestr(entry, content)
