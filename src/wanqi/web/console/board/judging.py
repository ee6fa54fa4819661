"""How 正常, 预警 or 滞后 came about: the published formula with this target's own numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.core.models import Area
from wanqi.figures import display
from wanqi.indicators.evaluate import Figure
from wanqi.indicators.evaluate.progress import Progress
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.topics import progress_of, topics
from wanqi.web.console import figures
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .cards import TONES, span_of
from .page import asked_period

RULES = (
    "序时进度＝截至月份÷12：时间过了多少，按整月算。",
    "累计数只看今年要新增的部分：今年新增任务＝全年目标−上年末；已新增＝现在−上年末。年初已有的不算进度。",
    "有年末预计的，看预计区间：整个区间都低于目标为滞后，区间跨过目标为预警，整个区间都不低于目标为正常。",
    "没有年末预计的，看完成比例：不低于序时进度为正常，达到序时进度的九成为预警，更低为滞后。",
    "已经达到全年目标的为正常。",
)


def show(request: HttpRequest, id: str) -> HttpResponse:
    """Return the drawer, or the page, that says how a target was judged."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    span = span_of(asked_period(request, place))
    code = request.GET.get("area", "").replace("\x00", "")
    area = Area.objects.filter(region_id=place.region, code=code).first() if code else None
    evaluation = kept_evaluation(place.region, area=area.code if area else None)
    topic = next((one for one in topics(evaluation.definitions) if one.stock == id), None)
    if topic is None:
        raise RowMissing("这个指标没有全年目标，不判定进度。", hint="请返回看板，从进度标记进入。")
    found = {one: evaluation.figure(one, span) for one in topic.ids}
    progress = progress_of(topic, found)
    asked = {"period": span.id} | ({"area": area.code} if area else {})
    context = {
        "title": f"{found[topic.stock].title}：进度怎样判定",
        "crumbs": [("工作台", "/"), ("调度看板", reverse("board")), ("进度判定", "")],
        "address": f"{reverse('board.judged', args=[id])}?{urlencode(asked)}",
        "period": span,
        "area": area,
        "rules": RULES,
        "progress": progress,
        "tone": TONES[progress.word] if progress else "",
        "lines": _lines(progress, found[topic.stock]) if progress else (),
        "lacking": [one for one in found.values() if not one.known],
        "inputs": [
            {"title": one.title, "figure": one, "href": figures.address(key, one.period, area)}
            for key, one in found.items()
            if key != topic.flow
        ],
    }
    return render_page(request, "console/judged.html", context, fragment="console/judged_drawer.html")


def _lines(progress: Progress, stock: Figure) -> tuple[str, ...]:
    """Return the sums, one a line."""
    needed = display(progress.needed, unit=stock.unit)
    gained = display(progress.gained, unit=stock.unit)
    if progress.share is None:
        return (f"今年已新增{gained}",)
    share = display(progress.share, unit="%")
    return (f"今年需新增{needed}，已新增{gained}", f"{gained}÷{needed}＝{share}")
