"""`wanqi roles --sql`: the script a server of one's own is prepared with; the embedded one runs the same
file.
"""

from __future__ import annotations

import click

from wanqi.cli.cluster import ROLES


@click.command()
@click.option("--sql", is_flag=True, required=True, help="打印建立角色、数据库和扩展的 psql 脚本。")
def roles(*, sql: bool) -> None:
    """打印数据库角色的建立语句，供自备 PostgreSQL 时使用。

    用法：WANQI_OWNER_PASSWORD=… WANQI_APP_PASSWORD=… psql -f roles.sql，
    然后用 DATABASE_URL（wanqi_app）和 DATABASE_OWNER_URL（wanqi_owner）运行万企。
    """
    click.echo(ROLES.read_text(encoding="utf-8"), nl=False)
