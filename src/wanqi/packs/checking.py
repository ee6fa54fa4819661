"""What must hold between the items of one resolved region: every name known, every type fitting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wanqi import figures
from wanqi.packs import rule_scope
from wanqi.packs.checking_forms import check_form
from wanqi.packs.checking_programmes import check_programmes
from wanqi.packs.checking_reports import check_original, check_report
from wanqi.packs.errors import PacksRefused, Problem
from wanqi.packs.files import load
from wanqi.packs.naming import expression_problem, unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.imports import ImportProfile
from wanqi.packs.specs.indicators import IndicatorSpec, TableSpec
from wanqi.packs.specs.vocabulary import DerivedFact, RecordKind
from wanqi.rules import ExpressionRefused, parse


def check_pack(pack: Pack, sound: set[str] | None = None) -> Iterable[Problem]:
    """Yield every problem between the items of a region; sound: see `check_programmes`."""
    for indicator in pack.items.indicators.values():
        yield from _indicator(pack, indicator)
    yield from _cycles(pack)
    for derived in pack.items.derived.values():
        yield from _derived(pack, derived)
    yield from check_programmes(pack, set() if sound is None else sound)
    for report in pack.items.reports.values():
        yield from check_report(pack, report)
    for original in pack.items.originals.values():
        yield from check_original(pack, original)
    for profile in pack.items.imports.values():
        yield from _import(pack, profile)
    for form in pack.items.forms.values():
        yield from check_form(pack, form)
    for table in pack.items.tables.values():
        yield from _table(pack, table)


# --- indicators -----------------------------------------------------------------------------------


def _indicator(pack: Pack, item: Item[IndicatorSpec]) -> Iterable[Problem]:
    spec = item.spec
    named: list[tuple[Path, str | None]] = [
        ((name,), getattr(spec, name)) for name in ("of", "target", "flow", "retired")
    ]
    named += [(("parts", index), id) for index, id in enumerate(spec.parts or ())]
    for at, wanted in named:
        if wanted is not None and wanted not in pack.indicators:
            yield unknown(item, at, "指标", wanted, pack.indicators)
    if spec.peers is not None and spec.peers not in pack.peers:
        yield unknown(item, ("peers",), "比较范围", spec.peers, pack.peers)
    offices = [one.code for one in pack.offices]
    if spec.office is not None and offices and spec.office not in offices:
        yield unknown(item, ("office",), "股室", spec.office, offices)
    yield from _natures(pack, item)
    if spec.operator == "check":
        try:
            figures.claims_from(spec.claims_data)
        except figures.ClaimsRefused as error:
            yield item.file.problem(
                (*item.at, "claims"), "pack.claims", str(error), "写法见 docs/reference/packs.md。"
            )
    if spec.records is None:
        return
    kind = pack.records.get(spec.records)
    if kind is None:
        yield unknown(item, ("records",), "数据类别", spec.records, pack.records)
        return
    yield from _row_source(item, kind)
    if spec.where is not None:
        try:
            parse(spec.where, pack.scope(spec.records))
        except ExpressionRefused as error:
            yield expression_problem(item, ("where",), error)


_WANTED_NATURE = {
    ("completion", "target"): "target",
    ("forecast", "of"): "stock",
    ("forecast", "flow"): "flow",
    ("cumulative", "of"): "flow",
    ("cumulative", "retired"): "flow",
}


def _natures(pack: Pack, item: Item[IndicatorSpec]) -> Iterable[Problem]:
    for (operator, name), nature in _WANTED_NATURE.items():
        used = pack.indicators.get(getattr(item.spec, name) or "")
        if item.spec.operator == operator and used is not None and used.nature != nature:
            message = f"{used.id} 是 {used.nature}，{operator} 的 {name} 要用 {nature}。"
            yield item.file.problem((*item.at, name), "pack.nature", message, "换一个指标。")


def _row_source(item: Item[IndicatorSpec], kind: RecordKind) -> Iterable[Problem]:
    function, measured = item.spec.measured
    wanted = [
        ("date", item.spec.date, {"date"}),
        ("until", item.spec.until, {"date"}),
        ("area", item.spec.area, {"area"}),
        ("measure", measured, {"count", "money"} if function == "sum" else None),
    ]
    for key, name, bases in wanted:
        if name is None:
            continue
        field = kind.fields.get(name)
        if field is None:
            yield unknown(item, (key,), "字段", name, kind.fields)
        elif bases is not None and field.type not in bases:
            fitting = "、".join(one for one, spec in kind.fields.items() if spec.type in bases) or "（没有）"
            message = f"{key} 用的字段 {name} 类型是 {field.type}。"
            yield item.file.problem((*item.at, key), "pack.field-type", message, f"可用的字段：{fitting}。")


def _cycles(pack: Pack) -> Iterable[Problem]:
    """Yield one problem per indicator that is computed from itself."""
    for start, item in pack.items.indicators.items():
        seen: set[str] = set()
        pending = list(item.spec.inputs)
        while pending:
            one = pending.pop()
            if one == start:
                hint = "改正 of、target 或 flow。"
                yield item.file.problem(item.at, "pack.indicator-cycle", f"{start} 最终由自己算出。", hint)
                break
            if one not in seen and one in pack.indicators:
                seen.add(one)
                pending.extend(pack.indicators[one].inputs)


def _table(pack: Pack, item: Item[TableSpec]) -> Iterable[Problem]:
    if item.spec.peers is not None and item.spec.peers not in pack.peers:
        yield unknown(item, ("peers",), "比较范围", item.spec.peers, pack.peers)
    seen: set[str] = set()
    for index, id in enumerate(item.spec.indicators):
        if id not in pack.indicators:
            yield unknown(item, ("indicators", index), "指标", id, pack.indicators)
        elif id in seen:
            at = ("indicators", index)
            yield item.file.problem(at, "pack.duplicate-id", f"{id} 写了两次。", "请保留一处。")
        seen.add(id)


# --- derived facts, imports ---------------------------------------------------------------


def _derived(pack: Pack, item: Item[DerivedFact]) -> Iterable[Problem]:
    if item.id in pack.facts:
        hint = "换一个编号，或撤销其中一个。"
        yield item.file.problem(item.at, "pack.duplicate-id", f"{item.id} 既是企业数据又是派生数据。", hint)
        return
    table = item.spec.classes
    if table is not None:
        named = (table.code, *(fact for row in table.rows for fact in row.bounds))
        missing = [name for name in dict.fromkeys(named) if name not in pack.facts]
        for name in missing:
            yield unknown(item, ("classes",), "企业数据", name, pack.facts)
        if missing:
            return
    if item.id in rule_scope.circles(pack.derived):
        message = f"{item.id} 最终由自己算出。"
        yield item.file.problem((*item.at, "is"), "pack.derived-cycle", message, "改正其中一处 is。")
    elif item.id in pack.refused_derivations:
        yield expression_problem(item, ("is",), pack.refused_derivations[item.id])


def _import(pack: Pack, item: Item[ImportProfile]) -> Iterable[Problem]:
    spec, kind = item.spec, pack.importable(item.spec.kind)
    if kind is None:
        yield unknown(item, ("kind",), "数据类别", spec.kind, pack.records)
        return
    headers: dict[str, int] = {}
    for index, column in enumerate(spec.columns):
        if column.field not in kind.fields:
            yield unknown(item, ("columns", index, "field"), "字段", column.field, kind.fields)
        elif kind.fields[column.field].type == "date" and not spec.date_formats:
            hint = '例如 date_formats: ["%Y-%m-%d", "%Y年%m月%d日"]。'
            message = f"{column.field} 是日期，却没有写 date_formats。"
            yield item.file.problem(("columns", index), "pack.date-formats", message, hint)
        for place, header in enumerate(column.headers):
            if header in headers:
                message = f"列名 {header} 已用于第 {headers[header] + 1} 列。"
                at = ("columns", index, "headers", place)
                yield item.file.problem(at, "pack.duplicate-header", message, "一个列名只对应一个字段。")
            headers.setdefault(header, index)
    filled = list(dict.fromkeys([*(column.field for column in spec.columns), *spec.constants]))
    for index, name in enumerate(spec.key):
        if name not in filled:
            yield unknown(item, ("key", index), "字段", name, filled)
    for name in spec.units:
        if name not in kind.fields or kind.fields[name].type != "money":
            amounts = [one for one, field in kind.fields.items() if field.type == "money"]
            yield unknown(item, ("units", name), "金额字段", name, amounts)
    yield from _import_values(item, kind)


def read_import(pack: Pack, definition: Mapping[str, object]) -> ImportProfile:
    """Return an import profile given as data, read and checked like a file of the region. Raises PacksRefused."""
    path = f"{pack.region}/imports/{definition.get('id', 'profile')}.yaml"
    file, problems = load(path, json.dumps(definition, ensure_ascii=False, indent=1).encode())
    if file is None or not isinstance(file.spec, ImportProfile):
        raise PacksRefused(problems)
    found = tuple(_import(pack, Item(file.spec, file, (), file.spec.id)))
    if found:
        raise PacksRefused(found)
    return file.spec


def _import_values(item: Item[ImportProfile], kind: RecordKind) -> Iterable[Problem]:
    written: list[tuple[Path, str, str]] = [
        (("values", name, alias), name, value)
        for name, map_ in item.spec.values.items()
        for alias, value in map_.items()
    ]
    written += [(("constants", name), name, value) for name, value in item.spec.constants.items()]
    for at, name, value in written:
        field = kind.fields.get(name)
        if field is None:
            yield unknown(item, at[:2], "字段", name, kind.fields)
        elif field.values is not None and value not in field.values:
            hint = f"可选：{'、'.join(field.values)}。"
            yield item.file.problem(at, "pack.choice", f"{value} 不是 {name} 的可选值。", hint)
