"""Writers of the register of carriers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, correct_row, stripped
from wanqi.core.actions.rows import checked_reason
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.packs import current_pack

from ..models import Carrier
from ..models.recognitions import Level
from ..programmes import granted_in


def _clean(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    organisation = clean.get("organisation")
    if organisation is not None and not clean.get("host_name"):
        clean["host_name"] = organisation.name
    if "tags" in clean:
        clean["tags"] = list(dict.fromkeys(clean["tags"] or ()))
    wrong = contradictions(region, clean)
    if wrong:
        raise RowInvalid(wrong)
    return clean


def contradictions(region: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return field → what is wrong with it: unknown terms, a 事项 of another level or act, days in a wrong order."""
    fields = current_pack(region).records["carriers"].fields
    wrong: dict[str, list[str]] = {}
    kinds = fields["kind"].values or ()
    if values.get("kind") and values["kind"] not in kinds:
        wrong["kind"] = [f"“{values['kind']}”不在允许的取值中：{'、'.join(kinds)}。"]
    known = fields["tags"].values or ()
    strange = [tag for tag in values.get("tags") or () if tag not in known]
    if strange:
        wrong["tags"] = [f"“{strange[0]}”不在允许的取值中：{'、'.join(known)}。"]
    since, ended, until = (values.get(name) for name in ("since", "ended_on", "valid_until"))
    if since and ended and ended < since:
        wrong["ended_on"] = [f"停办日期早于{since.isoformat()}，请核对。"]
    if since and until and until < since:
        wrong["valid_until"] = [f"有效期至早于{since.isoformat()}，请核对。"]
    return wrong | _against_programme(region, values)


def _against_programme(region: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
    programme, act, level = (values.get(name) for name in ("programme", "act", "level"))
    if not programme:
        return {}
    granted = granted_in(region).get(programme)
    if granted is None:
        return {"programme": [f"没有事项“{programme}”，请从列表中选择。"]}
    wrong: dict[str, list[str]] = {}
    if level and level != granted.level:
        own = Level(granted.level).label
        wrong["level"] = [f"“{granted.title}”是{own}，请选“{own}”。"]
    # 组建 comes before every act of an authority, so it contradicts none.
    acts = {"认定", "备案"}
    if act in acts and granted.act in acts and act != granted.act:
        wrong["act"] = [f"“{granted.title}”是“{granted.act}”，不能写成“{act}”；尚在建设的选“组建”。"]
    return wrong


CARRIERS = Writers(Carrier, _clean)


def create_carrier(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Carrier:
    """Register a carrier; level and authority of its 事项 and the 片区 of its host are filled in where left open."""
    found = {name: value for name, value in values.items() if value is not None}
    granted = granted_in(region).get(found.get("programme", ""))
    if granted is not None:
        found["level"] = found.get("level") or granted.level
        if found.get("act") != Carrier.Act.FOUNDED:
            found["authority"] = found.get("authority") or granted.authority
    if found.get("organisation") is not None and not found.get("area"):
        found["area"] = found["organisation"].area
    return CARRIERS.create(found, actor=actor, region=region, is_demonstration=is_demonstration)


def end_carrier(row: Carrier, *, on: date | None, reason: str, actor: Actor) -> Carrier:
    """Note that a carrier ended or lost its standing on a day. Raises ReasonMissing, RowInvalid, StepRefused."""
    why = checked_reason(reason)
    if row.ended_on is not None:
        raise StepRefused(f"该平台已于{row.ended_on.isoformat()}登记停办。", hint="日期有误的，请用更正。")
    if on is None:
        raise RowInvalid({"on": ["请填写撤销或停办的日期。"]})
    if row.since is not None and on < row.since:
        raise RowInvalid({"on": [f"停办日期早于{row.since.isoformat()}，请核对。"]})
    return correct_row(row, {"ended_on": on}, actor=actor, reason=why, verb="登记停办")
