"""条件比对结果 as they were when somebody relied on them: what a nomination's page keeps open for everybody who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.errors import PackMissing
from wanqi.policies import standings
from wanqi.policies.checkup import DISCLAIMER
from wanqi.policies.models import Determination, Verdict
from wanqi.registry.models import Nomination
from wanqi.web.console.screening.why import Line

OPEN = {"missing": "待补充数据", "unverified": "政策条件待核实", "judgement": "需专家评审"}


def determined(row: Nomination, actor: Actor) -> Mapping[str, Any]:
    """Return the determinations a nomination rests on, the newest first, each with its conditions in words."""
    if not actor.can("determination", "view"):
        return {"kept": [], "disclaimer": DISCLAIMER}
    found = (
        Determination.objects.visible_to(actor)
        .filter(relied_kind=row._meta.label_lower, relied_id=str(row.pk))
        .select_related("rule")
        .order_by("-pk")
    )
    return {"kept": [_shown(one) for one in found], "disclaimer": DISCLAIMER}


def _shown(one: Determination) -> dict[str, Any]:
    told = str(Verdict(one.verdict).label)
    if one.why == "not_in_force":
        told = "没有施行中的政策版本"
    elif one.verdict == Verdict.UNMET and one.short is not None:
        told = f"差{one.short}项"
    elif one.verdict == Verdict.UNKNOWN:
        told = OPEN.get(one.why, told)
    shown: dict[str, Any] = {"row": one, "told": told, "conditions": [], "same": None, "lost": ""}
    try:
        again = standings.reopened(one)
    except PackMissing as missing:
        return {**shown, "lost": f"{missing.cause}{missing.hint}"}
    if again is None:
        return shown
    programme, same = again
    return {**shown, "conditions": [Line(each) for each in programme.conditions], "same": same}
