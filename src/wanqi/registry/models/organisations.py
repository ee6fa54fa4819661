"""Organisations: the enterprises and institutions everything else refers to."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q

from wanqi.core.models import Area, Owned, OwnedQuerySet

from .. import codes


def check_credit_code(value: str) -> None:
    """Raise ValidationError with the sentence of `codes.problem`."""
    found = codes.problem(value)
    if found:
        raise ValidationError(found)


class OrganisationQuerySet(OwnedQuerySet["Organisation"]):
    """Organisations, with the search that its index serves."""

    def matching(self, text: str) -> Self:
        """Keep those whose name, former name or code contains `text`.

        Two characters or more go through the index of neighbouring pairs; one character is compared row by row.
        """
        wanted = text.strip().lower()
        rows = self.filter(search_text__contains=wanted)
        pairs = sorted({wanted[start : start + 2] for start in range(len(wanted) - 1)})
        if not pairs:
            return rows
        found = Func(F("search_text"), function="wanqi_bigrams", output_field=ArrayField(models.TextField()))
        return rows.alias(pairs=found).filter(pairs__contains=pairs)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["search_text", "name_pinyin"],
)
class Organisation(Owned):
    """An enterprise or institution, keyed by 统一社会信用代码 where it is known."""

    resource = "organisation"

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INSTITUTION = "institution", "事业单位"
        OTHER = "other", "其他"

    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        validators=[check_credit_code],
        help_text="18位；尚不掌握时留空，名单匹配后再补。",
    )
    name = models.CharField("单位名称", max_length=200)
    name_pinyin = models.CharField("名称拼音", max_length=600, editable=False, blank=True)
    former_names = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name="曾用名"
    )
    kind = models.CharField("类别", max_length=20, choices=Kind.choices, default=Kind.ENTERPRISE)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    gbt4754_code = models.CharField("行业代码(GB/T 4754)", max_length=5, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True, default="", db_default="")
    phone = models.CharField("联系电话", max_length=20, blank=True, default="", db_default="")
    source = models.CharField("数据来源", max_length=200, blank=True)
    search_text = models.GeneratedField(
        expression=Func(F("name"), F("credit_code"), F("former_names"), function="wanqi_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "credit_code"],
                condition=Q(withdrawn_at__isnull=True),
                name="organisation_code_once",
                violation_error_message="该统一社会信用代码已登记在另一单位名下。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "name_pinyin", "id"], name="organisation_by_name"),
            models.Index(fields=["region", "-updated_at", "-id"], name="organisation_by_update"),
            # With what every list asks for besides, so that an area's rows are counted in the index alone.
            models.Index(
                fields=["region", "area", "name_pinyin", "id"],
                include=["withdrawn_at"],
                name="organisation_by_area",
            ),
            models.Index(fields=["region", "credit_code", "id"], name="organisation_by_code"),
            GinIndex(Func(F("search_text"), function="wanqi_bigrams"), name="organisation_search"),
        ]

    def __str__(self) -> str:
        return self.name
