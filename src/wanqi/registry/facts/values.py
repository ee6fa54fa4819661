"""Values of the vocabulary: read as clerks type them, checked, put into a fact's columns, shown in their usual unit.

Numbers are 元, whole things and shares of 1 in the database; clerks think in the unit of the official forms (万元, %).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wanqi.packs import FactSpec, FieldSpec
from wanqi.rules.bounds import PLACES
from wanqi.rules.errors import ValueRefused
from wanqi.rules.values import checked, code

from ..cells import BLANK_MARKS, IN_BRACKETS, Reason, date_from, folded, truth_reader
from ..models.facts import FactValue
from ..values import plain

Spec = FactSpec | FieldSpec
NUMBER = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?([^\d.,+-]*)")
TIMES: Mapping[str, Decimal] = {
    "": Decimal(1),
    "千": Decimal(1_000),
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "万亿": Decimal(1_000_000_000_000),
}
PERCENT, YUAN = "%", "元"
LONGEST = 300  # characters of a text
COLUMNS = ("number", "text", "day", "flag", "items")


def usual_unit(spec: Spec) -> str:
    """Return the unit in which people write and read the value: 万元, %, 人, or nothing."""
    own = {"money": YUAN, "ratio": PERCENT}.get(spec.type, "")
    return getattr(spec, "source_unit", None) or spec.unit or own


def read_value(spec: Spec, typed: Any, *, unit: str | None = None) -> FactValue:
    """Return the value somebody typed, None where nothing stands. Raises ValueRefused with what to write.

    unit: what a number without a unit of its own is in; the usual unit of the item unless given.
    """
    if isinstance(typed, list | tuple):
        return _checked(spec, [str(one) for one in typed]) if spec.type == "set" else _refuse(spec, typed)
    text = plain(typed) if typed is not None else ""
    if not text or text.lower() in BLANK_MARKS - {"无"} or (text == "无" and "无" not in (spec.values or ())):
        return None
    match spec.type:
        case "count" | "money" | "ratio" | "number":
            return _checked(spec, _number(spec, text, usual_unit(spec) if unit is None else unit))
        case "date":
            found = date_from(text)
            return _checked(spec, found if not isinstance(found, Reason) else _told(spec, found))
        case "bool":
            said = truth_reader(text)
            return _checked(spec, said if not isinstance(said, Reason) else _told(spec, said))
        case "set":
            return _checked(spec, [one for one in re.split(r"[、,，;；\s]+", text) if one])
        case "enum":
            return _checked(spec, _term(spec, text))
    return _checked(spec, " ".join(unicodedata.normalize("NFC", text).split()))


def _told(spec: Spec, reason: Reason) -> FactValue:
    raise ValueRefused(spec.title, f"{reason.message}。", hint=reason.hint)


def _refuse(spec: Spec, value: object) -> FactValue:
    raise ValueRefused(spec.title, f"“{str(value)[:30]}”不能填在这一项。", hint="这一项只填一个值。")


def _term(spec: Spec, text: str) -> str:
    """Return the permitted term that reads the same but for width and blanks."""
    return next((one for one in spec.values or () if folded(one) == folded(text)), text)


def _number(spec: Spec, text: str, unit: str) -> Decimal:
    clean = unicodedata.normalize("NFKC", text).replace("−", "-").replace(" ", "").replace("，", ",")
    clean = clean.lstrip("'’¥")
    found = NUMBER.fullmatch(IN_BRACKETS.sub(r"-\1", clean))
    if not found:
        raise ValueRefused(spec.title, f"“{text[:30]}”不是数字。", hint="请填数字，如 1,234.5 或 1234.5万。")
    sign, digits, fraction, written = found.groups()
    try:
        number = Decimal(f"{sign}{digits.replace(',', '')}{fraction or ''}")
    except InvalidOperation:
        raise ValueRefused(spec.title, f"“{text[:30]}”不是数字。", hint="请填数字。") from None
    return number * _scale(spec, text, written, unit)


def _scale(spec: Spec, text: str, written: str, unit: str) -> Decimal:
    """Return what one of the written unit is in the unit kept: 元, a share of 1, or the item's own."""
    said = written or unit
    own = YUAN if spec.type == "money" else PERCENT if spec.type == "ratio" else (spec.unit or "")
    if spec.type == "ratio":
        if said == PERCENT:
            return Decimal("0.01")
        if said == "":
            return Decimal(1)
    if said in (own, own.replace("平方米", "㎡")):
        return Decimal(1)
    times = TIMES.get(said.removesuffix(own) if own and said.endswith(own) else said)
    # 万人 and 万 are both ten thousand; a bare 万 of money is 万元.
    if times is not None and spec.type != "ratio":
        return times
    hint = f"这一项的单位是{usual_unit(spec) or '个'}。"
    raise ValueRefused(spec.title, f"“{text[:30]}”的单位“{said}”不适用于这一项。", hint=hint)


def _checked(spec: Spec, value: Any) -> FactValue:
    return check_value(spec, value)


def plain_percent(share: Decimal) -> str:
    """Return a share of 1 in percent, without zeros at its end."""
    return f"{format((share * 100).normalize(), 'f')}%"


def check_value(spec: Spec, value: Any) -> FactValue:
    """Return a value as it is kept: numbers as Decimal, within type, limits and terms. Raises ValueRefused."""
    kind = spec.value_type
    if value is None:
        return None
    if spec.type == "set":
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise ValueRefused(spec.title, "这一项可以多选，要写一列选项。", hint="如：六基、填空白。")
        return list(dict.fromkeys(code(spec.title, str(one), kind) for one in value))
    if spec.type == "text" and len(str(value)) > LONGEST:
        raise ValueRefused(spec.title, f"有{len(str(value))}个字。", hint=f"请写在{LONGEST}字以内。")
    most = Decimal(spec.maximum) if spec.maximum is not None else None
    if spec.type == "ratio" and isinstance(value, Decimal) and most is not None and value > most:
        said = f"{plain_percent(value)}超过了{plain_percent(most)}。"
        raise ValueRefused(spec.title, said, hint="百分数要带百分号，如12.5%；表头写明（%）的可以不带。")
    if kind.numeric and isinstance(value, Decimal):
        value = Decimal(format(value.normalize(), "f"))  # 1E+13 is no number to a clerk
    try:
        found = checked(spec.title, value, kind)
        if isinstance(found, str) and kind.coded:
            found = code(spec.title, found, kind)
    except ValueRefused as refused:
        raise ValueRefused(spec.title, refused.message.replace("'", ""), hint=refused.hint) from None
    if isinstance(found, int) and not isinstance(found, bool):
        return Decimal(found)
    return found.quantize(Decimal(1).scaleb(-PLACES[spec.type])) if isinstance(found, Decimal) else found


def columns_of(value: FactValue) -> dict[str, Any]:
    """Return the columns of a fact that carry the value; the others are None."""
    columns: dict[str, Any] = dict.fromkeys(COLUMNS)
    match value:
        case None:
            pass
        case bool():
            columns["flag"] = value
        case date():
            columns["day"] = value
        case list():
            columns["items"] = value
        case str():
            columns["text"] = value
        case _:
            columns["number"] = value
    return columns


def same(one: FactValue, other: FactValue) -> bool:
    """Return whether two values say the same; the order of a set says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return type(one) is type(other) and one == other


def as_json(spec: Spec, value: FactValue) -> Any:
    """Return a value as programmes read it: money with two decimals, counts as integers, days in ISO."""
    if isinstance(value, Decimal):
        if spec.type == "count":
            return int(value)
        return f"{value:.2f}" if spec.type == "money" else format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def in_unit(spec: Spec, value: Decimal, unit: str | None = None) -> Decimal:
    """Return a number in a unit, the usual one unless given: 元 → 万元, a share → percent."""
    wanted = usual_unit(spec) if unit is None else unit
    if spec.type == "ratio":
        return value * 100 if wanted == PERCENT else value
    if spec.type == "money":
        return value / TIMES.get(wanted.removesuffix(YUAN), Decimal(1))
    return value


def in_words(spec: Spec, value: FactValue) -> str:
    """Return a value as the trail and files show it, with its unit; unknown is an em dash."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(value) or "一项也没有"
    if isinstance(value, Decimal):
        number = format(in_unit(spec, value).normalize(), ",f").replace("-", "−")
        return f"{number}{usual_unit(spec)}"
    return value
