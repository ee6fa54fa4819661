"""What can be obtained, open to everybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.params import Path
from pydantic import Field

from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.policies.checkup import Condition, Programme, checkup

from .door import REFUSED, api
from .schemas import Catalogue, Day, Kind, Name, ProgrammeDetail

On = Annotated[Day | None, Field(description="默认今天")]


@api.get("/programmes", response={200: Catalogue, **REFUSED}, tags=["事项"], summary="事项目录")
def programmes(request: HttpRequest, on: On = None, kind: Kind = "new") -> Any:
    """Return every programme of the region as it stands on a day: windows, papers, the version in force."""
    pack, day = current_pack(settings.REGION), on or timezone.localdate()
    found = checkup(pack, day, {"id": "", "facts": {}, "records": {}}, kind=kind)
    listed = sorted(found.programmes, key=lambda one: one.id)
    return {"region": pack.region, "on": day, "programmes": [_line(one) for one in listed]}


@api.get(
    "/programmes/{programme}", response={200: ProgrammeDetail, **REFUSED}, tags=["事项"], summary="一个事项"
)
def programme(
    request: HttpRequest, programme: Annotated[Name, Path()], on: On = None, kind: Kind = "new"
) -> Any:
    """Return one programme with its conditions in words, each with its article."""
    pack, day = current_pack(settings.REGION), on or timezone.localdate()
    one = found_programme(pack, day, programme, kind)
    return {**_line(one), "conditions": [_condition(each) for each in one.conditions]}


def found_programme(pack: Pack, on: date, id: str, kind: str) -> Programme:
    """Return a programme of the region for an enterprise of which nothing is known. Raises RowMissing."""
    require_known(pack, [id])
    empty = {"id": "", "facts": {}, "records": {}}
    return checkup(pack, on, empty, only=[id], kind=kind).programmes[0]


def require_known(pack: Pack, ids: list[str]) -> None:
    """Raise RowMissing for the first programme the region does not have."""
    for id in ids:
        if id not in pack.programme_files:
            raise RowMissing(f"没有 {id} 这个事项。", hint="事项编号见 /api/programmes。")


def _line(one: Programme) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "level": one.level, "what": one.what, "act": one.act,
        "holder": one.holder, "authority": one.authority, "recommended_by": one.recommended_by,
        "system": one.system, "system_url": one.system_url, "window": one.window.words,
        "opens": one.window.opens, "closes": one.window.closes, "version": one.version,
        "document": one.document, "materials": list(one.materials), "standard": list(one.standard), "note": one.note,
    }  # fmt: skip


def _condition(one: Condition) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "article": one.clause.article,
        "children": [_condition(each) for each in one.children],
    }
