"""Every programme of the packs, over adversarial rows: every backend equals the reference in every cell."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rules.backends.rows import Rows
from tests.rules.backends.runners import BACKENDS, by_reference, by_tailored_polars, same
from wanqi import packs
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import compile_plan

REGIONS = Path(__file__).resolve().parents[3] / "regions"
ASKED = [
    (date(2026, 6, 1), "new"),
    (date(2026, 6, 1), "review"),
    (date(2026, 6, 1), "renewal"),
    (date(2023, 6, 30), "new"),
]
ROWS = 120


@cache
def pack() -> packs.Pack:
    return packs.resolve(packs.read_directory(REGIONS), "cn-430682")


@cache
def plan_of_packs(on: date, kind: str) -> Plan:
    return compile_plan(
        pack().programmes.values(), region="cn-430682", on=on, kind=kind, scope=pack().rule_scope
    )


@cache
def asked_alone(on: date, kind: str) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """The rows drawn for a plan, and what the reference answers; every backend is held against them."""
    plan = plan_of_packs(on, kind)
    drawn = Rows(plan, seed=on.toordinal())
    rows = [drawn.one() for _ in range(ROWS)]
    return rows, by_reference(plan, rows)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("on", "kind"), ASKED)
def test_every_programme(on: date, kind: str, backend: str, tmp_path: Path) -> None:
    plan = plan_of_packs(on, kind)
    rows, expected = asked_alone(on, kind)
    assert same(BACKENDS[backend](plan, rows, tmp_path), expected, plan) == []


@pytest.mark.parametrize("full", [0.5, 1])
def test_every_programme_where_some_inputs_are_always_known(full: float, tmp_path: Path) -> None:
    plan = plan_of_packs(*ASKED[0])
    drawn = Rows(plan, seed=11, full=full)
    rows = [drawn.one() for _ in range(ROWS)]
    assert same(by_tailored_polars(plan, rows, tmp_path), by_reference(plan, rows), plan) == []
