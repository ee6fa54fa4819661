"""How imported rows become stations and projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from wanqi.registry.cells import Reason
from wanqi.registry.importing import Sink, register_sink
from wanqi.registry.sinks.owners import link_organisations

from .models import Project, Site


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


def check_project(values: Mapping[str, Any]) -> Sequence[tuple[str, Reason]]:
    """Return what the dates of one project contradict."""
    started, finished = values.get("started_on"), values.get("finished_on")
    if started is not None and finished is not None and finished < started:
        return [
            (
                "finished_on",
                Reason(
                    f"完成日期{finished.isoformat()}早于开工日期{started.isoformat()}", "请核对两个日期。"
                ),
            )
        ]
    return ()


def register() -> None:
    """Make stations and projects importable."""
    register_sink(Sink(kind="sites", model=Site, key="site_code", check=check_station))
    register_sink(
        Sink(
            kind="projects",
            model=Project,
            key="title",
            check=check_project,
            complete=partial(link_organisations, name="holder_name"),
        )
    )
