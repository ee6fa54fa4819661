"""A programme in plain Chinese, and the vocabulary: what `wanqi explain` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from wanqi.packs import converting
from wanqi.packs.pack import Pack
from wanqi.packs.specs.awards import AwardSpec, SumSpec
from wanqi.packs.specs.base import UNVERIFIED
from wanqi.packs.specs.conditions import BOUNDS, ConditionSpec, ItemSpec
from wanqi.packs.specs.programmes import ProgrammeFile, VersionSpec
from wanqi.packs.wording import Words, number
from wanqi.rules import parse, tree
from wanqi.rules.types import Scope

KINDS = {"new": "首次申报", "review": "复核", "renewal": "重新认定"}
_WHAT = {
    "recognition": "认定",
    "subsidy": "奖补",
    "pilot": "试点",
    "carrier": "载体",
    "talent": "人才称号",
    "status": "身份",
}
_HOLDERS = {"organisation": "企业", "person": "个人", "product": "产品", "project": "项目", "park": "园区"}
_COMBINED = {"sum": "各项合计", "highest": "取最高的一项", "one_of": "选择一项"}
RECIPIENTS = {
    "enterprise": "企业",
    "government": "地方政府",
    "operator": "运营单位",
    "park": "园区",
    "person": "个人",
}
_BOUND_WORDS = dict(zip(BOUNDS, ("≥", "＞", "≤", "＜"), strict=True))
_TAGS = {
    "m/H": "凭记录（把握较大），待核实",
    "m/M": "政策条件待核实",
    "m/L": "政策条件待核实",
    "inf": "由相关条文推定，政策条件待核实",
    "unknown": "条文未取得，政策条件待核实",
}
_SOURCE = re.compile(r"S[1-9][0-9]*")


def explain(pack: Pack, programme: str, *, on: date | None = None, kind: str | None = None) -> list[str]:
    """Return the lines about a programme: what it is, and each version in force on a day or of a kind.

    on and kind: None shows the versions of every day and kind. Raises KeyError for an unknown programme.
    """
    spec = pack.programme_files[programme]
    lines = list(_head(pack, spec))
    chosen = [
        version
        for version in sorted(spec.versions, key=lambda one: one.valid_from, reverse=True)
        if (on is None or version.in_force(on)) and (kind is None or kind in version.applies_to)
    ]
    for version in chosen:
        lines += ["", *_Version(pack, version).lines()]
    if not chosen:
        lines += ["", "所问的日期和申报类别没有施行中的版本。"]
    return lines


def tag_words(tag: str) -> str:
    """Return how well something is sourced, in words."""
    if tag in _TAGS:
        return _TAGS[tag]
    return {"v2": "两处来源一致", "v3": "三处来源一致"}.get(tag.split(":", 1)[0], "已核对来源")


def sourced(tag: str, pack: Pack) -> str:
    """Return the same with the ids of its sources where it names them, for whoever has the packs before them."""
    sources = [id for id in dict.fromkeys(_SOURCE.findall(tag)) if id in pack.sources]
    told = tag_words(tag)
    return f"{told}（{'、'.join(sources)}）" if sources and tag not in _TAGS else told


def _head(pack: Pack, file: ProgrammeFile) -> Iterator[str]:
    spec = file.programme
    words = Words(pack)
    yield f"{spec.title}（{spec.id}）"
    act = "" if spec.act == _WHAT[spec.kind] else f"（{spec.act}）"
    yield f"类别：{_WHAT[spec.kind]}{act}；对象：{_HOLDERS[spec.holder]}；级别：{spec.level}"
    yield f"主管部门：{spec.authority}"
    if spec.recommended_by:
        yield f"推荐层级：{'、'.join(spec.recommended_by)}"
    if spec.system is not None:
        yield f"申报系统：{spec.system.title}{f'，{spec.system.url}' if spec.system.url else ''}"
    yield f"申报时间：{spec.window.words if spec.window else '以当年通知为准'}"
    if spec.publicity is not None:
        days = f"{spec.publicity.days}个{spec.publicity.counting or '日'}" if spec.publicity.days else ""
        yield f"公示：{'；'.join(one for one in (days, spec.publicity.note) if one)}"
    if spec.validity is not None:
        years = f"{spec.validity.years}年" if spec.validity.years else ""
        yield f"有效期：{'；'.join(one for one in (years, spec.validity.note) if one)}"
    for any_of in spec.presupposes:
        yield f"须先取得：{'或'.join(words.title_of(id) for id in any_of)}"
    if spec.excludes:
        yield f"不能同时是：{'、'.join(words.title_of(id) for id in spec.excludes)}"
    for same in spec.same_name:
        yield f"注意同名：{same.title}，{same.note}"
    if spec.note:
        yield f"说明：{spec.note}"
    if spec.evidence:
        yield "申报材料："
        for index, one in enumerate(spec.evidence, 1):
            more = "，".join(text for text in (one.article, one.note) if text)
            yield f"  {index}. {one.title}{f'（{more}）' if more else ''}"


def paragraphs(given: Iterable[SumSpec], above: str = "") -> Iterator[tuple[str, SumSpec]]:
    """Yield (place in the outline, paragraph) of an award in reading order."""
    for index, one in enumerate(given, 1):
        place = f"{above}{index}."
        yield place, one
        yield from paragraphs(one.parts or (), place)


class _Version:
    """The lines of one version, its conditions as a numbered outline."""

    def __init__(self, pack: Pack, version: VersionSpec) -> None:
        self.pack = pack
        self.version = version
        own = converting.parameters(version.params)
        self.scope: Scope = replace(pack.rule_scope, params={**pack.rule_scope.params, **own})
        self.words = Words(pack)

    def lines(self) -> Iterator[str]:
        """Yield the head of the version and its conditions."""
        spec = self.version
        kinds = "、".join(KINDS[one] for one in spec.applies_to)
        until = f"{spec.valid_from}至{spec.valid_to}" if spec.valid_to else f"{spec.valid_from}起"
        yield f"适用版本 {spec.version}：{spec.document}《{spec.title}》"
        year = "申报前一年" if spec.base_year == "previous" else f"{spec.base_year}年"
        yield f"  {kinds}；{until}施行；“上年度”指{year}；{sourced(spec.tag, self.pack)}"
        for text in (spec.note, spec.assumption):
            if text:
                yield f"  说明：{text}"
        yield from self._condition(spec.conditions, "", spec.tag, depth=1)
        if spec.amount is not None:
            yield from self._award(spec.amount, spec.tag)

    def _award(self, spec: AwardSpec, tag: str) -> Iterator[str]:
        how = f"，{_COMBINED[spec.combine]}" if len(spec.sums) > 1 else ""
        yield f"  奖补金额，付给{RECIPIENTS[spec.recipient]}{how}："
        for place, one in paragraphs(spec.sums):
            indent = "  " * (place.count(".") + 1)
            yield f"{indent}{place} {one.title}{_article(one.article)}{self._tag(one.tag, one.tag or tag)}"
            yield from self._notes(indent, one)
        yield from (f"    限额：{one.title}" for one in spec.caps)

    def read(self, text: str) -> tree.Node:
        """Return the authored tree of an expression."""
        return parse(text, self.scope, expect=None).root

    def _condition(self, spec: ConditionSpec, place: str, tag: str, *, depth: int) -> Iterator[str]:
        indent, own = "  " * depth, spec.tag or tag
        parts = spec.group
        if parts is not None:
            how = {"all": "全部满足", "any": "满足其中一项", "of": f"满足其中{spec.n_of}项"}[spec.group_key]
            title = f"{spec.title}：" if spec.title else "条件，"
            yield f"{indent}{f'{place} ' if place else ''}{title}{how}{_article(spec.article)}"
            for index, part in enumerate(parts, 1):
                yield from self._condition(part, f"{place}{index}.", own, depth=depth + 1)
            return
        yield f"{indent}{place} {spec.title}{_article(spec.article)}{self._tag(spec.tag, own)}"
        if spec.when is not None and own not in UNVERIFIED:
            yield f"{indent}   比对：{self.words.condition(self.read(spec.when))}"
        if spec.judge is not None:
            yield f"{indent}   需专家评审：{spec.judge}"
        yield from self._notes(indent, spec)
        if spec.score is not None:
            yield f"{indent}   总分{spec.score.passing.replace('>=', '≥').replace('> ', '＞ ')}分"
            for index, line in enumerate(spec.score.items, 1):
                yield from self._item(line, f"{place}{index}.", own, depth=depth + 1)

    def _notes(self, indent: str, spec: ConditionSpec | ItemSpec | SumSpec) -> Iterator[str]:
        for name, text in (("说明", spec.note), ("口径", spec.assumption)):
            if text:
                yield f"{indent}   {name}：{text}"

    def _tag(self, own: str | None, tag: str) -> str:
        return f"〔{sourced(tag, self.pack)}〕" if own is not None and (own != self.version.tag) else ""

    def _item(self, spec: ItemSpec, place: str, tag: str, *, depth: int) -> Iterator[str]:
        indent, own = "  " * depth, spec.tag or tag
        limits = [f"满分{spec.max}"] if spec.max is not None else []
        limits += [f"不低于{spec.min}分"] if spec.min is not None else []
        limits += ["0分否决"] if spec.veto else []
        shown = f"（{'，'.join(limits)}）" if limits else ""
        yield f"{indent}{place} {spec.title}{shown}{_article(spec.article)}{self._tag(spec.tag, own)}"
        yield from self._notes(indent, spec)
        if own not in UNVERIFIED:
            for text in self._points(spec):
                yield f"{indent}   {text}"
        if spec.best_of is not None:
            yield f"{indent}   取得分最高的一项："
        for _, lines in spec.inside:
            for index, line in enumerate(lines, 1):
                yield from self._item(line, f"{place}{index}.", own, depth=depth + 1)

    def _points(self, spec: ItemSpec) -> Iterator[str]:
        if spec.of is not None and spec.bands is not None:
            node = self.read(spec.of)
            yield f"按{self.words.value(node)}："
            share = all(band.bound[1] <= 1 for band in spec.bands)
            shown = [
                f"{_BOUND_WORDS[key]}{number(value, node.type, share=share)} {points(band.points)}"
                for band in spec.bands
                for key, value in (band.bound,)
            ]
            yield f"{'；'.join(shown)}；其他 {points(spec.otherwise)}"
        for option in spec.choose or ():
            yield f"{self.words.condition(self.read(option.when))}：{points(option.points)}"
        if spec.choose is not None:
            yield f"都不符合：{points(spec.otherwise)}"
        for option in spec.each_of or ():
            yield f"{self.words.condition(self.read(option.when))}：加{points(option.points)}"
        if spec.expert is not None:
            yield f"专家评分：{points(spec.expert)}"
        if spec.points is not None:
            yield f"得分：{self.words.value(self.read(spec.points))}"


def points(given: int | str | tuple[str, str] | None) -> str:
    """Return points as people write them: 12分, or 7—8分."""
    return (
        f"{given[0]}—{given[1]}分" if isinstance(given, tuple) else f"{given if given is not None else 0}分"
    )


def _article(article: str | None) -> str:
    return f"【{article}】" if article else ""


def vocabulary(pack: Pack) -> list[str]:
    """Return the lines of the vocabulary: facts, derived facts, and records with their fields."""
    lines = ["企业数据"]
    for id, fact in pack.facts.items():
        period = "按年" if fact.period == "annual" else "时点"
        unit = f"，{fact.source_unit or fact.unit}" if fact.source_unit or fact.unit else ""
        choices = f"：{'、'.join(fact.values)}" if fact.values else ""
        lines.append(f"  {id}  {fact.title}（{TYPES[fact.type]}，{period}{unit}）{choices}")
    lines += ["", "派生数据"]
    for id, one in pack.derived.items():
        lines.append(f"  {id}  {one.title}（{TYPES[one.type]}）")
    lines += ["", "记录"]
    for id, kind in pack.records.items():
        lines.append(f"  {id}  {kind.title}")
        for name, field in kind.fields.items():
            choices = f"：{'、'.join(field.values)}" if field.values else ""
            lines.append(f"    {name}  {field.title}（{TYPES[field.type]}）{choices}")
    lines += ["", "代码表"]
    lines += [f"  {id}  {one.title}（{one.standard}，{len(one.codes)}项）" for id, one in pack.codes.items()]
    return lines


TYPES = {
    "text": "文本",
    "enum": "单选",
    "set": "多选",
    "area": "片区",
    "date": "日期",
    "count": "整数",
    "money": "金额",
    "ratio": "比率",
    "number": "数值",
    "bool": "是/否",
}
