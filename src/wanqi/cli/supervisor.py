"""Keeps the database, the web server and the worker of an installation running, and ends them together.

A service that ends by itself is started again, at most three times within ten minutes; then everything stops
with a sentence. Every child has its own session, so Ctrl-C reaches only the supervisor, and a signal from the
kernel should the supervisor itself be killed. What a killed service leaves behind comes to the supervisor,
which ends it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from wanqi.cli import processes
from wanqi.cli.cluster import LOG_LIMIT, Cluster
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.place import Say

RESTARTS = 3
WINDOW = 600.0  # seconds within which restarts are counted


@dataclass(frozen=True, kw_only=True)
class Service:
    """A child as data: `name` names its log file, `title` is what a clerk reads."""

    name: str
    title: str
    argv: Sequence[str]
    env: Mapping[str, str]
    waits: bool = False  # started once the site answers, so as not to slow it down
    follows_database: bool = False  # started anew after the database was: its connection is lost
    patience: float = 15.0  # seconds it may take to stop


@dataclass(eq=False)
class Running:
    """A service's current process and when it was started again."""

    service: Service
    child: subprocess.Popen[bytes] | None = None
    restarts: deque[float] = field(default_factory=deque)


class Supervisor:
    """Runs `services` on `cluster` (None: a database elsewhere) until it is told to stop or one cannot be
    kept.
    """

    def __init__(self, services: Sequence[Service], *, cluster: Cluster | None, log: Path, say: Say) -> None:
        self.running = [Running(service) for service in services]
        self.cluster = cluster
        self.log = log
        self.say = say
        self.database_restarts: deque[float] = deque()
        self.asked = 0

    def run(self, *, started: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start everything, call `announce` once `started()` is true, and return when asked to stop.

        Raises EnvironmentRefused, with everything stopped, when a service or the database cannot be kept
        running.
        """
        processes.become_subreaper()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._asked_to_stop)
        patience = 30.0
        announced = False
        try:
            self._start_all(waits=False)
            while not self.asked:
                self._keep()
                if not announced and started():
                    announced = True
                    announce()
                    self._start_all(waits=True)
                time.sleep(0.2)
            self._told_to_stop()
        except KeyboardInterrupt:
            self._told_to_stop()
        except BaseException:
            patience = 0.0
            raise
        finally:
            self._stop(patience)
        self.say("已全部停止，数据已保存。")

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Note the first signal, and interrupt whatever is waited for at the next.

        An exception raised from a handler is lost where Python happens to be in a finaliser (seen once in 1,900
        tests, with a service being started anew), so the first one is a note that the loop reads.
        """
        self.asked += 1
        if self.asked > 1:
            raise KeyboardInterrupt

    def _told_to_stop(self) -> None:
        self.say("正在停止……（再按一次 Ctrl-C 立即停止）")

    # --- keeping ----------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Start again what has ended."""
        if (
            self.cluster is not None
            and self.cluster.server is not None
            and self.cluster.server.poll() is not None
        ):
            self._revive_database()
        for one in self.running:
            if one.child is not None and one.child.poll() is not None:
                self._end(one)
                self._count(one.restarts, one.service.title, self._log_of(one))
                self.say(f"{one.service.title}意外退出，正在重新启动（第 {len(one.restarts)} 次）……")
                self._start(one)
        self._reap_strays()

    def _revive_database(self) -> None:
        assert self.cluster is not None
        self._count(self.database_restarts, "数据库", self.cluster.place.log)
        self.say(f"数据库意外退出，正在重新启动并恢复（第 {len(self.database_restarts)} 次）……")
        self.cluster.revive()
        self.say("数据库已恢复，已保存的数据都在。")
        for one in self.running:
            if one.service.follows_database and one.child is not None:
                self._end(one)
                self._start(one)

    def _count(self, restarts: deque[float], title: str, log: Path) -> None:
        """Note a restart; refuse the fourth within the window."""
        now = time.monotonic()
        while restarts and now - restarts[0] > WINDOW:
            restarts.popleft()
        if len(restarts) >= RESTARTS:
            raise EnvironmentRefused(
                "service-keeps-ending",
                place=title,
                cause=f"重新启动 {RESTARTS} 次后又意外退出，万企已全部停止",
                hint=f"原因见 {log}，处理后重新运行",
            )
        restarts.append(now)

    def _start_all(self, *, waits: bool) -> None:
        for one in self.running:
            if one.service.waits == waits:
                self._start(one)

    def _start(self, one: Running) -> None:
        log = self._log_of(one)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.rename(log.with_suffix(".1.log"))
        with log.open("ab") as output:
            one.child = processes.spawn(
                one.service.argv, env=one.service.env, output=output, death=signal.SIGKILL
            )

    def _end(self, one: Running, *, patience: float | None = None) -> None:
        child, one.child = one.child, None
        if child is not None:
            processes.end(child, patience=one.service.patience if patience is None else patience)

    def _log_of(self, one: Running) -> Path:
        return self.log / f"{one.service.name}.log"

    def _reap_strays(self) -> None:
        """Collect orphans that have ended; ours are collected by their own objects."""
        ours = {one.child.pid for one in self.running if one.child is not None}
        if self.cluster is not None and self.cluster.server is not None:
            ours.add(self.cluster.server.pid)
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None or ended.si_pid in ours:
                return
            os.waitpid(ended.si_pid, 0)

    # --- stopping ---------------------------------------------------------------------------------------

    def _stop(self, patience: float) -> None:
        """Stop services in order, then the database, then whatever they left; a second Ctrl-C takes no more
        time.
        """
        hurry = False
        for one in self.running:
            try:
                self._end(one, patience=0.0 if hurry else None)
            except KeyboardInterrupt:
                hurry = True
                self._end(one, patience=0.0)
        if self.cluster is not None:
            try:
                self.cluster.close(patience=0.0 if hurry else patience)
            except KeyboardInterrupt:
                self.cluster.stop()
        for pid in processes.children_of(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
