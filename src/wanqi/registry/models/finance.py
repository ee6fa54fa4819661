"""Loans on pledged intellectual property, and plans to go public, which are restricted."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Sourced, newest_first

from .organisations import Organisation


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PledgeLoan(Sourced):
    """A loan on a pledge; `amount` is 元 and counts on the day it is paid out."""

    resource = "loan"

    class Pledge(models.TextChoices):
        PATENT = "专利权", "专利权"
        TRADEMARK = "商标权", "商标权"
        BOTH = "专利权和商标权", "专利权和商标权"

    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pledge_loans",
        verbose_name="借款单位",
    )
    borrower_name = models.CharField("借款人", max_length=200)
    lender = models.CharField("贷款银行", max_length=100, blank=True)
    contract_number = models.CharField("合同号或登记号", max_length=80, blank=True)
    pledge = models.CharField("质押物", max_length=20, choices=Pledge.choices, default=Pledge.PATENT)
    amount = models.DecimalField("贷款金额（元）", max_digits=18, decimal_places=2)
    registered_on = models.DateField("质押登记日", null=True, blank=True)
    paid_out_on = models.DateField("放款日", null=True, blank=True)
    due_on = models.DateField("到期日", null=True, blank=True)

    class Meta:
        verbose_name = "知识产权质押贷款"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="loan_amount_positive",
                violation_error_message="贷款金额要大于0。",
            ),
            models.UniqueConstraint(
                fields=["region", "contract_number"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(contract_number=""),
                name="loan_contract_once",
                violation_error_message="该合同号已登记。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "paid_out_on", "id"], name="loan_by_date"),
            newest_first("loan"),
        ]

    def __str__(self) -> str:
        return f"{self.borrower_name} {self.lender}".strip()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ListingPlan(Sourced):
    """A company preparing to go public. Restricted: see core.access; never on the portal."""

    resource = "listing"

    class Stage(models.TextChoices):
        PREPARING = "筹备", "筹备上市"
        REFORM = "股改", "股份制改造"
        TUTORING = "辅导备案", "辅导备案"
        FILED = "申报受理", "申报受理"
        LISTED = "已上市", "已上市(挂牌)"
        STOPPED = "终止", "终止"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="listing_plans", verbose_name="单位"
    )
    company_name = models.CharField("企业名称", max_length=200)
    board = models.CharField("拟上市板块", max_length=40, blank=True)
    stage = models.CharField("阶段", max_length=20, choices=Stage.choices, default=Stage.PREPARING)
    stage_on = models.DateField("到达日期", null=True, blank=True)
    sponsor = models.CharField("保荐或辅导机构", max_length=100, blank=True)
    note = models.TextField("备注", blank=True)

    class Meta:
        verbose_name = "上市后备"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "company_name"],
                condition=Q(withdrawn_at__isnull=True),
                name="listing_once",
                violation_error_message="该企业已在上市后备台账中。",
            )
        ]
        indexes = [newest_first("listing")]

    def __str__(self) -> str:
        return self.company_name
