"""The door: help in Chinese, commands that load late, one sentence and a status for whatever goes wrong."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.cli.conftest import environment
from wanqi.cli.main import COMMANDS, LazyGroup, wanqi


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    argv = [sys.executable, "-m", "wanqi.cli.main", *arguments]
    done = subprocess.run(
        argv, env=environment(folder), cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_list_of_commands_is_chinese_and_imports_none_of_them(folder: Path) -> None:
    program = (
        "import sys; from wanqi.cli.main import status_of; status_of(['--help']);"
        "print([name for name in ('django', 'polars', 'psycopg', 'rich') if name in sys.modules])"
    )
    argv = [sys.executable, "-c", program]
    said = subprocess.run(argv, env=environment(folder), capture_output=True, text=True, check=True).stdout
    assert said.startswith("用法： wanqi [选项] 命令 [选项]\n")
    assert [line.split()[0] for line in said.split("命令:\n")[1].splitlines()[:-1]] == list(COMMANDS)
    assert said.endswith("\n[]\n")


def commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    context = click.Context(command, info_name=path)
    children: list[tuple[str, click.Command]] = []
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            children += commands(child, f"{path} {name}")
    return [(path, command), *children]


def test_every_command_explains_itself_in_chinese() -> None:
    for path, command in commands(wanqi, "wanqi"):
        text = command.get_help(click.Context(command, info_name=path))
        assert re.search("[一-鿿]", command.help or ""), path
        for line in text.splitlines():
            words = re.sub(r"(--?[a-z-]+|\[.*?\]|wanqi[ a-z-]*)", "", line)
            assert not re.search(r"\b(Usage|Options|Commands|Show this|TEXT|INTEGER|required)\b", words), (
                path,
                line,
            )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sreve",), "没有命令 sreve"),
        (("serve", "--prot", "1"), "没有选项 --prot"),
        (("serve", "--port", "x"), "'--port' 的值不对：x 不是数字"),
        (("serve", "--port"), "选项 --port 缺少值"),
        (("serve", "more"), "多了参数：more"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_status_2(
    folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    status, out, err = run(folder, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(sentence)
    assert "--help" in err
    assert "Traceback" not in err


def test_the_role_script_is_printed_as_it_is_run(folder: Path) -> None:
    status, out, err = run(folder, "roles", "--sql")
    assert (status, err) == (0, "")
    assert out == (Path(__file__).parents[2] / "src/wanqi/cli/roles.sql").read_text(encoding="utf-8")


def test_a_taken_port_is_named_before_anything_is_started(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, out, err = run(folder, "serve", "--port", str(port))
    assert (status, out) == (3, "")
    assert err == (
        f"127.0.0.1:{port}：端口已被另一个程序占用；"
        f"请关闭占用它的程序，或用 --port {port + 1} 换一个端口。[port-taken]\n"
    )
    assert not (folder / "pg18").exists()


def test_a_second_server_of_the_same_folder_is_named(folder: Path) -> None:
    from wanqi.cli.serve import only_server

    with only_server(folder, "http://127.0.0.1:8123/"):
        status, _, err = run(folder, "demo", "--port", "8124")
    assert (status, err) == (
        3,
        f"{folder}：万企已经在运行（http://127.0.0.1:8123/）；请直接打开上面的网址，或先停止它。[already-running]\n",
    )


def test_a_database_that_cannot_be_reached(folder: Path) -> None:
    argv = [sys.executable, "-m", "wanqi.cli.main", "migrate"]
    env = {**environment(folder), "DATABASE_URL": f"postgresql://wanqi_app:x@/wanqi?host={folder}"}
    done = subprocess.run(argv, env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("DATABASE_URL：连不上数据库（")
    assert done.stderr.endswith("请检查地址、用户名和密码，以及数据库是否在运行。[database-unreachable]\n")
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / "pg18").exists()


@pytest.mark.slow
def test_a_command_before_the_tables_are_made(folder: Path) -> None:
    status, out, err = run(folder, "user", "list")
    assert (status, out) == (3, "")
    assert err.splitlines()[-1] == (
        "数据库：数据库表还没有建立，或不是当前版本；"
        "请先运行 wanqi migrate（演示用 wanqi demo --prepare）。[tables-outdated]"
    )


@pytest.mark.slow
def test_an_owner_command_needs_the_owner(folder: Path) -> None:
    from wanqi.cli.connection import database

    argv = [sys.executable, "-m", "wanqi.cli.main", "migrate"]
    with database(folder, say=lambda line: None) as cluster:
        env = {**environment(folder), "DATABASE_URL": cluster.urls().app_url}
        done = subprocess.run(argv, env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        3,
        "DATABASE_OWNER_URL：用户 wanqi_app 不能修改表结构；"
        "请用 DATABASE_OWNER_URL 给出 wanqi_owner 的地址（角色由 wanqi roles --sql 建立）。[owner-url-missing]\n",
    )


def test_an_unexpected_error_is_kept_in_a_file_not_shown(folder: Path) -> None:
    (folder / "log").mkdir()
    program = "import sys; from wanqi.cli.main import refused; sys.exit(refused(KeyError('基站')))"
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, env=environment(folder), capture_output=True, text=True, check=False)
    (kept,) = (folder / "log").iterdir()
    number = kept.stem.removeprefix("error-")
    assert done.returncode == 1
    assert done.stderr == (
        f"程序出现意外错误（编号 {number}）；详情已存入 {kept}，请连同编号交给管理员。[unexpected]\n"
    )
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "KeyError: '基站'" in kept.read_text(encoding="utf-8")


def test_a_full_disk_is_a_sentence_wherever_it_shows(folder: Path) -> None:
    program = """
import errno, sys
from wanqi.cli.main import refused
class Full(Exception): sqlstate = "53100"
try:
    try: raise Full
    except Full as cause: raise RuntimeError("wrapped") from cause
except RuntimeError as error: first = refused(error)
sys.exit(first + 10 * refused(OSError(errno.ENOSPC, "full", "/srv/台账.xlsx")))
"""
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, env=environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 33
    assert done.stderr.splitlines() == [
        f"{folder}：磁盘已满；请清理出空间后重新运行，已保存的数据不受影响。[disk-full]",
        "/srv/台账.xlsx：磁盘已满；请清理出空间后重新运行，已保存的数据不受影响。[disk-full]",
    ]


def test_a_forbidden_file_is_a_sentence(folder: Path) -> None:
    program = """
import errno, sys
from wanqi.cli.main import refused
sys.exit(refused(PermissionError(errno.EACCES, "Permission denied", "/srv/台账.xlsx")))
"""
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, env=environment(folder), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        3,
        "/srv/台账.xlsx：没有权限读写（Permission denied）；"
        "请检查它的所有者和权限，或换用最初启动万企的用户运行。[file-not-permitted]\n",
    )


def test_only_named_commands_exist() -> None:
    group = wanqi
    assert isinstance(group, LazyGroup)
    assert group.get_command(click.Context(group), "main") is None
