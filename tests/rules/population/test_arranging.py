"""Records in no order are put in order once: same answers, few rows read for a chunk, and what is done stays done."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.rules.population.small import PLAN, SCOPE, run
from wanqi.rules.population import arranging, files

ROWS, CHUNK = 400, 40


def write(folder: Path, *, firms_shuffled: bool, records_shuffled: bool) -> Path:
    """Write organisations every third of which has a patent, every other one a trademark, the rest an empty list."""
    random = Random(7)
    firms = [f"企{number:04d}" for number in range(ROWS)]
    ids = [one for number, one in enumerate(firms) for _ in range(1 + number % 3)]
    kinds = {one: ("发明专利", "商标", None)[number % 3] for number, one in enumerate(firms)}
    if firms_shuffled:
        random.shuffle(firms)
    if records_shuffled:
        random.shuffle(ids)
    folder.mkdir()
    organisations = pl.DataFrame({"id": firms, "revenue@2025": [10_000] * ROWS})
    organisations.write_parquet(folder / "organisations.parquet", row_group_size=CHUNK)
    rows = pl.DataFrame(
        {"id": ids, "kind": [kinds[one] for one in ids]}, schema={"id": pl.String, "kind": pl.String}
    )
    rows.write_parquet(folder / "ip.parquet", row_group_size=CHUNK)
    return folder


def expected(facts: Path) -> list[int]:
    """Return the verdicts: a patent is met, a trademark or an empty list is not."""
    firms = pl.read_parquet(facts / "organisations.parquet")["id"].to_list()
    return [2 if int(one[1:]) % 3 == 0 else 0 for one in firms]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("firms_shuffled", [False, True])
@pytest.mark.parametrize("records_shuffled", [False, True])
def test_the_order_of_the_files_does_not_matter(
    tmp_path: Path, engine: str, firms_shuffled: bool, records_shuffled: bool
) -> None:
    facts = write(tmp_path / "facts", firms_shuffled=firms_shuffled, records_shuffled=records_shuffled)
    run(facts, tmp_path / "out", engine=engine, chunk=CHUNK)
    assert pl.read_parquet(tmp_path / "out" / "verdicts.parquet")["cn.sample.verdict"].to_list() == expected(
        facts
    )
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "plan.json",
        "verdicts.parquet",
    ]


@pytest.mark.parametrize(("shuffled", "slices"), [(False, 0), (True, 4)])
def test_only_scattered_files_are_written_anew_and_what_is_there_is_kept(
    tmp_path: Path, shuffled: bool, slices: int
) -> None:
    facts = write(tmp_path / "facts", firms_shuffled=False, records_shuffled=shuffled)
    read = files.read(facts, PLAN, SCOPE)
    moves: list[tuple[int, int]] = []

    def arrange() -> files.Facts:
        return arranging.arranged(
            read, tmp_path, chunk=CHUNK, memory="200MB", moved=lambda *move: moves.append(move), size=200
        )

    (record,) = arrange().records
    assert [one.name for one in record.slices] == [f"ip-{number:05d}.parquet" for number in range(slices)]
    assert moves == [(at, 799) for at in (0, 200, 400, 600, 799)][: slices and slices + 1]
    written = [one.stat().st_mtime_ns for one in record.slices]
    (again,) = arrange().records
    assert [one.stat().st_mtime_ns for one in again.slices] == written
    for one in record.slices:
        rows = pl.read_parquet(one)
        assert rows[files.AT].is_sorted()
        assert [f"企{at:04d}" for at in rows[files.AT]] == rows["id"].to_list()


def test_rows_of_nobody_are_left_out(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", firms_shuffled=True, records_shuffled=True)
    rows = pl.read_parquet(facts / "ip.parquet")
    pl.concat([rows, pl.DataFrame({"id": ["z"], "kind": ["发明专利"]})]).write_parquet(facts / "ip.parquet")
    summary = run(facts, tmp_path / "out", chunk=CHUNK)
    assert summary.warnings == ("ip.parquet：有 1 行的 id 不在 organisations.parquet 里，没有用上，如 z",)
    assert [one.met for one in summary.counts] == [sum(one == 2 for one in expected(facts))]
