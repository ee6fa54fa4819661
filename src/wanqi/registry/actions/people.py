"""Writers of people, their engagements and the expert roster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wanqi.core.actions import Writers, stripped
from wanqi.core.errors import RowInvalid

from ..models import Engagement, Expert, Person
from .organisations import pinyin

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECKS = "10X98765432"


def id_problem(number: str) -> str | None:
    """Return what is wrong with an identity number of 18 characters, None when nothing is."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "身份证号应为18位。"
    try:
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return "身份证号中的出生日期不存在，请核对。"
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return None if number[17] == _CHECKS[rest] else "身份证号的校验位不对，请核对。"


def _person(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    if "name" in clean:
        clean["name_pinyin"] = pinyin(clean["name"])[:200]
    if clean.get("id_number"):
        clean["id_number"] = re.sub(r"\s", "", clean["id_number"]).upper()
        wrong = id_problem(clean["id_number"])
        if wrong:
            raise RowInvalid({"id_number": [wrong]})
    if clean.get("phone"):
        clean["phone"] = re.sub(r"[\s—–-]", "", clean["phone"])
        if not re.fullmatch(r"\+?\d{7,15}", clean["phone"]):
            raise RowInvalid({"phone": ["联系电话只能是数字，如13800000000。"]})
    return clean


def _engagement(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    organisation = values.get("organisation")
    if organisation is not None and not clean.get("employer_name"):
        clean["employer_name"] = organisation.name
    return clean


PEOPLE = Writers(Person, _person)
ENGAGEMENTS = Writers(Engagement, _engagement)
EXPERTS = Writers(Expert)
