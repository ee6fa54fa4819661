"""What a form names: an office, units, indicators with fitting units, an import profile."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from wanqi.packs.errors import PacksRefused, Problem
from wanqi.packs.files import load
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.specs.forms import FormSpec, LineSpec, unit_scale


def check_form(pack: Pack, item: Item[FormSpec], *, profiles: Collection[str] = ()) -> Iterable[Problem]:
    """Yield every problem of a form with what the region has; profiles: import profiles beside the pack's."""
    spec = item.spec
    offices = [one.code for one in pack.offices]
    if spec.office not in offices:
        yield unknown(item, ("office",), "股室", spec.office, offices)
    units = [one.code for one in pack.units]
    for index, unit in enumerate(spec.units):
        if unit not in units:
            yield unknown(item, ("units", index), "报送单位", unit, units)
        elif spec.lines and not spec.lines_for(unit):
            message = f"{unit} 没有要填的行。"
            hint = "从 units 中删去它，或给它一行。"
            yield item.file.problem((*item.at, "units", index), "pack.idle-unit", message, hint)
    for index, line in enumerate(spec.lines):
        yield from _line(pack, item, line, index)
    known = {*pack.imports, *profiles}
    if spec.rows is not None and spec.rows.profile not in known:
        yield unknown(item, ("rows", "profile"), "导入方案", spec.rows.profile, sorted(known))


def _line(pack: Pack, item: Item[FormSpec], line: LineSpec, index: int) -> Iterable[Problem]:
    at = ("lines", index)
    indicator = pack.indicators.get(line.indicator)
    if indicator is None:
        yield unknown(item, (*at, "indicator"), "指标", line.indicator, pack.indicators)
        return
    if indicator.nature not in ("flow", "stock"):
        message = f"{line.indicator} 由其他数算出，不用填报。"
        yield item.file.problem(
            (*item.at, *at, "indicator"), "pack.nature", message, "换一个 flow 或 stock 指标。"
        )
    wanted, asked = unit_scale(indicator.unit)[0], unit_scale(line.unit or indicator.unit)[0]
    if wanted != asked:
        message = f"{line.indicator} 的单位是{indicator.unit}，不能按{line.unit}填报。"
        hint = "只能换成同一单位的万、亿，例如 元 填 万元。"
        yield item.file.problem((*item.at, *at, "unit"), "pack.form-unit", message, hint)


def read_form(pack: Pack, definition: Mapping[str, object], *, profiles: Collection[str] = ()) -> FormSpec:
    """Return a form given as data, read and checked like a file of the region; profiles: beside the pack's.

    Raises PacksRefused.
    """
    path = f"{pack.region}/forms/{definition.get('id', 'form')}.yaml"
    file, problems = load(path, json.dumps(definition, ensure_ascii=False, indent=1).encode())
    if file is None or not isinstance(file.spec, FormSpec):
        raise PacksRefused(problems)
    found = tuple(check_form(pack, Item(file.spec, file, (), file.spec.id), profiles=profiles))
    if found:
        raise PacksRefused(found)
    return file.spec
