"""What must hold in the profiles of demo.yaml: facts and kinds the vocabulary has, values they can take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wanqi.packs.checking_demo import ORGANISATION_FIELDS, check_rules
from wanqi.packs.errors import Problem
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.demo_profiles import DemoProfile, FactRule
from wanqi.packs.specs.vocabulary import FactSpec

NUMBERS = frozenset({"count", "money", "ratio", "number"})


def check_profiles(pack: Pack, item: Item[DemoSpec]) -> Iterable[Problem]:
    """Yield every problem of the demonstration's profiles and name lists."""
    demo = item.spec
    most = demo.organisations.count if demo.organisations else 0
    for index, profile in enumerate(demo.profiles):
        at: Path = ("profiles", index)
        for place, (first, last) in enumerate(profile.enterprises):
            if not first <= last <= most:
                message = f"企业序号{first}至{last}不在1至{most}之内，或前后颠倒。"
                yield item.file.problem(
                    (*at, "enterprises", place), "pack.range", message, "请核对 organisations.count。"
                )
        yield from check_rules(pack, item, profile.organisation, ORGANISATION_FIELDS, (*at, "organisation"))
        for name, rule in profile.facts.items():
            yield from _fact(pack, item, demo, (name, rule), (*at, "facts", name))
        yield from _kinds(pack, item, profile, at)
    for index, given in enumerate(demo.name_lists):
        if given.programme not in pack.programmes and given.programme not in pack.titles:
            yield unknown(item, ("name_lists", index, "programme"), "事项", given.programme, pack.programmes)


def _kinds(pack: Pack, item: Item[DemoSpec], profile: DemoProfile, at: Path) -> Iterable[Problem]:
    for index, rows in enumerate(profile.records):
        kind = pack.records.get(rows.kind)
        place: Path = (*at, "records", index)
        if kind is None:
            yield unknown(item, (*place, "kind"), "数据类别", rows.kind, pack.records)
        else:
            yield from check_rules(pack, item, rows.fields, kind.fields, (*place, "fields"))
    for name in profile.coverage:
        if name not in pack.records:
            yield unknown(item, (*at, "coverage", name), "数据类别", name, pack.records)


def _fact(
    pack: Pack, item: Item[DemoSpec], demo: DemoSpec, named: tuple[str, FactRule], at: Path
) -> Iterable[Problem]:
    name, rule = named
    spec = pack.facts.get(name)
    if spec is None or spec.home != "fact":
        kept = [one for one, fact in pack.facts.items() if fact.home == "fact"]
        yield unknown(item, at, "数据项", name, kept)
        return
    if rule.of is not None and rule.of not in pack.facts:
        yield unknown(item, (*at, "of"), "数据项", rule.of, pack.facts)
    for source in (rule.source, rule.also.source if rule.also else rule.source):
        if source not in demo.sources:
            message = f"sources 里没有“{source}”的来源名称。"
            yield item.file.problem(at, "pack.no-value", message, "在 sources 下给它一个名称。")
    if spec.period == "annual" and not (rule.years or demo.years):
        yield item.file.problem(
            at, "pack.no-value", f"“{name}”按年填写。", "写 years，或在 demo.yaml 写 years。"
        )
    yield from _way(item, spec, rule, at)


def _way(item: Item[DemoSpec], spec: FactSpec, rule: FactRule, at: Path) -> Iterable[Problem]:
    """Yield the problem of a rule that cannot give values of the fact's type, or gives other words than it has."""
    numeric = rule.between is not None or rule.share is not None
    fits: Mapping[str, bool] = {"set": rule.items is not None, "date": rule.within is not None}
    if not rule.absent and (
        (numeric and spec.type not in NUMBERS)
        or ((rule.items is not None or rule.within is not None) and not fits.get(spec.type, False))
    ):
        message = f"“{spec.title}”的类型是 {spec.type}，不能这样给值。"
        yield item.file.problem(
            at, "pack.field-type", message, "数用 between 或 share，日期用 within，多项用 items。"
        )
    words = [*(rule.items or ()), *(rule.choose or ()), *([rule.constant] if rule.constant else [])]
    known = ["true", "false"] if spec.type == "bool" else spec.values
    for value in words:
        if known is not None and value not in known:
            yield item.file.problem(
                at, "pack.choice", f"{value} 不在可选值中。", f"可选：{'、'.join(known)}。"
            )
