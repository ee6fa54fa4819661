"""Processes of this machine by /proc: who is alive, since when, where; and children that never outlive their
parent.

Linux only, as is the database wheel's launcher that needs it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: a child between fork and exec must not import or take the loader's lock.
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def start_time(pid: int) -> int | None:
    """Return the start time of a living process in clock ticks since boot; None when it is gone or a
    zombie.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in parentheses may hold spaces
    return None if fields[0] in "ZX" else int(fields[19])


def parent_of(pid: int) -> int | None:
    """Return the parent's pid, or None when the process is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[1])


def boot_id() -> str:
    """Return this boot's identifier: a pid and its start time mean nothing in another boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def all_pids() -> list[int]:
    """Return every pid visible here."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def working_in(folder: Path) -> list[int]:
    """Return the living processes whose working directory is `folder`, as far as this user may see them."""
    found = []
    for pid in all_pids():
        try:
            here = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            continue
        if here == str(folder) and start_time(pid) is not None:
            found.append(pid)
    return found


def effort(pids: Sequence[int]) -> int:
    """Return processor ticks plus bytes moved by the processes: a number that grows while they work."""
    total = 0
    for pid in pids:
        try:
            fields = (
                Path(f"/proc/{pid}/stat")
                .read_text(encoding="utf-8", errors="replace")
                .rpartition(")")[2]
                .split()
            )
            total += int(fields[11]) + int(fields[12])
            moved = Path(f"/proc/{pid}/io").read_text(encoding="ascii")
            total += sum(int(line.split()[1]) for line in moved.splitlines()[:2])
        except OSError:
            continue
    return total


def children_of(pid: int) -> list[int]:
    """Return the living children and their children, nearest first."""
    parents = {one: parent_of(one) for one in all_pids()}
    found, seen = [pid], {pid}
    for one in found:
        fresh = [child for child, parent in parents.items() if parent == one and child not in seen]
        found += fresh
        seen.update(fresh)
    return [one for one in found[1:] if start_time(one) is not None]


def become_subreaper() -> None:
    """Make orphaned grandchildren come to this process, so that it can end them."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with(parent: int, death: int) -> None:
    """Ask the kernel to send this process `death` when its parent ends; leave at once if it already has."""
    _prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _before_exec(death: int) -> Callable[[], None]:
    parent = os.getpid()

    def run() -> None:
        die_with(parent, death)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())

    return run


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | int | None,
    death: int = signal.SIGKILL,
    account: tuple[int, int] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that is sent `death` when this process ends, even by kill -9.

    `account` is the (uid, gid) to run as. The kernel watches the *thread* that forks: call from the main
    thread.
    """
    user: dict[str, object] = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        list(argv),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        cwd=cwd,
        start_new_session=True,
        # Run after the change of user, which would clear the signal.
        preexec_fn=_before_exec(death),  # noqa: PLW1509 - called before any thread is started
        **user,
    )


def end(child: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float) -> int:
    """Stop a child of `spawn` and its session: `by`, then SIGKILL after `patience` seconds. Return its exit
    code.
    """
    if child.poll() is None:
        child.send_signal(by)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    try:
        os.killpg(child.pid, signal.SIGKILL)  # whatever of its session is left
    except (ProcessLookupError, PermissionError):
        pass
    return child.returncode


def wait_until(done: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Return whether `done()` became true within `seconds`."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True
