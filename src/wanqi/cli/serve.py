"""`wanqi serve`: the installation's database, web server and worker under one supervisor."""

from __future__ import annotations

import fcntl
import http.client
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from wanqi.cli import processes
from wanqi.cli.cluster import Cluster, Urls
from wanqi.cli.connection import data_folder, own_server, say
from wanqi.cli.errors import EnvironmentRefused
from wanqi.cli.place import locate, own_folder
from wanqi.cli.prepared import Mark
from wanqi.cli.supervisor import Service, Supervisor

address_options = (
    click.option("--host", default="127.0.0.1", show_default=True, help="网页地址；默认只有本机能打开。"),
    click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="网页端口。"),
)


@click.command()
@address_options[0]
@address_options[1]
@click.option("--prepare", is_flag=True, help="只做准备（升级数据库表、载入地区配置），不打开网页。")
def serve(*, host: str, port: int, prepare: bool) -> None:
    """启动系统：数据库、网页和后台任务；按 Ctrl-C 全部停止。"""
    if prepare:
        from wanqi.cli.demo import prepare_installation

        prepare_installation(demo=False)
    else:
        serve_site(host=host, port=port, preparation=("serve", "--prepare"), announce=lambda: None)


def serve_site(*, host: str, port: int, preparation: tuple[str, ...], announce: Callable[[], None]) -> None:
    """Prepare by the given `wanqi` command and serve until Ctrl-C; `announce` follows the printed address.

    Raises EnvironmentRefused when the port is taken, another server of this folder runs, or a service cannot
    be kept.
    """
    data = data_folder()
    own_folder(data)
    data = data.resolve()
    with only_server(data, f"http://{_shown(host)}:{port}/"):
        check_port(host, port)
        cluster = None
        urls = own_server()
        if urls is None:
            cluster = Cluster(locate(data, say=say), say=say)
            cluster.open(alone=True)
            urls = cluster.urls()
        try:
            env = child_environment(data, urls)
            mark = Mark(data, preparation, cluster)
            if not mark.holds():
                run_preparation(preparation, env=env)
                mark.set()
            supervisor = Supervisor(
                site_services(host, port, env), cluster=cluster, log=data / "log", say=say
            )

            def opened() -> None:
                click.echo(f"万企已启动：http://{_shown(host)}:{port}/")
                announce()
                click.echo("按 Ctrl-C 停止。")

            _warn_open_host(host)
            supervisor.run(started=lambda: answers(host, port), announce=opened)
        finally:
            if cluster is not None:
                cluster.close(patience=0.0)


def site_services(host: str, port: int, env: Mapping[str, str]) -> list[Service]:
    """Return the web server and the worker as data."""
    environment = {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}
    web = (
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "3",
    )
    return [
        Service(
            name="web",
            title="网页服务",
            argv=(
                sys.executable,
                "-m",
                "granian",
                *web,
                "--workers-kill-timeout",
                "10",
                "wanqi.wsgi:application",
            ),
            env={**environment, "WANQI_POOL": "1"},
        ),
        Service(
            name="worker",
            title="后台任务",
            # Several at once, so that an import of minutes keeps no changed enterprise waiting for its verdict; asked
            # again every second, because a call that waits for the lock of the one before is told of by nobody.
            argv=(
                sys.executable,
                "-m",
                "django",
                "procrastinate",
                "--skip-checks",
                "worker",
                "--concurrency",
                "3",
                "--fetch-job-polling-interval",
                "1",
            ),
            env=environment,
            waits=True,
            follows_database=True,
        ),
    ]


def child_environment(data: Path, urls: Urls) -> dict[str, str]:
    """Return the environment of what the supervisor starts."""
    return {
        **os.environ,
        "WANQI_DATA": str(data),
        "DATABASE_URL": urls.app_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "wanqi.settings"),
        "WANQI_SUPERVISED": "1",
        "PYTHONUNBUFFERED": "1",
    }


def run_preparation(command: tuple[str, ...], *, env: Mapping[str, str]) -> None:
    """Run a `wanqi` command to its end in a process of its own, so that the supervisor stays small.

    Leaves with the command's exit status when it fails: it has said why.
    """
    child = processes.spawn([sys.executable, "-m", "wanqi.cli.main", *command], env=env, output=None)
    try:
        status = child.wait()
    except BaseException:
        processes.end(child, patience=10)
        raise
    if status != 0:
        sys.exit(status if status > 0 else 1)


@contextmanager
def only_server(data: Path, address: str) -> Iterator[None]:
    """Hold the folder's server lock, with the address in it; refuse when another server holds it."""
    path = data / "serve.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentRefused(
                "already-running",
                place=str(data),
                cause=f"万企已经在运行（{path.read_text(encoding='utf-8').strip() or '正在启动'}）",
                hint="请直接打开上面的网址，或先停止它",
            ) from error
        file.truncate(0)
        file.write(address)
        file.flush()
        yield


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        taken = error.errno == 98
        raise EnvironmentRefused(
            "port-taken" if taken else "address-unusable",
            place=f"{host}:{port}",
            cause="端口已被另一个程序占用" if taken else f"不能在这个地址上打开网页（{error.strerror}）",
            hint=f"请关闭占用它的程序，或用 --port {port + 1} 换一个端口"
            if taken
            else "请用 --host、--port 换一个",
        ) from error


def answers(host: str, port: int) -> bool:
    """Return whether the web server answers a request, with whatever."""
    connection = http.client.HTTPConnection(_shown(host).strip("[]"), port, timeout=2)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shown(host: str) -> str:
    """Return the host as it stands in an address one can open on this machine."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _warn_open_host(host: str) -> None:
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and not os.environ.get("WANQI_HOSTS"):
        say("提示：其他电脑要打开网页，请先把访问用的域名或 IP 写入环境变量 WANQI_HOSTS。")
