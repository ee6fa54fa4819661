"""Putting chosen enterprises into the register of nominations: one form, one act, those already there told by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import require
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Office
from wanqi.policies.actions.choosing import ENTRIES, enter_chosen
from wanqi.policies.models import ApplicationWindow
from wanqi.registry.models import Nomination
from wanqi.web.console.registers.forms import DayInput, dress
from wanqi.web.pages import render_page

from .asking import Asking, asking_of, chosen
from .page import GROUP

NAMED = 20  # enterprises named in a message


class EnterForm(forms.Form):
    """Which batch, at which stage, on which day."""

    batch = forms.CharField(label="批次", max_length=60, help_text="如“2023年第一批”；同一批的写法要一致")
    stage = forms.ChoiceField(label="阶段")
    on = forms.DateField(label="到达日期", widget=DayInput())
    office = forms.ModelChoiceField(label="责任股室", queryset=Office.objects.none(), empty_label=None)

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["stage"].choices = [(stage.value, stage.label) for stage in ENTRIES]
        fields["office"].queryset = offices
        for field in self.fields.values():
            dress(field)


def enter(request: HttpRequest) -> HttpResponse:
    """Show the chosen enterprises with the form; then register them, all or none."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "create")
    is_sent = request.method == "POST"
    given = request.POST if is_sent else request.GET
    asking = asking_of(request, given)
    rows = chosen(request, asking, given)
    own = actor.offices()
    offices = Office.objects.filter(region=asking.place.region, active=True).order_by("position", "id")
    offices = offices.filter(pk__in=own) if own else offices
    stage = given.get("stage") or str(ENTRIES[1])
    initial = {
        "on": asking.place.today,
        "stage": stage,
        "batch": _batch(asking),
        "office": own[0] if own else None,
    }
    form = EnterForm(request.POST if is_sent else None, offices=offices, initial=initial)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            done = enter_chosen(
                rows,
                asking.screen.programme,
                kind=asking.screen.kind,
                batch=said["batch"],
                stage=said["stage"],
                on=said["on"],
                office=said["office"],
                actor=actor,
                as_of=asking.on,
            )
        except RowInvalid as refused:
            for name, told in refused.fields.items():
                form.add_error(name if name in form.fields else None, list(told))
        else:
            _tell(request, done.made, done.already, said["stage"])
            # Where all were there already, the board of their batch is the next place, not an empty one.
            shown = (*done.made, *done.already)[0]
            query = {"programme": shown.programme, "batch": shown.batch}
            return HttpResponseRedirect(f"{reverse('nominations.board')}?{urlencode(query)}")
    back = f"{reverse('screening')}?{urlencode(asking.screen.query())}"
    context = {
        "title": "列入申报推荐台账",
        "crumbs": [
            ("工作台", "/"),
            (GROUP, ""),
            ("条件筛选", back),
            ("列入台账", ""),
        ],
        "rows": rows,
        "form": form,
        "asking": asking,
        "hidden": [(name, value) for name, value in asking.screen.query().items()],
        "back": back,
        "programme": asking.pack.programme_files[asking.screen.programme].programme.title,
    }
    return render_page(request, "screening/enter.html", context, status=422 if is_sent else 200)


def _batch(asking: Asking) -> str:
    """Return the batch of the window that is open or comes next, else the one last used for the programme."""
    rows = ApplicationWindow.objects.current().filter(
        region_id=asking.place.region,
        programme=asking.screen.programme,
        purpose=asking.screen.kind,
        closes_on__gte=asking.place.today,
    )
    found = rows.exclude(batch="").order_by("closes_on").values_list("batch", flat=True).first()
    return found or f"{asking.place.today.year}年"


def _tell(
    request: HttpRequest, made: Sequence[Nomination], already: Sequence[Nomination], stage: str
) -> None:
    if made:
        messages.success(request, f"已列入{len(made)}家，阶段“{stage}”；每家的比对结论已留痕。")
    if already:
        named = "、".join(f"{row.holder_name}（{row.batch}，{row.stage}）" for row in already[:NAMED])
        more = f"等{len(already)}家" if len(already) > NAMED else ""
        messages.warning(request, f"已在台账中、没有重复登记的{len(already)}家：{named}{more}。")
