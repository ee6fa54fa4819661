"""The packs of the country and of every region below it, read once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanqi import packs

REGIONS = Path(__file__).parents[3] / "regions"


@pytest.fixture(scope="session")
def pack() -> packs.Pack:
    """The pack that has most programmes: that of the county; its files are checked elsewhere."""
    return packs.resolve(packs.read_directory(REGIONS), "cn-430682", checked=False)
