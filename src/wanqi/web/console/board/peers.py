"""六县市名次: where we stand among named peers, announced or computed, and what is missing."""

from __future__ import annotations

from typing import Any

from wanqi.indicators.evaluate import Figure, Period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import Pack
from wanqi.web.console import figures


def ranks(evaluation: Evaluation, period: Period, pack: Pack) -> dict[str, Any]:
    """Return the ranks that are known, by set of peers, and those that are not with their reasons.

    Shape: {sets: [{title, note, rows: [{title, shown, said, href, note}]}], unknown: [{title, peers, reason, href}]}.
    """
    sets: dict[str, dict[str, Any]] = {}
    unknown = []
    for spec in evaluation.definitions.values():
        if spec.operator != "rank" or spec.peers not in pack.peers:
            continue
        among = pack.peers[str(spec.peers)]
        figure = evaluation.figure(spec.id, period)
        href = figures.address(spec.id, period)
        of = evaluation.spec(str(spec.of)).title
        name = f"{of}（{spec.basis}）" if spec.basis else of
        if figure.known:
            told = sets.setdefault(among.id, {"title": among.title, "note": among.note or "", "rows": []})
            told["rows"].append({"title": name, "figure": figure, "said": said_by(figure), "href": href})
        else:
            unknown.append({"title": name, "peers": among.title, "reason": figure.reason, "href": href})
    return {"sets": list(sets.values()), "unknown": unknown}


def said_by(figure: Figure) -> str:
    """Return whether a rank was announced or computed."""
    return "通报" if figure.announced else "推算"
