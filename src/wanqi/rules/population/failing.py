"""What ended a run from outside: no room on the disk, or files that were changed while they were read."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from wanqi.rules.population.errors import DiskFull, FactsRefused

# Files of a run, each with its size and time of change.
Seen = Mapping[str, Sequence[int]]
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "os error 28)", "os error 122)")
_LIBRARIES = (OSError, pl.exceptions.PolarsError, duckdb.Error)


def seen(paths: Sequence[Path]) -> dict[str, list[int]]:
    """Return name → [size, time of change in nanoseconds]. Raises OSError for a file that is gone."""
    return {path.name: [path.stat().st_size, path.stat().st_mtime_ns] for path in paths}


def changed(paths: Sequence[Path], before: Seen) -> FactsRefused | None:
    """Return the refusal of a file that is not what it was when the run began, None if all are."""
    for path in paths:
        try:
            now = seen([path])[path.name]
        except OSError:
            now = []
        if now != list(before[path.name]):
            hint = "文件不再变动后，再运行一次同样的命令，会从头比对。"
            return FactsRefused("facts.changed", str(path), "比对期间这个文件被改动或删除", hint=hint)
    return None


@contextmanager
def watched(out: Path, paths: Sequence[Path], before: Seen) -> Iterator[None]:
    """Turn what the libraries raise into DiskFull or FactsRefused where that is the cause."""
    try:
        yield
    except _LIBRARIES as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or any(one in str(error) for one in _NO_ROOM):
            raise DiskFull(
                "match.disk-full",
                str(out),
                "磁盘空间不足，没有写完",
                hint="腾出空间后再运行一次同样的命令，已经算好的部分不会重算。",
            ) from error
        refusal = changed(paths, before)
        if refusal is not None:
            raise refusal from error
        raise
