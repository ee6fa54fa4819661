"""The tree of conditions of one programme in words, the deciding ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wanqi.packs import DerivedFact, FactSpec, Pack
from wanqi.packs.explaining import tag_words
from wanqi.packs.specs.programmes import VersionSpec
from wanqi.rules.plan import Aggregate, Input, Part

from . import words
from .model import Chance, Clause, Condition, Passages, Sources, Used
from .plans import Prepared

WHY = {"missing": "待补充数据", "unverified": "政策条件待核实", "judgement": "需专家评审"}
_FIRST_UNKNOWN = {"unknown": 0, "unmet": 1, "met": 2}
_FIRST_UNMET = {"unmet": 0, "unknown": 1, "met": 2}
_UNTIL = "complete_until"
NONE = "没有"
_GROUPS = {"any": "满足下列条件之一", "n_of": "满足下列条件中的{n}项", "all": "同时满足下列条件"}
_CLOSED = "{years}年度数据已经确定，不能更改"


@dataclass(frozen=True)
class Asking:
    """What is needed to put one programme's tree into words. organisation: facts and records as evaluated.

    over: this year's window has closed.
    """

    pack: Pack
    prepared: Prepared
    version: VersionSpec
    organisation: Mapping[str, Any]
    sources: Sources
    passages: Passages
    over: bool = False


def conditions(asking: Asking, part: Part, node: Mapping[str, Any], *, verdict: str) -> tuple[Condition, ...]:
    """Return the conditions under the root, the root itself where it is a single one.

    Those that decide stand first: what is unknown where the verdict is unknown, what is not met where it is unmet.
    """
    whole = _condition(asking, part, node, tag=asking.version.tag, article=asking.version.article or "")
    listed = whole.children if part.op == "all" and whole.children else (whole,)
    order = _FIRST_UNKNOWN if verdict == "unknown" else _FIRST_UNMET
    return tuple(sorted(listed, key=lambda one: order[one.verdict]))


def _condition(
    asking: Asking, part: Part, node: Mapping[str, Any], *, tag: str | None, article: str, above: str = ""
) -> Condition:
    tag, article = part.tag or tag, part.article or article
    read = asking.prepared.reads(part)
    title = _title(asking, part, read, above)
    children = tuple(
        _condition(asking, below, child, tag=tag, article=article, above=title)
        for below, child in zip(part.children, node["children"], strict=True)
    )
    unit = words.unit_of(part, node["unit"], read)
    unmet = node["verdict"] == "unmet"
    chance = asking.prepared.chance(part) if unmet and (not children or part.column is not None) else None
    none = _asks_for_none(part, node, read)
    lacking = words.gap(node["gap"], unit) if unmet and not none else ""
    return Condition(
        id=part.id,
        op=node["op"],
        title=title,
        verdict=node["verdict"],
        why=node["why"],
        word=_word(node, lacking, children),
        value=NONE if none and node["value"] == 0 else words.said(node["value"], unit, _operator(part)),
        threshold=NONE if none else words.threshold(node["threshold"], unit, _operator(part)),
        gap=lacking,
        share=None if none else words.share(node["value"], node["threshold"]),
        clause=Clause(asking.version.document, article, asking.passages(asking.version.document, article)),
        sourcing=tag_words(tag) if tag else "",
        used=() if children and part.op != "item" else tuple(_used(asking, read)),
        chance=chance,
        advice=_advice(asking, chance, read) if chance else "",
        children=children,
    )


def _asks_for_none(part: Part, node: Mapping[str, Any], read: Sequence[Input]) -> bool:
    """Return whether the condition is that there are no records: fewer than one."""
    counted = any(isinstance(one.source, Aggregate) for one in read)
    return counted and _operator(part) == "<" and node["threshold"] == 1


def _operator(part: Part) -> str | None:
    if part.mark is not None:
        return part.mark[0]
    return part.reading.operator if part.reading is not None else None


def _title(asking: Asking, part: Part, read: Sequence[Input], above: str) -> str:
    if part.title:
        return part.title
    year = part.id.rpartition("@")[2] if "@" in part.id else ""
    names = dict.fromkeys(_name(asking.pack, one) for one in read)
    listed = "、".join(names) or above or _GROUPS.get(part.op, "条件").format(n=part.n)
    return f"{year}年度{listed}" if year else listed


def _name(pack: Pack, one: Input) -> str:
    if isinstance(one.source, Aggregate):
        return pack.records[one.source.kind].title if one.source.kind in pack.records else one.source.kind
    spec = pack.facts.get(one.source.fact) or pack.derived.get(one.source.fact)
    return spec.title if spec else one.source.fact


def _word(node: Mapping[str, Any], lacking: str, children: Sequence[Condition]) -> str:
    if node["verdict"] == "met":
        return "符合"
    if node["verdict"] == "unknown":
        return WHY[node["why"] or "missing"]
    if lacking:
        return lacking
    return "不符合" if not children else "未满足"


def _used(asking: Asking, read: Sequence[Input]) -> list[Used]:
    found: dict[tuple[str, str, str], Used] = {}
    for one in read:
        source = one.source
        if isinstance(source, Aggregate):
            found.setdefault(("records", source.kind, ""), _records(asking, source.kind))
            continue
        fact, period = source.fact, "" if source.year is None else str(source.year)
        if fact not in asking.pack.facts and not _given(asking, fact):
            continue  # computed from the others
        found.setdefault(("facts", fact, period), _fact(asking, fact, period))
    return list(found.values())


def _given(asking: Asking, fact: str) -> bool:
    return (asking.organisation.get("facts") or {}).get(fact) is not None


def _fact(asking: Asking, fact: str, period: str) -> Used:
    spec = asking.pack.facts.get(fact) or asking.pack.derived[fact]
    held = (asking.organisation.get("facts") or {}).get(fact)
    value = held.get(period) if isinstance(held, Mapping) else held
    shown = None if value is None else _in_words(value, spec)
    source = asking.sources(fact, period) if value is not None else None
    return Used("facts", fact, spec.title, period, shown, source)


def _in_words(value: Any, spec: FactSpec | DerivedFact) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or "一项也没有"
    if not spec.value_type.numeric:
        return words.said(value, "")
    exact = words.decimal(value)
    unit = "元" if spec.type == "money" else "比率" if spec.type == "ratio" else spec.unit or ""
    return str(value) if exact is None else words.number(exact, unit)


def _records(asking: Asking, kind: str) -> Used:
    spec = asking.pack.records.get(kind)
    rows = (asking.organisation.get("records") or {}).get(kind)
    title = spec.title if spec else kind
    if rows is None:
        return Used("records", kind, title, "", None, None)
    held = [one for one in rows if _UNTIL not in one]
    until = next((one[_UNTIL] for one in rows if _UNTIL in one), None)
    count = f"登记{len(held)}条" if held else "没有登记"
    if until is not None and str(until) <= "1900-01-01":
        return Used("records", kind, title, "", f"{count}，是否完整未说明", None)
    ends = f"，完整截至{until}" if until else "，清单完整"
    return Used("records", kind, title, "", f"{count}{ends}", None)


def _advice(asking: Asking, chance: Chance, read: Sequence[Input]) -> str:
    years = sorted(
        {one.source.year for one in read if not isinstance(one.source, Aggregate) and one.source.year}
    )
    closed = "、".join(str(year) for year in years if year < asking.prepared.on.year)
    match chance:
        case Chance.NEXT_YEAR if not closed:
            return "现在取得的须满规定年限，本批次达不到，以以后的申报年度为目标。"
        case Chance.NEXT_YEAR:
            return f"{_CLOSED.format(years=closed)}，以下一申报年度为目标。"
        case Chance.WAIT:
            return "现有情况不能更改，须待规定期限届满或依法变更后再比对。"
        case Chance.FIXED:
            return "由企业性质决定，本事项不适用。"
    kinds = [one for one in read if isinstance(one.source, Aggregate)]
    if asking.over:
        return "本年度申报时间已过，依法取得并登记的可以计入下一批次。"
    if closed:
        return "截止前依法取得并登记的可以计入本批次；已经结束的年度，数据不能更改。"
    if kinds:
        return "截止前依法取得并登记的，可以计入本批次。"
    return "以申报时的实际情况为准，情况变化后请更新数据。"


def short(asking: Asking, part: Part, whole: Sequence[Condition]) -> int | None:
    """Return n of 差 n 项 for a programme that is unmet: the fewest conditions to change, None where none suffice."""
    by_part = {one.id: one for top in whole for one in top.walk()}
    return _cost(part, by_part)


def _cost(part: Part, by_part: Mapping[str, Condition]) -> int | None:
    """Return the least number of conditions to change; one with a column of its own counts once, whatever its years."""
    own = by_part.get(part.id)
    if own is not None and own.verdict != "unmet":
        return 0
    if own is not None and (not part.children or part.column is not None):
        return None if own.chance in (Chance.FIXED, Chance.WAIT) else 1
    costs = [_cost(one, by_part) for one in part.children]
    possible = sorted(one for one in costs if one is not None)
    asked = {"any": 1, "n_of": part.n or 1}.get(part.op, len(costs))
    return sum(possible[:asked]) if len(possible) >= asked else None
