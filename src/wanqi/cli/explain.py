"""`wanqi explain`: one rule in plain Chinese with its articles, or the vocabulary; no Django, no database."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from pathlib import Path

import click

from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.evaluate import KINDS, Day, read_pack


@click.command()
@click.option("--programme", help="事项编号，如 cn.high-tech")
@click.option("--region", help="按哪个地区的配置；不写时为事项所属地区，看数据字典时为 cn")
@click.option("--on", "on", type=Day(), help="只看这一天施行的版本，如 2026-05-01")
@click.option(
    "--kind", type=click.Choice(KINDS), help="只看这一申报类别：new 首次、review 复核、renewal 重新认定"
)
@click.option("--vocabulary", is_flag=True, help="列出数据字典")
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("regions"),
    show_default=True,
    help="地区配置所在的文件夹",
)
def explain(
    programme: str | None,
    region: str | None,
    on: date | None,
    kind: str | None,
    vocabulary: bool,
    folder: Path,
) -> None:
    """用普通话说明一个事项的条件、条文依据、主管部门和申报要求。"""
    if (programme is None) is not vocabulary:
        raise click.UsageError("写 --programme 事项编号，或写 --vocabulary，两者写一个")
    from wanqi.packs import explaining
    from wanqi.rules.errors import ExpressionRefused

    pack = read_pack(folder, region or (programme or "cn").partition(".")[0])
    if programme is None:
        lines = explaining.vocabulary(pack)
    elif programme in pack.programme_files:
        try:
            lines = explaining.explain(pack, programme, on=on, kind=kind)
        except ExpressionRefused as refused:
            hint = f"{refused.hint}运行 wanqi check 查看是哪个文件"
            raise EnvironmentRefused(
                refused.code, place=programme, cause=refused.message.rstrip("。"), hint=hint
            ) from None
    else:
        raise click.UsageError(
            _unknown(programme, list(pack.programme_files)), ctx=click.get_current_context()
        )
    click.echo("\n".join(lines))


def _unknown(programme: str, known: list[str]) -> str:
    near = get_close_matches(programme, known, n=1)
    hint = f"是不是 {near[0]}" if near else f"现有：{'、'.join(known)}" if known else "这个地区还没有事项"
    return f"没有事项 {programme[:80]}；{hint}"
