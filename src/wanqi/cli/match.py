"""`wanqi match`: a whole population of organisations, Parquet in and out, without Django and a database."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanqi.cli.evaluate import KINDS, Day, chosen, planned, read_pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanqi.rules.population import Counts, Summary

ENGINES = ("polars", "duckdb", "spark")
HEADINGS = ("事项", "名称", "符合条件", "不符合", "待定")


@click.command()
@click.option("--region", required=True, help="地区代码，如 cn-430682")
@click.option("--on", "on", type=Day(), required=True, help="按哪一天有效的政策比对，如 2026-05-01")
@click.option(
    "--facts", type=click.Path(path_type=Path), required=True, help="数据文件夹，里面有 organisations.parquet"
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="polars",
    show_default=True,
    help="用哪种方式计算；结果相同",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="结果放在哪个文件夹；中断后再运行一次会接着算",
)
@click.option("--kind", type=click.Choice(KINDS), default="new", show_default=True, help="申报类别")
@click.option(
    "--programme", "programmes", multiple=True, help="只比对这些事项，可写多次；不写时为全部施行中的事项"
)
@click.option(
    "--memory", help="计算时最多占用的内存，如 2GB；不写时 polars、duckdb 为 1GB，spark 为本机内存的一半"
)
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("regions"),
    show_default=True,
    help="地区配置所在的文件夹",
)
def match(
    region: str,
    on: date,
    facts: Path,
    engine: str,
    out: Path,
    kind: str,
    programmes: tuple[str, ...],
    memory: str | None,
    folder: Path,
) -> None:
    """成批比对：对文件夹里的全部单位比对政策条件，结果写成 Parquet 文件，并列出各事项的数量。

    数据文件和结果文件的写法见 docs/reference/match.md。
    """
    from wanqi.cli.progress import bar
    from wanqi.rules.population import Run
    from wanqi.rules.population import match as answer
    from wanqi.rules.programmes import ProgrammeUnknown

    pack = read_pack(folder, region)
    try:
        asked = chosen(pack, programmes, on=on, kind=kind)
    except ProgrammeUnknown as unknown:
        said = f"{unknown.place}：{unknown.cause}。{unknown.hint}"
        raise click.UsageError(said, ctx=click.get_current_context()) from None
    plan = planned(pack, asked, on=on, kind=kind)
    titles = {one.id: one.title for one in asked}
    run = Run(
        plan=plan,
        scope=pack.rule_scope,
        facts=facts,
        out=out,
        engine=engine,  # type: ignore[arg-type]  # one of ENGINES
        titles=titles,
        memory=memory,
    )
    with bar("整理记录") as arranged, bar("比对") as moved:
        summary = answer(run, moved=moved, arranged=arranged)
    for warning in summary.warnings:
        print(f"提示：{warning}。", file=sys.stderr)
    if summary.resumed:
        print(f"其中 {summary.resumed} 个单位在上一次运行时已经比对。", file=sys.stderr)
    click.echo(table(summary, titles))


def table(summary: Summary, titles: Mapping[str, str]) -> str:
    """Return the counts as lines in columns, and how many organisations there were."""
    rows = [HEADINGS, *(_cells(one, titles) for one in summary.counts)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        words = [_padded(cell, width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [_padded(cell, width, right=True) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join([*words, *numbers]).rstrip())
    return "\n".join([*lines, f"共 {summary.rows:,} 个单位，{len(summary.counts)} 个事项。"])


def _cells(one: Counts, titles: Mapping[str, str]) -> tuple[str, ...]:
    return one.programme, titles.get(one.programme, ""), f"{one.met:,}", f"{one.unmet:,}", f"{one.unknown:,}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
