"""The switch of period and area in the top bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from wanqi.web import place
from wanqi.web.pages import safe_next


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Keep the chosen period and area in the session and go back to where the visitor was."""
    place.choose(request, area=request.POST.get("area", ""), period=request.POST.get("period", ""))
    target = safe_next(request, "/")
    path, _, query = target.partition("?")
    # The address wins over the switch; what it says of area and period must go, or the switch would do nothing.
    kept = [
        part
        for part in query.split("&")
        if part.split("=")[0] not in {"", "area", "period", "after", "before"}
    ]
    return HttpResponseRedirect(path + ("?" + "&".join(kept) if kept else ""))
