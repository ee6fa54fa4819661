"""Whole populations: a folder of Parquet in, verdicts, masks, scores and amounts as Parquet out."""

from __future__ import annotations

from wanqi.rules.population.errors import EngineMissing, FactsRefused, OutputRefused
from wanqi.rules.population.running import Counts, Run, Summary, counts, match
from wanqi.rules.population.snapshots import answered, given, mask_columns

__all__ = [
    "Counts",
    "EngineMissing",
    "FactsRefused",
    "OutputRefused",
    "Run",
    "Summary",
    "answered",
    "counts",
    "given",
    "mask_columns",
    "match",
]
