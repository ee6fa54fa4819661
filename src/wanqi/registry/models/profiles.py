"""Ways of reading tables that the installation made itself from an example file; those of the pack are files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class OwnProfile(Owned):
    """An import profile made in the browser; `definition` is a `packs.ImportProfile` as JSON.

    example: the file it was made from, and the sheet of it; a draft is offered nowhere yet.
    """

    resource = "form"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        READY = "ready", "在用"

    code = models.CharField("方案标识", max_length=60)
    title = models.CharField("方案名称", max_length=200)
    kind = models.CharField("数据类别", max_length=60)
    definition = models.JSONField("方案内容", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    example = models.ForeignKey(Attachment, models.PROTECT, verbose_name="样表")
    sheet = models.CharField("工作表", max_length=200, blank=True)

    class Meta:
        verbose_name = "导入方案"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="ownprofile_code_once",
                violation_error_message="该方案标识已被使用。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def told(self, value: Mapping[str, Any]) -> str:
        """Return a definition as the trail shows it: which heads are read, and under which version."""
        heads = "、".join(column["headers"][0] for column in value.get("columns", ()))
        return f"{heads or '还没有匹配列'}，版本{value.get('version', '')}"
