"""The packs of the country and of every region below it, read once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanqi import packs

REGIONS = Path(__file__).parents[3] / "regions"


@pytest.fixture(scope="session")
def pack() -> packs.Pack:
    """The pack that has most programmes: that of the county; worked examples are checked elsewhere."""
    sources = packs.read_directory(REGIONS)
    return packs.resolve(
        {path: content for path, content in sources.items() if not path.endswith(".cases.yaml")}, "cn-430682"
    )
