"""What an enterprise says is wrong or missing in its data, with evidence; answered by a clerk."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned, User, newest_first

from .facts import Fact
from .organisations import Organisation


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FactCorrection(Owned):
    """One datum an enterprise asks to have corrected or added.

    section and subject: a fact, a kind of records or a column of the register, by its id in the vocabulary. value: as
    `wanqi evaluate` has it, null where it is told in words only. before: the value that stood then, in words.
    """

    resource = "correction"

    class State(models.TextChoices):
        OPEN = "待办理", "待办理"
        ACCEPTED = "已采纳", "已采纳"
        REFUSED = "未采纳", "未采纳"
        RETRACTED = "已撤回", "已撤回"

    class Section(models.TextChoices):
        FACT = "facts", "企业数据"
        RECORDS = "records", "企业记录"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="corrections", verbose_name="单位"
    )
    section = models.CharField("类别", max_length=10, choices=Section.choices, default=Section.FACT)
    subject = models.CharField("数据项", max_length=80)
    period = models.CharField("时期", max_length=20, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    value = models.JSONField("更正为", null=True, blank=True)
    told = models.CharField("内容", max_length=500)
    before = models.CharField("原值", max_length=300, blank=True)
    reason = models.TextField("理由")
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("办理时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    fact = models.ForeignKey(
        Fact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记的数据"
    )

    class Meta:
        verbose_name = "更正申请"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "section", "subject", "period"],
                condition=Q(state="待办理"),
                name="correction_open_once",
                violation_error_message="这一数据项已有待办理的更正申请，请等待答复或先撤回。",
            ),
            models.CheckConstraint(
                condition=~Q(state="未采纳") | ~Q(answer=""),
                name="correction_refused_with_reason",
                violation_error_message="不采纳的要写明理由。",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="correction_of_organisation"),
            models.Index(fields=["region", "state", "id"], name="correction_by_state"),
            newest_first("correction"),
        ]

    def __str__(self) -> str:
        return f"更正申请 {self.subject} {self.period}".strip()
