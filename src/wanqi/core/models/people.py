"""Users and the roles they hold; the role × verb × scope table is in `core.access`."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now

from .places import Area, Office, Region, Unit


class Role(models.TextChoices):
    """Who somebody is in the bureau's work; words of the bureau."""

    CLERK = "clerk", "经办人"
    HEAD = "head", "股室负责人"
    DEPUTY = "deputy", "分管领导"
    LEADER = "leader", "主要领导"
    REPORTER = "reporter", "填报员"
    EXPERT = "expert", "专家"
    FINANCE = "finance", "财政"
    AUDITOR = "auditor", "审计(只读)"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    ENTERPRISE = "enterprise", "企业用户"


ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
# Roles that stand alone: whoever holds one of them holds nothing else.
ALONE = (*ADMIN_ROLES, Role.ENTERPRISE)


class User(AbstractUser):
    """Somebody who signs in. Accounts are made by the system administrator, never by sign-up."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField("姓名", max_length=60)
    is_demonstration = models.BooleanField("演示账号", default=False)

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class RoleGrant(models.Model):
    """One role of one user, with its scope. The three administrators exclude each other and every business role.

    organisation: of an enterprise's own user, the row of the register of enterprises it speaks for; a number, because
    the register stands above this app (a foreign key in the database keeps it sound). An enterprise's user holds no
    other role, and speaks for one enterprise.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name="股室")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    organisation = models.BigIntegerField("企业", null=True, blank=True)
    organisation_name = models.CharField("企业名称", max_length=200, blank=True)
    granted_at = models.DateTimeField("授权时间", db_default=Now())
    duty = models.GeneratedField(
        expression=Case(*(When(role=role, then=Value(role)) for role in ALONE), default=Value("business")),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )

    class Meta:
        verbose_name = "角色授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "office", "area", "unit", "organisation"],
                nulls_distinct=False,
                name="rolegrant_once",
                violation_error_message="该用户已有此角色。",
            ),
            ExclusionConstraint(
                name="rolegrant_duties_separated",
                expressions=[("user", "="), ("duty", "<>")],
                violation_error_message=(
                    "系统管理员、安全管理员、审计管理员须由不同的人担任，且不得兼任业务角色；"
                    "企业用户不得兼任其他角色。"
                ),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.REPORTER) | Q(unit__isnull=False),
                name="rolegrant_reporter_has_unit",
                violation_error_message="填报员必须指定报送单位。",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.CLERK, Role.HEAD]) | Q(office__isnull=False),
                name="rolegrant_clerk_has_office",
                violation_error_message="经办人、股室负责人必须指定股室。",
            ),
            models.CheckConstraint(
                condition=Q(
                    role=Role.ENTERPRISE,
                    organisation__isnull=False,
                    office__isnull=True,
                    area__isnull=True,
                    unit__isnull=True,
                )
                | (~Q(role=Role.ENTERPRISE) & Q(organisation__isnull=True)),
                name="rolegrant_enterprise_has_organisation",
                violation_error_message="企业用户必须指定企业，不指定股室、片区和报送单位；其他角色不指定企业。",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role=Role.ENTERPRISE),
                name="rolegrant_one_enterprise",
                violation_error_message="该用户已经是一家企业的用户。",
            ),
        ]

    def __str__(self) -> str:
        place = self.office or self.unit or self.area or self.organisation_name
        return f"{self.get_role_display()}（{place}）" if place else self.get_role_display()
