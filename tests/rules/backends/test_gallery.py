"""The amounts of other cities' reward clauses: every backend equals the reference to the fen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rules.backends.gallery import plan_of_gallery
from tests.rules.backends.rows import Rows
from tests.rules.backends.runners import BACKENDS, Row, by_reference, same

ROWS = 40


@cache
def drawn() -> tuple[list[Row], list[list[Any]]]:
    """Return rows and the reference's answers to them."""
    source = Rows(plan_of_gallery(), seed=430682)
    rows = [source.one() for _ in range(ROWS)]
    return rows, by_reference(plan_of_gallery(), rows)


def test_every_clause_is_among_them_and_pays() -> None:
    plan = plan_of_gallery()
    assert len(plan.programmes) == 64
    names = [name for stage in plan.stages for name, _ in stage]
    for one in plan.programmes:
        assert one.amount is not None
        places = [names.index(f"{end} if met") for end in one.amount]
        assert len({(row[places[0]], row[places[1]]) for row in drawn()[1]}) > 1, one.id


@pytest.mark.parametrize("backend", BACKENDS)
def test_amounts(backend: str, tmp_path: Path) -> None:
    rows, expected = drawn()
    assert same(BACKENDS[backend](plan_of_gallery(), rows, tmp_path), expected, plan_of_gallery()) == []
