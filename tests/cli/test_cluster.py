"""The embedded PostgreSQL: how it is made, who may do what in it, attaching, and what survives a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import LONG, environment
from wanqi.cli import processes
from wanqi.cli.cluster import Cluster, explained
from wanqi.cli.connection import database
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.place import LONGEST_SOCKET, SOCKET, Place, check_space, digest, locate

pytestmark = pytest.mark.slow
ROOT = os.geteuid() == 0


def quiet(line: str) -> None:
    """Nobody listens."""


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_a_new_cluster_is_durable_private_and_unprivileged(folder: Path) -> None:
    with database(folder, say=quiet) as cluster:
        url = cluster.urls().app_url
        wanted = {
            "fsync": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "password_encryption": "scram-sha-256",
            "server_encoding": "UTF8",
        }
        assert {name: rows(url, f"SHOW {name}")[0][0] for name in wanted} == wanted
        assert rows(url, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'wanqi'") == [
            ("b", "C.UTF-8")
        ]
        assert rows(url, "SELECT extname FROM pg_extension ORDER BY 1") == [
            ("btree_gist",),
            ("pg_trgm",),
            ("plpgsql",),
        ]
        assert cluster.server is not None
        assert os.stat(f"/proc/{cluster.server.pid}").st_uid != 0
    access = [line.split() for line in (folder / "pg18" / "pg_hba.conf").read_text().splitlines()]
    assert {words[-1] for words in access if words and words[0] in ("local", "host")} == {"scram-sha-256"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder / "secrets").iterdir()}
    assert modes == {"postgres": 0o600, "owner": 0o600, "app": 0o600}
    assert (folder / "run").stat().st_mode & 0o777 == 0o700


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    wrong = cluster.urls().app_url.replace("wanqi_app:", "wanqi_app:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_owner_makes_tables_and_the_application_only_writes_rows(cluster: Cluster) -> None:
    name = f"rights_{os.getpid()}"
    urls = cluster.create_database(name)
    with psycopg.connect(urls.owner_url) as owner:
        owner.execute("CREATE TABLE kept (id bigserial PRIMARY KEY, word text)")
    with psycopg.connect(urls.app_url, autocommit=True) as app:
        app.execute("INSERT INTO kept (word) VALUES ('基站')")
        app.execute("UPDATE kept SET word = '光纤'")
        for refused in (
            "TRUNCATE kept",
            "CREATE TABLE mine (id int)",
            "ALTER TABLE kept ADD COLUMN x int",
            "DROP TABLE kept",
            "SELECT setval('kept_id_seq', 100)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "SET ROLE wanqi_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
        assert app.execute("SELECT id, word FROM kept").fetchall() == [(1, "光纤")]
    cluster.drop_database(name)


def test_databases_are_made_copied_and_dropped(cluster: Cluster) -> None:
    names = [f"first_{os.getpid()}", f"second_{os.getpid()}"]
    first = cluster.create_database(names[0])
    with psycopg.connect(first.owner_url) as owner:
        owner.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (571)")
    second = cluster.create_database(names[1], template=names[0])
    assert rows(second.app_url, "SELECT id FROM kept") == [(571,)]
    with psycopg.connect(second.owner_url) as owner:
        owner.execute("CREATE TABLE later (id int)")
    assert rows(second.app_url, "SELECT count(*) FROM later") == [(0,)]
    cluster.drop_database(names[0])
    left = {name for (name,) in rows(second.app_url, "SELECT datname FROM pg_database")}
    assert left & set(names) == {names[1]}
    cluster.drop_database(names[1])
    with pytest.raises(ValueError, match="Second"):
        cluster.create_database('Second"; --')


def test_roles_cut_short_are_made_at_the_next_start(folder: Path) -> None:
    with database(folder, say=quiet) as cluster:
        cluster.drop_database("wanqi")
    (folder / "roles.done").unlink()
    with database(folder, say=quiet) as cluster:
        assert rows(cluster.urls().app_url, "SELECT current_user, current_database()") == [
            ("wanqi_app", "wanqi")
        ]


USE = """
import sys, pathlib, time, psycopg
from wanqi.cli.connection import database
folder = pathlib.Path(sys.argv[1]); name = sys.argv[2]; until = sys.argv[3:]
with database(folder) as cluster:
    (folder / f"{name}.in").touch()
    while until and not (folder / until[0]).exists():
        time.sleep(0.05)
    with psycopg.connect(cluster.urls().app_url) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0], cluster.server is not None, flush=True)
"""


def use(folder: Path, name: str, *until: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", USE, str(folder), name, *until]
    return subprocess.Popen(
        argv, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_commands_at_once_share_one_server(folder: Path) -> None:
    both = [use(folder, name) for name in ("a", "b")]
    said = [one.communicate(timeout=LONG) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert {out.split()[0] for out, _ in said} == {"wanqi_app"}
    assert sum("正在新建数据库" in err for _, err in said) == 1


def test_the_starter_waits_for_the_others(folder: Path) -> None:
    starter = use(folder, "starter", "starter.go")
    assert processes.wait_until((folder / "starter.in").exists, seconds=LONG)
    other = use(folder, "other", "other.go")
    assert processes.wait_until((folder / "other.in").exists, seconds=LONG)
    (folder / "starter.go").touch()
    assert starter.stdout is not None
    assert starter.stdout.readline() == "wanqi_app True\n"
    assert starter.poll() is None
    (folder / "other.go").touch()
    assert other.communicate(timeout=LONG)[0] == "wanqi_app False\n"
    assert "正在等待其他万企命令用完数据库" in starter.communicate(timeout=LONG)[1]
    assert (starter.returncode, other.returncode) == (0, 0)


def test_a_killed_starter_leaves_nothing_and_loses_nothing(folder: Path) -> None:
    with database(folder, say=quiet) as cluster, psycopg.connect(cluster.urls().owner_url) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    starter = use(folder, "starter", "never")
    assert processes.wait_until((folder / "starter.in").exists, seconds=LONG)
    cluster = Cluster(locate(folder, say=quiet), say=quiet)
    with psycopg.connect(cluster.urls().app_url) as app:
        app.execute("INSERT INTO kept VALUES (571)")
    starter.kill()
    starter.communicate()
    assert processes.wait_until(lambda: not processes.working_in(folder / "pg18"), seconds=LONG)
    assert "database system is shut down" in cluster.place.log.read_text()
    with database(folder, say=quiet) as cluster:
        assert rows(cluster.urls().app_url, "SELECT id FROM kept") == [(571,)]


def test_a_pid_file_whose_pid_is_another_process_is_no_server(folder: Path) -> None:
    with database(folder, say=quiet) as cluster:
        account = cluster.place.account
        pid_file = (folder / "pg18" / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "600"], user=account[0] if account else None) as other:
        stale = folder / "pg18" / "postmaster.pid"
        stale.write_text("\n".join([str(other.pid), *pid_file[1:]]) + "\n")
        if account:
            os.chown(stale, *account)
        record = (folder / "server.json").read_text()
        (folder / "server.json").write_text(record.replace(f'"pid": {pid_file[0]}', f'"pid": {other.pid}'))
        try:
            with database(folder, say=quiet) as cluster:
                assert rows(cluster.urls().app_url, "SELECT 571") == [(571,)]
        finally:
            other.kill()


def test_a_killed_server_is_recovered_by_the_next_command(folder: Path) -> None:
    with database(folder, say=quiet) as cluster:
        with psycopg.connect(cluster.urls().owner_url) as owner:
            owner.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (571)")
        assert cluster.server is not None
        os.kill(cluster.server.pid, signal.SIGKILL)
    with database(folder, say=quiet) as cluster:
        assert rows(cluster.urls().app_url, "SELECT id FROM kept") == [(571,)]


@pytest.mark.skipif(not ROOT, reason="only root starts the database as another user")
def test_where_the_database_user_cannot_enter_the_cluster_stands_elsewhere(folder: Path) -> None:
    closed, below = folder / "closed", folder / "below"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    place = locate(closed / "data", say=said.append, below=below)
    home = below / digest(closed / "data")
    assert said == [f"提示：数据库用户无法进入 {closed / 'data'}，数据库放在 {home}。"]
    assert (place.home, place.cluster) == (home, home / "pg18")
    assert (closed / "data" / "pg18").readlink() == home / "pg18"
    assert closed.stat().st_mode & 0o777 == 0o700
    cluster = Cluster(place, say=quiet)
    cluster.open()
    try:
        assert rows(cluster.urls().app_url, "SELECT 571") == [(571,)]
    finally:
        cluster.close()
    assert locate(closed / "data", say=said.append, below=below) == place
    assert len(said) == 1


@pytest.mark.skipif(not ROOT, reason="only root starts the database as another user")
def test_programs_the_database_user_cannot_reach_are_copied(folder: Path) -> None:
    from wanqi.cli.place import copied_binaries, packaged_binaries, reaches, unprivileged

    copy = copied_binaries(packaged_binaries(), folder / "copy")
    assert reaches(unprivileged(folder / "pg18"), copy / "postgres")
    said = subprocess.run(
        [str(copy / "psql"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("psql (PostgreSQL) 18.")


def test_a_long_path_gets_a_short_socket() -> None:
    home = Path("/tmp") / ("很长的文件夹名" * 8)
    place = Place(data=home, home=home, binaries=home, account=None)
    assert len(os.fsencode(place.sockets / SOCKET)) <= LONGEST_SOCKET
    assert place.sockets == Path(f"/tmp/wanqi-{os.geteuid()}-{digest(home)}")


def refusal(folder: Path) -> tuple[str, int]:
    with pytest.raises(EnvironmentRefused) as raised, database(folder, say=quiet):
        pass
    return str(raised.value), raised.value.exit_status


@pytest.mark.parametrize("version", ["17", "19"])
def test_an_older_or_newer_cluster(folder: Path, version: str) -> None:
    (folder / "pg18").mkdir()
    (folder / "pg18" / "PG_VERSION").write_text(f"{version}\n")
    assert refusal(folder) == (
        f"{folder}/pg18：数据库由 PostgreSQL {version} 建立，本程序带的是 PostgreSQL 18；"
        "请用当时的万企版本打开，或先用 pg_upgrade 升级。[cluster-version]",
        3,
    )


def test_a_folder_that_is_no_cluster(folder: Path) -> None:
    (folder / "pg18").mkdir()
    (folder / "pg18" / "报表.xlsx").write_text("")
    assert refusal(folder) == (
        f"{folder}/pg18：文件夹不是空的，也不是 PostgreSQL 的数据库；"
        "请把它移走，或用 WANQI_DATA 指定另一个文件夹。[cluster-foreign]",
        3,
    )
    assert [path.name for path in (folder / "pg18").iterdir()] == ["报表.xlsx"]


def test_a_cluster_without_our_passwords(folder: Path) -> None:
    with database(folder, say=quiet):
        pass
    shutil.rmtree(folder / "secrets")
    assert refusal(folder) == (
        f"{folder}/pg18：这个数据库不是万企建立的，或缺少它的密码文件 {folder}/secrets/postgres；"
        "请恢复密码文件，或用 WANQI_DATA 指定另一个文件夹。[cluster-foreign]",
        3,
    )


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "文件").write_text("")
    assert refusal(folder / "文件") == (
        f"{folder}/文件：数据文件夹不能写入（它不是文件夹）；"
        "请让当前用户可以写入它，或用环境变量 WANQI_DATA 指定另一个文件夹后重新运行。[folder-not-writable]",
        3,
    )
    assert refusal(Path("/proc/wanqi"))[0].endswith("[folder-not-writable]")


def test_too_little_space_for_a_new_cluster(folder: Path) -> None:
    with pytest.raises(EnvironmentRefused) as raised:
        check_space(folder, needed=1 << 60)
    said = str(raised.value)
    assert said.startswith(f"{folder}：可用空间只有 ")
    assert said.endswith("请清理出空间后重新运行，已保存的数据不受影响。[disk-full]")


def test_what_the_server_says_becomes_one_sentence() -> None:
    home = Path("/srv/万企")
    place = Place(data=home, home=home, binaries=home, account=None)
    full = 'PANIC:  could not write to file "pg_wal/xlogtemp.77": No space left on device'
    assert str(explained(full, place=place)) == (
        "/srv/万企：磁盘已满；请清理出空间后重新运行，已保存的数据不受影响。[disk-full]"
    )
    broken = "2026-11-22 [9] LOG:  starting\n2026-11-22 [9] FATAL:  could not load pg_hba.conf\n"
    assert str(explained(broken, place=place)) == (
        "/srv/万企/pg18：数据库没有启动（could not load pg_hba.conf）；"
        "详情见 /srv/万企/log/postgres.log。[database-not-started]"
    )


def test_a_cluster_that_does_not_start_says_so_and_leaves_nothing(folder: Path) -> None:
    with database(folder, say=quiet):
        pass
    (folder / "pg18" / "pg_hba.conf").write_text("nonsense\n")
    said, status = refusal(folder)
    assert said == (
        f"{folder}/pg18：数据库没有启动（could not load {folder}/pg18/pg_hba.conf）；"
        f"详情见 {folder}/log/postgres.log。[database-not-started]"
    )
    assert status == 3
