"""What rows of recognitions and nominations have in common: choices in the words of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from wanqi.core.row_sources import Rows, RowSource

Words = Mapping[str, Mapping[str, str]]


def worded(source: RowSource, words: Words) -> RowSource:
    """Return the source with the stored codes of some fields as the terms of the vocabulary.

    words: record field → stored code → term.
    """
    return replace(source, rows=_in_words(source.rows, words))


def _in_words(rows: Rows, words: Words) -> Rows:
    def read(region: str, fields: object, recorded: object = None) -> pl.DataFrame:
        frame = rows(region, fields, recorded)  # type: ignore[arg-type]
        return frame.with_columns(
            pl.col(name).replace_strict(dict(terms), default=pl.col(name), return_dtype=pl.String)
            for name, terms in words.items()
            if name in frame.columns
        )

    return read
