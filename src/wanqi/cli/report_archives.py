"""`wanqi report verify | rebuild | archive`: signed reports checked and made again, also far from their database."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanqi.cli.connection import connected, start_django
from wanqi.cli.errors import EnvironmentRefused

if TYPE_CHECKING:
    from wanqi.reports.archives.contents import Contents
    from wanqi.reports.archives.rebuilding import Rebuilt

_NOWHERE = "postgresql:///wanqi"  # an address that is never connected to: only the archive is read


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option("--digest", "expected", help="应有的档案摘要（sha256:…），与文件的摘要比对")
def verify(file: Path, expected: str | None) -> int:
    """核对定稿档案或佐证材料包：逐个文件比对摘要，不需要数据库，可离线使用。"""
    from wanqi.reports.archives.contents import STATES
    from wanqi.reports.archives.contents import verify as verified

    found = verified(file)
    for part in found.parts:
        click.echo(f"{STATES[part.state]}\t{part.path}")
        if part.state == "wrong":
            click.echo(f"\t应为 {part.expected or '—'}\n\t实为 {part.found or '读不出'}")
    kind = "定稿档案" if found.kind == "archive" else "佐证材料包"
    click.echo(f"{kind}：{found.title}")
    click.echo(f"摘要：{found.digest}")
    other = expected is not None and expected != found.digest
    if other:
        click.echo(f"摘要与给出的 {expected} 不同，这不是同一份文件。", err=True)
    held = sum(part.state == "withheld" for part in found.parts)
    note = f"，{held}个受限的部分未含在内" if held else ""
    if found.wrong:
        click.echo(f"{len(found.wrong)}个文件与签发、打包时不一致{note}。", err=True)
    else:
        click.echo(f"{len(found.parts) - held}个文件全部相符{note}。")
    return 1 if found.wrong or other else 0


@click.command()
@click.argument("archive")
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="写到哪个文件夹（没有时新建）",
)
def rebuild(archive: str, out: Path) -> int:
    """只用定稿档案重建材料，写出网页、Word、PDF、数据表，并与签发时逐字节比对。

    ARCHIVE 是档案编号（需要数据库），或从系统下载的档案ZIP文件（不需要数据库）。
    """
    if archive.isascii() and archive.isdigit() and not Path(archive).exists():
        with connected():
            again = _rebuilt(_kept(int(archive)))
    else:
        _without_database()
        from wanqi.reports.archives.contents import read_archive

        path = Path(archive)
        if not path.is_file():
            raise click.UsageError(f"没有文件 {archive}，它也不是档案编号。")
        again = _rebuilt(read_archive(path))
    _write(again, out)
    return 0 if _said(again) else 1


@click.command()
@click.argument("number", type=int)
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个ZIP文件"
)
def archive(number: int, out: Path) -> None:
    """取出一份定稿档案（ZIP），供离线保存、核对和重建。NUMBER 是档案编号。"""
    with connected():
        from wanqi.reports.archives.contents import zipped

        content = zipped(_kept(number))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise _not_writable(out, error) from error


def _without_database() -> None:
    os.environ.setdefault("WANQI_SECRET_KEY", secrets.token_urlsafe(50))  # nothing is signed with it, or kept
    start_django(os.environ.get("DATABASE_URL") or _NOWHERE)


def _kept(number: int) -> Contents:
    from wanqi.core.access import command_actor
    from wanqi.reports.archives.keeping import contents_of, get_archive

    return contents_of(get_archive(command_actor("命令行"), number))


def _rebuilt(contents: Contents) -> Rebuilt:
    from wanqi.reports.archives.rebuilding import rebuild

    return rebuild(contents)


def _write(again: Rebuilt, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, content in again.files.items():
            (out / Path(path).name).write_bytes(content)
    except OSError as error:
        raise _not_writable(out, error) from error


def _not_writable(out: Path, error: OSError) -> EnvironmentRefused:
    return EnvironmentRefused(
        "file-not-writable",
        place=str(out),
        cause=f"不能写入（{error.strerror}）",
        hint="请换一个可以写入的位置",
    )


def _said(again: Rebuilt) -> bool:
    """Print what came out, and return whether it is what was signed."""
    head = again.contents.head
    click.echo(f"{head['title']}（{head['made']}锁定，程序{head['program']['version']}）")
    for path, equal in again.equal.items():
        click.echo(f"{'逐字节相同' if equal else '字节不同'}\t{Path(path).name}")
    for line in again.differences:
        click.echo(f"不同\t{line}", err=True)
    same = "与签发时相同" if again.same_program else "已更新，只比对数字和文字"
    result = "数字和文字全部相同" if not again.differences else f"数字和文字有{len(again.differences)}处不同"
    click.echo(f"程序{same}；{result}。", file=sys.stdout)
    return again.sound
