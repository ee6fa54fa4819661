"""Taking nominations to another stage: one or many onward, one back, one put right; many out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import get_row, require
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowMissing, StepRefused
from wanqi.policies.actions.choosing import move_chosen
from wanqi.registry import actions
from wanqi.registry.models import Nomination
from wanqi.registry.models.recognitions import Stage
from wanqi.registry.programmes import granted_in
from wanqi.web.console.registers import addresses
from wanqi.web.console.registers.forms import DayInput, dress
from wanqi.web.console.registers.listing import crumbs_of
from wanqi.web.console.registers.nominations import NOMINATIONS
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page, safe_next
from wanqi.web.place import place_of

from .choosing import chosen_of, rows_of

PASSED_TOLD = "改为“已通过”的，同时登记或关联认定记录。"
PASSING = ("document_number", "document_title")


class StageForm(forms.Form):
    """To which stage, on which day, and why."""

    to = forms.ChoiceField(label="阶段", required=False)
    on = forms.DateField(label="到达日期", required=False, widget=DayInput())
    reason = forms.CharField(
        label="原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, stages: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["to"]
        choice.choices = [("", "请选择阶段"), *((stage.value, stage.label) for stage in stages)]
        for field in self.fields.values():
            dress(field)


class MoveForm(StageForm):
    """Onward: with the letter, and for 已通过 the document of the recognition."""

    note = forms.CharField(label="说明", required=False, max_length=300, help_text="如“市工信局反馈已受理”")
    letter = forms.CharField(label="推荐文号", required=False, max_length=80, help_text="县级推荐时填写")
    document_number = forms.CharField(
        label="认定文号", required=False, max_length=80, help_text="已通过时填写，写入认定记录"
    )
    document_title = forms.CharField(
        label="认定文件标题", required=False, max_length=300, help_text="已通过时填写，写入认定记录"
    )
    field_order = ("to", "on", "letter", "document_number", "document_title", "reason", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "未通过、不推荐必须写明原因，如“不推荐：研发费用归集不完整”"


def move(request: HttpRequest) -> HttpResponse:
    """Show the chosen nominations with the stages they can go on to; then take them there, all or none."""
    rows = _chosen(request, to="correct", button="推进所选")
    return _move(request, rows, back=safe_next(request, reverse("nominations")))


def _chosen(request: HttpRequest, *, to: str, button: str) -> list[Nomination]:
    """Return the chosen rows. Raises AccessRefused where the visitor may not do `to` with one of them."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", to)
    chosen = chosen_of(request.POST if request.method == "POST" else request.GET)
    if chosen.is_empty:
        raise StepRefused("还没有选择申报。", hint=f"请先在列表或看板上勾选，再点“{button}”。")
    seen = list(rows_of(request, chosen, to="view")[: actions.MOST_MOVED + 1])
    if not seen:
        raise RowMissing("没有找到所选的申报，或您无权查看。", hint="请返回列表核对。")
    own = set(rows_of(request, chosen, to=to).values_list("pk", flat=True))
    if any(row.pk not in own for row in seen):
        raise AccessRefused("所选的申报中有别的股室登记的，没有改动。", hint="请只选本股室的申报。")
    return seen


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“批次选错，重新登记”",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["reason"])


def withdraw(request: HttpRequest) -> HttpResponse:
    """Show the chosen nominations, then take them out together: what was entered in one act is undone in one."""
    rows = _chosen(request, to="withdraw", button="撤销所选")
    back = safe_next(request, reverse("nominations"))
    is_sent = request.method == "POST"
    form = ReasonForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            done = actions.withdraw_nominations(
                rows,
                reason=form.cleaned_data["reason"],
                actor=request.actor,  # type: ignore[attr-defined]
            )
        except (ReasonMissing, RowInvalid) as refused:
            _refuse(form, refused)
        else:
            messages.success(request, f"已撤销{len(done)}家的申报，可以在各家的页面恢复")
            return HttpResponseRedirect(back)
    context = {
        "title": f"撤销所选{len(rows)}家",
        "rows": rows,
        "form": form,
        "back": back,
        "button": f"确认：撤销{len(rows)}家",
        "told": "登记错了的用这里：不再计入任何数字，可以逐家恢复。县里决定不推荐的，请改为“未通过”。",
        "picked": [row.pk for row in rows],
        "crumbs": crumbs_of(NOMINATIONS, ("撤销", "")),
    }
    return render_page(request, "nominations/move.html", context, status=422 if is_sent else 200)


def move_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one nomination to a later stage."""
    row = _own(request, pk)
    return _move(request, [row], back=safe_next(request, addresses.row_of(NOMINATIONS, row.pk)))


def _move(request: HttpRequest, rows: list[Nomination], *, back: str) -> HttpResponse:
    stages = [stage for stage in Stage if all(stage in actions.next_stages(row.stage) for row in rows)]
    if not stages:
        raise StepRefused(
            "所选的申报没有共同的下一阶段。", hint="已有结果的不能再推进；有误的请用“更正阶段”。"
        )
    is_sent = request.method == "POST"
    wanted = request.GET.get("to", "")
    initial = {"on": place_of(request).today, "to": wanted, "letter": rows[0].letter}
    form = MoveForm(request.POST if is_sent else None, stages=stages, initial=initial)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            moved = move_chosen(
                rows,
                to=said["to"],
                on=said["on"],
                actor=request.actor,  # type: ignore[attr-defined]
                note=said["note"],
                reason=said["reason"],
                letter=said["letter"],
                recognition={name: said[name] for name in PASSING},
            )
        except (ReasonMissing, RowInvalid) as refused:
            _refuse(form, refused)
        else:
            messages.success(request, f"已把{len(moved)}家改为“{said['to']}”{_made(moved)}")
            return HttpResponseRedirect(back)
    makes_title = any(_is_title(row) for row in rows)
    context = {
        "title": f"推进：{rows[0].holder_name}" if len(rows) == 1 else f"推进所选{len(rows)}家",
        "rows": rows,
        "form": form,
        "back": back,
        "button": f"确认：改变{len(rows)}家的阶段",
        "confirm": f"将改变{len(rows)}家的阶段，各记一条操作日志。确定吗？" if len(rows) > 1 else "",
        "told": f"改为“县级推荐”的，同时留存当时的条件比对结果。{PASSED_TOLD if makes_title else ''}",
        "picked": [row.pk for row in rows],
        "crumbs": crumbs_of(NOMINATIONS, ("推进", "")),
    }
    return render_page(request, "nominations/move.html", context, status=422 if is_sent else 200)


def _is_title(row: Nomination) -> bool:
    granted = granted_in(row.region_id).get(row.programme)
    return granted is not None and granted.is_title


def _made(moved: Sequence[Nomination]) -> str:
    number = sum(row.recognition_id is not None for row in moved)
    return f"，对应认定记录{number}条" if number else ""


def turn_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the level above sent a nomination back."""
    row = _own(request, pk)
    told = "上级退回、需要补正的用这里；只是登记时选错了阶段，请用“更正阶段”。"
    stages = actions.earlier_stages(row.stage)
    return _one(request, row, stages, act=actions.return_nomination, title="退回", told=told)


def put_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a stage right that was registered wrongly."""
    row = _own(request, pk)
    told = "阶段或日期登记有误的用这里：之后的各步从进展中去掉，改动和原因都留在历史里。已生成的认定记录不会自动撤销。"
    return _one(request, row, list(Stage), act=actions.correct_stage, title="更正阶段", told=told)


def _one(
    request: HttpRequest, row: Nomination, stages: Sequence[Stage], *, act: Any, title: str, told: str
) -> HttpResponse:
    if not stages:
        raise StepRefused(f"“{row.stage}”的申报不能{title}。", hint="有误的请用“更正阶段”。")
    back = safe_next(request, addresses.row_of(NOMINATIONS, row.pk))
    is_sent = request.method == "POST"
    form = StageForm(
        request.POST if is_sent else None, stages=stages, initial={"on": place_of(request).today}
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        seen = parse_id(request.POST.get("seen", "")) or 0
        try:
            act(
                row,
                to=said["to"],
                on=said["on"],
                reason=said["reason"],
                actor=request.actor,  # type: ignore[attr-defined]
                seen=seen,
            )
        except (ReasonMissing, RowInvalid) as refused:
            _refuse(form, refused)
        else:
            messages.success(request, f"已{title}：{row.holder_name}现在是“{said['to']}”")
            return HttpResponseRedirect(back)
    context = {
        "title": f"{title}：{row.holder_name}",
        "rows": [row],
        "form": form,
        "back": back,
        "button": f"确认{title}",
        "told": told,
        "seen": row.version,
        "crumbs": crumbs_of(
            NOMINATIONS, (row.holder_name, addresses.row_of(NOMINATIONS, row.pk)), (title, "")
        ),
    }
    return render_page(request, "nominations/move.html", context, status=422 if is_sent else 200)


def _own(request: HttpRequest, pk: int) -> Nomination:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "correct")
    rows = Nomination.objects.select_related("organisation", "person", "area", "office", "unit")
    return get_row(rows, actor, pk, to="correct")


def _refuse(form: forms.Form, refused: ReasonMissing | RowInvalid) -> None:
    if isinstance(refused, RowInvalid):
        for name, told in refused.fields.items():
            form.add_error(name if name in form.fields else None, list(told))
    else:
        form.add_error("reason", refused.cause)
