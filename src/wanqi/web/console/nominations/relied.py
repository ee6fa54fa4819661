"""条件比对结果 as they were when somebody relied on them: what a nomination's page keeps open for everybody who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wanqi.core.access import Actor
from wanqi.policies.checkup import DISCLAIMER, words
from wanqi.policies.models import Determination, Verdict
from wanqi.registry.models import Nomination
from wanqi.web import display

WORDS = {"met": ("符合", "done"), "unmet": ("不符合", "finding"), "unknown": ("待定", "missing")}
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
    told = Verdict(one.verdict).label
    if one.why == "not_in_force":
        told = "没有施行中的政策版本"
    elif one.verdict == Verdict.UNMET and one.short is not None:
        told = f"差{one.short}项"
    elif one.verdict == Verdict.UNKNOWN:
        told = OPEN.get(one.why, told)
    conditions = one.explanation.get("conditions")
    return {"row": one, "told": told, "conditions": list(_leaves(conditions)) if conditions else []}


def _leaves(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if node["children"]:
        for child in node["children"]:
            yield from _leaves(child)
        return
    word, colour = WORDS[node["verdict"]]
    unit = node.get("unit") or ""
    lacking = words.gap(node.get("gap"), unit) if node["verdict"] == "unmet" else ""
    # A share is rounded to the side on which it failed: 2.999 % is no 3 %.
    side = "<=" if lacking.startswith("超") else ">="
    yield {
        "title": node.get("title") or node["id"],
        "article": node.get("article") or "",
        "chip": display.chip(OPEN.get(node.get("why") or "", word), colour),
        "value": words.said(node["value"], unit, side) if node.get("value") is not None else "",
        "threshold": words.threshold(node.get("threshold"), unit, None),
        "gap": lacking,
    }
