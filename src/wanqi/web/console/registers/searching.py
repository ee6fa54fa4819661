"""The search of the top bar: the first hits of every register the visitor may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from wanqi.core.errors import AccessRefused
from wanqi.web.context import may_search
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import addresses, query
from .catalogue import REGISTERS
from .listing import page_of

HITS = 8


def show(request: HttpRequest) -> HttpResponse:
    """Return the first hits per register, each with a link to all of them."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may_search(actor):
        raise AccessRefused("您的角色没有可以搜索的内容。", hint="如工作需要，请联系安全管理员授权。")
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: query.SEARCH_LIMIT]
    groups = []
    for register in REGISTERS:
        if not text or not actor.can(register.resource, "view"):
            continue
        asked = query.read(register, {"q": text, "area": ""}, place_of(request))
        page = query.page(query.found(asked, actor), asked, size=HITS, among=query.unsearched(asked, actor))
        groups.append(
            {
                "register": register,
                "rows": [
                    {
                        "title": register.label(row),
                        "subtitle": register.subtitle(row),
                        "href": addresses.row_of(register, row.pk),
                        "chips": register.chips(row),
                        "page": page_of(register, row),
                    }
                    for row in page.rows
                ],
                "all": f"{addresses.list_of(register)}?{urlencode({'q': text, 'area': ''})}"
                if page.next
                else "",
            }
        )
    context = {"title": "搜索", "text": text, "groups": groups, "crumbs": [("工作台", "/"), ("搜索", "")]}
    return render_page(request, "registers/search.html", context)
