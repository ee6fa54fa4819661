"""Inputs beside answers: the rows of a folder with everything a plan read of them and everything it answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wanqi.rules.backends.answers import mask_names
from wanqi.rules.plan import Compiled, Plan
from wanqi.rules.population import files, inspecting
from wanqi.rules.types import Scope

if TYPE_CHECKING:
    import polars as pl


def answered(facts: Path, plan: Plan, scope: Scope, *, memory: str = "1GB") -> pl.DataFrame:
    """Return one row per organisation: `id`, the plan's inputs as a snapshot has them, and the columns of the answers.

    For folders of some ten thousand organisations; `match` answers larger ones. Raises FactsRefused.
    """
    from wanqi.rules.population.by_polars import ByPolars

    read = files.read(facts, plan, scope)
    inspecting.inspect(read, memory=memory)
    return ByPolars(plan, read).answered(0, read.rows)


def given(facts: Path, plan: Plan, scope: Scope) -> pl.DataFrame:
    """Return one row per organisation: `id` and the plan's inputs as a snapshot has them. Raises FactsRefused."""
    from wanqi.rules.population.by_polars import ByPolars

    read = files.read(facts, plan, scope)
    return ByPolars(plan, read).inputs(0, read.rows).collect()


def mask_columns(programme: Compiled, which: Literal["unmet", "unknown"]) -> list[str]:
    """Return the columns of the answers that hold a mask of a programme, words of 64 bits, the lowest first."""
    return mask_names(programme, which)
