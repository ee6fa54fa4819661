"""Pages without an account: what is on offer, one programme, and the check on values typed in, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from wanqi.core.errors import RowInvalid, RowMissing, StepRefused
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.policies.checkup import DISCLAIMER, Checkup, Condition, Programme, Question, State, checkup
from wanqi.policies.checkup.text import TITLE as TITLE_OF_REPORT
from wanqi.policies.checkup.text import report
from wanqi.policies.passages import passages
from wanqi.rules.errors import ValueRefused
from wanqi.web import display

from . import asking
from .answers import Answers, read

NOTHING: dict[str, Any] = {"id": "", "facts": {}, "records": {}}
USUAL = ("cn.tech-sme", "cn.innovative-sme", "cn.srdi-sme", "cn.high-tech")
CHIPS = {
    State.MET: "done",
    State.SHORT: "plain",
    State.MISSING: "missing",
    State.UNVERIFIED: "finding",
    State.JUDGEMENT: "waiting",
    State.UNMET: "plain",
    State.HELD: "active",
    State.NOT_YET: "withdrawn",
    State.LAPSED: "withdrawn",
}
_CONDITION = {"met": "done", "unmet": "plain", "unknown": "missing"}
TITLE = "政策自测"
FORMS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _today() -> date:
    return timezone.localdate()


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Return the programmes an enterprise can apply for, and the way into the check."""
    pack = current_pack(settings.REGION)
    listed = _catalogue(pack)
    levels = dict.fromkeys(one.level for one in listed)
    context = {
        "title": f"{pack.title}惠企政策",
        "groups": [(level, [one for one in listed if one.level == level]) for level in levels],
        "region": pack.title,
        "disclaimer": DISCLAIMER,
    }
    return render(request, "portal/home.html", context)


def _catalogue(pack: Pack) -> list[Programme]:
    found = checkup(pack, _today(), NOTHING, only=_own(pack)).programmes
    order = {"国家级": 0, "省级": 1, "市级": 2, "县级": 3}
    in_force = [one for one in found if one.version is not None]
    return sorted(in_force, key=lambda one: (order.get(one.level, 9), one.title))


def _own(pack: Pack) -> list[str]:
    """Return what enterprises themselves can obtain."""
    return [id for id, file in pack.programme_files.items() if file.programme.holder == "organisation"]


@login_not_required
@require_GET
def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """Return one programme: its conditions with their clauses, papers and windows."""
    pack = current_pack(settings.REGION)
    if programme not in pack.programme_files:
        raise RowMissing("没有这个事项。", hint="请从惠企政策目录进入。")
    cited = passages(settings.REGION, pack)
    one = checkup(pack, _today(), NOTHING, only=[programme], kind="new", passages=cited).programmes[0]
    context = {
        "title": one.title,
        "one": one,
        "lines": [_line(each) for each in one.conditions],
        "crumbs": [("惠企政策", "/portal/"), (one.title, "")],
        "disclaimer": DISCLAIMER,
    }
    return render(request, "portal/programme.html", context)


@login_not_required
@cache_control(private=True, no_cache=True)  # and not no-store: going back must find the page again
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask one question at a time and show where the enterprise stands; every answer comes back with the next form."""
    pack = current_pack(settings.REGION)
    given = request.POST
    chosen = [id for id in given.getlist("programme") if id in pack.programme_files][:60]
    if request.method == "GET" or not chosen:
        wanted = request.GET.getlist("programme")
        refused = request.method == "POST"
        return _begin(request, pack, [id for id in wanted if id in pack.programme_files], refused=refused)
    answers = read(given.get("answers", ""))
    key, problems, typed = given.get("question", ""), dict[str, Sequence[str]](), dict[str, str]()
    step, change = given.get("step", ""), given.get("change", "")
    try:
        kept = _stepped(pack, chosen, answers, given)
        if change:
            key, typed = change, asking.typed_again(change, kept)
        answers = kept.without(change) if change else kept
    except RowInvalid as refused:
        problems = dict(refused.fields)
    if problems or step == "more":
        typed = {name: "、".join(given.getlist(name)) for name in given}
    found = _checked(pack, chosen, answers)
    if step in FORMS and not problems:
        return _report(pack, found, answers, step)
    question = None if step == "result" else asking.next_question(found.questions, answers)
    if problems or change or step == "more":
        question = asking.question_named(key, pack) or question
    context = _context(pack, chosen, answers, found, question)
    if question is not None:
        lines = asking.inputs(question, pack, on=_today(), typed=typed, more=asking.LINES * (step == "more"))
        context |= _asking(pack, question, lines, problems)
    return render(request, "portal/check.html", context, status=422 if problems else 200)


def _asking(
    pack: Pack, one: Question, lines: Sequence[Sequence[asking.Input]], problems: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return what the page shows of a question: its fields, of records the first line apart from the others."""
    spec = pack.facts[one.id] if one.section == "facts" else pack.records[one.id]
    return {
        "question": one,
        "key": asking.key_of(one),
        "note": getattr(spec, "note", None) or "",
        "lines": lines[:1],
        "more_lines": lines[1:],
        "more_open": len(lines) > asking.LINES or any(each.value for line in lines[1:] for each in line),
        "messages_of": [said for several in problems.values() for said in several],
    }


def _report(pack: Pack, found: Checkup, answers: Answers, form: str) -> HttpResponse:
    """Return the result as Word or PDF; nothing of it is kept."""
    made = report(
        found,
        name="企业政策自测",
        office="按企业自行填写的数据比对",
        demonstration=False,
        given=[(line.title, line.words) for line in answers.lines(pack)],
    )
    if form == "docx":
        from wanqi.documents.word import word

        content = word(made, made=timezone.now())
    else:
        from wanqi.documents.pdf import pdf

        content = pdf(made, made=timezone.now())
    response = HttpResponse(content, content_type=FORMS[form])
    name = quote(f"企业政策自测{TITLE_OF_REPORT}.{form}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _begin(request: HttpRequest, pack: Pack, wanted: Sequence[str], *, refused: bool) -> HttpResponse:
    listed = _catalogue(pack)
    context = {
        "title": TITLE,
        "crumbs": [("惠企政策", "/portal/"), (TITLE, "")],
        "programmes": [(one, one.id in (wanted or USUAL)) for one in listed],
        "refused": refused,
        "disclaimer": DISCLAIMER,
    }
    return render(request, "portal/begin.html", context, status=422 if refused else 200)


def _checked(pack: Pack, chosen: Sequence[str], answers: Answers) -> Checkup:
    """Return the check of the answers. Raises StepRefused for an answer that cannot be read any more."""
    try:
        cited = passages(settings.REGION, pack)
        return checkup(pack, _today(), answers.organisation(pack), only=chosen, passages=cited)
    except ValueRefused as refused:
        raise StepRefused(f"{refused.field}：{refused.message}", hint="请重新开始自测。") from None


def _stepped(pack: Pack, chosen: Sequence[str], answers: Answers, given: QueryDict) -> Answers:
    """Return the answers after what the visitor pressed; what stands in the fields is taken whatever is pressed next.

    Raises RowInvalid for what cannot be read.
    """
    step = given.get("step", "")
    if step == "again":
        return Answers(answers.facts, answers.records, [])
    one = asking.question_named(given.get("question", ""), pack)
    if one is None:
        return answers
    if step == "none" and one.section == "records":
        return asking.said_none(one, answers)
    if step == "skip":
        return asking.put_aside(one, answers)
    going = step == "result" or "change" in given
    if step == "answer" or (going and asking.is_typed(given)):
        return asking.taken(one, pack, answers, given)
    return answers


def _context(
    pack: Pack, chosen: Sequence[str], answers: Answers, found: Checkup, question: Question | None
) -> dict[str, Any]:
    settled = [one for one in found.programmes if one.state not in (State.MISSING,)]
    return {
        "title": TITLE,
        "crumbs": [("惠企政策", "/portal/"), (TITLE, "")],
        "chosen": chosen,
        "answers": answers,
        "answered": answers.lines(pack),
        "skipped": len(answers.skipped),
        "found": found,
        "settled": len(settled),
        "programmes": [_programme(one) for one in found.programmes],
        "combination": found.combination if question is None else None,
        "is_result": question is None,
        "disclaimer": DISCLAIMER,
    }


def _programme(one: Programme) -> dict[str, Any]:
    return {
        "one": one,
        "chip": display.chip(one.word, CHIPS[one.state]),
        "lines": [_line(each) for each in one.conditions],
    }


def _line(one: Condition) -> dict[str, Any]:
    return {
        "one": one,
        "chip": display.chip(one.word, _CONDITION[one.verdict]),
        "bar": _bar(one),
        "children": [_line(each) for each in one.children],
    }


def _bar(one: Condition) -> str:
    if one.share is None or one.share == 0 or not one.threshold.startswith(("≥", "＞", "≤", "＜")):
        return ""
    scale = max(Decimal(1), one.share)
    return display.bar(
        one.share / scale, label=f"现有{one.value}，要求{one.threshold}", mark=Decimal(1) / scale
    )
