"""`wanqi`: the command line. Commands load when called, so that the pure ones start without Django or
polars.
"""

from __future__ import annotations

import errno
import importlib
import os
import secrets
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from wanqi.cli.chinese import dress, speak_chinese
from wanqi.cli.errors import EnvironmentRefused, sentence
from wanqi.cli.place import disk_full

speak_chinese()

# name → (module, attribute, what the list of commands says about it)
COMMANDS = {
    "demo": ("wanqi.cli.demo", "demo", "准备示例数据并打开演示系统（--prepare 只准备不打开）"),
    "serve": ("wanqi.cli.serve", "serve", "启动系统：数据库、网页和后台任务"),
    "migrate": ("wanqi.cli.migrate", "migrate", "建立或升级数据库表"),
    "check": ("wanqi.cli.check", "check", "检查地区配置和算例，逐条指出错在哪里"),
    "explain": ("wanqi.cli.explain", "explain", "用普通话说明一个事项的条件和依据；列出数据字典"),
    "audit": ("wanqi.cli.audit", "audit", "报送前核对：材料中哪些数对不上，附算式和改法"),
    "match": ("wanqi.cli.match", "match", "成批比对：全部单位的 Parquet 文件进，结论文件和各事项数量出"),
    "evaluate": ("wanqi.cli.evaluate", "evaluate", "逐条比对政策条件：企业数据进，结论、原因和条件明细出"),
    "packs": ("wanqi.cli.packs", "packs", "地区配置的载入与导出"),
    "import": ("wanqi.cli.imports", "imports", "导入表格（先 --dry-run 试跑，再正式导入）"),
    "standings": ("wanqi.cli.standings", "standings", "各企业对各事项的当前比对结果：更新、核对"),
    "report": ("wanqi.cli.report", "report", "编报告、与原报告逐条核对"),
    "user": ("wanqi.cli.user", "user", "账号：新增、分配角色、停用"),
    "roles": ("wanqi.cli.roles", "roles", "数据库角色的建立语句（自备数据库时用）"),
}
UNEXPECTED = 1
# PostgreSQL's codes: no room on the disk; no such table, no such column
DISK_FULL = {"53100"}
OUTDATED = {"42P01", "42703"}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; its help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return dress(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, said) for name, (_, _, said) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def wanqi() -> None:
    """万企：县级科技和工业信息化局的业务系统。

    第一次使用，运行 wanqi demo 打开演示；每条命令加 --help 看用法。
    """


dress(wanqi)


def run() -> None:
    """Run the command line; exit 0 done, 1 some input refused, 2 usage, 3 environment. Never print a
    traceback.
    """
    # An ended terminal or a stopped service is an end like Ctrl-C: what was started is stopped in order.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # under nohup it goes on
            signal.signal(number, _interrupted)
    sys.exit(status_of(sys.argv[1:]))


def status_of(arguments: list[str]) -> int:
    """Run one command and return its exit status; every refusal is one line on standard error."""
    try:
        result = wanqi.main(arguments, prog_name="wanqi", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return 2
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "wanqi"
        print(f"{error.format_message().rstrip('。')}（查看说明：{path} --help）", file=sys.stderr)
        return 2
    except click.ClickException as error:
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("已中断。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the door: everything becomes a sentence and a status
        return refused(error)


def refused(error: Exception) -> int:
    """Print one line for an error that reached the door and return the exit status."""
    states = _sqlstates(error)
    if OUTDATED & states:
        error = EnvironmentRefused(
            "tables-outdated",
            place="数据库",
            cause="数据库表还没有建立，或不是当前版本",
            hint="请先运行 wanqi migrate（演示用 wanqi demo --prepare）",
        )
    elif DISK_FULL & states or _is_disk_full(error):
        error = disk_full(getattr(error, "filename", None) or data_folder_name())
    elif isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        error = EnvironmentRefused(
            "file-not-permitted",
            place=str(error.filename or data_folder_name()),
            cause=f"没有权限读写（{error.strerror}）",
            hint="请检查它的所有者和权限，或换用最初启动万企的用户运行",
        )
    if hasattr(error, "code") and hasattr(error, "hint"):
        print(sentence(error), file=sys.stderr)
        return int(getattr(error, "exit_status", 1))
    number = secrets.token_hex(4)
    path = _keep(number, error)
    kept = (
        f"详情已存入 {path}，请连同编号交给管理员"
        if path
        else "".join(traceback.format_exception_only(error)).strip()
    )
    print(f"程序出现意外错误（编号 {number}）；{kept}。[unexpected]", file=sys.stderr)
    return UNEXPECTED


def data_folder_name() -> str:
    """Return the data folder as the caller named it."""
    return os.environ.get("WANQI_DATA") or "data"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _sqlstates(error: BaseException) -> set[object]:
    return {getattr(each, "sqlstate", None) for each in _causes(error)}


def _is_disk_full(error: BaseException) -> bool:
    full = (errno.ENOSPC, errno.EDQUOT)
    return any(isinstance(each, OSError) and each.errno in full for each in _causes(error))


def _keep(number: str, error: Exception) -> Path | None:
    folder = Path(data_folder_name()).absolute() / "log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"error-{number}.log"
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(f"wanqi {' '.join(sys.argv[1:])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    run()
