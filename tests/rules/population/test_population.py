"""A population run gives every organisation what asking for it alone gives, whatever the engine and the chunks."""

from __future__ import annotations

import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.rules.backends.test_packs import pack, plan_of_packs
from tests.rules.population.drawing import Drawing, write
from wanqi.rules.backends import closure
from wanqi.rules.population import Run, Summary, files, match
from wanqi.rules.population.by_polars import always_known
from wanqi.rules.snapshot import Snapshot

ON = date(2026, 6, 1)
ORGANISATIONS = 160


@cache
def drawn() -> list[dict[str, Any]]:
    drawing = Drawing(plan_of_packs(ON, "new"), pack().rule_scope, seed=7)
    return [drawing.one(f"企{number:05d}") for number in range(ORGANISATIONS)]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("facts")
    write(folder, drawn(), plan_of_packs(ON, "new"))
    return folder


def run(facts: Path, out: Path, **changed: Any) -> Summary:
    asked: dict[str, Any] = {
        "plan": plan_of_packs(ON, "new"),
        "scope": pack().rule_scope,
        "facts": facts,
        "out": out,
    }
    return match(Run(**{**asked, **changed}))


@cache
def one_by_one() -> list[dict[str, Any]]:
    """Return the answers of the closure for every organisation, as columns name them."""
    plan = plan_of_packs(ON, "new")
    made, snapshot = closure.compile_plan(plan), Snapshot(plan.inputs, on=ON)
    found = []
    for organisation in drawn():
        named = dict(zip(made.index, made.run(snapshot(organisation)), strict=True))
        codes = {True: 2, False: 0, None: 1}
        row: dict[str, Any] = {"id": organisation["id"]}
        for programme in plan.programmes:
            row[f"{programme.id}.verdict"] = codes[named[programme.verdict]]
            row[f"{programme.id}.unmet"] = mask(named, programme.leaves, False)
            row[f"{programme.id}.unknown"] = mask(named, programme.leaves, None)
            for end, column in zip(("lo", "hi"), programme.score or (), strict=False):
                row[f"{programme.id}.score_{end}"] = made.exact(column, named[column])
            for end, column in zip(("lo", "hi"), programme.amount or (), strict=False):
                amount = made.exact(column, named[column])
                row[f"{programme.id}.amount_{end}"] = None if amount is None else amount * 100
        found.append(row)
    return found


def mask(named: dict[str, Any], leaves: tuple[tuple[str, str], ...], state: bool | None) -> int:
    bits = sum(1 << bit for bit, (_, column) in enumerate(leaves) if named[column] is state)
    assert len(leaves) < 64
    return bits


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("chunk", [None, 64])
def test_everybody_gets_the_answer_of_asking_alone(
    facts: Path, tmp_path: Path, engine: str, chunk: int | None
) -> None:
    summary = run(facts, tmp_path / "out", engine=engine, chunk=chunk)
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet")
    assert found.to_dicts() == one_by_one()
    assert summary.rows == ORGANISATIONS
    assert summary.warnings == ()
    for one in summary.counts:
        codes = [row[f"{one.programme}.verdict"] for row in one_by_one()]
        assert (one.unmet, one.unknown, one.met) == tuple(codes.count(code) for code in (0, 1, 2))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "plan.json",
        "verdicts.parquet",
    ]


def test_what_a_file_says_to_be_complete_changes_no_answer(facts: Path, tmp_path: Path) -> None:
    whole = pl.read_parquet(facts / "organisations.parquet")
    complete = ["revenue@2025", "employees_total@2025", "gbt4754_code", "established_date"]
    kept = whole.drop_nulls(complete)
    assert 20 < kept.height < ORGANISATIONS
    folder = tmp_path / "facts"
    shutil.copytree(facts, folder)
    kept.write_parquet(folder / "organisations.parquet")

    read = files.read(folder, plan_of_packs(ON, "new"), pack().rule_scope)
    assert {one.name for one in read.columns if one.source in complete} <= always_known(read)
    before = files.read(facts, plan_of_packs(ON, "new"), pack().rule_scope)
    assert not {one.name for one in before.columns} & always_known(before)

    run(folder, tmp_path / "out", engine="polars")
    ids = set(kept["id"])
    expected = [row for row in one_by_one() if row["id"] in ids]
    assert pl.read_parquet(tmp_path / "out" / "verdicts.parquet").to_dicts() == expected


def test_the_plan_names_every_bit(facts: Path, tmp_path: Path) -> None:
    run(facts, tmp_path)
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert told["digest"].startswith("sha256:")
    for programme, said in zip(plan_of_packs(ON, "new").programmes, told["programmes"], strict=True):
        assert [leaf["id"] for leaf in said["leaves"]] == [id for id, _ in programme.leaves]
        assert [leaf["bit"] for leaf in said["leaves"]] == list(range(len(programme.leaves)))
        assert (said["version"], said["digest"]) == (programme.version, programme.digest)
