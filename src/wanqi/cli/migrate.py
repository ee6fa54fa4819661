"""`wanqi migrate`: tables made or changed, as their owner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import click

from wanqi.cli.connection import connected


@click.command()
def migrate() -> None:
    """建立或升级数据库表；已是最新时什么也不做。"""
    with connected(owner=True):
        count = migrate_pending(say=click.echo)
    click.echo(f"完成：执行了 {count} 项升级。" if count else "数据库已是最新，无须升级。")


def migrate_pending(*, say: Callable[[str], object]) -> int:
    """Run what Django and its apps have pending and return how many migrations that was; 0 changes no table.

    Rights are brought up to date too where the roles of the server are newer than they are.

    Django must be running as the tables' owner.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"正在建立数据库表（{len(plan)} 项）……")
        from wanqi.cli.fresh_tables import each_model_alone

        empty = not executor.loader.applied_migrations
        with each_model_alone() if empty else nullcontext():
            call_command("migrate", interactive=False, verbosity=0)
    from wanqi.core import grants

    if plan or grants.outdated():
        grants.apply()
    return len(plan)
