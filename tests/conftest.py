"""A real PostgreSQL for every test that asks for one: made and migrated as owner, used as the application's role.

Tests run in several processes at once (`make test`): all attach to one server, and whatever a process makes in it
carries its pid. A data folder, a port or a file outside `tmp_path` is likewise of one test alone.

- `db` (pytest-django): one transaction per test on a database with the region packs loaded.
- `committed_db`: a copy of that database for tests that commit.
- `demo`: one transaction per test on the demonstration, for tests of its pages.
- `demo_db`: a copy of the demonstration for tests that commit.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from wanqi.cli.cluster import Cluster
from wanqi.cli.connection import database, switch_login

ROOT = Path(__file__).resolve().parent.parent
REGION = "cn-430682"
CACHE = ROOT / ".cache" / "tests"

# No limit of time in a property: how fast a busy machine draws and runs says nothing. The checks (CI) draw the same
# examples every time, so that a change is judged by what it changed; everybody else's runs draw new ones.
settings.register_profile(
    "wanqi",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("wanqi")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every process begin with files of tests that take long, so that none of them is left for the end.

    The list is handed out in as many parts as there are processes; whoever is done takes over from another's end.
    """
    listed = os.environ.get("BROWSER_TESTS")
    if listed:  # so that browser tests which were left out do not look like success
        names = [one.name for one in items if one.get_closest_marker("browser")]
        Path(listed).write_text("\n".join(names), encoding="utf-8")
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [one for one in items if one.get_closest_marker("browser") or one.get_closest_marker("slow")]
    kept = {id(one) for one in long}
    rest = iter([one for one in items if id(one) not in kept])
    files = {path: number for number, path in enumerate(dict.fromkeys(one.path for one in long))}
    left, ordered = len(items), list[pytest.Item]()
    for part in range(count):
        size = left // (count - part)
        first = [one for one in long if files[one.path] % count == part]
        ordered += [*first, *islice(rest, size - len(first) if size > len(first) else 0)]
        left -= size
    items[:] = [*ordered, *rest]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The test session's server; without fsync, because nothing in it is worth keeping."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with database(
        CACHE, settings={"fsync": "off", "synchronous_commit": "off", "max_connections": "100"}
    ) as cluster:
        yield cluster


def _digest(*folders: Path) -> str:
    seen = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock under which templates are made: two runs at once make each of them once."""
    with (CACHE / "templates.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _known(cluster: Cluster, name: str) -> bool:
    import psycopg

    with psycopg.connect(cluster.urls("postgres").owner_url) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


@pytest.fixture(scope="session")
def template(cluster: Cluster, django_db_blocker: pytest.Item) -> str:
    """The name of a migrated database with the packs loaded; kept between runs while nothing in it changed."""
    source = ROOT / "src" / "wanqi"
    migrations = [
        source / app / "migrations"
        for app in ("core", "registry", "policies", "indicators", "projects", "collection", "reports")
    ]
    name = f"template_{_digest(*migrations, ROOT / 'regions', source / 'packs', source / 'core')}"
    with _alone():
        if not _known(cluster, name):
            building = f"building_{os.getpid()}"
            cluster.create_database(building)
            with django_db_blocker.unblock():
                from wanqi.cli.migrate import migrate_pending
                from wanqi.cli.packs import load_folder

                switch_login(cluster.urls(building).owner_url)
                migrate_pending(say=lambda line: None)
                load_folder(ROOT / "regions")
                _disconnect()
            cluster.create_database(name, template=building)
            cluster.drop_database(building)
    return name


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _copy(cluster: Cluster, template: str, name: str) -> str:
    if _known(cluster, name):
        cluster.drop_database(name)
    cluster.create_database(name, template=template)
    return name


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, template: str, django_db_blocker: pytest.Item) -> Iterator[None]:
    """Replace pytest-django's: copy the template and log in as the application's role."""
    name = _copy(cluster, template, f"test_{os.getpid()}")
    with django_db_blocker.unblock():
        switch_login(cluster.urls(name).app_url)
    yield
    with django_db_blocker.unblock():
        _disconnect()
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def demo_template(
    cluster: Cluster, template: str, django_db_setup: None, django_db_blocker: pytest.Item
) -> str:
    """The name of a database with the demonstration in it, made by the same loader as `wanqi demo`."""
    source = ROOT / "src" / "wanqi"
    name = f"demo_{_digest(source, ROOT / 'regions')}"
    with _alone():
        if not _known(cluster, name):
            building = _copy(cluster, template, f"building_{os.getpid()}")
            with django_db_blocker.unblock():
                from wanqi.cli.demonstration import load

                before = _login()
                switch_login(cluster.urls(building).app_url)
                load(REGION, password="Demo-2023-临湘")
                _disconnect()
                _restore(before)
            cluster.create_database(name, template=building)
            cluster.drop_database(building)
    return name


def _login() -> dict[str, object]:
    from django.db import connection

    return dict(connection.settings_dict)


def _restore(settings: dict[str, object]) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict.update(settings)


def _committed(cluster: Cluster, template: str, blocker: pytest.Item) -> Iterator[str]:
    name = _copy(cluster, template, f"committed_{os.getpid()}")
    with blocker.unblock():
        before = _login()
        _disconnect()
        switch_login(cluster.urls(name).app_url)
        yield name
        _disconnect()
        _restore(before)
    cluster.drop_database(name)


@pytest.fixture
def committed_db(
    cluster: Cluster, template: str, django_db_setup: None, django_db_blocker: pytest.Item
) -> Iterator[str]:
    """A database of its own for a test that commits; yields its name."""
    yield from _committed(cluster, template, django_db_blocker)


@pytest.fixture
def demo_db(cluster: Cluster, demo_template: str, django_db_blocker: pytest.Item) -> Iterator[str]:
    """A copy of the demonstration for a test that commits; yields its name."""
    yield from _committed(cluster, demo_template, django_db_blocker)


@pytest.fixture(scope="session")
def demo_copy(cluster: Cluster, demo_template: str) -> Iterator[str]:
    """The name of one more copy, in which nothing is ever committed."""
    name = _copy(cluster, demo_template, f"demo_{os.getpid()}")
    yield name
    cluster.drop_database(name)


@pytest.fixture
def demo(cluster: Cluster, demo_copy: str, django_db_blocker: pytest.Item) -> Iterator[None]:
    """The demonstration in one transaction, taken back after the test: a tenth of what a copy costs."""
    from django.db import connection, transaction

    with django_db_blocker.unblock():
        before = _login()
        _disconnect()
        switch_login(cluster.urls(demo_copy).app_url)
        with transaction.atomic():
            yield
            connection.check_constraints()
            transaction.set_rollback(True)
        _disconnect()
        _restore(before)


@pytest.fixture
def region() -> str:
    return REGION
