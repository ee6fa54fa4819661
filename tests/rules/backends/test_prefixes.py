"""Beginnings of texts as Polars finds them: by their first bytes, and equal to Python's own answer for any text."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.rules.backends.vectors import Vectors

letters = st.sampled_from(["0", "1", "9", "a", "字", "é", "\0", "😀"])
texts = st.lists(st.none() | st.text(letters, max_size=4), min_size=1, max_size=30)
# up to twelve bytes: longer ones than a number holds among them
prefixes = st.lists(st.text(letters, min_size=1, max_size=3), min_size=1, max_size=12, unique=True)


@settings(max_examples=60, deadline=None)
@given(texts=texts, prefixes=prefixes)
def test_a_text_begins_with_one_of_the_prefixes(texts: list[str | None], prefixes: list[str]) -> None:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    found = frame.select(Vectors().starts_with(pl.col("text"), prefixes)).to_series().to_list()
    assert found == [None if one is None else one.startswith(tuple(prefixes)) for one in texts]
