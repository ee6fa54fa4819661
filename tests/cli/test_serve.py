"""The real site under the real supervisor: web server, worker and database are killed, and it goes on or ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import LONG, environment, left_of
from wanqi.cli import processes

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port nobody listens on, below those the kernel gives away: it stays free until it is used."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("no free port")


class Served:
    """A running `wanqi serve` of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.said = folder / "said"
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wanqi.cli.main", "serve", "--port", str(self.port)],
                env=environment(folder),
                cwd=PROJECT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.wait_for(f"万企已启动：http://127.0.0.1:{self.port}/")

    def wait_for(self, line: str) -> None:
        def seen() -> bool:
            return line in self.text() or self.process.poll() is not None

        assert processes.wait_until(seen, seconds=LONG), self.text()
        assert line in self.text()

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def pids(self, word: str) -> list[int]:
        """Living processes of the site whose command line holds `word`, the oldest first."""
        found = []
        for pid in left_of(self.folder):
            try:
                if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
            except OSError:
                continue
        return sorted(found, key=lambda pid: (processes.start_time(pid) or 0, pid))

    def status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def answers(self) -> bool:
        return processes.wait_until(lambda: self.status() == 200, seconds=LONG, every=0.2)


@pytest.fixture
def served(installed: Path) -> Iterator[Served]:
    """A running site; the first start makes its database, the next finds it as the test before left it."""
    site = Served(installed)
    try:
        yield site
    finally:
        if site.process.poll() is None:
            site.process.send_signal(signal.SIGTERM)
            site.process.wait(LONG)


def test_the_site_outlives_what_is_killed_and_stops_on_ctrl_c(served: Served) -> None:
    assert served.answers()
    server, *workers = served.pids("granian")
    assert workers
    os.kill(server, signal.SIGKILL)
    served.wait_for("网页服务意外退出，正在重新启动（第 1 次）……")
    assert served.answers()
    assert not {server, *workers} & set(served.pids("granian"))

    (job_worker,) = served.pids("procrastinate")
    os.kill(job_worker, signal.SIGKILL)
    served.wait_for("后台任务意外退出，正在重新启动（第 1 次）……")

    (postmaster,) = [int((served.folder / "pg18" / "postmaster.pid").read_text().split("\n")[0])]
    os.kill(postmaster, signal.SIGKILL)
    served.wait_for("数据库已恢复，已保存的数据都在。")
    assert served.answers()

    os.kill(served.pids("granian")[-1], signal.SIGKILL)  # one of the web server's own workers
    served.wait_for("网页服务意外退出，正在重新启动（第 2 次）……")
    assert served.answers()

    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(LONG) == 0
    assert served.text().splitlines()[-1] == "已全部停止，数据已保存。"
    assert processes.wait_until(lambda: not left_of(served.folder), seconds=LONG), left_of(served.folder)


def test_a_command_works_beside_the_site_and_a_killed_supervisor_leaves_no_process(served: Served) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wanqi.cli.main", "migrate"],
        env=environment(served.folder),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "数据库已是最新，无须升级。\n", "")
    assert served.answers()

    log = served.folder / "log" / "postgres.log"
    before = log.stat().st_size
    served.process.kill()
    served.process.wait()
    assert processes.wait_until(lambda: not left_of(served.folder), seconds=LONG), left_of(served.folder)
    assert b"database system is shut down" in log.read_bytes()[before:]
