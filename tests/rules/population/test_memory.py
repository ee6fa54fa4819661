"""The memory a run may take is a size, or is refused before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.population.small import ANSWERS, run, write
from wanqi.rules.population import FactsRefused, memory


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1GB", 10**9),
        ("1.5 GiB", 3 * 2**29),
        ("800mb", 800 * 10**6),
        (" 2 TB ", 2 * 10**12),
        ("0.5KiB", 512),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert memory.size(text) == size


@pytest.mark.parametrize(
    "text", ["", "0GB", "0.0 GB", "-1GB", "1e9GB", "1", "GB", "2 G", "很多", "9999999GB", "1.2345GB"]
)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_what_is_no_size_is_refused_and_nothing_is_written(tmp_path: Path, text: str, engine: str) -> None:
    out = tmp_path / "out"
    with pytest.raises(FactsRefused) as refusal:
        run(write(tmp_path / "facts"), out, engine=engine, memory=text)
    assert refusal.value.code == "match.memory"
    assert str(refusal.value) == f"--memory：“{text}” 不是内存大小。请写成 2GB、800MB 这样的大小。"
    assert not out.exists()


def test_spark_gets_half_of_the_machine_or_what_is_said() -> None:
    assert memory.of_spark(None) == f"{max(memory.installed() // 2, memory.LEAST_OF_SPARK) // 2**20}m"
    assert memory.of_spark("8GB") == "7629m"
    assert memory.of_spark("1GB") == "953m"
    with pytest.raises(FactsRefused, match="“999MB” 不够 Spark 使用"):
        memory.of_spark("999MB")


def test_a_size_that_is_said_changes_no_answer(tmp_path: Path) -> None:
    summary = run(write(tmp_path / "facts"), tmp_path / "out", engine="duckdb", memory="1.5 GiB")
    assert summary.rows == len(ANSWERS)
