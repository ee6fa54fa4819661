"""Problems of names: what does not exist, and what was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from wanqi.packs.errors import Problem
from wanqi.packs.pack import Item
from wanqi.packs.reading import Path
from wanqi.rules import ExpressionRefused

_CODES = {"指标": "indicator", "数据类别": "kind", "字段": "field", "文件": "document", "条款": "clause"}


def unknown(item: Item[Any], at: Path, what: str, name: str, known: Collection[str]) -> Problem:
    """Return the problem of a name that nothing has, with the nearest one that something has."""
    near = get_close_matches(name, list(known), n=1)
    listed = "、".join(list(known)[:12])
    hint = f"是不是 {near[0]}？" if near else f"现有：{listed}。" if listed else f"本地区还没有{what}。"
    code = _CODES.get(what, "name")
    return item.file.problem((*item.at, *at), f"pack.unknown-{code}", f"没有{what} {name}。", hint)


def expression_problem(item: Item[Any], at: Path, error: ExpressionRefused) -> Problem:
    """Return an expression's mistake at its place in the file."""
    line, column = item.file.tree.within((*item.at, *at), error.line, error.column)
    return Problem(item.file.path, line, column, error.code, error.message, error.hint)
