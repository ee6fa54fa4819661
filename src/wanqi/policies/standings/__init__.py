"""Where enterprises stand with the programmes of a region: read, asked for now, worked out again from what they cite."""

from __future__ import annotations

from .asking import answer, evaluator, explain, not_in_force, outcomes, worked_out
from .reading import (
    Currency,
    counts,
    currency,
    leaf_counts,
    of_organisation,
    of_track,
    track,
    tracks,
    with_bit,
)
from .ready import today
from .redoing import Redone, recompute, recompute_all, redo, reopened
from .working import Answer, bucket_of

__all__ = [
    "Answer",
    "Currency",
    "Redone",
    "answer",
    "bucket_of",
    "counts",
    "currency",
    "evaluator",
    "explain",
    "leaf_counts",
    "not_in_force",
    "of_organisation",
    "of_track",
    "outcomes",
    "recompute",
    "recompute_all",
    "redo",
    "reopened",
    "today",
    "track",
    "tracks",
    "with_bit",
    "worked_out",
]
