"""What a folder of facts may hold, what is refused before anything is written, and what is only mentioned."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.rules.population.small import ANSWERS, FACTS, ON, run, write
from wanqi.rules import COUNT, TEXT, Scope, tree
from wanqi.rules.plan import Aggregate, Compiled, FactAt, Input, Plan
from wanqi.rules.population import FactsRefused, OutputRefused, Run, match
from wanqi.rules.programmes.organisations import wrong_code, wrong_programme
from wanqi.rules.types import CodeRule, RecordScope

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
        ("id", ["a", "b", "a", "b", "a"], "facts.duplicate", "出现了 3 次（第 1、3、5 行），共 2 个 id 重复"),
        ("id", [3, 2, 2, 4, 5], "facts.type", "两个文件的 id 要用同一种类型"),
        (
            "revenue@2024",
            ["1", "2", "3", "4", "5"],
            "facts.type",
            "revenue@2024：类型是 String，应是金额（元）",
        ),
        ("revenue@2025", ["1", "2", "3", "4", "5"], "facts.type", "应是金额（元）"),
        ("revenue@2025", [1.5, 2.0, 3.0, 4.0, 5.0], "facts.type", "单位是分"),
        ("revenue@2025", [Decimal("1.50"), *[None] * 4], "facts.type", "单位是分"),
        ("REVENUE@2025", [1, 2, 3, 4, 5], "facts.column", "两列只有大小写不同"),
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


def test_an_id_on_two_rows_is_refused_in_any_order(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", id=["e", "d", "c", "e", "a"])
    with pytest.raises(FactsRefused) as refusal:
        run(facts, tmp_path / "out")
    assert str(refusal.value) == (
        f"{facts / 'organisations.parquet'}：id（e）：出现了 2 次（第 1、4 行），共 1 个 id 重复。"
        "每个单位只能有一行，请合并或删去多余的行。"
    )
    assert not (tmp_path / "out").exists()


def test_a_column_the_plan_does_not_read_must_still_be_of_its_type(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts")
    rows = pl.read_parquet(facts / "ip.parquet").with_columns(granted=pl.lit("2020"))
    rows.write_parquet(facts / "ip.parquet")
    with pytest.raises(FactsRefused) as refusal:
        run(facts, tmp_path / "out")
    assert (refusal.value.code, refusal.value.place) == ("facts.type", f"{facts / 'ip.parquet'}：granted")
    assert not (tmp_path / "out").exists()


def test_records_of_nobody_are_mentioned(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", id=["a", "b", "c", "d", "z"])
    assert run(facts, tmp_path / "out").warnings == (
        "ip.parquet：有 1 行的 id 不在 organisations.parquet 里，没有用上，如 e",
    )


def test_codes_and_titles_are_judged_as_one_by_one(tmp_path: Path) -> None:
    code, held = tree.Field("code", TEXT), tree.Field("programme", TEXT)
    titles = RecordScope({"programme": TEXT})
    scope = Scope(
        {"code": TEXT},
        records={"titles": titles},
        programmes=frozenset({"cn.high-tech"}),
        codes={"code": CodeRule("行业表", ("01", "26"), 4)},
        regions=frozenset({"cn", "cn-43"}),
    )
    count = Aggregate("titles", "count", None, tree.Compare("=", held, held), None, "low", titles)
    inputs = (Input("code", TEXT, FactAt("code")), Input("titles#low", COUNT, count))
    asked = tree.Compare("=", code, tree.Literal("26", TEXT)), tree.Known(tree.Field("titles#low", COUNT))
    plan = Plan(
        "cn",
        ON,
        "new",
        inputs,
        ((("c0", asked[0]), ("v0", asked[1])),),
        (Compiled("cn.x", "1", "", "v0", ()),),
    )

    def ask(codes: list[str | None], ids: list[str | None]) -> None:
        folder = tmp_path / "facts"
        folder.mkdir(exist_ok=True)
        rows = [f"a{number}" for number in range(len(codes))]
        pl.DataFrame({"id": rows, "code": codes}).write_parquet(folder / "organisations.parquet")
        pl.DataFrame({"id": ["a0"] * len(ids), "programme": ids}).write_parquet(folder / "titles.parquet")
        match(Run(plan=plan, scope=scope, facts=folder, out=tmp_path / "out"))

    good: list[str | None] = ["2614", "26", None]
    ask(good, ["cn.high-tech", "cn-4301.any-thing", None])
    for bad in ("C2614", "2", "26145", "２６", "9912", "26 ", "261\n"):
        check = wrong_code(bad, scope.codes["code"])
        assert check is not None
        with pytest.raises(FactsRefused) as refusal:
            ask([*good, bad], ["cn.high-tech"])
        assert (refusal.value.cause, refusal.value.hint.rstrip("。")) == check
    for bad in ("cn.hightech", "cn-43.what", "高新", "cn-4301", "cn-430.x", "cn.high-tech\n"):
        check = wrong_programme(bad, scope)
        assert check is not None
        with pytest.raises(FactsRefused) as refusal:
            ask(good, ["cn.high-tech", bad])
        assert (refusal.value.cause, refusal.value.hint.rstrip("。")) == check


@pytest.mark.parametrize("name", ["2026[1]", "a*", "b?"])
def test_a_folder_that_would_be_taken_for_a_pattern(tmp_path: Path, name: str) -> None:
    facts = write(tmp_path / name)
    with pytest.raises(FactsRefused, match=r"facts|通配符"):
        run(facts, tmp_path / "out")
    with pytest.raises(OutputRefused, match="通配符"):
        run(write(tmp_path / "facts"), tmp_path / name / "out")
    assert sorted(one.name for one in (tmp_path / name).iterdir()) == ["ip.parquet", "organisations.parquet"]
