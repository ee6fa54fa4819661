"""What must hold in programme files: every expression read, every number with its article, every title known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from wanqi.packs import converting
from wanqi.packs.errors import Problem
from wanqi.packs.naming import expression_problem, unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.conditions import ConditionSpec
from wanqi.packs.specs.programmes import ProgrammeFile, VersionSpec
from wanqi.packs.statements import Expects, Statement, statements
from wanqi.rules import BOOL, ExpressionRefused, Scope, parse
from wanqi.rules.lowering import Moment, lower

_SOURCE = re.compile(r"\bS[1-9][0-9]{0,2}\b")


def check_programmes(pack: Pack, sound: set[str]) -> Iterable[Problem]:
    """Yield every problem of the region's programmes.

    sound: digests of versions without a problem, with all they stand on; what is in it is not checked again, and what
    has none is added. A region below has every name that the one above has.
    """
    for item in pack.items.programmes.values():
        yield from _home(pack, item)
        yield from _titles(pack, item)
        yield from _versions(item)
        for index, version in enumerate(item.spec.versions):
            key = f"{item.file.path} {index} {pack.rule_digest(version)}"
            if key in sound:
                continue
            problems = list(_version(pack, item, version, ("versions", index)))
            yield from problems
            if not problems:
                sound.add(key)
    yield from _circles(pack)


def _home(pack: Pack, item: Item[ProgrammeFile]) -> Iterable[Problem]:
    region = item.id.partition(".")[0]
    if region not in pack.chain:
        hint = "编号以发布标准的地区开头，只能是本地区或上级地区。"
        yield item.file.problem(("programme", "id"), "pack.unknown-name", f"没有上级地区 {region}。", hint)


# --- titles -----------------------------------------------------------------------------------------


def _titles(pack: Pack, item: Item[ProgrammeFile]) -> Iterable[Problem]:
    known = (*pack.items.programmes, *pack.titles)
    named: list[tuple[Path, str]] = [
        (("programme", "presupposes", outer, inner), id)
        for outer, any_of in enumerate(item.spec.programme.presupposes)
        for inner, id in enumerate(any_of)
    ]
    named += [(("programme", "excludes", index), id) for index, id in enumerate(item.spec.programme.excludes)]
    for at, id in named:
        if id not in known:
            yield unknown(item, at, "事项", id, known)
        elif id == item.id:
            message = f"{id} 不能以自己为前提，也不能和自己互斥。"
            yield item.file.problem(at, "pack.title-circle", message, "删去这一项。")


def _circles(pack: Pack) -> Iterable[Problem]:
    """Yield one problem per programme of which every way leads back to itself."""
    above = {
        id: {one for any_of in item.spec.programme.presupposes for one in any_of}
        for id, item in pack.items.programmes.items()
    }
    for start, item in pack.items.programmes.items():
        seen: set[str] = set()
        pending = list(above[start] - {start})
        while pending:
            one = pending.pop()
            if one not in seen:
                seen.add(one)
                pending.extend(above.get(one, ()))
        if start in seen:
            message = f"要取得 {start}，先要有 {start}：前提绕成了圈。"
            yield item.file.problem(
                ("programme", "presupposes"), "pack.title-circle", message, "改正其中一处 presupposes。"
            )


# --- versions -----------------------------------------------------------------------------------------


def _versions(item: Item[ProgrammeFile]) -> Iterable[Problem]:
    numbered = list(enumerate(item.spec.versions))
    for (first, one), (second, other) in combinations(numbered, 2):
        shared = [kind for kind in one.applies_to if kind in other.applies_to]
        if not shared:
            continue
        line, _ = item.file.tree.place(("versions", first))
        if one.version == other.version:
            message = f"适用版本 {other.version}（{shared[0]}）写了两次。"
            hint = f"前一次在第 {line} 行；同一事项、同一申报类别的版本号不能重复。"
            yield item.file.problem(("versions", second, "version"), "pack.duplicate-version", message, hint)
        elif _both(one, other):
            message = f"{other.version} 与 {one.version} 的施行时间重叠（{shared[0]}）。"
            hint = f"前一个在第 {line} 行；写上 valid_to，或改正 valid_from。"
            yield item.file.problem(("versions", second, "valid_from"), "pack.overlap", message, hint)


def _both(one: VersionSpec, other: VersionSpec) -> bool:
    """Whether there is a day on which both are in force."""
    later = max(one.valid_from, other.valid_from)
    return one.in_force(later) and other.in_force(later)


def _version(pack: Pack, item: Item[ProgrammeFile], version: VersionSpec, at: Path) -> Iterable[Problem]:
    yield from _sources(pack, item, version.tag, (*at, "tag"))
    for name, parameter in version.params.items():
        if name in pack.facts or name in pack.derived:
            message = f"参数 {name} 与数据字典里的数据同名。"
            yield item.file.problem((*at, "params", name), "pack.duplicate-id", message, "换一个名字。")
        for index, value in enumerate(parameter.values):
            if value.tag is not None:
                yield from _sources(pack, item, value.tag, (*at, "params", name, "values", index, "tag"))
        if parameter.at(version.valid_from) is None:
            message = f"参数 {name} 在 {version.valid_from} 还没有值。"
            place = (*at, "params", name, "values", 0, "from")
            yield item.file.problem(place, "pack.no-value", message, "把第一个 from 提前到施行之日或更早。")
    scope = replace(
        pack.rule_scope, params={**pack.rule_scope.params, **converting.parameters(version.params)}
    )
    ids: dict[str, Path] = {}
    for statement in statements(version, at):
        yield from _statement(pack, item, statement, ids)
        for where, text, expects in statement.expressions():
            yield from _expression(pack, item, where, text, expects, scope, version)
    if version.amount is not None:
        for where, text, expects in version.amount.expressions():
            yield from _expression(pack, item, (*at, "amount", *where), text, expects, scope, version)


def _statement(
    pack: Pack, item: Item[ProgrammeFile], statement: Statement, ids: dict[str, Path]
) -> Iterable[Problem]:
    spec, at = statement.spec, statement.at
    if spec.tag is not None:
        yield from _sources(pack, item, spec.tag, (*at, "tag"))
    if spec.id is not None and spec.id in ids:
        line, _ = item.file.tree.place(ids[spec.id])
        message, hint = f"条件 {spec.id} 写了两次。", f"前一次在第 {line} 行；同一版本里编号不能重复。"
        yield item.file.problem((*at, "id"), "pack.duplicate-id", message, hint)
    if spec.id is not None:
        ids.setdefault(spec.id, at)
    if not statement.leaf or statement.unverified:
        return
    if statement.article is None:
        hint = "写上 article（第几条、附件几），或写在上一级；没有条文依据的数值不能使用。"
        yield item.file.problem(at, "pack.no-article", f"条件 {spec.id} 没有条文依据。", hint)
    empty = spec.when is None and spec.judge is None if isinstance(spec, ConditionSpec) else spec.form is None
    if empty:
        hint = "写 when（表达式）或 judge（由专家判断）；条文没有取得的，把 tag 写成 unknown。"
        yield item.file.problem(at, "pack.no-test", f"条件 {spec.id} 没有写怎样判断。", hint)


def _sources(pack: Pack, item: Item[ProgrammeFile], tag: str, at: Path) -> Iterable[Problem]:
    for id in _SOURCE.findall(tag):
        if id not in pack.sources:
            yield unknown(item, at, "来源", id, pack.sources)


def _expression(
    pack: Pack,
    item: Item[ProgrammeFile],
    at: Path,
    text: str,
    expects: Expects,
    scope: Scope,
    version: VersionSpec,
) -> Iterable[Problem]:
    year = version.valid_from.year - 1 if version.base_year == "previous" else version.base_year
    try:
        read = parse(text, scope, expect=BOOL if expects == "test" else None)
        if expects == "value" and not read.type.numeric:
            hint = "这里要一个数：计数、金额、比率，或它们的算式。"
            raise ExpressionRefused("expression.type", f"这里要一个数，现在是{read.type.title}。", hint=hint)
        lower(read, Moment(version.valid_from, year))
    except ExpressionRefused as error:
        told = any(re.search(rf"\b{name}\b", text) for name in pack.refused_derivations)
        if not (told and error.code == "expression.unknown-field"):  # else told where it is defined
            yield expression_problem(item, at, error)
