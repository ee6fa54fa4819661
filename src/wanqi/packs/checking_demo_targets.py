"""What must hold of a demonstration's targets and shortfalls: known indicators and holders, parts that add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from wanqi.packs.errors import Problem
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.demo_targets import DemoBreakdown, DemoShortfall


def check_targets(pack: Pack, item: Item[DemoSpec]) -> Iterable[Problem]:
    """Yield every problem of made-up targets, breakdowns and shortfalls."""
    demo = item.spec
    targets = [id for id, spec in pack.indicators.items() if spec.nature == "target"]
    offices = [one.code for one in pack.offices]
    for index, made in enumerate(demo.made_targets):
        if made.indicator not in targets:
            yield unknown(item, ("made_targets", index, "indicator"), "目标指标", made.indicator, targets)
    for index, broken in enumerate(demo.breakdowns):
        at: Path = ("breakdowns", index)
        if broken.indicator not in targets:
            yield unknown(item, (*at, "indicator"), "目标指标", broken.indicator, targets)
        yield from _parts(pack, item, broken, at)
    for index, short in enumerate(demo.shortfalls):
        yield from _shortfall(pack, item, short, ("shortfalls", index))
    listed: Sequence[tuple[str, int, str | None]] = [
        *(("made_targets", index, one.office) for index, one in enumerate(demo.made_targets)),
        *(("breakdowns", index, one.office) for index, one in enumerate(demo.breakdowns)),
        *(("shortfalls", index, one.office) for index, one in enumerate(demo.shortfalls)),
    ]
    for section, index, office in listed:
        if office is not None and office not in offices:
            yield unknown(item, (section, index, "office"), "股室", office, offices)


def holders(pack: Pack, dimension: str) -> tuple[str, ...]:
    """Return the codes of who can hold a part of a dimension."""
    if dimension == "office":
        return tuple(one.code for one in pack.offices)
    if dimension == "area":
        return tuple(one.code for one in pack.areas)
    return tuple(one.code for one in pack.units if one.kind == dimension)


def _parts(pack: Pack, item: Item[DemoSpec], broken: DemoBreakdown, at: Path) -> Iterable[Problem]:
    known = holders(pack, broken.dimension)
    for index, part in enumerate(broken.parts):
        if part.to not in known:
            yield unknown(item, (*at, "parts", index, "to"), "承担单位", part.to, known)
    whole = _targets(item.spec).get((broken.indicator, broken.year))
    added = sum((Decimal(part.value) for part in broken.parts), Decimal())
    if broken.basis == "whole" and broken.adding == "equal" and whole is not None and added != whole:
        message = f"分项合计 {added}，与目标 {whole} 不等。"
        yield item.file.problem((*at, "parts"), "pack.sum", message, "请核对各分项，或写明 adding。")


def _targets(demo: DemoSpec) -> Mapping[tuple[str, int], Decimal]:
    """Return the targets of a demonstration by indicator and year, stated and made up."""
    stated = {(one.indicator, int(one.period[:4])): Decimal(one.value) for one in demo.targets}
    return stated | {(one.indicator, one.year): Decimal(one.value) for one in demo.made_targets}


def _shortfall(pack: Pack, item: Item[DemoSpec], short: DemoShortfall, at: Path) -> Iterable[Problem]:
    if short.indicator not in pack.indicators:
        yield unknown(item, (*at, "indicator"), "指标", short.indicator, pack.indicators)
    places = (
        ("to_office", "股室", [one.code for one in pack.offices]),
        ("to_unit", "报送单位", [one.code for one in pack.units]),
    )
    for name, what, known in places:
        code = getattr(short, name)
        if code is not None and code not in known:
            yield unknown(item, (*at, name), what, code, known)
