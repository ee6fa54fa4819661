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
    from wanqi.rules.programmes import Derivation, Evaluator
    from wanqi.rules.programmes.model import Programme
    from wanqi.rules.types import Scope

SHAPE = '{"id":"a1","facts":{"revenue":{"2025":"20000000.00"}},"records":{"ip":[]}}'
KINDS = ("new", "review", "renewal")


class Day(click.ParamType):
    """A date written 2026-05-01."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date; fail with what to write."""
        if isinstance(value, date):
            return value
        try:
            if len(value) != 10:
                raise ValueError(value)
            return date.fromisoformat(value)
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
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("regions"),
    show_default=True,
    help="地区配置所在的文件夹",
)
def evaluate(
    region: str, on: date, kind: str, programmes: tuple[str, ...], derived: tuple[str, ...], folder: Path
) -> None:
    """逐条比对政策条件：从标准输入逐行读企业数据（JSON），逐行给出每个事项的结论、原因和条件明细。

    读不了的行写到标准错误，其余各行照常回答，退出状态为1。写法见 docs/reference/evaluate.md。
    """
    from wanqi.cli.lines import answer_lines

    answers = prepare(read_pack(folder, region), on=on, kind=kind, programmes=programmes, derived=derived)
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
        return packs.resolve(packs.read_directory(folder), region)
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


def prepare(pack: Pack, *, on: date, kind: str, programmes: Sequence[str], derived: Sequence[str]) -> Answers:
    """Return what answers a line. Raises UsageError for a programme or derived fact the region does not have."""
    from wanqi.rules.programmes import Derivation, Evaluator, FactUnknown, ProgrammeUnknown, compile_plan

    scope, evaluator, derivation = pack.rule_scope, None, None
    try:
        if programmes or not derived:
            asked = chosen(pack, programmes, on=on, kind=kind)
            evaluator = Evaluator(compile_plan(asked, region=pack.region, on=on, kind=kind, scope=scope))
        if derived:
            derivation = Derivation(derived, region=pack.region, on=on, scope=scope)
    except (FactUnknown, ProgrammeUnknown) as unknown:
        said = f"{unknown.place}：{unknown.cause}。{unknown.hint}"
        raise click.UsageError(said, ctx=click.get_current_context()) from None
    return Answers(evaluator, derivation, scope)


def chosen(pack: Pack, programmes: Sequence[str], *, on: date, kind: str) -> list[Programme]:
    """Return the programmes asked for, or all that have a version in force."""
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

    def __init__(self, evaluator: Evaluator | None, derivation: Derivation | None, scope: Scope) -> None:
        self._evaluator = evaluator
        self._derivation = derivation
        self._scope = scope

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
            raise LineValueRefused(
                "organisation.value", f"{refused.field}：{refused.message}", hint=refused.hint
            ) from None

    def _outcomes(self, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if self._evaluator is not None:
            yield from (one.as_json(given["id"]) for one in self._evaluator.evaluate(given))
        if self._derivation is not None:
            yield {"id": given["id"], "derived": self._derivation.evaluate(given)}
