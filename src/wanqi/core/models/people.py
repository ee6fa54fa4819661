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


ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


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
    """One role of one user, with its scope. The three administrators exclude each other and every business role."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name="股室")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    granted_at = models.DateTimeField("授权时间", db_default=Now())
    duty = models.GeneratedField(
        expression=Case(
            *(When(role=role, then=Value(role)) for role in ADMIN_ROLES), default=Value("business")
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )

    class Meta:
        verbose_name = "角色授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "office", "area", "unit"],
                nulls_distinct=False,
                name="rolegrant_once",
                violation_error_message="该用户已有此角色。",
            ),
            ExclusionConstraint(
                name="rolegrant_duties_separated",
                expressions=[("user", "="), ("duty", "<>")],
                violation_error_message="系统管理员、安全管理员、审计管理员须由不同的人担任，且不得兼任业务角色。",
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
        ]

    def __str__(self) -> str:
        place = self.office or self.unit or self.area
        return f"{self.get_role_display()}（{place}）" if place else self.get_role_display()
