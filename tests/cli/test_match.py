"""`wanqi match`, from the folder of facts to the table on standard output, on the packs of the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]


def wanqi(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from wanqi.cli.main import run; sys.argv[0] = 'wanqi'; run()"
    return subprocess.run(
        [sys.executable, "-c", code, "match", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    folder = tmp_path / "facts"
    folder.mkdir()
    rows = {
        "id": ["a1", "a2", "a3"],
        "revenue@2025": [20_000_000_00, 1_00, None],
        "employees_total@2025": [320, 3, None],
        "gbt4754_code": ["2614", "5101", None],
    }
    pl.DataFrame(rows).write_parquet(folder / "organisations.parquet")
    return folder


def asked(facts: Path, out: Path, *more: str) -> list[str]:
    given = ["--region", "cn-430682", "--on", "2026-06-01", "--facts", str(facts), "--out", str(out)]
    return [*given, *more]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_programme_in_force_is_answered(facts: Path, tmp_path: Path, engine: str) -> None:
    out = tmp_path / "out"
    done = wanqi(*asked(facts, out, "--engine", engine))
    assert (done.returncode, done.stderr) == (0, "比对……\n")
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    found = pl.read_parquet(out / "verdicts.parquet")
    assert found["id"].to_list() == ["a1", "a2", "a3"]
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["事项", "名称", "符合条件", "不符合", "待定"]
    assert [line.split()[0] for line in lines[1:-1]] == [one["id"] for one in plan["programmes"]]
    assert lines[-1] == f"共 3 个单位，{len(plan['programmes'])} 个事项。"
    for one, line in zip(plan["programmes"], lines[1:-1], strict=True):
        codes = found[one["verdict"]].to_list()
        assert line.split()[-3:] == [str(codes.count(code)) for code in (2, 0, 1)]


def test_only_the_programmes_asked_for(facts: Path, tmp_path: Path) -> None:
    done = wanqi(*asked(facts, tmp_path / "out", "--programme", "cn.srdi-sme"))
    assert done.returncode == 0
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    assert {name.rpartition(".")[0] for name in found.columns if name != "id"} == {"cn.srdi-sme"}
    assert found["cn.srdi-sme.verdict"].to_list()[1] != 2


def test_an_unknown_column_is_mentioned_on_standard_error(facts: Path, tmp_path: Path) -> None:
    path = facts / "organisations.parquet"
    pl.read_parquet(path).with_columns(pl.lit(1).alias("revenues@2025")).write_parquet(path)
    done = wanqi(*asked(facts, tmp_path / "out", "--programme", "cn.srdi-sme"))
    assert done.returncode == 0
    assert "提示：organisations.parquet：revenues@2025 列没有用上；是不是 revenue？。" in done.stderr


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--programme", "cn.srdi"], 2, "没有这个政策事项"),
        (["--engine", "excel"], 2, "excel"),
        (["--region", "cn-99"], 2, "没有地区 cn-99"),
        (["--facts", "nowhere"], 1, "nowhere/organisations.parquet：没有这个文件"),
    ],
)
def test_refusals_say_what_and_where(
    facts: Path, tmp_path: Path, more: list[str], status: int, said: str
) -> None:
    done = wanqi(*asked(facts, tmp_path / "out"), *more)
    assert done.returncode == status
    assert said in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_missing_engine_is_the_machines_fault(facts: Path, tmp_path: Path) -> None:
    from wanqi.rules.backends.spark import missing

    if missing() is None:
        pytest.skip("pyspark and Java are installed here")
    done = wanqi(*asked(facts, tmp_path / "out", "--engine", "spark"))
    assert done.returncode == 3
    assert "换用 --engine polars" in done.stderr


def test_wrong_amounts_are_refused_with_the_row(facts: Path, tmp_path: Path) -> None:
    path = facts / "organisations.parquet"
    pl.read_parquet(path).with_columns(pl.lit(10**15).alias("revenue@2025")).write_parquet(path)
    done = wanqi(*asked(facts, tmp_path / "out"))
    assert done.returncode == 1
    assert (
        "revenue@2025（id a1）：“1000000000000000” 超出金额（元）的范围，共 3 行；请核对单位。[facts.value]"
        in done.stderr
    )
    assert not (tmp_path / "out").exists()
