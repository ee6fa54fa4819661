"""Whether the data of an organisation is what a vocabulary allows: nothing unknown, nothing of a wrong type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes.errors import OrganisationRefused
from wanqi.rules.types import RecordScope, Scope, Type
from wanqi.rules.values import checked

_YEAR = re.compile(r"(19|20|21)[0-9]{2}")
_KEYS = ("id", "facts", "records")


def check_organisation(organisation: Mapping[str, object], scope: Scope) -> None:
    """Raise OrganisationRefused for the first thing that is not as the vocabulary and docs/reference/evaluate.md say.

    organisation: {"facts": {id: value, or {year: value} where annual}, "records": {kind: rows or null}}; a bare value of
    an annual fact is that of the base year; null and absent are unknown everywhere.
    """
    for key in organisation:
        if key not in _KEYS:
            raise _unknown("organisation.key", key, _KEYS, what="项")
    for name, value in _mapping(organisation, "facts").items():
        _check_fact(name, value, scope)
    for kind, rows in _mapping(organisation, "records").items():
        if kind not in scope.records:
            raise _unknown("organisation.kind", kind, scope.records, what="记录")
        _check_rows(kind, rows, scope.records[kind])


def _mapping(organisation: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = organisation.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise OrganisationRefused("organisation.shape", key, "不是JSON对象", hint=f'写成 "{key}":{{…}}')
    return found


def _check_fact(name: str, value: object, scope: Scope) -> None:
    if name not in scope.fields:
        if name in scope.derived:
            raise OrganisationRefused(
                "organisation.derived", name, "由其他数据算出，不能直接填", hint="填它所用的数据"
            )
        raise _unknown("organisation.fact", name, scope.fields, what="数据项")
    kind = scope.fields[name]
    if name not in scope.annual:
        _check_value(name, value, kind)
        return
    if value is None:
        return
    if not isinstance(value, Mapping):  # undated: of the base year
        _check_value(name, value, kind)
        return
    for year, one in value.items():
        if not isinstance(year, str) or not _YEAR.fullmatch(year):
            raise OrganisationRefused(
                "organisation.year", name, f"{str(year)[:20]} 不是年度", hint="年度写成 2025"
            )
        _check_value(f"{name}@{year}", one, kind)


def _check_rows(kind: str, rows: object, scope: RecordScope) -> None:
    if rows is None:
        return
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise OrganisationRefused(
            "organisation.shape", kind, "不是一列记录", hint="没有记录写 []，不清楚就不写"
        )
    for number, row in enumerate(rows, start=1):
        place = f"{kind} 第{number}条"
        if not isinstance(row, Mapping):
            raise OrganisationRefused("organisation.shape", place, "不是JSON对象", hint="每条记录写成 {…}")
        if "complete_until" in row:
            _check_end(place, row, last=number == len(rows))
            continue
        for name, value in row.items():
            if name not in scope.fields:
                raise _unknown("organisation.field", name, scope.fields, what="字段", place=place)
            _check_value(f"{place}的 {name}", value, scope.fields[name])


def _check_end(place: str, row: Mapping[str, object], *, last: bool) -> None:
    if len(row) > 1 or not last:
        hint = '单独写在最后：{"complete_until": "2025-12-31"}'
        raise OrganisationRefused("organisation.shape", place, "complete_until 要单独作最后一条", hint=hint)
    _check_value(f"{place}的 complete_until", row["complete_until"], Type("date"))


def _check_value(place: str, value: object, kind: Type) -> None:
    if value is None:
        return
    if kind.base == "set":
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise OrganisationRefused("organisation.value", place, "要写一列选项", hint="一项也没有写 []")
        for one in value:
            _check_choice(place, one, kind)
        return
    try:
        checked(place, value, kind)
    except ValueRefused as refused:
        raise OrganisationRefused(
            "organisation.value", place, refused.message.rstrip("。"), hint=refused.hint
        ) from None
    if kind.base == "enum":
        _check_choice(place, value, kind)


def _check_choice(place: str, value: object, kind: Type) -> None:
    if kind.values is None or value in kind.values:
        return
    near = get_close_matches(str(value), kind.values, n=1, cutoff=0.3)
    hint = f"是不是 {near[0]}？" if near else f"可选：{'、'.join(kind.values[:20])}"
    raise OrganisationRefused("organisation.value", place, f"{str(value)[:40]} 不在可选值中", hint=hint)


def _unknown(
    code: str, name: str, known: Iterable[str], *, what: str, place: str = ""
) -> OrganisationRefused:
    listed = list(known)
    near = get_close_matches(name, listed, n=1)
    hint = f"是不是 {near[0]}？" if near else "可用的见 wanqi explain --vocabulary"
    return OrganisationRefused(code, place or str(name)[:60], f"没有{what} {str(name)[:60]}", hint=hint)
