"""What must hold in demo.yaml: its rows fit the vocabulary, its people the bureau, its figures the documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from wanqi.packs.checking_demo_targets import check_targets
from wanqi.packs.errors import Problem
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.demo import DemoRows, DemoSpec, Stated, StatedRow
from wanqi.packs.specs.demo_rules import FieldRule
from wanqi.packs.specs.vocabulary import FieldSpec

# Columns of the organisations register that a demonstration may fill.
ORGANISATION_FIELDS = {
    "name": FieldSpec(title="单位名称", type="text"),
    "gbt4754_code": FieldSpec(title="行业代码", type="text"),
    "area": FieldSpec(title="片区", type="area"),
    "address": FieldSpec(title="地址", type="text"),
    "established_on": FieldSpec(title="成立日期", type="date"),
    "contact": FieldSpec(title="联系人", type="text"),
    "phone": FieldSpec(title="联系电话", type="text"),
}


def check_demo(pack: Pack, item: Item[DemoSpec]) -> Iterable[Problem]:
    """Yield every problem of the region's demonstration."""
    demo = item.spec
    for index, user in enumerate(demo.users):
        places = (
            ("office", "股室", pack.offices),
            ("unit", "报送单位", pack.units),
            ("area", "片区", pack.areas),
        )
        for name, what, known in places:
            code, codes = getattr(user, name), [one.code for one in known]
            if code is not None and code not in codes:
                yield unknown(item, ("users", index, name), what, code, codes)
    for section, stated in (("observations", demo.observations), ("targets", demo.targets)):
        for index, one in enumerate(stated):
            yield from _stated(pack, item, one, (section, index))
    for index, said in enumerate(demo.named):
        yield from _cited(pack, item, said.document, said.clause, ("named", index))
        yield from _quoted(pack, item, said.document, said.clause, said.name, ("named", index, "name"))
    for index, asked in enumerate(demo.rounds):
        if asked.form not in pack.forms:
            yield unknown(item, ("rounds", index, "form"), "报表", asked.form, pack.forms)
            continue
        for code in set(asked.handed_in) - set(pack.forms[asked.form].units):
            place = ("rounds", index, "handed_in")
            yield unknown(item, place, "报送单位", code, pack.forms[asked.form].units)
    for index, row in enumerate(demo.stated):
        yield from _stated_row(pack, item, row, ("stated", index))
    for index, rows in enumerate(demo.rows):
        yield from _rows(pack, item, rows, ("rows", index))
    yield from check_targets(pack, item)
    if demo.organisations is not None:
        at: Path = ("organisations", "fields")
        yield from check_rules(pack, item, demo.organisations.fields, ORGANISATION_FIELDS, at)


def _stated(pack: Pack, item: Item[DemoSpec], stated: Stated, at: Path) -> Iterable[Problem]:
    if stated.indicator not in pack.indicators:
        yield unknown(item, (*at, "indicator"), "指标", stated.indicator, pack.indicators)
    offices = [one.code for one in pack.offices]
    if stated.office is not None and stated.office not in offices:
        yield unknown(item, (*at, "office"), "股室", stated.office, offices)
    yield from _cited(pack, item, stated.document, stated.clause, at)
    place = (*at, "as_written")
    yield from _quoted(pack, item, stated.document, stated.clause, stated.as_written, place)


# Kinds that are rows of their own and no record of the vocabulary: what was announced from above.
ANNOUNCED = {
    "rankings": {
        name: FieldSpec(title=name, type="text")
        for name in ("indicator", "period", "rank", "peers", "peer_set", "basis")
    },
    "commendations": {name: FieldSpec(title=name, type="text") for name in ("title", "level", "issuer")},
}


def _stated_row(pack: Pack, item: Item[DemoSpec], row: StatedRow, at: Path) -> Iterable[Problem]:
    kind = pack.records.get(row.kind)
    fields = ANNOUNCED.get(row.kind) if kind is None else kind.fields
    if fields is None:
        yield unknown(item, (*at, "kind"), "数据类别", row.kind, [*pack.records, *ANNOUNCED])
        return
    for name, value in row.values.items():
        field = fields.get(name)
        if field is None:
            yield unknown(item, (*at, "values", name), "字段", name, fields)
        elif field.values is not None and value not in field.values:
            hint = f"可选：{'、'.join(field.values)}。"
            yield item.file.problem((*at, "values", name), "pack.choice", f"{value} 不在可选值中。", hint)
    yield from _cited(pack, item, row.document, row.clause, at)
    yield from _quoted(pack, item, row.document, row.clause, row.as_written, (*at, "as_written"))


def _quoted(
    pack: Pack, item: Item[DemoSpec], document: str, clause: str, words: str, at: Path
) -> Iterable[Problem]:
    spec = pack.documents.get(document)
    text = next((one.text for one in spec.clauses if one.id == clause), None) if spec else None
    if text is not None and words not in text:
        yield item.file.problem(at, "pack.quotation", f"条款 {clause} 中没有“{words}”。", "请照原文抄写。")


def _cited(pack: Pack, item: Item[DemoSpec], document: str, clause: str, at: Path) -> Iterable[Problem]:
    spec = pack.documents.get(document)
    if spec is None:
        yield unknown(item, (*at, "document"), "文件", document, pack.documents)
        return
    known = [one.id for one in spec.clauses]
    if clause not in known:
        yield unknown(item, (*at, "clause"), "条款", clause, known)


def _rows(pack: Pack, item: Item[DemoSpec], rows: DemoRows, at: Path) -> Iterable[Problem]:
    kind = pack.records.get(rows.kind)
    if kind is None:
        yield unknown(item, (*at, "kind"), "数据类别", rows.kind, pack.records)
        return
    dated = kind.fields.get(rows.date)
    if dated is None:
        yield unknown(item, (*at, "date"), "字段", rows.date, kind.fields)
    elif dated.type != "date":
        message = f"date 用的字段 {rows.date} 类型是 {dated.type}。"
        yield item.file.problem((*at, "date"), "pack.field-type", message, "换一个日期字段。")
    yield from check_rules(pack, item, rows.fields, kind.fields, (*at, "fields"))
    for name, rule in rows.fields.items():
        if rule.before is not None and rule.before.field != rows.date:
            place = (*at, "fields", name, "before", "field")
            yield unknown(item, place, "字段", rule.before.field, [rows.date])


def check_rules(pack: Pack, item: Item[DemoSpec], rules: Any, fields: Any, at: Path) -> Iterable[Problem]:
    """Yield the problems of the rules of a row's fields, field → rule, against the fields its kind has."""
    for name, rule in rules.items():
        field = fields.get(name)
        if field is None:
            yield unknown(item, (*at, name), "字段", name, fields)
            continue
        known = [one.code for one in pack.areas] if field.type == "area" else field.values
        yield from _choices(item, rule, known, (*at, name))


def _choices(
    item: Item[DemoSpec], rule: FieldRule, known: Collection[str] | None, at: Path
) -> Iterable[Problem]:
    given = list(rule.choose or ()) + ([rule.constant] if rule.constant is not None else [])
    for value in given:
        if known is not None and value not in known:
            hint = f"可选：{'、'.join(known)}。"
            yield item.file.problem(at, "pack.choice", f"{value} 不在可选值中。", hint)
