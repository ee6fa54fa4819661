"""click's own words in Chinese.

click looks its words up with gettext, whose catalogues are binary files found by the caller's language
settings; a clerk's terminal often has none. Its modules hold the lookup under the name `_`, replaced here.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

WORDS = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "Try '{command} {option}' for help.": "查看说明：{command} {option}",
    "Error: {message}": "{message}",
    "Aborted!": "已中断。",
    "(dynamic)": "（随情况而定）",
    "default: {default}": "默认 {default}",
    "env var: {var}": "环境变量 {var}",
    "required": "必填",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "No such command {name!r}.": "没有命令 {name}。",
    "No such option {name!r}.": "没有选项 {name}。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 要 {nargs} 个值。",
    "Option {name!r} requires an argument.": "选项 {name} 缺少值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 要 {nargs} 个值。",
    "Got unexpected extra argument ({args})": "多了参数：{args}",
    "Got unexpected extra arguments ({args})": "多了参数：{args}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "Invalid value: {message}": "值不对：{message}",
    "{value!r} is not {choice}.": "{value} 不对，只能是 {choice}。",
    "(Did you mean one of: {possibilities}?)": "是不是其中之一：{possibilities}？",
    "Takes {nargs} values but 1 was given.": "要 {nargs} 个值，只给了 1 个。",
    "Takes {nargs} values but {len} were given.": "要 {nargs} 个值，给了 {len} 个。",
    "{value!r} is not one of {choices}.": "{value} 不在可选范围：{choices}。",
    "{value!r} is not a valid {number_type}.": "{value} 不是数字。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{name} {filename!r} does not exist.": "{name}不存在：{filename}",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，这里要文件。",
    "{name} {filename!r} is a file.": "{filename} 是文件，这里要文件夹。",
    "{name} {filename!r} is not readable.": "{name}读不了：{filename}",
    "{name} {filename!r} is not writable.": "{name}写不了：{filename}",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename}：{message}",
    "file": "文件",
    "File": "文件",
    "directory": "文件夹",
    "Directory": "文件夹",
    "path": "路径",
    "Path": "路径",
    "Repeat for confirmation": "再输入一次",
    "Error: The two entered values do not match.": "两次输入不一致。",
    "Error: invalid input": "输入不对。",
    "Do you want to continue?": "要继续吗？",
    "Confirm the action without prompting.": "不再询问。",
}


def translated(text: str) -> str:
    """Return click's text in Chinese, or unchanged where it is not for a clerk."""
    return WORDS.get(text, text)


def translated_plural(one: str, many: str, count: int) -> str:
    return translated(one if count == 1 else many)


def speak_chinese() -> None:
    """Replace click's word lookup; call before any command is declared."""
    lookups: dict[str, Callable[..., str]] = {"_": translated, "ngettext": translated_plural}
    parts = "core decorators exceptions formatting parser termui types"
    for module in (getattr(click, part) for part in parts.split()):
        for name, lookup in lookups.items():
            if hasattr(module, name):
                setattr(module, name, lookup)


METAVARS = {"text": "文字", "integer": "数字", "integer range": "数字", "float": "数字", "datetime": "日期"}


def dress(command: click.Command) -> click.Command:
    """Give a command and those below it Chinese placeholders in their usage lines; return it."""
    command.options_metavar = "[选项]"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.metavar is None and not parameter.is_flag:
            parameter.metavar = METAVARS.get(parameter.type.name)
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [选项]"
        for child in command.commands.values():
            dress(child)
    return command
