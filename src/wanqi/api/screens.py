"""条件筛选: enterprises of a programme by how near they are, for those who may see them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field, StringConstraints

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.policies import standings
from wanqi.policies.models import Bucket, Standing
from wanqi.policies.screening import rows
from wanqi.policies.screening.asked import SLUGS, Screen

from .catalogue import require_known
from .door import REFUSED, api, signed_in
from .schemas import Kind, Name
from .schemas import Screen as Answer

PAGE = 50
_VERDICTS = ("unmet", "unknown", "met")
_WHY = {None: None, 1: "missing", 2: "unverified", 3: "judgement"}
_AFTER = re.compile(r"([0-8])\.([0-9]{1,18})")
Group = Literal["", "met", "short1", "short2", "short3", "missing", "unverified", "judgement", "unmet"]
After = Annotated[str, StringConstraints(max_length=24, pattern=r"^([0-8]\.[0-9]{1,18})?$")]
Text = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")]


@api.get(
    "/screening", response={200: Answer, **REFUSED}, auth=signed_in, tags=["条件筛选"], summary="条件筛选"
)
def screening(
    request: HttpRequest,
    programme: Name,
    kind: Kind = "new",
    group: Annotated[Group, Field(description="只列这一类，例如 short1 差1项")] = "",
    text: Annotated[Text, Field(description="企业名称或统一社会信用代码")] = "",
    after: Annotated[After, Field(description="上一页的 next")] = "",
) -> Any:
    """Return how many enterprises stand where, and those of one page, the nearest first."""
    actor, region = request.actor, settings.REGION  # type: ignore[attr-defined]
    require(actor, "standing", "view")
    require_known(current_pack(region), [programme])
    screen = Screen(programme, kind, bucket=group, text=text)
    track = rows.track_of(region, screen)
    if track is None:
        raise RowMissing(
            "这个事项还没有比对结果。", hint="请先在条件筛选页面打开它，或运行 wanqi standings refresh。"
        )
    on = timezone.localdate()
    every = rows.standings(actor, track, Screen(programme, kind, text=text), on=on)
    page = rows.page(every, screen, after=_place(after), before=None, size=PAGE)
    following = page.next
    return {
        "programme": programme,
        "kind": kind,
        "version": track.rule.version if track.rule else None,
        "counts": [
            {"word": bucket.label, "count": count}
            for bucket, count in rows.counts(every).items()
            if bucket in SLUGS
        ],
        "rows": [_line(row) for row in page.rows],
        "next": None if following is None else f"{int(following.bucket)}.{following.organisation}",
        "waiting": standings.currency(region).waiting,
    }


def _place(after: str) -> rows.Place | None:
    found = _AFTER.fullmatch(after)
    if found is None or int(found[1]) not in list(Bucket):
        return None
    return rows.Place(Bucket(int(found[1])), "", int(found[2]), 0)


def _line(row: Standing) -> dict[str, Any]:
    return {
        "organisation": row.organisation_id,
        "name": row.organisation.name,
        "credit_code": row.organisation.credit_code,
        "verdict": _VERDICTS[row.verdict],
        "why": _WHY[row.why],
        "word": Bucket(row.bucket).label,
        "short": row.short,
        "unmet": [leaf["title"] for leaf in row.unmet_leaves],
        "missing": list(row.missing_items),
        "on": row.on,
        "holds_until": row.holds_until,
    }
