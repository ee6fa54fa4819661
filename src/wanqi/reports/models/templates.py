"""Templates that a bureau keeps for its next report, beside those of the region pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReportTemplate(Owned):
    """A template made in the browser; `definition` is a `packs.ReportSpec` as JSON, `code` its id."""

    resource = "report"

    code = models.CharField("模板标识", max_length=60)
    title = models.CharField("模板名称", max_length=200)
    definition = models.JSONField("模板内容", default=dict)

    class Meta:
        verbose_name = "材料模板"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="report_template_once",
                violation_error_message="该模板标识已被使用，请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=False),
                name="report_template_has_office",
                violation_error_message="请选择责任股室。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def told(self, value: Mapping[str, Any]) -> str:
        """Return a definition as the trail shows it."""
        sections = value.get("sections") or []
        paragraphs = sum(len(one.get("paragraphs") or []) for one in sections)
        return f"{len(sections)}个章节，{paragraphs}段，版本{value.get('version', '')}"
