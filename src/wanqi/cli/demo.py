"""`wanqi demo`: an installation with demonstration data, prepared when needed and served."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from wanqi.cli.connection import connected, data_folder, say, switch_login
from wanqi.cli.progress import bar
from wanqi.cli.serve import address_options, serve_site


@click.command()
@address_options[0]
@address_options[1]
@click.option("--prepare", is_flag=True, help="只准备示例数据，不打开网页。")
def demo(*, host: str, port: int, prepare: bool) -> None:
    """准备示例数据并打开演示系统；按 Ctrl-C 全部停止。

    第一次会建立数据库并装入临湘市的示例数据，以后直接打开。示例数据在每个页面和导出文件上都有标记。
    """
    if prepare:
        prepare_installation(demo=True)
    else:
        serve_site(host=host, port=port, preparation=("demo", "--prepare"), announce=print_accounts)


def prepare_installation(*, demo: bool) -> None:
    """Bring the database up to date: tables, static files, region packs and, for `demo`, demonstration data.

    What is up to date is left alone. Tables and packs are written as their owner, rows as the application.
    """
    with connected(owner=True) as urls:
        from wanqi.cli.migrate import migrate_pending
        from wanqi.cli.packs import DEFAULT, load_folder

        migrate_pending(say=say)
        collect_static()
        if load_folder(DEFAULT).added:
            say("已载入地区配置。")
        from django.conf import settings

        if not demo:
            from wanqi.policies.actions import begin_standings

            begin_standings(settings.REGION)
        else:
            from wanqi.cli.demonstration import load

            switch_login(urls.app_url)
            password = demo_password()
            with bar("正在装入示例数据") as moved:
                accounts = load(settings.REGION, password=password, progress=moved)
            write_accounts(accounts, password)


def collect_static() -> None:
    """Gather the static files under hashed names, unless the last gathering was of these very files."""
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core.management import call_command

    seen = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            seen.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    mark = Path(settings.STATIC_ROOT) / "collected"
    if not mark.exists() or mark.read_text(encoding="ascii") != seen.hexdigest():
        say("正在整理网页文件……")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(seen.hexdigest(), encoding="ascii")


def demo_password() -> str:
    """Return the password of the demonstration accounts; made at first start, kept in a 0600 file."""
    path = data_folder() / "secrets" / "demo-password"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))
        _write_private(path, f"Wq-{letters}-7")  # read aloud without l, 1, o, 0; meets the password rules
    return path.read_text(encoding="utf-8").strip()


def write_accounts(accounts: Sequence[tuple[str, str]], password: str) -> None:
    """Keep the table of accounts, (role in Chinese, user name) each, in a 0600 file for the next start."""
    lines = [f"{title}\t{name}\t{password}\n" for title, name in accounts]
    _write_private(data_folder() / "demo-accounts.txt", "".join(lines))


def print_accounts() -> None:
    """Print one demonstration account per role with the password."""
    from rich.console import Console
    from rich.table import Table

    path = data_folder() / "demo-accounts.txt"
    table = Table("角色", "账号", "密码", title="演示账号")
    for line in path.read_text(encoding="utf-8").splitlines():
        table.add_row(*line.split("\t"))
    Console(highlight=False).print(table)
    click.echo(f"账号也保存在 {path}（只有当前用户可读）。")


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.rename(path)
