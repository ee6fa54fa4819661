"""Where every enterprise stands with every programme now, under which rule, and what somebody relied on.

A track is a programme asked for one kind of application; its standings are one row per organisation. A standing can be
made again from facts and rules at any time; a determination never changes.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Job, OwnedQuerySet, Region, User
from wanqi.registry.models import Organisation

WORD = 63  # bits of a mask that a signed 64-bit column holds without its sign


class Kind(models.TextChoices):
    """Which application a rule is asked for."""

    NEW = "new", "首次申报"
    REVIEW = "review", "复核"
    RENEWAL = "renewal", "重新认定"


class Verdict(models.IntegerChoices):
    """As `wanqi match` counts them; on screen an unmet one with `short` leaf changes is 差 n 项."""

    UNMET = 0, "不符合"
    UNKNOWN = 1, "待定"
    MET = 2, "符合条件"


class Why(models.IntegerChoices):
    """Why a verdict is unknown; the first that applies."""

    MISSING = 1, "待补充数据"
    UNVERIFIED = 2, "政策条件待核实"
    JUDGEMENT = 3, "需专家评审"


class Bucket(models.IntegerChoices):
    """In which part of a screen a standing is shown, the nearest first."""

    MET = 0, "符合条件"
    ONE = 1, "差1项"
    TWO = 2, "差2项"
    MORE = 3, "差3项及以上"
    MISSING = 5, "待补充数据"
    UNVERIFIED = 6, "政策条件待核实"
    JUDGEMENT = 7, "需专家评审"
    UNMET = 8, "不符合"


class RuleVersion(models.Model):
    """A resolved version of a programme's rule for one kind of application, as it was when first used; never changed.

    digest: of the version and everything it stands on. leaves: [{id, title, article, fixed, top}], leaf i is bit
    i of `Standing.unmet` and `unknown`; fixed: why no fact decides it (unverified, judgement), else null; top: the id of
    the condition right below the root that it belongs to. asks: the facts and kinds of records it reads, entry i is
    bit i of `Standing.missing`. files: the pack files it was resolved from.
    """

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    programme = models.CharField("事项", max_length=120)
    kind = models.CharField("申报类别", max_length=10, choices=Kind.choices)
    version = models.CharField("适用版本", max_length=20)
    digest = models.CharField("规则摘要", max_length=80)
    title = models.CharField("事项名称", max_length=200)
    document = models.CharField("依据文件", max_length=300)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("有效期至", null=True)
    leaves = models.JSONField("条件", default=list)
    asks = models.JSONField("所用数据", default=list)
    files = ArrayField(models.BigIntegerField(), verbose_name="配置文件")
    pack_digest = models.CharField("地区配置摘要", max_length=80)
    recorded_at = models.DateTimeField("载入时间", db_default=Now())

    class Meta:
        verbose_name = "适用版本"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "programme", "kind", "digest"], name="ruleversion_digest_once"
            )
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Track(models.Model):
    """A programme of a region for one kind of application. rule: the version its standings follow; None: none in force.

    holders_only: asked only of organisations that hold or held the title (review and renewal).
    """

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    programme = models.CharField("事项", max_length=120)
    kind = models.CharField("申报类别", max_length=10, choices=Kind.choices)
    title = models.CharField("事项名称", max_length=200)
    holders_only = models.BooleanField("只问已获得的", default=False)
    rule = models.ForeignKey(
        RuleVersion, models.PROTECT, null=True, related_name="tracks", verbose_name="适用版本"
    )

    class Meta:
        verbose_name = "比对事项"
        constraints = [
            models.UniqueConstraint(fields=["region", "programme", "kind"], name="track_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_kind_display()}）"


class Standing(models.Model):
    """The verdict now, of one organisation on one track; made for screens over a million organisations, so narrow.

    unmet, unknown: bit i is leaf i of the rule; missing: bit i is entry i of its `asks`. further: words beyond the first
    63 bits as [unmet, unknown, missing, unmet, …], else null. short: the least number of unmet leaves whose change
    suffices, null where none does or the verdict is not unmet. score in 分 and amount in 元, null an end that is open.
    on: the day it was worked out for; it holds until the day before holds_until (null: as long as no data change).
    digest: of the inputs it read, see `standings.working`. No foreign key is checked by the database: checking three of
    each of 27 million rows takes longer than working them out, and a wrong row is mended by working it out again.
    """

    pk = models.CompositePrimaryKey("organisation", "track")
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        related_name="standings",
        db_index=False,
        db_constraint=False,
        verbose_name="单位",
    )
    unmet = models.BigIntegerField("未满足的条件", default=0)
    unknown = models.BigIntegerField("未定的条件", default=0)
    missing = models.BigIntegerField("缺少的数据", default=0)
    evaluated_at = models.DateTimeField("比对时间", db_default=Now())
    track = models.ForeignKey(
        Track,
        models.PROTECT,
        related_name="standings",
        db_index=False,
        db_constraint=False,
        verbose_name="比对事项",
    )
    rule = models.ForeignKey(
        RuleVersion,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="适用版本",
    )
    on = models.DateField("比对日期")
    holds_until = models.DateField("何时须再比对", null=True)
    verdict = models.SmallIntegerField("结论", choices=Verdict.choices)
    why = models.SmallIntegerField("待定原因", choices=Why.choices, null=True)
    short = models.SmallIntegerField("差几项", null=True)
    bucket = models.SmallIntegerField("分组", choices=Bucket.choices)
    digest = models.BinaryField("数据摘要", max_length=16)
    score_low = models.DecimalField("最低分", max_digits=12, decimal_places=4, null=True)
    score_high = models.DecimalField("最高分", max_digits=12, decimal_places=4, null=True)
    amount_low = models.DecimalField("最低金额", max_digits=18, decimal_places=2, null=True)
    amount_high = models.DecimalField("最高金额", max_digits=18, decimal_places=2, null=True)
    further = ArrayField(models.BigIntegerField(), null=True, verbose_name="其余条件")

    class Meta:
        verbose_name = "当前比对结果"
        indexes = [
            # With the masks, so that what the rows of a screen lack is counted in the index alone.
            models.Index(
                fields=["track", "bucket", "organisation"],
                include=["rule", "unmet", "missing"],
                name="standing_screen",
            ),
            models.Index(
                fields=["holds_until"], condition=Q(holds_until__isnull=False), name="standing_turns"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.track_id} {self.get_verdict_display()}"

    @property
    def unmet_leaves(self) -> list[dict[str, Any]]:
        """The conditions that are not met, in reading order."""
        return [one for bit, one in enumerate(self.rule.leaves) if self.bits("unmet") >> bit & 1]

    @property
    def unknown_leaves(self) -> list[dict[str, Any]]:
        """The conditions that are open, in reading order; some of them may not matter to the verdict."""
        return [one for bit, one in enumerate(self.rule.leaves) if self.bits("unknown") >> bit & 1]

    @property
    def missing_items(self) -> list[str]:
        """The facts and kinds of records that leave the verdict open."""
        return [one for bit, one in enumerate(self.rule.asks) if self.bits("missing") >> bit & 1]

    def bits(self, which: str) -> int:
        """Return a whole mask as one number: "unmet", "unknown" or "missing"."""
        found = int(getattr(self, which))
        place = MASKS.index(which)
        for word, value in enumerate((self.further or [])[place :: len(MASKS)], start=1):
            found |= int(value) << (WORD * word)
        return found


MASKS = ("unmet", "unknown", "missing")


class StandingChange(models.Model):
    """That a standing moved to another bucket: what 变动提醒 reads; never changed. The first filling leaves none.

    old: null for an organisation that had no standing; new: null for one that is no longer asked. cause: the facts and
    kinds of records that changed, `rule` or `day`; null for everything.
    """

    track = models.ForeignKey(Track, models.PROTECT, related_name="changes", verbose_name="比对事项")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    old = models.SmallIntegerField("原分组", choices=Bucket.choices, null=True)
    new = models.SmallIntegerField("现分组", choices=Bucket.choices, null=True)
    cause = ArrayField(models.CharField(max_length=80), null=True, verbose_name="变动的数据")
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "比对结果变动"
        indexes = [models.Index(fields=["track", "-at", "-id"], name="standingchange_by_time")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.old}→{self.new}"


class Grouping(models.Model):
    """What an organisation is filtered by in screens, worked out with its standings; null is not known.

    problem: why its data cannot be compared at all, as where a value is none the vocabulary allows; it has no standings.
    """

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="grouping", verbose_name="单位"
    )
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, verbose_name="地区")
    size_class = models.CharField("企业规模", max_length=20, null=True)
    clusters = ArrayField(models.CharField(max_length=80), default=list, verbose_name="产业链")
    problem = models.TextField("不能比对的原因", null=True)

    class Meta:
        verbose_name = "企业分类"
        indexes = [
            models.Index(fields=["region", "size_class"], name="grouping_by_size"),
            models.Index(fields=["region"], condition=Q(problem__isnull=False), name="grouping_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.size_class or '—'}"


class StandingDue(models.Model):
    """A change that standings do not follow yet, written by triggers in the changing transaction; see migration 0003.

    items: the facts and kinds of records that changed (`organisation` for a column of the register), null for all.
    """

    region = models.CharField("地区", max_length=20)
    organisation = models.BigIntegerField("单位")
    items = ArrayField(models.CharField(max_length=80), null=True, verbose_name="变动的数据")
    noted_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "待比对"
        indexes = [models.Index(fields=["region", "organisation"], name="standingdue_of_region")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.items}"


class StandingBook(models.Model):
    """That the standings of a region are kept, and how far they are. filled_at: when the first filling ended.

    pack_digest: the region's pack that its tracks were last compared with. job: the last long run. day: the day its
    standings are of where it is not today, as in the demonstration.
    """

    region = models.OneToOneField(Region, models.PROTECT, primary_key=True, verbose_name="地区")
    begun_at = models.DateTimeField("开始时间", db_default=Now())
    filled_at = models.DateTimeField("首次比对完成时间", null=True)
    looked_on = models.DateField("最近按日期检查的日期", null=True)
    day = models.DateField("按哪一天比对", null=True)
    pack_digest = models.CharField("地区配置摘要", max_length=80, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, verbose_name="后台任务")

    class Meta:
        verbose_name = "比对结果台账"

    def __str__(self) -> str:
        return self.region_id


class Determination(models.Model):
    """A verdict that somebody relied on: what was answered, on which inputs, under which rule; never changed.

    explanation: the line `wanqi evaluate` prints. inputs: {"organisation": what that line was made from, "sources":
    {"facts/<id>[@<year>]": where the value comes from}}. relied_for: the row the verdict served, e.g. a nomination.
    """

    resource = "determination"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="determinations", verbose_name="单位"
    )
    programme = models.CharField("事项", max_length=120)
    kind = models.CharField("申报类别", max_length=10, choices=Kind.choices)
    rule = models.ForeignKey(
        RuleVersion, models.PROTECT, null=True, related_name="determinations", verbose_name="适用版本"
    )
    on = models.DateField("比对日期")
    verdict = models.SmallIntegerField("结论", choices=Verdict.choices)
    why = models.CharField("原因", max_length=20, blank=True)
    short = models.SmallIntegerField("差几项", null=True)
    explanation = models.JSONField("条件明细")
    inputs = models.JSONField("所用数据")
    digest = models.CharField("数据摘要", max_length=80)
    rule_digest = models.CharField("规则摘要", max_length=80, blank=True)
    pack_digest = models.CharField("地区配置摘要", max_length=80)
    program_version = models.CharField("程序版本", max_length=40)
    purpose = models.CharField("用途", max_length=200)
    relied_kind = models.CharField("用于对象类别", max_length=60, blank=True)
    relied_id = models.CharField("用于对象编号", max_length=60, blank=True)
    relied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="使用人")
    relied_name = models.CharField("使用人姓名", max_length=100)
    relied_at = models.DateTimeField("使用时间", db_default=Now())
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "条件比对结果(留痕)"
        indexes = [
            models.Index(fields=["organisation", "programme", "-id"], name="determination_of_one"),
            models.Index(fields=["region", "-relied_at", "-id"], name="determination_by_day"),
            models.Index(fields=["relied_kind", "relied_id"], name="determination_for"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.programme} {self.get_verdict_display()} {self.on.isoformat()}"
