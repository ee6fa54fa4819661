"""How tables of facts come in: one line an enterprise, a column each fact."""

from __future__ import annotations

from ..actions.fact_imports import SINK
from ..importing import register_sink


def register() -> None:
    """Make facts importable."""
    register_sink(SINK)
