"""Where measurements keep their files, and that only one of them runs at a time; needs no package."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"


def tell(line: str) -> None:
    """Print a line of progress, apart from the results."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other run measures on this checkout: two at once would measure each other."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "alone.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("waiting for another run to end …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
