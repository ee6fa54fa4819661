"""How imported rows become stations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wanqi.registry.cells import Reason
from wanqi.registry.importing import Sink, register_sink

from .models import Site


def check_station(values: Mapping[str, Any]) -> Sequence[tuple[str, Reason]]:
    """Return what the dates of one station contradict."""
    built, opened = values.get("built_on"), values.get("opened_on")
    if built is not None and opened is not None and opened < built:
        return [
            (
                "opened_on",
                Reason(f"开通日期{opened.isoformat()}早于建成日期{built.isoformat()}", "请核对两个日期。"),
            )
        ]
    return ()


def register() -> None:
    """Make stations importable."""
    register_sink(Sink(kind="sites", model=Site, key="site_code", check=check_station))
