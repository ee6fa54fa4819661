"""`wanqi user`: accounts and roles from the machine itself, for the first administrators and for emergencies."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from wanqi.cli.connection import connected

if TYPE_CHECKING:
    from wanqi.core.models import User


@click.group()
def user() -> None:
    """账号：新增、分配角色、停用。"""


def new_password() -> str:
    """Return a password that meets the installation's own rules."""
    return f"Wq-{secrets.token_urlsafe(9)}7"


def _user(username: str) -> User:
    from wanqi.core.errors import RowMissing
    from wanqi.core.models import User

    found = User.objects.filter(username=username).first()
    if found is None:
        raise RowMissing(f"没有用户名为“{username}”的账号。", hint="用 wanqi user list 查看全部账号。")
    return found


@user.command("list")
def list_users() -> None:
    """列出全部账号和角色。"""
    with connected():
        from wanqi.core.models import User

        for account in User.objects.order_by("username").prefetch_related("grants"):
            roles = "、".join(str(grant) for grant in account.grants.all()) or "未授予角色"
            state = "" if account.is_active else "（已停用）"
            click.echo(f"{account.username}\t{account.display_name}{state}\t{roles}")


@user.command()
@click.argument("username", metavar="用户名")
@click.option("--name", "display_name", required=True, help="姓名")
@click.option("--password", help="密码；不给时自动生成并显示一次")
def add(username: str, display_name: str, password: str | None) -> None:
    """新增账号（还没有角色，请接着用 wanqi user roles 授予）。"""
    with connected():
        from wanqi.core.access import command_actor
        from wanqi.core.actions import create_user

        chosen = password or new_password()
        create_user(username, display_name=display_name, password=chosen, actor=command_actor("命令行"))
        click.echo(f"已新增账号 {username}（{display_name}）。")
        if password is None:
            click.echo(f"初始密码：{chosen}（只显示这一次，请当面交给本人，登录后修改）")


@user.command()
@click.argument("username", metavar="用户名")
@click.argument("role", metavar="角色", required=False)
@click.option("--region", help="地区代码，如 cn-430682")
@click.option("--office", "office_code", help="股室代码（经办人、股室负责人必填）")
@click.option("--unit", "unit_code", help="报送单位代码（填报员必填）")
@click.option("--organisation", "credit_code", help="统一社会信用代码（企业用户必填）")
@click.option("--revoke", is_flag=True, help="收回这个角色")
@click.option("--reason", default="", help="收回的原因")
def roles(
    username: str,
    role: str | None,
    region: str | None,
    office_code: str | None,
    unit_code: str | None,
    credit_code: str | None,
    revoke: bool,
    reason: str,
) -> None:
    """查看、授予或收回角色。不写角色时列出该账号的角色和可用的角色名。"""
    with connected():
        from django.conf import settings

        from wanqi.core.access import command_actor
        from wanqi.core.actions import grant_role, revoke_role
        from wanqi.core.errors import RowMissing
        from wanqi.core.models import Office, Role, RoleGrant, Unit

        account = _user(username)
        if role is None:
            for grant in account.grants.order_by("id"):
                click.echo(str(grant))
            click.echo("可用的角色：" + "、".join(f"{each.label}({each.value})" for each in Role))
            return
        names = {each.label: each.value for each in Role} | {each.value: each.value for each in Role}
        if role not in names:
            raise RowMissing(
                f"没有“{role}”这个角色。", hint="可用的角色：" + "、".join(each.label for each in Role)
            )
        where = region or settings.REGION
        if revoke:
            held = RoleGrant.objects.filter(user=account, role=names[role], region_id=where).first()
            if held is None:
                raise RowMissing(f"{username} 没有“{role}”这个角色。")
            revoke_role(held, actor=command_actor("命令行"), reason=reason)
            click.echo(f"已收回 {username} 的角色“{role}”。")
            return
        office = _place(Office, where, office_code, "股室")
        unit = _place(Unit, where, unit_code, "报送单位")
        pk, name = _organisation(where, credit_code)
        granted = grant_role(
            account,
            names[role],
            region=where,
            office=office,
            unit=unit,
            organisation=pk,
            organisation_name=name,
            actor=command_actor("命令行"),
        )
        click.echo(f"已授予 {username} 角色：{granted}。")


def _place(model: Any, region: str, code: str | None, word: str) -> Any:
    from wanqi.core.errors import RowMissing

    if code is None:
        return None
    found = model.objects.filter(region_id=region, code=code, active=True).first()
    if found is None:
        codes = "、".join(
            f"{place.code}({place.name})" for place in model.objects.filter(region_id=region, active=True)
        )
        raise RowMissing(f"{region} 没有代码为“{code}”的{word}。", hint=f"可用：{codes or '（无）'}")
    return found


def _organisation(region: str, credit_code: str | None) -> tuple[int | None, str]:
    from wanqi.core.errors import RowMissing
    from wanqi.registry.models import Organisation

    if credit_code is None:
        return None, ""
    found = (
        Organisation.objects.current()
        .filter(region_id=region, credit_code=credit_code.strip().upper())
        .first()
    )
    if found is None:
        raise RowMissing(
            f"企业库没有统一社会信用代码为“{credit_code}”的企业。", hint="请先在企业库登记，或核对代码。"
        )
    return found.pk, found.name


@user.command()
@click.argument("username", metavar="用户名")
@click.option("--reason", required=True, help="原因，写入操作日志")
@click.option("--enable", is_flag=True, help="重新启用")
def disable(username: str, reason: str, enable: bool) -> None:
    """停用账号（--enable 重新启用）；记录和日志都保留。"""
    with connected():
        from wanqi.core.access import command_actor
        from wanqi.core.actions import disable_user, enable_user

        switch = enable_user if enable else disable_user
        switch(_user(username), actor=command_actor("命令行"), reason=reason)
        click.echo(f"已{'启用' if enable else '停用'}账号 {username}。")
