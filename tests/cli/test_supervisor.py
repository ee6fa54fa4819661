"""What is killed is started again, or everything ends; nothing acknowledged is lost. Real processes only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import LONG, environment, left_of
from wanqi.cli import processes
from wanqi.cli.connection import database

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]


class Site:
    """A running `tests.cli.site` and what can be seen of it from outside."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.said = folder / "said"
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.site", str(folder), *names],
                env=environment(folder),
                cwd=PROJECT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.wait_for("started")

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, line: str, *, times: int = 1) -> None:
        assert processes.wait_until(lambda: self.text().count(line) >= times, seconds=LONG), self.text()

    def pid_of(self, service: str) -> int:
        """The pid of a service's current process."""
        found: list[int] = []

        def seen() -> bool:
            found[:] = [pid for pid in left_of(self.folder) if self._is(pid, service)]
            return bool(found)

        assert processes.wait_until(seen, seconds=LONG), service
        return found[0]

    def _is(self, pid: int, service: str) -> bool:
        try:
            environ = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return f"SITE_SERVICE={service}".encode() in environ and processes.parent_of(pid) == self.process.pid

    def postmaster(self) -> int:
        return int((self.folder / "pg18" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])

    def acknowledged(self) -> list[int]:
        """Row ids the writer was told are saved; a line cut short by a kill was not yet read by anybody."""
        path = self.folder / "acknowledged"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [int(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for_rows(self, more: int) -> None:
        wanted = len(self.acknowledged()) + more
        assert processes.wait_until(lambda: len(self.acknowledged()) >= wanted, seconds=LONG), self.text()

    def ended(self) -> int:
        """The exit status; by then nothing of the site may be left."""
        status = self.process.wait(LONG)
        assert processes.wait_until(lambda: not left_of(self.folder), seconds=LONG), left_of(self.folder)
        return status


@contextmanager
def site(folder: Path, *names: str) -> Iterator[Site]:
    running = Site(folder, *names)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(LONG)


def kept(folder: Path) -> set[int]:
    with database(folder, say=lambda line: None) as cluster, psycopg.connect(cluster.urls().app_url) as app:
        return {row[0] for row in app.execute("SELECT id FROM kept")}


def test_ctrl_c_stops_everything_and_says_so(folder: Path) -> None:
    with site(folder, "web", "worker") as running:
        running.process.send_signal(signal.SIGINT)
        assert running.ended() == 0
    assert running.text().splitlines()[-2:] == [
        "正在停止……（再按一次 Ctrl-C 立即停止）",
        "已全部停止，数据已保存。",
    ]
    assert "database system is shut down" in (folder / "log" / "postgres.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "title"), [("web", "网页服务"), ("worker", "后台任务")])
def test_a_killed_service_is_started_again(folder: Path, name: str, title: str) -> None:
    other = {"web": "worker", "worker": "web"}[name]
    with site(folder, "web", "worker") as running:
        before, untouched, server = running.pid_of(name), running.pid_of(other), running.postmaster()
        os.kill(before, signal.SIGKILL)
        running.wait_for(f"{title}意外退出，正在重新启动（第 1 次）……")
        assert running.pid_of(name) != before
        assert (running.pid_of(other), running.postmaster()) == (untouched, server)


def test_a_service_that_keeps_ending_stops_everything(folder: Path) -> None:
    with site(folder, "web", "worker") as running:
        for time in (1, 2, 3):
            os.kill(running.pid_of("worker"), signal.SIGKILL)
            running.wait_for(f"后台任务意外退出，正在重新启动（第 {time} 次）……")
        os.kill(running.pid_of("worker"), signal.SIGKILL)
        assert running.ended() == 3
    assert running.text().splitlines()[-1] == (
        f"后台任务：重新启动 3 次后又意外退出，万企已全部停止；原因见 {folder}/log/worker.log，"
        "处理后重新运行。[service-keeps-ending]"
    )
    assert "database system is shut down" in (folder / "log" / "postgres.log").read_text(encoding="utf-8")


def test_a_service_that_cannot_start_stops_everything(folder: Path) -> None:
    with site(folder, "web", "short") as running:
        assert running.ended() == 3
    assert running.text().count("short意外退出，正在重新启动") == 3


def test_a_killed_database_is_recovered_with_every_acknowledged_row(folder: Path) -> None:
    with site(folder, "writer", "worker") as running:
        running.wait_for_rows(200)
        server, worker, writer = running.postmaster(), running.pid_of("worker"), running.pid_of("writer")
        os.kill(server, signal.SIGKILL)
        running.wait_for("数据库意外退出，正在重新启动并恢复（第 1 次）……")
        running.wait_for("数据库已恢复，已保存的数据都在。")
        running.wait_for_rows(50)
        assert running.postmaster() != server
        assert running.pid_of("writer") == writer
        assert running.pid_of("worker") != worker  # it would wait on its lost connection
        assert "后台任务意外退出" not in running.text()
    acknowledged = set(running.acknowledged())
    assert acknowledged - kept(folder) == set()


def test_a_killed_supervisor_ends_everything_and_loses_nothing(folder: Path) -> None:
    with site(folder, "writer", "web", "worker") as running:
        running.wait_for_rows(200)
        running.process.kill()
        assert running.ended() == -signal.SIGKILL
    assert "database system is shut down" in (folder / "log" / "postgres.log").read_text(encoding="utf-8")
    acknowledged = set(running.acknowledged())
    assert acknowledged - kept(folder) == set()


def test_supervisor_and_database_killed_together_are_recovered(folder: Path) -> None:
    with site(folder, "writer") as running:
        running.wait_for_rows(200)
        server = running.postmaster()
        running.process.kill()
        os.kill(server, signal.SIGKILL)
        assert running.ended() == -signal.SIGKILL
    acknowledged = set(running.acknowledged())
    assert acknowledged - kept(folder) == set()


def test_what_a_service_leaves_behind_is_ended(folder: Path) -> None:
    with site(folder, "stray") as running:
        service = running.pid_of("stray")
        assert processes.wait_until(lambda: bool(processes.children_of(service)), seconds=LONG)
        stray = processes.children_of(service)[0]
        os.kill(service, signal.SIGKILL)
        running.wait_for("stray意外退出，正在重新启动（第 1 次）……")
        running.process.send_signal(signal.SIGINT)
        assert running.ended() == 0
        assert processes.start_time(stray) is None
