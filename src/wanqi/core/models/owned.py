"""What every register row carries: where it belongs, who answers for it, whether it still counts."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from .installation import Attachment
from .people import User
from .places import Area, Office, Region, Unit


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


class Sourced(Owned):
    """A register row with its place, where it was learnt and the file that shows it."""

    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    source = models.CharField("数据来源", max_length=200, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")

    class Meta:
        abstract = True

    @property
    def grade(self) -> str:
        """What stands under the row: a file, or nothing but what was reported."""
        return "有佐证" if self.evidence_id else "仅报数"

    def clean(self) -> None:
        """Raise ValidationError for a place of another region."""
        if self.area is not None and self.area.region_id != self.region_id:
            raise ValidationError({"area": "片区不属于本地区。"})


def newest_first(name: str) -> models.Index:
    """Return the index that every register's list is ordered by."""
    return models.Index(fields=["region", "-updated_at", "-id"], name=f"{name}_by_update")
