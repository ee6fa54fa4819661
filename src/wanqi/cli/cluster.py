"""The embedded PostgreSQL: made, started, attached to and stopped by the commands that need it.

Every database command holds a shared lock (`users.lock`) while it works. The first one starts the server as
its own child, later ones attach; the starter stops the server after the others are done. Starting, attaching
and stopping happen under an exclusive lock (`cluster.lock`). The kernel sends the server SIGINT (fast
shutdown) when its starter ends in any way, so nothing is left running and nothing acknowledged is lost.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from wanqi.cli import processes
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.place import MAJOR, Place, Say, check_cluster, check_space, disk_full, not_writable

ROLES = Path(__file__).with_name("roles.sql")
STALLED = 120.0  # seconds without any progress after which a start is given up
LOG_LIMIT = 10 * 1024 * 1024
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "256MB",
    # Many short queries at once: starting parallel workers or compiling one costs more than the query.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # Registers fit into memory or lie on flash, where the next page costs hardly less than any other.
    "random_page_cost": "1.1",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
    "log_destination": "stderr",
}


@dataclass(frozen=True, kw_only=True)
class Urls:
    """Addresses as postgresql:// URLs: `app_url` reads and writes rows, `owner_url` may also change
    tables.
    """

    app_url: str
    owner_url: str


@contextmanager
def locked(path: Path, *, say: Say) -> Iterator[None]:
    """Hold an exclusive lock on a file; say so once when another command keeps it longer than a few
    seconds.
    """
    with path.open("a") as file:
        patience = time.monotonic() + 3
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if patience and time.monotonic() > patience:
                    say("正在等待另一条万企命令启动或停止数据库……")
                    patience = 0
                time.sleep(0.05)
        yield


class Cluster:
    """One server on one data directory, held by this process from `open` to `close`."""

    def __init__(self, place: Place, *, say: Say, settings: Mapping[str, str] | None = None) -> None:
        self.place = place
        self.say = say
        self.settings = {**SETTINGS, "unix_socket_directories": str(place.sockets), **(settings or {})}
        self.server: subprocess.Popen[bytes] | None = None
        self._use: int | None = None

    # --- open and close ---------------------------------------------------------------------------------

    def open(self, *, alone: bool = False) -> None:
        """Attach to the running server or start it; `alone` waits for another starter's server to end
        first.
        """
        self._make_folders()
        told = False
        while True:
            with locked(self.place.home / "cluster.lock", say=self.say):
                running = self.running()
                if not (running and alone):
                    self._take_use()
                    try:
                        if not running:
                            self.start()
                    except BaseException:
                        self._drop_use()
                        raise
                    return
            if not told:
                self.say("正在等待另一条万企命令结束……")
                told = True
            time.sleep(0.2)

    def close(self, *, patience: float | None = None) -> None:
        """Let go; the starter waits for the others (at most `patience` seconds) and stops the server."""
        until = None if patience is None else time.monotonic() + patience
        told = False
        try:
            while self.server is not None and self.server.poll() is None:
                with locked(self.place.home / "cluster.lock", say=self.say):
                    self._drop_use()
                    if not self._others() or (until is not None and time.monotonic() > until):
                        self.stop()
                        return
                if not told:
                    self.say("正在等待其他万企命令用完数据库……")
                    told = True
                time.sleep(0.1)
        finally:
            self._drop_use()
            self.stop()

    def start(self) -> None:
        """Start the server, made first if there is none, and wait as long as it makes progress."""
        if not check_cluster(self.place):
            self._initialise()
        self._clear_stale()
        offset = self._rotate_log()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.server = self._spawn("postgres", "-D", str(self.place.cluster), *options, death=signal.SIGINT)
        self._record(self.server.pid)
        try:
            self._await_ready(offset)
            self._ensure_roles()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> None:
        """Start the server again after it ended by itself; it recovers every acknowledged write."""
        with locked(self.place.home / "cluster.lock", say=self.say):
            self.start()

    def stop(self) -> None:
        """Stop a server this process started by a fast shutdown: open transactions are rolled back, none is
        lost.
        """
        server, self.server = self.server, None
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            processes.wait_until(lambda: server.poll() is not None, seconds=STALLED)
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # stops without a checkpoint; the next start recovers
            server.wait(30)

    def running(self) -> bool:
        """Return whether our server runs: pid, its start time, this boot and the data directory all agree."""
        try:
            record = json.loads((self.place.home / "server.json").read_text(encoding="utf-8"))
            pid_file = (self.place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return False
        pid = int(record["pid"])
        return (
            record["boot"] == processes.boot_id()
            and record["started"] == processes.start_time(pid)
            and len(pid_file) > 1
            and pid_file[0].strip() == str(pid)
            and pid_file[1] == record["cluster"] == str(self.place.cluster)
        )

    # --- what a command gets ----------------------------------------------------------------------------

    def urls(self, name: str = "wanqi") -> Urls:
        """Return the addresses of a database of this server."""
        host = quote(str(self.place.sockets), safe="/")
        owner, app = (
            f"postgresql://wanqi_{role}:{self._secret(role)}@/{name}?host={host}" for role in ("owner", "app")
        )
        return Urls(app_url=app, owner_url=owner)

    def create_database(self, name: str, *, template: str | None = None) -> Urls:
        """Make a database with roles and extensions, or a copy of `template` (to which nobody may be
        connected).
        """
        for given in (name, template or name):
            if not NAME.fullmatch(given):
                raise ValueError(given)
        if template is not None:
            statements = (
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER wanqi_owner',
                f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC',
                f'GRANT CONNECT ON DATABASE "{name}" TO wanqi_app',
            )
            self._psql(*(part for statement in statements for part in ("-c", statement)))
        else:
            self._psql("-v", f"database={name}", "-f", str(ROLES))
        return self.urls(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, also one that somebody is connected to."""
        if not NAME.fullmatch(name):
            raise ValueError(name)
        self._psql("-c", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    # --- making -----------------------------------------------------------------------------------------

    def _make_folders(self) -> None:
        place = self.place
        try:
            for folder in (place.secrets, place.log.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            place.sockets.mkdir(mode=0o700, exist_ok=True)
            mine = place.sockets.stat()
            if place.account and mine.st_uid != place.account[0]:
                os.chown(place.sockets, *place.account)
            elif not place.account and mine.st_uid != os.geteuid():
                raise PermissionError(13, "套接字文件夹属于另一个用户")
        except OSError as error:
            raise not_writable(Path(error.filename or place.home), str(error.strerror)) from error

    def _initialise(self) -> None:
        place = self.place
        check_space(place.home)
        self.say("正在新建数据库……")
        draft = place.home / f"pg{MAJOR}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = place.home / f"pg{MAJOR}.password"
        for role in ("postgres", "owner", "app"):
            self._new_secret(role)
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self._secret("postgres"))
        if place.account:
            os.chown(draft, *place.account)
            os.chown(password, *place.account)
        offset = self._rotate_log()
        argv = (
            "-D",
            str(draft),
            "-U",
            "postgres",
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--data-checksums",
        )
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-ctype=C.UTF-8")
        access = ("--auth-local=scram-sha-256", "--auth-host=scram-sha-256")
        try:
            maker = self._spawn("initdb", *argv, *locale, *access, death=signal.SIGKILL)
            if maker.wait() != 0:
                raise self._explain(offset)
            if place.cluster.exists() and not place.cluster.is_symlink():
                place.cluster.rmdir()  # empty, or it would have been refused
            draft.rename(place.cluster)
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)

    def _ensure_roles(self) -> None:
        """Run the role script after it changed or was cut short."""
        mark = self.place.home / "roles.done"
        wanted = ROLES.read_text(encoding="utf-8")
        cluster = str((self.place.cluster / "PG_VERSION").stat().st_ino)
        if not mark.exists() or mark.read_text(encoding="utf-8") != cluster + wanted:
            self._psql("-f", str(ROLES))
            mark.write_text(cluster + wanted, encoding="utf-8")

    def _new_secret(self, role: str) -> None:
        path = self.place.secrets / role
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(secrets.token_hex(24))

    def _secret(self, role: str) -> str:
        return (self.place.secrets / role).read_text(encoding="ascii").strip()

    def _psql(self, *argv: str) -> None:
        env = {
            **plain_environment(),
            "PGHOST": str(self.place.sockets),
            "PGUSER": "postgres",
            "PGDATABASE": "postgres",
            "PGPASSWORD": self._secret("postgres"),
            "PGCONNECT_TIMEOUT": "30",
            "WANQI_OWNER_PASSWORD": self._secret("owner"),
            "WANQI_APP_PASSWORD": self._secret("app"),
        }
        psql = [str(self.place.binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *argv]
        done = subprocess.run(
            psql, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            if "No space left on device" in done.stderr:
                raise disk_full(self.place.home)
            raise EnvironmentRefused(
                "database-refused",
                place=str(self.place.cluster),
                cause=f"数据库没有接受建库语句（{(done.stderr.strip().splitlines() or ['?'])[0]}）",
                hint=f"详情见 {self.place.log}",
            )

    # --- starting ---------------------------------------------------------------------------------------

    def _spawn(self, program: str, *argv: str, death: int) -> subprocess.Popen[bytes]:
        with self.place.log.open("ab") as log:
            return processes.spawn(
                [str(self.place.binaries / program), *argv],
                env=plain_environment(),
                output=log,
                death=death,
                account=self.place.account,
                cwd=Path("/"),
            )

    def _record(self, pid: int) -> None:
        record = {
            "pid": pid,
            "started": processes.start_time(pid),
            "boot": processes.boot_id(),
            "cluster": str(self.place.cluster),
        }
        draft = self.place.home / "server.json.new"
        draft.write_text(json.dumps(record), encoding="utf-8")
        draft.rename(self.place.home / "server.json")

    def _clear_stale(self) -> None:
        """Wait for the processes of a killed server to end; then drop the lock files it left.

        PostgreSQL itself takes any living or uncollected process of its user with that pid for a server. While
        one of ours is left the files stay: they also guard the shared memory.
        """
        left = processes.working_in(self.place.cluster)
        if left and not processes.wait_until(
            lambda: not processes.working_in(self.place.cluster), seconds=STALLED, every=0.1
        ):
            raise EnvironmentRefused(
                "cluster-in-use",
                place=str(self.place.cluster),
                cause=f"数据库正被另一个进程（{left[0]}）使用",
                hint="请先停止那个进程，再重新运行",
            )
        for stale in (self.place.cluster / "postmaster.pid", *self.place.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _rotate_log(self) -> int:
        log = self.place.log
        size = log.stat().st_size if log.exists() else 0
        if size > LOG_LIMIT:
            log.rename(log.with_suffix(".1.log"))
            size = 0
        return size

    def _await_ready(self, offset: int) -> None:
        server = self.server
        assert server is not None
        seen, since, began, told = 0, time.monotonic(), time.monotonic(), False
        while not self._ready(server.pid):
            if server.poll() is not None:
                raise self._explain(offset)
            now = time.monotonic()
            done = (
                processes.effort([server.pid, *processes.children_of(server.pid)])
                + self.place.log.stat().st_size
            )
            if done != seen:
                seen, since = done, now
            if now - since > STALLED:
                raise EnvironmentRefused(
                    "database-stalled",
                    place=str(self.place.cluster),
                    cause=f"数据库 {int(STALLED)} 秒没有进展",
                    hint=f"请查看 {self.place.log} 后重新运行",
                )
            if not told and now - began > 5:
                self.say("数据库正在恢复上次未完成的写入，请稍候……")
                told = True
            time.sleep(0.02)

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self.place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _explain(self, offset: int) -> EnvironmentRefused:
        with self.place.log.open("rb") as file:
            file.seek(offset)
            return explained(file.read().decode("utf-8", errors="replace"), place=self.place)

    # --- who uses it ------------------------------------------------------------------------------------

    def _take_use(self) -> None:
        self._use = os.open(self.place.home / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._use, fcntl.LOCK_SH)

    def _drop_use(self) -> None:
        if self._use is not None:
            os.close(self._use)
            self._use = None

    def _others(self) -> bool:
        with (self.place.home / "users.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False


def explained(text: str, *, place: Place) -> EnvironmentRefused:
    """Turn what PostgreSQL wrote before it gave up into one sentence."""
    if "No space left on device" in text:
        return disk_full(place.home)
    lines = [line for line in text.splitlines() if re.search(r"FATAL|PANIC|error:", line)]
    said = re.sub(r"^.*?(FATAL|PANIC|error): +", "", (lines or text.splitlines()[-1:] or ["没有说明原因"])[0])
    owned = "Permission denied" in text
    return EnvironmentRefused(
        "database-not-started",
        place=str(place.cluster),
        cause=f"数据库没有启动（{said}）",
        hint=f"请检查 {place.home} 的所有者和权限" if owned else f"详情见 {place.log}",
    )


def plain_environment() -> dict[str, str]:
    """Return an environment in which PostgreSQL's programs read nothing of the caller's: no PG* and no
    language.
    """
    kept = ("PATH", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, "LC_ALL": "C.UTF-8"}
