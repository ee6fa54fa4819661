"""`wanqi import`: the same import as on the pages, in this process, with a progress bar."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanqi.cli.connection import connected
from wanqi.cli.errors import EnvironmentRefused

if TYPE_CHECKING:
    from wanqi.core.access import Actor
    from wanqi.registry.models import ImportBatch
    from wanqi.registry.values import Table

Progress = Callable[[int, int], None]


@click.command()
@click.argument("profile", metavar="方案")
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", required=True, help="地区代码，如 cn-430682")
@click.option("--dry-run", is_flag=True, help="只核对，不改动登记库")
@click.option("--office", "office_code", help="责任股室代码，新增的记录归它")
@click.option("--unit", "unit_code", help="报送单位代码，表格由谁提供")
@click.option("--sheet", help="工作表名称；不写时自动选择")
def imports(
    profile: str,
    file: Path,
    region: str,
    *,
    dry_run: bool,
    office_code: str | None,
    unit_code: str | None,
    sheet: str | None,
) -> None:
    """按导入方案把表格（.xlsx、.csv）导入登记库。

    同一份表格可以重复导入，只有变化的行才会更正；中途被打断后再运行一次，从停下的地方继续。
    未导入的行连同原因写入“文件.rejected.xlsx”，有未导入的行时退出状态为1。
    """
    with connected():
        from django.db import transaction

        from wanqi.core.access import command_actor

        check_file(file)
        actor = command_actor("命令行")
        places = {
            "office": place_id("Office", region, office_code),
            "unit": place_id("Unit", region, unit_code),
        }
        with transaction.atomic() if dry_run else nothing():
            batch = (trial if dry_run else run)(
                file, profile=profile, region=region, sheet=sheet, actor=actor, **places
            )
            rejected = report(batch, file, dry_run=dry_run)
            if dry_run:
                transaction.set_rollback(True)
    sys.exit(1 if rejected else 0)


@contextmanager
def nothing() -> Iterator[None]:
    """Open no transaction: an import commits chunk by chunk."""
    yield


def check_file(file: Path) -> None:
    """Raise TableRefused for a file too large, before a byte of it is read."""
    from wanqi.registry.sheets import check_size

    check_size(file.stat().st_size, name=file.name)


def place_id(kind: str, region: str, code: str | None) -> int | None:
    """Return the id of an office or unit. Raises RowMissing with the codes there are."""
    from wanqi.core import models
    from wanqi.core.errors import RowMissing

    if code is None:
        return None
    places = list(getattr(models, kind).objects.filter(region=region, active=True).order_by("position", "id"))
    for place in places:
        if place.code == code:
            return int(place.pk)
    known = "、".join(f"{place.code}({place.name})" for place in places) or "（无）"
    word = "股室" if kind == "Office" else "报送单位"
    raise RowMissing(f"{region} 没有代码为“{code}”的{word}。", hint=f"可用：{known}。")


def received(file: Path, *, sheet: str | None, actor: Actor, **given: Any) -> tuple[ImportBatch, Table]:
    """Return a batch whose columns are matched by their known titles, and its opened table."""
    from wanqi.registry.actions import choose_sheet, match_columns, receive_table
    from wanqi.registry.importing import target_of
    from wanqi.registry.sheets import open_table

    content = file.read_bytes()
    table = open_table(content, name=file.name)
    batch = receive_table(file.name, content, actor=actor, table=table, **given)
    if sheet is not None and sheet != batch.sheet:
        batch = choose_sheet(batch, sheet, actor=actor)
    columns = {
        name: at
        for name, at in batch.mapping["columns"].items()
        if name not in batch.mapping.get("guessed", ())
    }
    batch = match_columns(batch, columns, actor=actor)
    titles = target_of(batch.region_id, batch.profile).titles
    taken = "、".join(
        f"{titles[name]}←{batch.mapping['titles'][at]}"
        for name, at in sorted(columns.items(), key=lambda item: item[1])
    )
    click.echo(f"工作表“{batch.sheet}”，表头在第{batch.mapping['last']}行；匹配列：{taken}。")
    for note in table.notes:
        click.echo(f"提示：{note}")
    return batch, table


def trial(file: Path, **given: Any) -> ImportBatch:
    """Return a batch that was only checked."""
    from wanqi.registry.actions import run_check

    batch, _ = received(file, **given)
    with bar("核对") as progress:
        return run_check(batch.pk, actor=given["actor"], progress=progress)


def run(file: Path, **given: Any) -> ImportBatch:
    """Return an imported batch: a new one, or the one of the same file that was interrupted."""
    from wanqi.registry.actions import import_now

    batch, table = interrupted(file, profile=given["profile"], region=given["region"]), None
    if batch is None:
        batch, table = received(file, **given)
    else:
        click.echo(f"第{batch.pk}批上次没有完成，从停下的地方继续。")
    with bar("导入") as progress:
        return import_now(batch, actor=given["actor"], progress=progress, table=table)


def interrupted(file: Path, *, profile: str, region: str) -> ImportBatch | None:
    """Return the command line's own batch of the same file that stopped before its end, if there is one."""
    from wanqi.registry.models import ImportBatch

    digest = "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    return (
        ImportBatch.objects.filter(
            region=region,
            profile=profile,
            created_by__isnull=True,
            file__digest=digest,
            state__in=(ImportBatch.State.RUNNING, ImportBatch.State.FAILED),
        )
        .defer("file__content")
        .order_by("-pk")
        .first()
    )


@contextmanager
def bar(doing: str) -> Iterator[Progress]:
    """Show progress on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("行，剩余"))
    with Bars(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(doing, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=max(done, total) or None)


def report(batch: ImportBatch, file: Path, *, dry_run: bool) -> int:
    """Print the counts, write the rejected rows beside the file, and return how many there are."""
    from wanqi.registry.batches import counted
    from wanqi.registry.workpapers import rejected_workbook

    counts = counted(batch.counts)
    skips = "、".join(f"{why}{many}" for why, many in batch.counts.get("skips", {}).items())
    head = "试跑，登记库没有改动：" if dry_run else f"第{batch.pk}批导入完成："
    click.echo(
        f"{head}读取{counts['read']}行，新增{counts['created']}，更正{counts['corrected']}，无变化{counts['unchanged']}，"
        f"不导入{counts['rejected']}，跳过{counts['skipped']}{f'（{skips}）' if skips else ''}。"
    )
    if not counts["rejected"]:
        return 0
    target = file.with_name(file.name + ".rejected.xlsx")
    rows = batch.rejected.order_by("line").iterator(chunk_size=2_000)
    try:
        target.write_bytes(rejected_workbook(rows, titles=batch.mapping["titles"]))
    except OSError as error:
        raise EnvironmentRefused(
            "folder-not-writable",
            place=str(target),
            cause=f"未导入的行写不进文件（{error.strerror}）",
            hint="登记库的处理已完成；请把表格移到可以写入的文件夹后再运行一次",
        ) from error
    click.echo(f"未导入的{counts['rejected']}行和原因：{target}")
    return counts["rejected"]
