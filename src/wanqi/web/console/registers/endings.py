"""A day and a reason: a title that was taken away, a carrier that ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import get_row, require
from wanqi.core.errors import ReasonMissing, RowInvalid
from wanqi.registry import actions
from wanqi.web.pages import render_page, safe_next
from wanqi.web.place import place_of

from . import addresses
from .carriers import CARRIERS
from .forms import DayInput, ReasonForm
from .listing import crumbs_of
from .recognitions import RECOGNITIONS
from .spec import Register


class DayForm(ReasonForm):
    """When, and why."""

    on = forms.DateField(label="日期", required=False, widget=DayInput(attrs={"class": "form-control"}))
    field_order = ("on", "reason")


def _end(
    request: HttpRequest, register: Register, pk: int, *, act: Callable[..., Any], title: str, told: str
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, "correct")
    row = get_row(register.model.objects.select_related(*register.related), actor, pk, to="correct")
    is_sent = request.method == "POST"
    form = DayForm(request.POST if is_sent else None, initial={"on": place_of(request).today})
    form.fields["reason"].help_text = "写明依据，如公告文号。原因随历史长期保留。"
    if is_sent and form.is_valid():
        try:
            act(row, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], actor=actor)
        except ReasonMissing as refused:
            form.add_error("reason", str(refused))
        except RowInvalid as refused:
            for name, told_of in refused.fields.items():
                form.add_error(name if name in form.fields else None, list(told_of))
        else:
            messages.success(request, f"已{title}：{register.label(row)}")
            return HttpResponseRedirect(safe_next(request, addresses.row_of(register, row.pk)))
    back = addresses.row_of(register, row.pk)
    context = {
        "title": f"{title}：{register.label(row)}",
        "told": told,
        "form": form,
        "button": f"确认{title}",
        "back": back,
        "crumbs": crumbs_of(register, (register.label(row), back), (title, "")),
    }
    return render_page(request, "console/act.html", context, status=422 if is_sent else 200)


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the authority took a title away."""
    told = "登记后，从该日起这一称号不再计入有效数；这条记录和历史都保留。"
    return _end(request, RECOGNITIONS, pk, act=actions.revoke_recognition, title="登记撤销称号", told=told)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a carrier ended."""
    told = "登记后，从该日起这一平台不再计入在办数；这条记录和历史都保留。"
    return _end(request, CARRIERS, pk, act=actions.end_carrier, title="登记停办", told=told)


def ending(request: HttpRequest) -> HttpResponse:
    """Lead to the recognitions that end within twelve months, the first to end first."""
    require(request.actor, "recognition", "view")  # type: ignore[attr-defined]
    return HttpResponseRedirect(f"{reverse('recognitions')}?status=year&sort=until")
