"""`wanqi evaluate`: organisations as JSON lines against the programmes of a region, without Django and a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanqi.cli.errors import EnvironmentRefused, LineValueRefused

if TYPE_CHECKING:
    from wanqi.packs import Pack
    from wanqi.rules.plan import Plan
    from wanqi.rules.programmes import Derivation, Evaluator
    from wanqi.rules.programmes.model import Programme
    from wanqi.rules.types import Scope

SHAPE = '{"id":"a1","facts":{"revenue":{"2025":"20000000.00"}},"records":{"ip":[]}}'
KINDS = ("new", "review", "renewal")
# What an enterprise is, not what it does: no change of these is ever advice.
FIXED = frozenset(
    {"established_date", "gbt4754_code", "region_code", "uscc", "legal_type", "registered_mainland"}
)


class Day(click.ParamType[date]):
    """A date written 2026-05-01."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date; fail with what to write."""
        from wanqi.rules.values import iso_day

        if isinstance(value, date):
            return value
        try:
            return iso_day(str(value))
        except ValueError:
            self.fail(f"{value} 不是日期，写成 2026-05-01", param, ctx)


@click.command()
@click.option("--region", required=True, help="地区代码，如 cn-430682")
@click.option("--on", "on", type=Day(), required=True, help="按哪一天有效的政策比对，如 2026-05-01")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="new",
    show_default=True,
    help="申报类别：new 首次、review 复核、renewal 重新认定",
)
@click.option(
    "--programme", "programmes", multiple=True, help="只比对这些事项，可写多次；不写时为全部施行中的事项"
)
@click.option(
    "--derive",
    "derived",
    multiple=True,
    help="另外给出这些派生数据，可写多次；不写 --programme 时只给派生数据",
)
@click.option("--changes", is_flag=True, help="不符合的，另外给出最少改动几项数据就不再是不符合")
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("regions"),
    show_default=True,
    help="地区配置所在的文件夹",
)
def evaluate(
    region: str,
    on: date,
    kind: str,
    programmes: tuple[str, ...],
    derived: tuple[str, ...],
    *,
    changes: bool,
    folder: Path,
) -> None:
    """逐条比对政策条件：从标准输入逐行读企业数据（JSON），逐行给出每个事项的结论、原因和条件明细。

    读不了的行写到标准错误，其余各行照常回答，退出状态为1。写法见 docs/reference/evaluate.md。
    """
    from wanqi.cli.lines import answer_lines

    pack = read_pack(folder, region)
    answers = prepare(pack, on=on, kind=kind, programmes=programmes, derived=derived, changes=changes)
    refused = answer_lines(
        sys.stdin.buffer,
        answers,
        needs=("id",),
        shape=SHAPE,
        out=sys.stdout.buffer,
        errors=sys.stderr.buffer,
    )
    sys.exit(1 if refused else 0)


def read_pack(folder: Path, region: str) -> Pack:
    """Return a region's pack. Raises EnvironmentRefused for no folder or packs with mistakes, UsageError for the
    region.
    """
    from wanqi import packs

    try:
        return packs.resolve(packs.read_directory(folder), region, checked=False)
    except FileNotFoundError:
        hint = "用 --packs 指出地区配置所在的文件夹"
        raise EnvironmentRefused(
            "packs.no-folder", place=str(folder), cause="没有这个文件夹", hint=hint
        ) from None
    except packs.UnknownRegion as unknown:
        raise click.UsageError(str(unknown).replace("\n  ", ""), ctx=click.get_current_context()) from None
    except packs.PacksRefused as refused:
        first = refused.problems[0]
        raise EnvironmentRefused(
            first.code,
            place=f"{folder}/{first.file}:{first.line}:{first.column}",
            cause=first.message,
            hint=f"{first.hint}共{len(refused.problems)}处，运行 wanqi check 查看",
        ) from None


def prepare(
    pack: Pack,
    *,
    on: date,
    kind: str,
    programmes: Sequence[str],
    derived: Sequence[str],
    changes: bool = False,
) -> Answers:
    """Return what answers a line. Raises UsageError for a programme or derived fact the region does not have."""
    from wanqi.rules.programmes import (
        Derivation,
        Evaluator,
        FactUnknown,
        ProgrammeUnknown,
    )

    scope, evaluator, derivation = pack.rule_scope, None, None
    try:
        if programmes or not derived:
            asked = chosen(pack, programmes, on=on, kind=kind)
            evaluator = Evaluator(planned(pack, asked, on=on, kind=kind))
        if derived:
            derivation = Derivation(derived, region=pack.region, on=on, scope=scope)
    except (FactUnknown, ProgrammeUnknown) as unknown:
        said = f"{unknown.place}：{unknown.cause}。{unknown.hint}"
        raise click.UsageError(said, ctx=click.get_current_context()) from None
    return Answers(evaluator, derivation, scope, changes=changes)


def planned(pack: Pack, asked: Sequence[Programme], *, on: date, kind: str) -> Plan:
    """Return the plan of programmes. Raises EnvironmentRefused for a text in the packs that is no expression."""
    from wanqi.rules.programmes import ProgrammeRefused, compile_plan

    try:
        return compile_plan(asked, region=pack.region, on=on, kind=kind, scope=pack.rule_scope)
    except ProgrammeRefused as refused:
        raise EnvironmentRefused(
            refused.code,
            place=refused.place,
            cause=refused.cause,
            hint=f"{refused.hint}运行 wanqi check 查看是哪个文件",
        ) from None


def chosen(pack: Pack, programmes: Sequence[str], *, on: date, kind: str) -> list[Programme]:
    """Return the programmes asked for, or all that have a version in force. Raises ProgrammeUnknown."""
    from wanqi.rules.programmes import ProgrammeUnknown

    known = pack.programmes
    for id in programmes:
        if id not in known:
            raise ProgrammeUnknown(id, known)
    if programmes:
        return [known[id] for id in dict.fromkeys(programmes)]
    return [one for one in known.values() if one.version_for(on, kind) is not None]


class Answers:
    """Answers one line after another."""

    def __init__(
        self, evaluator: Evaluator | None, derivation: Derivation | None, scope: Scope, *, changes: bool
    ) -> None:
        self._evaluator = evaluator
        self._derivation = derivation
        self._scope = scope
        self._changes = changes

    def __call__(self, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the outcome of every programme, then the derived facts. Raises LineValueRefused."""
        from wanqi.rules.errors import ValueRefused
        from wanqi.rules.programmes import OrganisationRefused, check_organisation

        try:
            check_organisation(given, self._scope)
            yield from self._outcomes(given)
        except OrganisationRefused as refused:
            raise LineValueRefused(
                refused.code, f"{refused.place}：{refused.cause}", hint=refused.hint
            ) from None
        except ValueRefused as refused:
            said = f"{refused.field}：{refused.message.rstrip('。')}"
            raise LineValueRefused("organisation.value", said, hint=refused.hint.rstrip("。")) from None

    def _outcomes(self, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if self._evaluator is not None:
            row = self._evaluator.row(given)
            for one in self._evaluator.outcomes(row):
                answer = one.as_json(given["id"])
                if self._changes:
                    answer["changes"] = changes_of(self._evaluator.plan, row, one.programme)
                yield answer
        if self._derivation is not None:
            yield {"id": given["id"], "derived": self._derivation.evaluate(given)}


def changes_of(plan: Plan, row: Mapping[str, Any], programme: str) -> dict[str, Any] | None:
    """Return the fewest facts whose change lifts an unmet programme, None where there is nothing to lift or no way.

    Values are as contracts have them; a kind of record stands with the number (or sum) of its records that count.
    """
    from wanqi.rules.changes import smallest
    from wanqi.rules.programmes.measuring import as_json
    from wanqi.rules.sources import Aggregate, Member

    found = smallest(plan, row, programme, fixed=FIXED)
    if found is None:
        return None
    inputs = {one.name: one for one in plan.inputs}
    facts = []
    for one in found.changes:
        column = inputs[one.inputs[0]]
        counted = isinstance(column.source, Aggregate)
        told: dict[str, Any] = {
            "fact": None if counted else one.fact,
            "year": one.year,
            "records": one.fact if counted else None,
            "from": as_json(one.old, column.type),
            "to": as_json(one.new, column.type),
            "closed": one.closed,
        }
        if isinstance(column.source, Member):
            told["value"] = "、".join(column.source.values)
        facts.append(told)
    return {"verdict": "met" if found.verdict else "unknown", "possible": found.possible, "facts": facts}
