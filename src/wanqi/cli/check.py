"""`wanqi check`: every pack file and every worked example, without Django and without a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wanqi.cli.errors import EnvironmentRefused


@click.command()
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("regions"),
    show_default=True,
    help="地区配置所在的文件夹",
)
def check(folder: Path) -> None:
    """检查地区配置和算例：每处问题一行，写明文件、行、列、原因和改法；有问题时退出状态为 1。"""
    from wanqi import packs
    from wanqi.indicators.evaluate.cases import run_case

    try:
        sources = packs.read_directory(folder)
    except FileNotFoundError:
        hint = "用 --packs 指出地区配置所在的文件夹"
        raise EnvironmentRefused(
            "packs.no-folder", place=str(folder), cause="没有这个文件夹", hint=hint
        ) from None
    found = packs.check(sources, runner=run_case)
    for problem in found.problems:
        click.echo(str(problem))
    if found.left:
        click.echo(f"以下有问题，没有检验，不计入覆盖率：{'、'.join(found.left)}")
    click.echo(
        f"{found.files} files, {found.programmes} programmes, {found.cases} cases, coverage {found.coverage} %"
    )
    sys.exit(1 if found.problems else 0)
