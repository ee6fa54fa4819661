"""系统管理: accounts (system administrator) and roles (security administrator). No business rows appear here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from wanqi.core import actions
from wanqi.core.access import require
from wanqi.core.errors import RowInvalid, RowMissing
from wanqi.core.models import Area, Office, Role, RoleGrant, Unit, User
from wanqi.core.models.people import ADMIN_ROLES
from wanqi.registry.models import Organisation
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .registers.forms import ReasonForm, dress

PAGE = 50
STATES = {"active": Q(is_active=True), "disabled": Q(is_active=False)}


class AccountForm(forms.Form):
    """A new account; it can do nothing until the security administrator gives it a role."""

    username = forms.CharField(
        label="用户名", max_length=150, help_text="登录用，建议用工号或拼音，定下后不能改"
    )
    display_name = forms.CharField(label="姓名", max_length=60)
    password = forms.CharField(
        label="初始密码",
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="至少10位，大写字母、小写字母、数字、符号四类中至少三类；当面告知本人，由本人登录后修改",
    )


class PasswordForm(forms.Form):
    """A new password for somebody who lost it."""

    password = AccountForm.declared_fields["password"]


class GrantForm(forms.Form):
    """A role with its scope: 经办人、股室负责人 need a section, 填报员 a unit, 企业用户 an enterprise."""

    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    office = forms.ModelChoiceField(
        label="股室",
        queryset=Office.objects.none(),
        required=False,
        empty_label="不限定",
        help_text="经办人、股室负责人必填",
    )
    unit = forms.ModelChoiceField(
        label="报送单位",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="不限定",
        help_text="填报员必填",
    )
    area = forms.ModelChoiceField(
        label="片区", queryset=Area.objects.none(), required=False, empty_label="不限定"
    )
    organisation = forms.CharField(
        label="企业",
        required=False,
        max_length=200,
        help_text="企业用户必填，写统一社会信用代码或单位全称；企业用户只能看到这一家企业",
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region
        for name, model in (("office", Office), ("unit", Unit), ("area", Area)):
            field: Any = self.fields[name]
            field.queryset = model.objects.filter(region=region, active=True).order_by("position", "id")

    def clean_organisation(self) -> Organisation | None:
        """Return the one enterprise of that code or name. Raises ValidationError for none or several."""
        said = self.cleaned_data["organisation"].strip()
        if not said:
            return None
        rows = Organisation.objects.current().filter(region=self._region)
        found = list(rows.filter(Q(credit_code=said.upper()) | Q(name=said)).order_by("pk")[:2])
        if len(found) != 1:
            word = (
                "有同名的多家企业，请写统一社会信用代码" if found else "企业库没有这家企业，请核对代码或全称"
            )
            raise forms.ValidationError(f"{word}。")
        return found[0]


def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts with their roles; for the system and the security administrator."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "user", "view")
    text, state = request.GET.get("q", "").replace("\x00", "").strip()[:60], request.GET.get("state", "")
    rows = _users()
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if state in STATES:
        rows = rows.filter(STATES[state])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "账号",
        "crumbs": [("工作台", "/"), ("系统管理", ""), ("账号", "")],
        "page": page,
        "text": text,
        "state": state,
        "may_create": actor.can("user", "create"),
        "admins": ADMIN_ROLES,
    }
    return render_page(request, "console/accounts.html", context)


def _users() -> QuerySet[User]:
    grants = RoleGrant.objects.select_related("office", "unit", "area").order_by("id")
    return User.objects.prefetch_related(Prefetch("grants", grants)).order_by("username")


def _user(pk: int) -> User:
    found = _users().filter(pk=pk).first()
    if found is None:
        raise RowMissing("没有这个账号。", hint="请返回账号列表核对。")
    return found


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account, its roles, and what the actor may do with it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "user", "view")
    person = _user(pk)
    context = {
        "title": str(person),
        "crumbs": [("工作台", "/"), ("系统管理", ""), ("账号", reverse("accounts")), (str(person), "")],
        "person": person,
        "grants": person.grants.all(),
        "may_change": actor.can("user", "correct"),
        "may_disable": actor.can("user", "disable") and (actor.user is None or actor.user.pk != person.pk),
        "may_grant": actor.can("grant", "create"),
        "may_revoke": actor.can("grant", "withdraw"),
    }
    return render_page(request, "console/account.html", context)


def create(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "user", "create")

    def act(values: dict[str, Any]) -> str:
        made = actions.create_user(
            values["username"], display_name=values["display_name"], password=values["password"], actor=actor
        )
        messages.success(request, f"已新建账号：{made}。请由安全管理员授予角色。")
        return reverse("account", args=[made.pk])

    return _form_page(
        request, AccountForm(request.POST or None), act, title="新建账号", button="新建", back="accounts"
    )


def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a new password."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "user", "correct")
    person = _user(pk)

    def act(values: dict[str, Any]) -> str:
        actions.reset_password(person, password=values["password"], actor=actor)
        messages.success(request, f"已重置{person}的密码，请当面告知本人。")
        return reverse("account", args=[pk])

    form = PasswordForm(request.POST or None)
    return _form_page(request, form, act, title=f"重置密码：{person}", button="重置密码", back=person)


def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Disable an account, or enable it again, with a reason."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "user", "disable")
    person = _user(pk)
    word = "停用" if person.is_active else "启用"
    told = (
        "停用后该账号立即不能登录；其登记的数据和日志都保留。"
        if person.is_active
        else "启用后该账号可以重新登录。"
    )

    def act(values: dict[str, Any]) -> str:
        change = actions.disable_user if person.is_active else actions.enable_user
        change(person, actor=actor, reason=values["reason"])
        messages.success(request, f"已{word}账号：{person}")
        return reverse("account", args=[pk])

    form = ReasonForm(request.POST or None)
    return _form_page(
        request, form, act, title=f"{word}：{person}", button=f"确认{word}", back=person, told=told
    )


def grants(request: HttpRequest) -> HttpResponse:
    """List who holds which role; for the security administrator."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "grant", "view")
    role = request.GET.get("role", "")
    rows = RoleGrant.objects.select_related("user", "office", "unit", "area").order_by(
        "role", "user__username", "id"
    )
    if role in Role.values:
        rows = rows.filter(role=role)
    context = {
        "title": "角色授权",
        "crumbs": [("工作台", "/"), ("系统管理", ""), ("角色授权", "")],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "roles": Role.choices,
        "role": role,
        "may_revoke": actor.can("grant", "withdraw"),
    }
    return render_page(request, "console/grants.html", context)


def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an account a role."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "grant", "create")
    person, region = _user(pk), place_of(request).region

    def act(values: dict[str, Any]) -> str:
        places = {name: values[name] for name in ("office", "unit", "area")}
        enterprise = values["organisation"]
        made = actions.grant_role(
            person,
            values["role"],
            region=region,
            actor=actor,
            organisation=enterprise.pk if enterprise else None,
            organisation_name=enterprise.name if enterprise else "",
            **places,
        )
        messages.success(request, f"已授予{person}：{made}")
        return reverse("account", args=[pk])

    form = GrantForm(request.POST or None, region=region)
    told = "系统、安全、审计三种管理员须由不同的人担任，且不得兼任业务角色；企业用户不得兼任其他角色。"
    return _form_page(request, form, act, title=f"授予角色：{person}", button="授予", back=person, told=told)


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role back, with a reason."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "grant", "withdraw")
    held = RoleGrant.objects.select_related("user", "office", "unit", "area").filter(pk=pk).first()
    if held is None:
        raise RowMissing("没有这项授权，可能已经收回。", hint="请返回角色授权核对。")
    person = held.user

    def act(values: dict[str, Any]) -> str:
        actions.revoke_role(held, actor=actor, reason=values["reason"])
        messages.success(request, f"已收回{person}的角色：{held}")
        return reverse("account", args=[person.pk])

    form = ReasonForm(request.POST or None)
    told = f"收回后{person}立即失去“{held}”的全部权限；已登记的数据不受影响。"
    return _form_page(
        request, form, act, title=f"收回角色：{person}", button="确认收回", back=person, told=told
    )


def _form_page(
    request: HttpRequest, form: Any, act: Any, *, title: str, button: str, back: User | str, told: str = ""
) -> HttpResponse:
    """Show a form, or do the act and go where it says; what the act refuses stands at the fields."""
    for field in form.fields.values():
        dress(field)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(act(form.cleaned_data))
        except RowInvalid as refused:
            for name, texts in refused.fields.items():
                form.add_error(name if name in form.fields else None, list(texts))
    href = reverse("account", args=[back.pk]) if isinstance(back, User) else reverse(back)
    context = {
        "title": title,
        "form": form,
        "button": button,
        "back": href,
        "told": told,
        "crumbs": [("工作台", "/"), ("系统管理", ""), ("账号", reverse("accounts")), (title, "")],
    }
    return render_page(request, "console/act.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("administration/accounts/", accounts, name="accounts"),
    path("administration/accounts/new/", create, name="account.create"),
    path("administration/accounts/<int:pk>/", account, name="account"),
    path("administration/accounts/<int:pk>/password/", password, name="account.password"),
    path("administration/accounts/<int:pk>/switch/", switch, name="account.switch"),
    path("administration/accounts/<int:pk>/grant/", grant, name="account.grant"),
    path("administration/grants/", grants, name="grants"),
    path("administration/grants/<int:pk>/revoke/", revoke, name="grant.revoke"),
]
