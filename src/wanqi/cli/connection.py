"""The database for a command: the embedded cluster, or a server of one's own named by DATABASE_URL."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wanqi.cli.cluster import Cluster, Urls
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.place import Say, locate

OWN_SERVER = "DATABASE_URL"


def say(line: str) -> None:
    """Print a line about the machine, apart from a command's results."""
    print(line, file=sys.stderr, flush=True)


def data_folder() -> Path:
    """Return the installation's data folder: WANQI_DATA, else `data` in the current folder."""
    return Path(os.environ.get("WANQI_DATA") or "data").absolute()


@contextmanager
def database(data: Path, *, settings: Mapping[str, str] | None = None, say: Say = say) -> Iterator[Cluster]:
    """Attach to the cluster of the folder `data`, or start it until this block ends; yield it.

    `.urls(name="wanqi")`, `.create_database(name, template=None)` and `.drop_database(name)` are what
    callers need. `settings` are further server settings, in force only where this call starts the server.
    """
    cluster = Cluster(locate(data, say=say), say=say, settings=settings)
    cluster.open()
    try:
        yield cluster
    finally:
        cluster.close()


def own_server() -> Urls | None:
    """Return the addresses of a server of one's own, or None where the embedded one is used.

    Without DATABASE_OWNER_URL the owner's address is the same as the application's.
    """
    url = os.environ.get(OWN_SERVER)
    if not url:
        return None
    return Urls(app_url=url, owner_url=os.environ.get("DATABASE_OWNER_URL") or url)


@contextmanager
def addresses(*, say: Say = say) -> Iterator[Urls]:
    """Yield the addresses of the database this command works on."""
    given = own_server()
    if given is not None:
        yield given
        return
    with database(data_folder(), say=say) as cluster:
        yield cluster.urls()


@contextmanager
def connected(*, owner: bool = False) -> Iterator[Urls]:
    """Start Django on the database as the application's role, or as the tables' owner; close its connections
    after.

    The body may import models. Refuses in a sentence when the server cannot be reached or the role may not do
    it.
    """
    with addresses() as urls:
        start_django(urls.owner_url if owner else urls.app_url)
        try:
            check_reachable(owner=owner)
            yield urls
        finally:
            from django.db import connections

            connections.close_all()


def start_django(url: str) -> None:
    """Make Django work on `url`; the data folder becomes an absolute path for whatever is started from
    here.
    """
    os.environ["WANQI_DATA"] = str(data_folder())
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanqi.settings")
    import django

    django.setup()


def switch_login(url: str) -> None:
    """Make a running Django log in by `url` from its next query on: prepare as owner, then load as
    application.
    """
    from django.db import connection

    from wanqi.settings import database as settings_of

    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
    connection.settings_dict.update(settings_of(url))


def check_reachable(*, owner: bool) -> None:
    """Refuse when the database cannot be reached, or when an owner's command has a role that may not make
    tables.
    """
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_schema_privilege('public', 'CREATE'), current_user")
            may_create, role = cursor.fetchone()
    except DatabaseError as error:
        raise EnvironmentRefused(
            "database-unreachable",
            place=OWN_SERVER,
            cause=f"连不上数据库（{str(error).strip().splitlines()[0]}）",
            hint="请检查地址、用户名和密码，以及数据库是否在运行",
        ) from error
    if owner and not may_create:
        raise EnvironmentRefused(
            "owner-url-missing",
            place="DATABASE_OWNER_URL",
            cause=f"用户 {role} 不能修改表结构",
            hint="请用 DATABASE_OWNER_URL 给出 wanqi_owner 的地址（角色由 wanqi roles --sql 建立）",
        )
