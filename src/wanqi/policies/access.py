"""Who may see or do what with documents, standings and determinations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row, require
from wanqi.core.errors import RowMissing

from .models import Determination, Document


def get_document(actor: Actor, pk: Any, *, to: str = "view") -> Document:
    """Return the document; raises RowMissing or AccessRefused."""
    rows: QuerySet[Document] = Document.objects.select_related("office", "unit", "created_by", "file")
    return get_row(rows, actor, pk, to=to)


def require_standings(actor: Actor, region: str, *, to: str = "view") -> None:
    """Raise AccessRefused without a role that reads standings, RowMissing for a region in which it does not."""
    require(actor, "standing", to)
    if not actor.may_place("standing", to, region=region, office=None, area=None, unit=None):
        raise RowMissing("没有找到这个地区的比对结果，或您无权查看。", hint="请返回首页核对。")


def get_determination(actor: Actor, pk: Any, *, to: str = "view") -> Determination:
    """Return the determination; raises RowMissing or AccessRefused."""
    rows: QuerySet[Determination] = Determination.objects.select_related("organisation", "rule", "relied_by")
    return get_row(rows, actor, pk, to=to)
