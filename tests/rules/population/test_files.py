"""What a folder of facts may hold, what is refused before anything is written, and what is only mentioned."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.rules.population.small import ANSWERS, FACTS, run, write
from wanqi.rules.population import FactsRefused, OutputRefused

ENGINES = ["polars", "duckdb"]


@pytest.mark.parametrize("engine", ENGINES)
def test_lists_are_known_by_their_rows(tmp_path: Path, engine: str) -> None:
    """No row: unknown; a row without fields: none; an unknown row: perhaps; complete until the past: perhaps."""
    run(write(tmp_path / "facts"), tmp_path / "out", engine=engine)
    assert pl.read_parquet(tmp_path / "out" / "verdicts.parquet").to_dicts() == ANSWERS


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_or_column_that_is_not_there_is_unknown(tmp_path: Path, engine: str) -> None:
    facts = write(tmp_path / "facts", **{"revenue@2025": None, "level": None})
    (facts / "ip.parquet").unlink()
    run(facts, tmp_path / "out", engine=engine)
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    assert found["cn.sample.verdict"].to_list() == [1] * 5
    assert found["cn.sample.unknown"].to_list() == [3] * 5


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([0.5, 0.49999999, None, None, None], [0, 2, 1, 1, 1]),
        ([Decimal("0.5"), Decimal("0.4999"), None, None, None], [0, 2, 1, 1, 1]),
        ([1, 0, None, None, None], [0, 2, 1, 1, 1]),
    ],
)
def test_a_share_may_be_a_whole_or_decimal_or_binary_number(
    tmp_path: Path, engine: str, shares: list[Any], codes: list[int]
) -> None:
    from dataclasses import replace

    from tests.rules.population.small import PLAN
    from wanqi.rules.plan import Compiled

    asked = replace(PLAN, programmes=(Compiled("cn.share", "1", "", "c3", ()),))
    run(write(tmp_path / "facts", share=shares), tmp_path / "out", engine=engine, plan=asked)
    assert pl.read_parquet(tmp_path / "out" / "verdicts.parquet")["cn.share.verdict"].to_list() == codes


@pytest.mark.parametrize(
    ("column", "values", "code", "said"),
    [
        ("revenue@2025", ["1", "2", "3", "4", "5"], "facts.type", "应是金额（元）"),
        ("revenue@2025", [1.5, 2.0, 3.0, 4.0, 5.0], "facts.type", "单位是分"),
        ("revenue@2025", [10**15, 1, 2, 3, 4], "facts.value", "（id a）"),
        ("revenue@2025", [1, -(10**15), 2, 3, 4], "facts.value", "（id b）"),
        ("staff", [1, 2, -1, 4, 5], "facts.value", "是负数"),
        ("level", ["甲", "丙", None, None, None], "facts.value", "“丙” 不在可选值中"),
        ("share", [0.123456789123, None, None, None, None], "facts.value", "最多 8 位小数"),
        ("share", [float("nan"), None, None, None, None], "facts.value", "最多 8 位小数"),
        ("signed", ["2020-01-01", None, None, None, None], "facts.type", "写日期（DATE）"),
        ("id", ["a", None, "c", "d", "e"], "facts.value", "有的行没有 id"),
        ("id", [1.0, 2.0, 3.0, 4.0, 5.0], "facts.type", "应是文本或整数"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(
    tmp_path: Path, column: str, values: list[Any], code: str, said: str
) -> None:
    facts = write(tmp_path / "facts", **{column: values})
    with pytest.raises(FactsRefused) as refusal:
        run(facts, tmp_path / "out")
    assert refusal.value.code == code
    assert said in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_the_largest_amounts_pass(tmp_path: Path) -> None:
    run(
        write(tmp_path / "facts", **{"revenue@2025": [10**15 - 1, -(10**15) + 1, None, 0, 1]}),
        tmp_path / "out",
    )
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    assert (found["cn.sample.unmet"] % 2).to_list() == [0, 1, 0, 1, 1]


def test_no_organisations_file_no_id_and_no_parquet(tmp_path: Path) -> None:
    with pytest.raises(FactsRefused, match="没有这个文件"):
        run(tmp_path, tmp_path / "out")
    facts = write(tmp_path / "facts", id=None)
    with pytest.raises(FactsRefused, match="没有 id 这一列"):
        run(facts, tmp_path / "out")
    (facts / "organisations.parquet").write_bytes(b"PAR1")
    with pytest.raises(FactsRefused, match="不是完整的 Parquet 文件"):
        run(facts, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_columns_and_files_nobody_knows_are_mentioned(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", **{"revenu@2025": [1, 2, 3, 4, 5], "revenue": [1, 2, 3, 4, 5]})
    pl.DataFrame({"id": ["a"]}).write_parquet(facts / "patents.parquet")
    ip = pl.read_parquet(facts / "ip.parquet").with_columns(pl.lit(1).alias("weight"))
    ip.write_parquet(facts / "ip.parquet")
    assert run(facts, tmp_path / "out").warnings == (
        "organisations.parquet：revenu@2025 列没有用上；是不是 revenue？",
        "organisations.parquet：revenue 列没有用上；按年的数据写成 revenue@年份，如 revenue@2025",
        "ip.parquet：weight 列没有用上；这类记录没有这个字段",
        "patents.parquet 没有用上；数据字典里没有这类记录",
    )


def test_a_folder_with_other_things_is_not_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(OutputRefused, match="文件夹里有别的文件"):
        run(write(tmp_path / "facts"), out)
    assert [path.name for path in out.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("engine", ENGINES)
def test_ids_of_two_kinds_are_refused_and_whole_ones_work(tmp_path: Path, engine: str) -> None:
    facts = write(tmp_path / "facts", id=[1, 2, 3, 4, 5])
    with pytest.raises(FactsRefused, match="单位文件是 Int64"):
        run(facts, tmp_path / "out", engine=engine)
    numbers = {name: place + 1 for place, name in enumerate(FACTS["id"])}
    ip = pl.read_parquet(facts / "ip.parquet").with_columns(pl.col("id").replace_strict(numbers))
    ip.write_parquet(facts / "ip.parquet")
    run(facts, tmp_path / "out", engine=engine)
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    assert found["id"].to_list() == [1, 2, 3, 4, 5]
    assert found["cn.sample.verdict"].to_list() == [2, 0, 1, 1, 1]
