"""Folders the database's own user may enter, and a search for processes a test left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wanqi.cli import processes
from wanqi.cli.place import MAJOR

MARK = "WANQI_TEST_FOLDER"
LONG = 120.0  # seconds: a limit for a busy machine, not an expectation


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short data folder; nothing may run in it any more when the test is over."""
    yield from _folder()


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """The same for all tests of a module: what is made at the first start is there for the next."""
    yield from _folder()


def _folder() -> Iterator[Path]:
    data = Path(tempfile.mkdtemp(prefix="wanqi-", dir="/tmp"))
    data.chmod(0o755)
    try:
        yield data
        assert processes.wait_until(lambda: not left_of(data), seconds=LONG), left_of(data)
    finally:
        shutil.rmtree(data)


def environment(data: Path) -> dict[str, str]:
    """The environment of a command of an installation in `data`, without what the tests set for themselves."""
    ours = ("DATABASE", "WANQI_", "DJANGO_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "WANQI_DATA": str(data), MARK: str(data)}


def left_of(data: Path) -> list[int]:
    """Processes that work for the installation in `data`: its servers, and what has its environment."""
    found = processes.working_in(data / f"pg{MAJOR}")
    wanted = f"{MARK}={data}".encode()
    for pid in processes.all_pids():
        try:
            if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") and processes.start_time(pid):
                found.append(pid)
        except OSError:
            continue
    return found
