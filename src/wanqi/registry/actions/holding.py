"""What recognitions and nominations have in common when they are written: 事项, holder, level, place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import stripped
from wanqi.core.errors import RowInvalid

from ..models.recognitions import Holder, Level
from ..programmes import Granted, granted_in


def completed(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new row with what its 事项 and holder say and the values leave open.

    holder_kind, level and authority of the 事项; the printed name and the 片区 of the organisation or person.
    """
    found = {name: value for name, value in values.items() if value is not None}
    granted = granted_in(region).get(found.get("programme", ""))
    if granted is not None:
        found["holder_kind"] = found.get("holder_kind") or granted.holder
        found["level"] = found.get("level") or granted.level
    organisation = found.get("organisation")
    if organisation is not None and not found.get("area"):
        found["area"] = organisation.area
    return found


def cleaned(region: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Granted | None]:
    """Return the values as they are stored, and their 事项 where the values name one.

    Raises RowInvalid for an unknown 事项, a holder or level that it does not have, or no name at all.
    """
    clean = stripped(region, values)
    named = clean.get("organisation") or clean.get("person")
    if "holder_name" in clean and not clean["holder_name"]:
        clean["holder_name"] = str(named) if named is not None else ""
    elif "holder_name" not in clean and named is not None:
        clean["holder_name"] = str(named)
    wrong: dict[str, list[str]] = {}
    if "holder_name" in clean and not clean["holder_name"]:
        wrong["holder_name"] = ["请填写名称，或选择单位、人员。"]
    granted = None
    if "programme" in clean:
        granted = granted_in(region).get(clean["programme"])
        if granted is None:
            wrong["programme"] = [f"没有事项“{clean['programme']}”，请从列表中选择。"]
        else:
            wrong |= _contradictions(granted, clean)
    if wrong:
        raise RowInvalid(wrong)
    return clean, granted


def _contradictions(granted: Granted, clean: Mapping[str, Any]) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    holder = clean.get("holder_kind")
    if holder and holder != granted.holder:
        own, given = Holder(granted.holder).label, dict(Holder.choices).get(holder, holder)
        wrong["holder_kind"] = [f"“{granted.title}”的持有者是{own}，不是{given}，请选“{own}”。"]
    level = clean.get("level")
    if level and level != granted.level:
        own = Level(granted.level).label
        wrong["level"] = [f"“{granted.title}”是{own}，请选“{own}”。"]
    return wrong
