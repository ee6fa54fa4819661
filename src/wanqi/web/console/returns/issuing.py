"""Issuing a round: a form, one of its periods, a deadline, the units, a word to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from wanqi.collection.actions import issue_round
from wanqi.collection.errors import CollectionError
from wanqi.collection.forms import forms_of
from wanqi.collection.models import Round
from wanqi.collection.schedule import choices, due_on, latest
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Office, Unit
from wanqi.core.packs import current_pack
from wanqi.packs import FormSpec
from wanqi.web.console.registers.forms import DayInput, dress
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown
from .rounds import refuse


class AskForm(forms.Form):
    """By when a round is asked for, of whom, and a word to them."""

    due_on = forms.DateField(label="报送期限", widget=DayInput())
    units = forms.MultipleChoiceField(label="报送单位", required=False, widget=forms.CheckboxSelectMultiple())
    message = forms.CharField(
        label="本期要求",
        required=False,
        max_length=1000,
        help_text="显示在各单位的填报页上方，如“本月请附盖章清单”。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, spec: FormSpec, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            unit.code: unit.name
            for unit in Unit.objects.filter(region=region, code__in=spec.units, active=True)
        }
        units: Any = self.fields["units"]
        units.choices = [(code, names[code]) for code in spec.units if code in names]
        for name in ("due_on", "message"):
            dress(self.fields[name])


class IssueForm(AskForm):
    """What a round is issued with; the deadline follows the form's rule unless it is changed."""

    period = forms.ChoiceField(label="时期")
    field_order = ("period", "due_on", "units", "message")

    def __init__(
        self, *args: Any, spec: FormSpec, region: str, on: date, asked: str = "", **kwargs: Any
    ) -> None:
        calendar = current_pack(region).calendar
        offered = choices(spec, on)
        issued = set(
            Round.objects.filter(region=region, form=spec.id).current().values_list("period", flat=True)
        )
        free = [one for one in offered if one.id not in issued]
        usual = latest(spec, on)
        chosen = next((one for one in offered if one.id == asked), None) or (
            usual if usual.id not in issued else (free or offered)[0]
        )
        kwargs["initial"] = {
            "period": chosen.id,
            "due_on": due_on(spec, chosen, calendar=calendar),
            "units": list(spec.units),
        }
        super().__init__(*args, spec=spec, region=region, **kwargs)
        period: Any = self.fields["period"]
        period.choices = [
            (one.id, f"{one.words}{'（已下发）' if one.id in issued else ''}") for one in offered
        ]
        dress(period)


def own_forms(actor: Actor, region: str) -> dict[str, FormSpec]:
    """Return the forms whose office the actor may issue for, by code."""
    offices = dict(Office.objects.filter(region=region, active=True).values_list("code", "pk"))
    return {
        code: spec
        for code, spec in forms_of(region).items()
        if spec.office in offices
        and actor.may_place(
            "form", "create", region=region, office=offices[spec.office], area=None, unit=None
        )
    }


def issue(request: HttpRequest) -> HttpResponse:
    """Show which form is to be asked, then its period, deadline and units; or issue the round."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "create")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    place = place_of(request)
    offered = own_forms(actor, place.region)
    sent = request.method == "POST"
    code = (request.POST if sent else request.GET).get("form", "")
    spec = offered.get(code)
    form = None
    if spec is not None:
        form = IssueForm(
            request.POST if sent else None,
            spec=spec,
            region=place.region,
            on=place.today,
            asked=request.GET.get("period", ""),
        )
    if form is not None and spec is not None and sent and form.is_valid():
        round = issued(spec, form, form.cleaned_data["period"], actor=actor, region=place.region)
        if round is not None:
            return done(request, round)
    context = {
        "title": "下发报数任务",
        "crumbs": shown.crumbs(("下发", None)),
        "forms": [(one, _next(one, place.today)) for one in offered.values()],
        "spec": spec,
        "form": form,
        "forms_address": reverse("forms"),
    }
    return render_page(
        request, "returns/issue.html", context, status=422 if form is not None and form.errors else 200
    )


def done(request: HttpRequest, round: Round) -> HttpResponse:
    """Go to a round that was issued just now."""
    count = round.returns.count()
    messages.success(request, f"已下发给{count}个单位，期限{round.due_on.isoformat()}。")
    return redirect("returns.round", pk=round.pk)


def issued(spec: FormSpec, form: AskForm, period: str, *, actor: Actor, region: str) -> Round | None:
    """Return the round issued as the form says, or None when the form says why not."""
    given = form.cleaned_data
    try:
        return issue_round(
            spec.id,
            period,
            region=region,
            actor=actor,
            due=given["due_on"],
            units=given["units"],
            message=given["message"],
            is_demonstration=bool(actor.user and actor.user.is_demonstration),
        )
    except RowInvalid as refused:
        refuse(form, refused)
    except CollectionError as refused:
        form.add_error(None, f"{refused.cause}{refused.hint}")
    return None


def _next(spec: FormSpec, on: date) -> str:
    return latest(spec, on).words
