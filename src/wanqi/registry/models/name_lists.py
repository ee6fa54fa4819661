"""名单: lists of names on their way into the registers, row by row, until each has its organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wanqi.core.models import Attachment, Job, OwnedQuerySet

from .organisations import Organisation
from .recognitions import Act, Holder, Kind, Level, Nomination, Recognition, Stage


class NameList(models.Model):
    """One annex of a notice: 粘贴或选择 → 逐行确认 → 登记, and undone as a whole. It belongs to recognitions."""

    resource = "recognition"

    class State(models.TextChoices):
        MATCHING = "matching", "匹配中"
        OPEN = "open", "待确认"
        RUNNING = "running", "登记中"
        DONE = "done", "已登记"
        UNDONE = "undone", "已撤销"
        DROPPED = "dropped", "已放弃"

    class Target(models.TextChoices):
        RECOGNITION = "recognition", "认定记录"
        NOMINATION = "nomination", "申报推荐"

    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="地区")
    office = models.ForeignKey("core.Office", models.PROTECT, null=True, blank=True, verbose_name="责任股室")
    unit = models.ForeignKey("core.Unit", models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    file = models.ForeignKey(Attachment, models.PROTECT, verbose_name="原始文件")
    digest = models.CharField("摘要", max_length=80, help_text="sha256:<hex> of the rows' names")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, verbose_name="后台任务")
    target = models.CharField("登记为", max_length=20, choices=Target.choices, default=Target.RECOGNITION)
    programme = models.CharField("事项", max_length=80, blank=True)
    holder_kind = models.CharField(
        "认定对象", max_length=20, choices=Holder.choices, default=Holder.ORGANISATION
    )
    act = models.CharField("方式", max_length=10, choices=Act.choices, default=Act.RECOGNISED)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    kind = models.CharField(
        "首次或复核", max_length=10, choices=Kind.choices, blank=True, help_text="blank: by what stands"
    )
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices, blank=True)
    batch = models.CharField("批次", max_length=60, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    document_title = models.CharField("文件标题", max_length=300, blank=True)
    authority = models.CharField("发文机关", max_length=200, blank=True)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    url = models.CharField("公开网址", max_length=500, blank=True)
    others = models.JSONField("未识别行", default=list, help_text="list of {where, text, why}")
    notes = models.JSONField("读取说明", default=list)
    counts = models.JSONField(
        "计数", default=dict, help_text="created, renewed, existing, organisations, codes, rest"
    )
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, verbose_name="导入人")
    created_at = models.DateTimeField("导入时间", db_default=Now())
    finished_at = models.DateTimeField("登记时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "名单"
        indexes = [
            models.Index(fields=["region", "-id"], name="namelist_newest"),
            models.Index(fields=["region", "digest"], name="namelist_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(issued_on__lte=F("valid_until")),
                name="namelist_issued_before_end",
                violation_error_message="有效期至早于发文日期，请核对。",
            )
        ]

    def __str__(self) -> str:
        return self.document_title or self.document_number or f"第{self.pk}份名单"


class NameListRow(models.Model):
    """One printed name: what it may mean, what was decided, and what came of it."""

    class Decision(models.TextChoices):
        PENDING = "pending", "待确认"
        MATCHED = "matched", "已匹配"
        NEW = "new", "新建单位"
        ELSEWHERE = "elsewhere", "不在本地区"
        ASIDE = "aside", "搁置"

    class Outcome(models.TextChoices):
        CREATED = "created", "已登记"
        RENEWED = "renewed", "已登记(复核)"
        EXISTING = "existing", "已在台账"
        WITHDRAWN = "withdrawn", "已撤销"
        KEPT = "kept", "其后有改动，保留"

    class Code(models.TextChoices):
        GIVEN = "given", "已补登代码"
        TAKEN_BACK = "back", "已收回补登的代码"
        KEPT = "kept", "补登的代码未收回"

    name_list = models.ForeignKey(NameList, models.CASCADE, related_name="rows", verbose_name="名单")
    position = models.PositiveIntegerField("顺序")
    where = models.CharField("位置", max_length=200)
    number = models.CharField("序号", max_length=20, blank=True)
    printed_name = models.CharField("印的名称", max_length=200)
    former = models.CharField("印的原名", max_length=200, blank=True)
    place = models.CharField("所在地", max_length=200, blank=True)
    standing = models.CharField("是否本地区", max_length=10)  # ours | open | elsewhere
    project = models.CharField("项目名称", max_length=200, blank=True)
    product = models.CharField("产品名称", max_length=200, blank=True)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    cells = models.JSONField("其他列", default=dict)
    note = models.CharField("说明", max_length=300, blank=True)
    match = models.CharField(
        "匹配情况", max_length=10
    )  # certain | similar | ambiguous | none; "" not yet matched
    doubt = models.CharField("疑点", max_length=100, blank=True)
    candidates = models.JSONField("候选", default=list, help_text="{pk, score, reason, former, withdrawn}")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="匹配到的单位"
    )
    decision = models.CharField("处理", max_length=10, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    before = models.JSONField("撤回后恢复为", default=dict, help_text="{decision, organisation, decided_by}")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    recognition = models.ForeignKey(
        Recognition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定记录"
    )
    nomination = models.ForeignKey(
        Nomination, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报推荐"
    )
    made_organisation = models.BooleanField("随名单新建单位", default=False)
    code_given = models.CharField("补登代码", max_length=10, choices=Code.choices, blank=True)

    class Meta:
        verbose_name = "名单行"
        constraints = [models.UniqueConstraint(fields=["name_list", "position"], name="namelistrow_once")]
        indexes = [models.Index(fields=["name_list", "decision", "position"], name="namelistrow_decision")]

    def __str__(self) -> str:
        return self.printed_name
