"""How long one waits for `wanqi demo`: from an empty data folder, the second time, and until it has stopped."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wanqi.cli import processes
from wanqi.cli.place import locate
from wanqi.cli.serve import answers

from .ground import CACHE, REGION, Options, free_port, tell
from .results import Result

COLD_GOAL, SECOND_GOAL = 180.0, 10.0  # seconds
PATIENCE = 300.0
FOLDER = CACHE / "start"


@dataclass(frozen=True)
class Run:
    """One run of the command, in seconds: until a page came, from Ctrl-C until everything had ended, of processor."""

    start: float
    stop: float
    processor: float


def run(options: Options) -> list[Result]:
    """Start and stop the demonstration, from nothing and again; the quickest of the rounds counts."""
    cold, again = [], []
    try:
        for _ in range(options.rounds):
            remove()
            cold.append(demonstration())
            again.append(demonstration())
            tell(
                f"from nothing {cold[-1].start:.1f} s, again {again[-1].start:.1f} s, stop {again[-1].stop:.1f} s"
            )
    finally:
        remove()
    return [
        _result(
            "demo from an empty data folder",
            cold,
            goal=COLD_GOAL,
            note="cluster, tables, static files, packs and demonstration made; packages were installed before",
        ),
        _result(
            "demo the second time",
            again,
            goal=SECOND_GOAL,
            against=cold,
            note="until the first page is answered; processor time is that of the whole run with its stop",
        ),
        Result(
            benchmark="start",
            what="stop",
            value=min(one.stop for one in again),
            unit="s",
            more={"rounds": [round(one.stop, 1) for one in again]},
            note="from Ctrl-C until no process is left",
        ),
    ]


def _result(
    what: str, runs: Sequence[Run], *, goal: float, note: str, against: Sequence[Run] | None = None
) -> Result:
    best = min(one.start for one in runs)
    return Result(
        benchmark="start",
        what=what,
        value=best,
        unit="s",
        goal=goal,
        ratio=best / min(one.start for one in against) if against else None,
        against="from an empty folder" if against else "",
        more={
            "rounds": [round(one.start, 1) for one in runs],
            "processor s": [round(one.processor, 1) for one in runs],
        },
        note=note,
    )


def demonstration() -> Run:
    """Run `wanqi demo` until it answers, then stop it as Ctrl-C does. Raises RuntimeError when it does not come up."""
    port = free_port()
    FOLDER.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    env.update(WANQI_DATA=str(FOLDER), WANQI_REGION=REGION)
    argv = [sys.executable, "-m", "wanqi.cli.main", "demo", "--port", str(port)]
    began, worked = time.perf_counter(), _processor()
    with (CACHE / "start.log").open("ab") as log:
        child = processes.spawn(argv, env=env, output=log, death=signal.SIGTERM)
    try:
        _await(child, port)
        up = time.perf_counter()
        child.send_signal(signal.SIGINT)
        child.wait(60)
        return Run(up - began, time.perf_counter() - up, _processor() - worked)
    finally:
        processes.end(child, patience=30)


def _processor() -> float:
    """Return the processor time of everything this process has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _await(child: subprocess.Popen[bytes], port: int) -> None:
    def is_settled() -> bool:
        return child.poll() is not None or answers("127.0.0.1", port)

    if not processes.wait_until(is_settled, seconds=PATIENCE) or child.poll() is not None:
        raise RuntimeError(f"the demonstration did not come up; see {CACHE / 'start.log'}")


def remove() -> None:
    """Remove the data folder with its cluster, wherever that stands, and the mark of gathered static files."""
    from wanqi import settings

    if FOLDER.exists():
        home = locate(FOLDER, say=tell).home
        for folder in {home, FOLDER}:
            shutil.rmtree(folder)
    Path(settings.STATIC_ROOT, "collected").unlink(missing_ok=True)
