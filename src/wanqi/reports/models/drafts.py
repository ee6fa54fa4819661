"""A report in work: its paragraphs by office, how far each office is, and its text at every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Owned, User

# A signed text stays as it is, whoever writes: the database itself refuses.
_OF_SIGNED_DRAFT = """
    IF EXISTS (SELECT 1 FROM reports_draft WHERE id = COALESCE(NEW.draft_id, OLD.draft_id) AND state = 'signed') THEN
        RAISE EXCEPTION 'wanqi: the paragraphs of a signed report stay as they are';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""
_TEXT_OF_SIGNED_DRAFT = pgtrigger.Condition(
    "OLD.state = 'signed' AND (OLD.state, OLD.report, OLD.period, OLD.title, OLD.definition, OLD.sections, "
    "OLD.signed_at, OLD.withdrawn_at) IS DISTINCT FROM (NEW.state, NEW.report, NEW.period, NEW.title, "
    "NEW.definition, NEW.sections, NEW.signed_at, NEW.withdrawn_at)"
)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["definition"]
)
class Draft(Owned):
    """A report of a period in work; `office` compiles it. `baseline`: the figures when it was last taken as read.

    definition: the template it was begun from, as a `packs.ReportSpec` in JSON; empty where the pack's is meant.
    sections: its headings in order, as people have them now: [{"id", "title"}]; one that was taken out stays at its
    place with "removed", the codes of the paragraphs that went with it.
    """

    resource = "report"

    class State(models.TextChoices):
        DRAFTING = "drafting", "草稿"
        COMPILING = "compiling", "汇总"
        REVIEW = "review", "送审稿"
        SIGNED = "signed", "签发"

    report = models.CharField("材料", max_length=60)
    period = models.CharField("时期", max_length=20)
    title = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFTING)
    definition = models.JSONField("模板", default=dict, blank=True, editable=False)
    sections = models.JSONField("章节", default=list, blank=True, editable=False)
    baseline = models.JSONField("基准数字", default=dict, help_text="figure id → {value, display, records}")
    baseline_at = models.DateTimeField("基准时间", db_default=Now())
    baseline_digest = models.CharField("配置摘要", max_length=80, blank=True)
    answer = models.TextField("退回原因", blank=True)
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送审人"
    )
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )

    class Meta:
        verbose_name = "材料"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "report", "period"],
                condition=Q(withdrawn_at__isnull=True),
                name="draft_once",
                violation_error_message="该时期的这份材料已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafting", "compiling", "review", "signed"]),
                name="draft_state_known",
                violation_error_message="没有这种状态。",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_at__isnull=False),
                name="draft_signed_at",
                violation_error_message="已签发的材料要有签发时间。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Update,
                condition=_TEXT_OF_SIGNED_DRAFT,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_signed(self) -> bool:
        """Whether its text can no longer change."""
        return self.state == self.State.SIGNED

    @property
    def standing_sections(self) -> list[dict[str, Any]]:
        """The sections of the text, in order."""
        return [one for one in self.sections if "removed" not in one]

    @property
    def removed_sections(self) -> list[dict[str, Any]]:
        """The sections that were taken out and can be brought back."""
        return [one for one in self.sections if "removed" in one]

    def told(self, value: Mapping[str, Any]) -> str:
        """Return the baseline as the trail shows it."""
        return f"{len(value)}个数字"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DraftParagraph(Owned):
    """One paragraph of a draft; `office` drafts it, the draft's own where none is named.

    text: with figure tags; counts only where `is_written`: until then the paragraph follows the template's clauses.
    author: who wrote the text as it stands. Every version is an event row.
    """

    resource = "report"

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="paragraphs", verbose_name="材料")
    section = models.CharField("章节", max_length=60)
    code = models.CharField("段落", max_length=60)
    position = models.PositiveIntegerField("顺序")
    text = models.TextField("文字", blank=True)
    is_written = models.BooleanField("已改写", default=False)
    author = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="执笔人"
    )
    author_name = models.CharField("执笔人姓名", max_length=60, blank=True)

    class Meta:
        verbose_name = "段落"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "code"],
                name="paragraph_code_once",
                violation_error_message="这份材料里已有这个段落。",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fixed_once_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_OF_SIGNED_DRAFT,
            )
        ]

    def __str__(self) -> str:
        return f"《{self.draft}》第{self.position}段"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DraftPart(Owned):
    """How far one office is with its paragraphs of a draft."""

    resource = "report"

    class State(models.TextChoices):
        DRAFTING = "drafting", "起草中"
        DONE = "done", "已完成"
        MISSING = "missing", "未交"
        SENT_BACK = "sent_back", "已退回"

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="parts", verbose_name="材料")
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFTING)
    reason = models.TextField("退回原因", blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="完成人"
    )

    class Meta:
        verbose_name = "股室起草"
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "office"],
                name="part_once",
                violation_error_message="该股室已在这份材料的起草名单中。",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=False),
                name="part_has_office",
                violation_error_message="请选择责任股室。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafting", "done", "missing", "sent_back"]),
                name="part_state_known",
                violation_error_message="没有这种状态。",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent_back") | ~Q(reason=""),
                name="part_sent_back_why",
                violation_error_message="退回要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"《{self.draft}》{self.office}"

    @property
    def is_open(self) -> bool:
        """Whether its office still has to write."""
        return self.state in (self.State.DRAFTING, self.State.SENT_BACK)


class Edition(models.Model):
    """The whole text as it stood at a step: 汇总稿, 送审稿, 退回稿, 签发稿. Rows are only ever added.

    content: {"title", "sections": [{"id", "title", "paragraphs": [{"id", "office", "author", "text", "printed"}]}]};
    text carries the figure tags, printed the figures as they read then.
    """

    class Kind(models.TextChoices):
        COLLECTED = "collected", "汇总稿"
        SUBMITTED = "submitted", "送审稿"
        SENT_BACK = "sent_back", "退回稿"
        SIGNED = "signed", "签发稿"

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="editions", verbose_name="材料")
    number = models.PositiveIntegerField("版次")
    kind = models.CharField("版本", max_length=20, choices=Kind.choices)
    content = models.JSONField("正文")
    made_at = models.DateTimeField("时间", db_default=Now())
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    made_by_name = models.CharField("办理人姓名", max_length=60, blank=True)
    reason = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "材料版本"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "number"],
                name="edition_once",
                violation_error_message="这一版刚被他人办理，请刷新后核对。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"《{self.draft}》{self.get_kind_display()}（第{self.number}版）"
