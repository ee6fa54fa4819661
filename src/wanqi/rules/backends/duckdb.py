"""DuckDB: a plan as one SELECT over a source query, and the connection it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from wanqi.rules.backends.answers import SCORE_PLACES, Answer, answers
from wanqi.rules.backends.graph import Graph, Term, Writing, named
from wanqi.rules.backends.sql import DuckDb, Sql
from wanqi.rules.backends.translation import Translation
from wanqi.rules.bounds import LIMIT
from wanqi.rules.plan import Plan

# DuckDB 2.0 takes minutes to plan stacked SELECTs of hundreds of expressions: its rewriters look at every one again and
# again, and pull layers into each other. The layers are already as they should be run; these passes are enough.
_OPTIMIZERS = frozenset({"unused_columns", "column_lifetime", "filter_pushdown", "row_group_pruner"})


class Layered:
    """A plan as layers of SELECTs in one dialect; `translation` knows every named column."""

    def __init__(self, plan: Plan, dialect: Sql, *, limit: int = LIMIT) -> None:
        self.dialect = dialect
        self._graph = Graph()
        self.translation: Translation[Term] = Translation(self._graph, limit=limit)
        self._names = named(plan, self.translation)

    def query(self, source: str, results: list[str]) -> str:
        """Return the SELECT of some texts over a source query whose columns are the plan's inputs and others.

        The texts may be those of `answers`, asked for before; else they may name every named column of the plan.
        """
        if not self.dialect.layers:
            self._write(self._names)
        return self.dialect.stacked(source, results)

    def answers(self, plan: Plan, *, masks: bool = True) -> list[str]:
        """Return the texts `expression AS name` of the plan's answers in their stored types."""
        found = answers(plan, self.translation, masks=masks)
        self._write({one.name: one.value for one in found})
        return [self._stored(one) for one in found]

    def _write(self, roots: Mapping[str, Term]) -> None:
        Writing(self._graph, roots, self.dialect, lambda name, value, _: self.dialect.define(name, value))

    def _stored(self, answer: Answer[Term]) -> str:
        column = self.dialect.quoted(answer.name)
        match answer.kind:
            case "verdict":
                return f"CAST({column} AS TINYINT) AS {column}"
            case "score":
                unit = f"CAST('0.{'0' * (SCORE_PLACES - 1)}1' AS DECIMAL({SCORE_PLACES + 1},{SCORE_PLACES}))"
                return f"CAST(CAST({column} AS DECIMAL(18,0)) * {unit} AS DECIMAL(18,{SCORE_PLACES})) AS {column}"
            case _:
                return f"CAST({column} AS BIGINT) AS {column}"


def layered(plan: Plan) -> Layered:
    """Return the plan in DuckDB's dialect."""
    return Layered(plan, DuckDb())


def connect(
    folder: Path | None = None, *, memory: str = "1GB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Return an in-memory database that fetches nothing and spills into the folder.

    memory: what its own buffers may take, in DuckDB's notation.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    if folder is not None:
        settings["temp_directory"] = str(folder)
    database = duckdb.connect(":memory:", config=settings)
    names = [name for (name,) in database.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    disabled = ",".join(name for name in names if name not in _OPTIMIZERS)
    database.execute(f"SET disabled_optimizers = '{disabled}'")
    return database
