"""Whether the data of an organisation is what a vocabulary allows: nothing unknown, nothing of a wrong type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from wanqi.rules.errors import ValueRefused
from wanqi.rules.gathering import TITLES
from wanqi.rules.programmes.errors import OrganisationRefused
from wanqi.rules.types import CodeRule, Scope, Type
from wanqi.rules.values import codes, whole

_YEAR = re.compile(r"(19|20|21)[0-9]{2}")
_KEYS = ("id", "facts", "records")
# A region of GB/T 2260 and a name, and the field of a title that holds such an id.
PROGRAMME = r"cn(-[0-9]{2}([0-9]{2}([0-9]{2})?)?)?\.[a-z0-9]+(-[a-z0-9]+)*"
_PROGRAMME = re.compile(PROGRAMME)
TITLE = "programme"


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
        _check_rows(kind, rows, scope)


def _mapping(organisation: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = organisation.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise OrganisationRefused("organisation.shape", key, "不是JSON对象", hint=f'写成 "{key}":{{…}}')
    return found


def _check_fact(name: str, value: object, scope: Scope) -> None:
    kind = scope.fields.get(name) or scope.given.get(name)
    if kind is None:
        if name in scope.derived:
            raise OrganisationRefused(
                "organisation.derived", name, "由其他数据算出，不能直接填", hint="填它所用的数据"
            )
        raise _unknown("organisation.fact", name, scope.fields, what="数据项")
    if name not in scope.annual:
        _check_value(name, value, kind)
        if name in scope.codes and isinstance(value, str):
            _told("organisation.code", name, wrong_code(value, scope.codes[name]))
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


def _check_rows(kind: str, rows: object, everything: Scope) -> None:
    scope = everything.records[kind]
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
            if kind == TITLES and name == TITLE and isinstance(value, str):
                wrong = wrong_programme(value, everything)
                _told("organisation.programme", f"{place}的 {name}", wrong)


def _check_end(place: str, row: Mapping[str, object], *, last: bool) -> None:
    if len(row) > 1 or not last:
        hint = '单独写在最后：{"complete_until": "2025-12-31"}'
        raise OrganisationRefused("organisation.shape", place, "complete_until 要单独作最后一条", hint=hint)
    if row["complete_until"] is None:
        hint = '写明这份清单完整到哪一天：{"complete_until": "2025-12-31"}；完整到现在的不写这一条'
        raise OrganisationRefused("organisation.value", f"{place}的 complete_until", "没有日期", hint=hint)
    _check_value(f"{place}的 complete_until", row["complete_until"], Type("date"))


def wrong_code(value: str, rule: CodeRule) -> tuple[str, str] | None:
    """Return what is wrong with a code and what to do, None if nothing is."""
    shown = f"“{value[:40]}”"
    if not (value.isascii() and value.isdecimal() and 2 <= len(value) <= rule.digits):
        digits = "".join(one for one in value if one.isascii() and one.isdecimal())
        bare = f"，如 {digits}" if 2 <= len(digits) <= rule.digits else ""
        return f"{shown} 不是代码", f"写 {rule.digits} 位数字，不带字母和空格{bare}"
    if not value.startswith(rule.prefixes):
        head = value[: len(rule.prefixes[0])]
        return f"{shown} 不在{rule.title}中", f"{rule.title}没有 {head}，请按营业执照或统计登记核对"
    return None


def wrong_programme(value: str, scope: Scope) -> tuple[str, str] | None:
    """Return what is wrong with the programme of a title and what to do, None if nothing is.

    Every programme of a region in use is known; those of other regions may be named, as long as the id is one.
    """
    if scope.programmes is None or value in scope.programmes:
        return None
    near = get_close_matches(value, sorted(scope.programmes), n=1)
    hint = f"是不是 {near[0]}？" if near else "编号写成 地区.事项，如 cn.high-tech"
    if not _PROGRAMME.fullmatch(value):
        return f"“{value[:60]}” 不是事项编号", hint
    region = value.partition(".")[0]
    if region in scope.regions:
        return (
            f"{region} 没有事项 {value[:60]}",
            hint if near else f"先在 {region} 的 programmes 或 titles 中写出它",
        )
    return None


def _told(code: str, place: str, wrong: tuple[str, str] | None) -> None:
    if wrong is not None:
        raise OrganisationRefused(code, place, wrong[0], hint=wrong[1])


def _check_value(place: str, value: object, kind: Type) -> None:
    if value is None:
        return
    try:
        if kind.base == "set":
            codes(place, value, kind.values)
        else:
            whole(place, value, kind)
    except ValueRefused as refused:
        cause, hint = refused.message.rstrip("。"), refused.hint.rstrip("。")
        raise OrganisationRefused("organisation.value", place, cause, hint=hint) from None


def _unknown(
    code: str, name: str, known: Iterable[str], *, what: str, place: str = ""
) -> OrganisationRefused:
    listed = list(known)
    near = get_close_matches(name, listed, n=1)
    hint = f"是不是 {near[0]}？" if near else "可用的见 wanqi explain --vocabulary"
    return OrganisationRefused(code, place or str(name)[:60], f"没有{what} {str(name)[:60]}", hint=hint)
