"""Where counted rows come from: each app that owns some registers them here, so that indicators import no owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Model

from .errors import DefinitionRefused

# (region, fields, recorded) → one row per record that was not withdrawn. Columns: `id` (String), the fields as
# wanqi.rules.frame types them (an area by its code), `is_demonstration` and `evidence` (Boolean).
# recorded: the moment whose knowledge is asked for; None is now.
Rows = Callable[[str, Sequence[str], datetime | None], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class RowSource:
    """The rows of one record kind, and the register they stand in.

    fields: record field → its value as the register's model names it in an audit row's `field`.
    """

    kind: str
    model: type[Model]
    rows: Rows
    fields: Mapping[str, str]


_SOURCES: dict[str, RowSource] = {}


def register(source: RowSource) -> None:
    """Make the rows of a record kind countable; call it when the owning app is ready."""
    _SOURCES[source.kind] = source


def source_of(kind: str) -> RowSource:
    """Return who provides a record kind. Raises DefinitionRefused when nobody does."""
    try:
        return _SOURCES[kind]
    except KeyError:
        raise DefinitionRefused(
            f"数据类别“{kind}”没有登记台账。", hint="请核对指标定义的 records。"
        ) from None


def registered() -> tuple[str, ...]:
    """Return the record kinds that somebody provides."""
    return tuple(_SOURCES)
