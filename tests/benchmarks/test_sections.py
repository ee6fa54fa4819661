"""What `python -m benchmarks --write` writes, and where."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.__main__ import BENCHMARKS
from benchmarks.results import Result, machine

from benchmarks import tables

WRITTEN = ("engine", "match", "matching", "import", "enterprise", "board", "report")


@pytest.mark.parametrize("name", WRITTEN)
def test_every_section_has_its_place_and_only_that_is_replaced(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"benchmarks.{BENCHMARKS[name]}")
    page = tmp_path / "page.md"
    before = getattr(module, "PAGE", tables.PAGE).read_text(encoding="utf-8")
    page.write_text(before, encoding="utf-8")
    facts = {**machine(), "load_after": [0.5]}
    told = Result(
        benchmark=module.NAME,
        what="rows",
        value=12.0,
        unit="s",
        goal=60.0,
        ratio=2.0,
        against="reading",
        more={"rows/s": 9},
    )
    text = tables.section([told], facts, at=datetime(2023, 6, 15, tzinfo=UTC), packages=module.PACKAGES)
    tables.write_section(module.SECTION, text, page=page)
    after = page.read_text(encoding="utf-8")
    assert "| rows | 12.0 s | < 60.0 s | met | rows/s 9, 2.00 × reading |" in after
    begin, end = (f"<!-- {module.SECTION}:{side} -->" for side in ("begin", "end"))
    assert after.partition(begin)[0] == before.partition(begin)[0]
    assert after.partition(end)[2] == before.partition(end)[2]
