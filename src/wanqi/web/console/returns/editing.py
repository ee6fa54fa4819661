"""Making and changing a form in the browser: indicators by search, units, rhythm, deadline, checks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from wanqi.collection.actions import correct_form, create_form, withdraw_form
from wanqi.collection.errors import FormRefused
from wanqi.collection.forms import form_of, forms_of, spec_from
from wanqi.collection.models import Form
from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale
from wanqi.core.models import Office, Unit
from wanqi.core.packs import current_pack
from wanqi.registry.importing import profiles_of
from wanqi.web.console.registers.forms import ReasonForm
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import defining, drafting
from .defining import MOST_ROWS
from .drafting import AGAINST, MOST_LINES, Draft, Line, Sum
from .form_pages import CADENCES, EVIDENCE, crumbs, own_form
from .posted import seen_in
from .rounds import refuse

MOST_FOUND = 12


def create(request: HttpRequest) -> HttpResponse:
    """Show an empty form, change it as asked, or keep it and go to its page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "create")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    region = place_of(request).region
    if request.method != "POST":
        return _page(request, _begun(request, region))
    draft = drafting.from_page(request.POST)
    if not _is_kept(request, draft, region):
        return _page(request, draft)
    code = _free_code(region)
    definition = _checked(region, draft, code)
    if definition is None:
        return _page(request, draft, status=422)
    try:
        row = create_form(
            definition,
            actor=actor,
            region=region,
            is_demonstration=bool(actor.user and actor.user.is_demonstration),
        )
    except (FormRefused, RowInvalid, AccessRefused) as refused:
        draft.say("", f"{refused.cause}{refused.hint}")
        return _page(request, draft, status=422)
    messages.success(request, f"已做好“{row.title}”，可以下发了。")
    return redirect("forms.form", code=row.code)


def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Show a form as it stands, change it as asked, or keep the change with its reason."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "correct")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    row = own_form(request, code)
    _own(actor, row, "correct")
    if request.method != "POST":
        return _page(request, drafting.from_spec(spec_from(row.definition)), row=row)
    draft = drafting.from_page(request.POST)
    if not _is_kept(request, draft, row.region_id):
        return _page(request, draft, row=row)
    definition = _checked(row.region_id, draft, code)
    if definition is None:
        return _page(request, draft, row=row, status=422)
    try:
        correct_form(
            row, definition, actor=actor, reason=request.POST.get("reason", ""), seen=seen_in(request)
        )
    except RowStale:
        row.refresh_from_db()
        draft.say("", "这张报表已被他人修改，您填写的内容仍保留在下面，请核对后再保存。")
        return _page(request, draft, row=row, status=409)
    except RowInvalid as refused:
        for name, said in refused.fields.items():
            draft.errors.setdefault(name, []).extend(said)
        return _page(request, draft, row=row, status=422)
    except (FormRefused, AccessRefused) as refused:
        draft.say("", f"{refused.cause}{refused.hint}")
        return _page(request, draft, row=row, status=422)
    messages.success(request, "已保存，从下一次下发起使用；已下发的各期不变。")
    return redirect("forms.form", code=code)


def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask why, then take a form out of use."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "withdraw")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    row = own_form(request, code)
    _own(actor, row, "withdraw")
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        try:
            withdraw_form(row, actor=actor, reason=form.cleaned_data.get("reason", ""))
        except RowInvalid as refused:
            refuse(form, refused)
        else:
            messages.success(request, f"“{row.title}”已停用，已下发的各期不变。")
            return redirect("forms")
    context = {
        "title": f"停用报表：{row.title}",
        "crumbs": crumbs((row.title, reverse("forms.form", args=[code])), ("停用", None)),
        "told": "停用后不能再下发；已下发的各期照常填报、审核、锁定。",
        "form": form,
        "verb": "停用",
        "back": reverse("forms.form", args=[code]),
    }
    return render_page(request, "returns/ask.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, region: str) -> Draft:
    """Return an empty form, or one like another that has a title of its own. Raises FormMissing."""
    like = request.GET.get("like", "")
    if not like:
        return Draft()
    draft = drafting.from_spec(form_of(region, like))
    draft.head["title"] += "（另做）"
    return draft


def _own(actor: Actor, row: Form, verb: str) -> None:
    if not actor.may_place("form", verb, region=row.region_id, office=row.office_id, area=None, unit=None):
        raise AccessRefused("这张报表不归您的股室，不能修改。", hint="请联系责任股室。")


def _is_kept(request: HttpRequest, draft: Draft, region: str) -> bool:
    """Do what a button of the page asks of the draft; return whether the form is to be kept now."""
    step = request.POST.get("step", "save")
    what, _, which = step.partition(":")
    if what == "add" and which in current_pack(region).indicators:
        if len(draft.lines) < MOST_LINES:
            draft.lines.append(Line(draft.next_id(), {"indicator": which, "minimum": "0"}))
        else:
            draft.say("lines", f"一张报表最多{MOST_LINES}个指标，请另做一张报表。")
    elif what == "remove":
        draft.lines = [line for line in draft.lines if line.id != which]
        for one in draft.sums:
            one.parts = [part for part in one.parts if part != which]
            one.total = "" if one.total == which else one.total
        draft.sums = [one for one in draft.sums if one.total or one.parts]
    return what == "save"


def _checked(region: str, draft: Draft, code: str) -> dict[str, Any] | None:
    """Return the definition, or None when the draft says what is wrong with it."""
    definition = defining.definition_of(draft, code)
    if not draft.has_errors:
        defining.check(region, draft, definition)
    return None if draft.has_errors else definition


def _free_code(region: str) -> str:
    taken = {*forms_of(region), *Form.objects.filter(region=region).values_list("code", flat=True)}
    return next(f"made-{number}" for number in range(1, len(taken) + 2) if f"made-{number}" not in taken)


def _page(request: HttpRequest, draft: Draft, *, row: Form | None = None, status: int = 200) -> HttpResponse:
    region = place_of(request).region
    pack = current_pack(region)
    for line in draft.lines:
        indicator = pack.indicators.get(line.typed.get("indicator", ""))
        line.name = indicator.title if indicator else line.typed.get("indicator", "")
        line.kept_unit = indicator.unit if indicator else ""
    search = request.POST.get("q", "").strip()[:60]
    title = f"修改报表：{row.title}" if row else "做一张报表"
    named = (row.title, reverse("forms.form", args=[row.code])) if row else None
    context = {
        "title": title,
        "crumbs": crumbs(*([named, ("修改", None)] if named else [("做一张报表", None)])),
        "draft": draft,
        "row": row,
        "sums": [*draft.sums, Sum()] if len(draft.lines) > 1 else [],
        "offices": _offices(request.actor, region),  # type: ignore[attr-defined]
        "units": _units(region, draft),
        "against": AGAINST.items(),
        "most_rows": MOST_ROWS,
        "cadences": CADENCES.items(),
        "evidences": EVIDENCE.items(),
        "profiles": [(one.id, one.title) for one in profiles_of(region)],
        "search": search,
        "found": _found(region, search, draft) if search else [],
        "reason": request.POST.get("reason", ""),
        "back": reverse("forms.form", args=[row.code]) if row else reverse("forms"),
    }
    return render_page(request, "returns/form_edit.html", context, status=status)


def _offices(actor: Actor, region: str) -> list[tuple[str, str]]:
    offices = Office.objects.filter(region=region, active=True).order_by("position", "id")
    return [
        (one.code, one.name)
        for one in offices
        if actor.may_place("form", "create", region=region, office=one.pk, area=None, unit=None)
    ]


def _units(region: str, draft: Draft) -> list[tuple[str, str]]:
    """Return the units to choose from: those of the form first, in its order, which is the one they are listed in."""
    found = {
        one.code: one.name if one.active else f"{one.name}（已停用）"
        for one in Unit.objects.filter(region=region).order_by("position", "id")
        if one.active or one.code in draft.units
    }
    chosen = [code for code in draft.units if code in found]
    return [(code, found[code]) for code in (*chosen, *(code for code in found if code not in chosen))]


def _found(region: str, text: str, draft: Draft) -> list[dict[str, Any]]:
    """Return the indicators that can be asked for and whose title holds every word that was typed."""
    words, taken = text.split(), {line.typed.get("indicator") for line in draft.lines}
    hits = [
        {"id": one.id, "title": one.title, "unit": one.unit, "taken": one.id in taken}
        for one in current_pack(region).indicators.values()
        if one.nature in ("flow", "stock") and all(word in one.title for word in words)
    ]
    return hits[:MOST_FOUND]
