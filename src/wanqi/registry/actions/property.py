"""Writers of patents and trademarks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import Writers, stripped
from wanqi.core.errors import RowInvalid

from ..models import Patent, Trademark

_NUMBER = re.compile(r"^(\d{4})([12389])(\d{7})([\dX])$")
_OLD_NUMBER = re.compile(r"^\d{2}[12389]\d{5}[\dX]?$")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)  # ZC 0006-2003, 4.5
_KINDS = {"1": "发明专利", "8": "发明专利", "2": "实用新型", "9": "实用新型", "3": "外观设计"}
SECRET = "本系统为非涉密系统，不得登记国防专利的任何内容，请按保密规定办理。"


def patent_number(text: str) -> str:
    """Return an application number without ZL, blanks and point: `ZL 2022 1 0123456.7` → `2022101234567`."""
    found = re.sub(r"[\s.．·]", "", text.upper())
    return found.removeprefix("ZL").removeprefix("CN")


def number_question(number: str) -> str | None:
    """Return what to ask about a number that is neither 13 characters nor of the form before October 2003."""
    if _NUMBER.match(number) or _OLD_NUMBER.match(number):
        return None
    return f"“{number}”不是13位申请号，也不是2003年10月以前的8位旧号，请与证书核对。"


def number_problem(number: str, kind: str) -> str | None:
    """Return what is wrong with a 13-character number, None when nothing is or its form is another one."""
    found = _NUMBER.match(number)
    if found is None:
        return None
    digits = [int(one) for one in number[:12]]
    rest = sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    expected = "X" if rest == 10 else str(rest)
    if number[12] != expected:
        return f"申请号“{number}”的校验位应为{expected}，请核对。"
    said = _KINDS[found.group(2)]
    if kind and said != kind:
        return f"申请号第5位为{found.group(2)}，是{said}，与种类“{kind}”不符。"
    return None


def _named(values: Mapping[str, Any], clean: dict[str, Any], name: str) -> None:
    """Fill the printed name from the chosen organisation where nobody typed one."""
    organisation = values.get("organisation")
    if organisation is not None and not clean.get(name):
        clean[name] = organisation.name


def _patent(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    _named(values, clean, "owner_name")
    if "国防" in str(clean.get("kind", "")) or "国防专利" in str(clean.get("title", "")):
        raise RowInvalid({"title": [SECRET]})
    if "number" in clean:
        clean["number"] = patent_number(clean["number"])
        wrong = number_problem(clean["number"], clean.get("kind", ""))
        if wrong:
            raise RowInvalid({"number": [wrong]})
    return clean


def _trademark(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    _named(values, clean, "owner_name")
    return clean


PATENTS = Writers(Patent, _patent)
TRADEMARKS = Writers(Trademark, _trademark)
