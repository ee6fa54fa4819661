"""申报安排 as notices set them, the screens people keep, and when each of them was last looked at."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import pghistory
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wanqi.core.models import Area, Job, Owned, OwnedQuerySet, Region, User, newest_first

from .documents import Document
from .standings import Kind


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ApplicationWindow(Owned):
    """When applications for a programme are taken, as the notice of one batch says."""

    resource = "window"

    For = Kind

    programme = models.CharField("事项", max_length=80)
    purpose = models.CharField("申报类别", max_length=10, choices=Kind.choices, default=Kind.NEW)
    batch = models.CharField("批次", max_length=60, blank=True)
    notice = models.CharField("申报通知", max_length=300)
    number = models.CharField("文号", max_length=80, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="windows", verbose_name="文件库中的文件"
    )
    url = models.CharField(
        "公开网址", max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    opens_on = models.DateField("开始申报")
    county_due_on = models.DateField("县级推荐截止", null=True, blank=True)
    closes_on = models.DateField("申报截止")
    note = models.TextField("要求", blank=True)

    class Meta:
        verbose_name = "申报安排"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")),
                name="window_opens_before_closes",
                violation_error_message="申报截止早于开始申报，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(county_due_on__isnull=True)
                | Q(county_due_on__gte=F("opens_on"), county_due_on__lte=F("closes_on")),
                name="window_county_within",
                violation_error_message="县级推荐截止要在开始申报和申报截止之间，请核对。",
            ),
            models.UniqueConstraint(
                fields=["region", "programme", "purpose", "opens_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="window_once",
                violation_error_message="这一事项、这一类别、这一天开始的申报安排已登记。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "closes_on", "id"], name="window_by_closing"),
            newest_first("window"),
        ]

    def __str__(self) -> str:
        return self.notice


class SomebodysScreen(Protocol):
    """Who looks: what `SavedScreenQuerySet` asks of an actor."""

    @property
    def user(self) -> User | None: ...

    def rows_of(self, resource: str, *, to: str) -> Q: ...


class SavedScreenQuerySet(OwnedQuerySet["SavedScreen"]):
    """Screens of one's own, and those a colleague shares with the office."""

    def open_to(self, actor: SomebodysScreen) -> Any:
        """Keep the screens the actor made, and those shared within the offices the actor reads."""
        own = Q(created_by=actor.user) if actor.user is not None else Q(pk__in=[])
        return self.current().filter(own | Q(actor.rows_of("screen", to="view"), is_shared=True))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SavedScreen(Owned):
    """A screen somebody keeps under a name: programme, kind and filters; shared with the office or one's own."""

    resource = "screen"

    name = models.CharField("名称", max_length=60)
    programme = models.CharField("事项", max_length=80)
    purpose = models.CharField("申报类别", max_length=10, choices=Kind.choices, default=Kind.NEW)
    asked = models.JSONField("条件", default=dict, blank=True)
    is_shared = models.BooleanField("股室共用", default=False)

    objects: ClassVar[Any] = SavedScreenQuerySet.as_manager()

    class Meta:
        verbose_name = "我的筛选"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "created_by", "name"],
                condition=Q(withdrawn_at__isnull=True),
                name="screen_name_once",
                violation_error_message="您已有同名的筛选，请换一个名称。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def told(self, values: dict[str, Any]) -> str:
        """Return the filters as the trail shows them."""
        return "；".join(f"{name} {value}" for name, value in values.items()) or "没有条件"


class ScreenLook(models.Model):
    """When somebody last looked at a kept screen; what changed since is the reminder."""

    screen = models.ForeignKey(SavedScreen, models.CASCADE, related_name="looks", verbose_name="筛选")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    looked_at = models.DateTimeField("查看时间")

    class Meta:
        verbose_name = "筛选的查看"
        constraints = [models.UniqueConstraint(fields=["screen", "user"], name="screenlook_once")]

    def __str__(self) -> str:
        return f"{self.screen_id} {self.user_id}"


class ScreenRun(models.Model):
    """A programme worked out for another day than today, for every enterprise of the region or of one 片区.

    rows: organisation id → [bucket, short, ids of the outermost conditions not met, ids of data that are missing];
    filled when the run has ended. problem: what stopped it.
    """

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    programme = models.CharField("事项", max_length=120)
    kind = models.CharField("申报类别", max_length=10, choices=Kind.choices)
    on = models.DateField("比对日期")
    version = models.CharField("适用版本", max_length=20, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, verbose_name="后台任务")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    made_at = models.DateTimeField("发起时间", db_default=Now())
    ended_at = models.DateTimeField("完成时间", null=True)
    rows = models.JSONField("结果", default=dict)
    problem = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "按日期比对"
        indexes = [models.Index(fields=["region", "programme", "kind", "on", "-id"], name="screenrun_newest")]

    def __str__(self) -> str:
        return f"{self.programme} {self.kind} {self.on.isoformat()}"
