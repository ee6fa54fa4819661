"""What every register row carries: where it belongs, who answers for it, whether it still counts."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

from .people import User
from .places import Office, Region, Unit


class Actor(Protocol):
    """What a queryset must know of somebody; `core.access.Actor` is the one implementation."""

    def rows_of(self, resource: str, *, to: str) -> models.Q: ...


Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows somebody may see or act on."""

    def visible_to(self, actor: Actor, *, to: str = "view") -> Self:
        """Keep the rows on which `actor` may do `to`; none without a grant."""
        return self.filter(actor.rows_of(self.model.resource, to=to))  # type: ignore[attr-defined]

    def current(self) -> Self:
        """Keep the rows that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Owned(models.Model):
    """A register row of a region; `version` counts its corrections and refuses a stale one."""

    resource: str  # the row's name in core.access.TABLE
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name="责任股室")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    is_demonstration = models.BooleanField("演示数据", default=False)
    version = models.PositiveIntegerField("修订号", default=1)
    created_at = models.DateTimeField("登记时间", db_default=Now())
    updated_at = models.DateTimeField("更新时间", db_default=Now())
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_reason = models.TextField("撤销原因", blank=True)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
