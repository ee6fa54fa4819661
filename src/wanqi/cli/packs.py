"""`wanqi packs`: region packs into the database, and out of it again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanqi.cli.connection import connected

if TYPE_CHECKING:
    from wanqi.core.actions.packs import Loaded

DEFAULT = Path("regions")
folder_option = click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT,
    show_default=True,
    help="地区配置所在的文件夹",
)


@click.group()
def packs() -> None:
    """地区配置的载入与导出。"""


def load_folder(folder: Path) -> Loaded:
    """Load every pack of a folder into the database; Django must be running as the tables' owner.

    Raises PacksRefused with every problem, FileNotFoundError, StepRefused for content changed under an old version.
    """
    from wanqi import packs as reading
    from wanqi.core.access import command_actor
    from wanqi.core.actions import load_packs

    sources = reading.read_directory(folder)
    regions = {region: reading.resolve(sources, region) for region in reading.regions(sources)}
    return load_packs(sources, regions=regions, actor=command_actor("命令行"))


@packs.command()
@folder_option
def load(folder: Path) -> None:
    """把地区配置载入数据库；每个文件存为一个不可更改的版本。"""
    from wanqi.packs import PacksRefused

    with connected(owner=True):
        try:
            done = load_folder(folder)
        except PacksRefused as refused:
            for problem in refused.problems:
                click.echo(str(problem), err=True)
            click.echo(f"共 {len(refused.problems)} 处问题，没有载入任何文件。", err=True)
            sys.exit(1)
        except FileNotFoundError as missing:
            click.echo(str(missing), err=True)
            sys.exit(1)
    click.echo(
        f"载入 {len(done.added)} 个文件，{len(done.unchanged)} 个没有变化，{len(done.retired)} 个停用。"
    )


@packs.command()
@folder_option
def export(folder: Path) -> None:
    """把数据库中在用的地区配置写成文件夹；文件夹须不存在或为空。"""
    from wanqi.cli.errors import EnvironmentRefused

    if folder.exists() and any(folder.iterdir()):
        raise EnvironmentRefused(
            "folder-not-empty",
            place=str(folder),
            cause="文件夹不是空的，导出会盖掉其中的文件",
            hint="请用 --packs 指定一个新的文件夹",
        )
    with connected():
        from wanqi.core.models import PackFile

        count = 0
        for path, content in (
            PackFile.objects.filter(active=True).order_by("path").values_list("path", "content")
        ):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bytes(content))
            count += 1
        for path, content in _own_profiles():
            target = folder / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                count += 1
    click.echo(f"已导出 {count} 个文件到 {folder}。")


def _own_profiles() -> Iterator[tuple[str, bytes]]:
    """Yield the import profiles made in the browser as files of their regions' packs: path, content."""
    from wanqi.registry.models import OwnProfile
    from wanqi.registry.profiles import as_yaml, profile_from

    ready = OwnProfile.objects.filter(state=OwnProfile.State.READY).current().order_by("region", "id")
    for row in ready:
        yield f"{row.region_id}/imports/{row.code}.yaml", as_yaml(profile_from(row.definition))
