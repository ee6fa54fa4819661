"""`wanqi standings`: bring the comparison of every enterprise with every programme up to date, and check it."""

from __future__ import annotations

import sys

import click

from wanqi.cli.connection import connected, say
from wanqi.cli.progress import bar

region_option = click.option("--region", help="地区代码，如 cn-430682；不写时为本系统的地区")
SAMPLE = 2_000


@click.group()
def standings() -> None:
    """各企业对各事项的当前比对结果：更新、核对。"""


def _region(given: str | None) -> str:
    from django.conf import settings

    from wanqi.core.models import Region

    region = given or settings.REGION
    if not Region.objects.filter(pk=region).exists():
        raise click.UsageError(
            f"没有地区 {region}，先运行 wanqi packs load。", ctx=click.get_current_context()
        )
    return region


@standings.command()
@region_option
@click.option("--all", "everything", is_flag=True, help="全部重新比对，不只是有变动的")
def refresh(*, region: str | None, everything: bool) -> None:
    """更新当前比对结果；第一次运行时比对全部企业。中断后再运行一次会接着做。"""
    with connected():
        from wanqi.policies.actions import begin_standings, note_everything
        from wanqi.policies.standings import keeping

        chosen = _region(region)
        begin_standings(chosen)
        if everything:
            note_everything(chosen)
        with bar("比对企业") as moved:
            done = keeping.work(chosen, progress=moved)
    click.echo(f"已比对 {done:,} 家企业。" if done else "没有需要重新比对的企业，比对结果都是最新的。")


@standings.command()
@region_option
@click.option(
    "--sample", type=click.IntRange(min=1), default=SAMPLE, show_default=True, help="抽查多少条结果"
)
@click.option("--all", "everything", is_flag=True, help="核对全部结果")
def verify(*, region: str | None, sample: int, everything: bool) -> None:
    """按每条结果所依据的规则和数据重新算一遍，列出不一致的；有不一致时退出状态为1。"""
    with connected():
        from wanqi.policies.standings import checking

        chosen = _region(region)
        with bar("核对比对结果") as moved:
            found = checking.verify(chosen, sample=None if everything else sample, progress=moved)
    for line in found.wrong:
        say(line)
    due = f"，另有 {found.due:,} 条正等待按新数据比对" if found.due else ""
    click.echo(f"核对 {found.checked:,} 条，不一致 {len(found.wrong):,} 条{due}。")
    if found.wrong:
        sys.exit(1)
