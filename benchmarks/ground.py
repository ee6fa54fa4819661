"""Where benchmarks run: a cluster and a data folder of their own, and databases that are dropped afterwards."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from wanqi.cli import processes
from wanqi.cli.cluster import Cluster, Urls
from wanqi.cli.connection import database, switch_login

from .alone import CACHE, ROOT, tell
from .alone import alone as alone

REGION = "cn-430682"
PREPARED = "bench_prepared"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is measured. seconds: of load for each kind of request; rows: organisations; keep: leave databases.

    reuse: take up a database that an earlier run left, as it is. match_rows, population_rows: organisations of the
    benchmarks `match` and `population`. list_names: names that `matching` looks for; enterprises: those of `enterprise`.
    """

    seconds: float = 60.0
    rate: float = 10.0
    rows: int = 1_000_000
    stations: int = 100_000
    rounds: int = 3
    match_rows: int = 1_000_000
    population_rows: int = 10_000_000
    list_names: int = 10_000
    enterprises: int = 20_000
    keep: bool = False
    reuse: bool = False


@contextmanager
def server() -> Iterator[Cluster]:
    """Yield the benchmarks' own cluster, with the settings of an installation (fsync included)."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with database(CACHE, say=tell) as cluster:
        yield cluster


def use(url: str) -> None:
    """Make Django in this process work on a database; it starts with the first one."""
    from django.apps import apps

    if apps.ready:
        switch_login(url)
        return
    os.environ.update(WANQI_DATA=str(CACHE), DATABASE_URL=url, WANQI_REGION=REGION)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanqi.settings")
    import django

    django.setup()


def let_go() -> None:
    """Close this process's connections, so that a database can be copied or dropped."""
    from django.db import connections

    connections.close_all()


def prepare(cluster: Cluster) -> None:
    """Make the database every benchmark copies: tables, static files and region packs, no rows."""
    from wanqi.cli.demo import collect_static
    from wanqi.cli.packs import load_folder

    cluster.drop_database(PREPARED)
    use(cluster.create_database(PREPARED).owner_url)
    _migrate()
    load_folder(ROOT / "regions")
    collect_static()
    let_go()


def _migrate() -> None:
    from wanqi.cli.migrate import migrate_pending

    migrate_pending(say=lambda line: None)


@contextmanager
def fresh(cluster: Cluster, name: str, *, options: Options) -> Iterator[Urls]:
    """Yield a prepared database of that name, with Django on it as the application's role; drop it afterwards."""
    if options.reuse and exists(cluster, name):
        urls = cluster.urls(name)
        use(urls.owner_url)
        _migrate()
    else:
        prepare(cluster)
        cluster.drop_database(name)
        urls = cluster.create_database(name, template=PREPARED)
        cluster.drop_database(PREPARED)
    use(urls.app_url)
    try:
        yield urls
    finally:
        let_go()
        if not options.keep:
            cluster.drop_database(name)


def exists(cluster: Cluster, name: str) -> bool:
    """Return whether the cluster has a database of that name."""
    with psycopg.connect(cluster.urls("postgres").owner_url) as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def make_clerk() -> tuple[str, str]:
    """Make a clerk of the region's first section; returns (user name, password)."""
    from wanqi.core.access import command_actor
    from wanqi.core.actions import create_user, grant_role, reset_password
    from wanqi.core.models import Office, Role, User

    password = "Wq-" + secrets.token_urlsafe(12) + "7"
    actor = command_actor("benchmarks")
    known = User.objects.filter(username="bench-clerk").first()
    if known is not None:
        reset_password(known, password=password, actor=actor)
        return known.username, password
    user = create_user(
        "bench-clerk", display_name="测速经办人", password=password, actor=actor, is_demonstration=True
    )
    office = Office.objects.filter(region_id=REGION).order_by("position").first()
    grant_role(user, Role.CLERK, region=REGION, office=office, actor=actor)
    return user.username, password


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processor(*roots: int) -> float:
    """Return the seconds of processor time that living processes and their living children have used so far."""
    pids = [one for root in roots for one in (root, *processes.children_of(root))]
    return sum(map(_used, pids))


def _used(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
