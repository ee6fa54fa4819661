"""One pack file: what it is by its path, its checked content, and the problems of both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wanqi.packs import reading
from wanqi.packs.errors import PacksRefused, Problem
from wanqi.packs.reading import Path, Tree
from wanqi.packs.specs.base import Spec
from wanqi.packs.specs.cases import CasesFile
from wanqi.packs.specs.codes import CodeList
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.documents import DocumentSpec
from wanqi.packs.specs.forms import FormSpec
from wanqi.packs.specs.imports import ImportProfile
from wanqi.packs.specs.indicators import IndicatorsFile, PeerSet, TableSpec
from wanqi.packs.specs.originals import OriginalReport
from wanqi.packs.specs.programmes import ProgrammeFile
from wanqi.packs.specs.region import PackSpec
from wanqi.packs.specs.reports import ReportSpec
from wanqi.packs.specs.vocabulary import VocabularyFile

_BY_FOLDER: dict[str, type[Spec]] = {
    "vocabulary": VocabularyFile,
    "indicators": IndicatorsFile,
    "documents": DocumentSpec,
    "imports": ImportProfile,
    "forms": FormSpec,
    "codes": CodeList,
    "programmes": ProgrammeFile,
    "peers": PeerSet,
    "tables": TableSpec,
}


@dataclass(frozen=True)
class File:
    """A file that was read; spec is None where its content was refused."""

    path: str
    region: str
    tree: Tree
    spec: Spec | None

    def problem(self, at: Path, code: str, message: str, hint: str, *, key: bool = False) -> Problem:
        """Return a problem at a value of this file (at its key, if asked)."""
        line, column = self.tree.place(at, key=key)
        return Problem(self.path, line, column, code, message, hint)


def digest(data: bytes) -> str:
    """Return `sha256:<hex>` of the bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def file_version(path: str, content: bytes) -> str:
    """Return what the file says its version is. Raises PacksRefused if it cannot be read or says none."""
    tree, problems = reading.read(path, content)
    version = tree.value.get("version") if tree is not None else None
    if not isinstance(version, str):
        missing = Problem(path, 1, 1, "pack.missing-key", "缺少 version。", '第一行写 version: "2026-1"。')
        raise PacksRefused(problems or [missing])
    return version


def model_of(path: str) -> type[Spec] | None:
    """Return the shape a file must have, by its path; None where no file of that name belongs."""
    parts = path.split("/")
    if not path.endswith(".yaml"):
        return None
    if path.endswith(".cases.yaml"):
        return CasesFile if len(parts) >= 2 else None
    match parts:
        case [_, "pack.yaml"]:
            return PackSpec
        case [_, "demo.yaml"]:
            return DemoSpec
        case [_, "reports", _, "report.yaml"]:
            return ReportSpec
        case [_, "reports", _, "original.yaml"]:
            return OriginalReport
        case [_, folder, _]:
            return _BY_FOLDER.get(folder)
        case _:
            return None


def load(path: str, data: bytes) -> tuple[File | None, list[Problem]]:
    """Return the file (None where nothing could be read) and every problem found in it."""
    model = model_of(path)
    if model is None:
        hint = "可用的文件名见 docs/reference/packs.md；删去它，或改正文件夹和文件名。"
        return None, [Problem(path, 1, 1, "pack.unknown-file", "这里不该有这个文件。", hint)]
    tree, problems = reading.read(path, data)
    if tree is None:
        return None, problems
    region = path.split("/", 1)[0]
    if problems:  # a value that was refused would be reported a second time by its shape
        return File(path, region, tree, None), problems
    try:
        return File(path, region, tree, model.model_validate(tree.value)), []
    except ValidationError as error:
        file = File(path, region, tree, None)
        return file, [_shape_problem(file, one, model) for one in error.errors(include_url=False)]


def _shape_problem(file: File, error: ErrorDetails, model: type[Spec]) -> Problem:
    kind, at = error["type"], _path(file.tree, error["loc"])
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        return file.problem(at, "pack.missing-key", f"缺少 {name}。", "补上这一项。")
    if kind == "extra_forbidden":
        near = get_close_matches(name, keys_of(model), n=1)
        hint = f"是不是 {near[0]}？" if near else "删去它；可用的键见 docs/reference/packs.md。"
        return file.problem(at, "pack.unknown-key", f"不认识的键 {name[:60]}。", hint, key=True)
    context: dict[str, Any] = error.get("ctx", {})
    if kind == "value_error":
        return file.problem(at, "pack.value", str(context.get("error", error["msg"])), _EXAMPLE)
    code, message, hint = _MESSAGES.get(kind, ("pack.value", "这个值不合要求。", _EXAMPLE))
    shown = str(error["input"])[:40]
    choices = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、").replace("'", "")
    if kind == "string_pattern_mismatch":
        hint = _PATTERNS.get(name, _EXAMPLE)
    return file.problem(at, code, message.format(shown=shown), hint.format(choices=choices, **context))


def _path(tree: Tree, location: tuple[str | int, ...]) -> Path:
    """Return the longest part of pydantic's location that exists in the file."""
    path: Path = ()
    for step in location:
        candidate = (*path, step)
        if candidate not in tree.places and candidate not in tree.keys:
            if isinstance(step, int):
                break
            continue
        path = candidate
    return path


def keys_of(model: type[Spec]) -> list[str]:
    """Return every key any part of the file may have, for the nearest-name hint."""
    found: dict[str, None] = {}
    pending: list[Any] = [model]
    seen: set[Any] = set()
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        if isinstance(one, type) and issubclass(one, Spec):
            for name, info in one.model_fields.items():
                found[info.alias or name.rstrip("_")] = None
                pending.append(info.annotation)
        else:
            pending.extend(getattr(one, "__args__", ()))
    return list(found)


_EXAMPLE = "写法见 docs/reference/packs.md。"
_PATTERNS: dict[str, str] = {
    "version": '写成年份和序号，例如 "2026-1"。',
    "period": '例如 2023H1、2023Q1、"2023"、"2023-06"、"2023-06-30"、2023-01..06。',
    "value": '写成加引号的十进制数，例如 "120"、"0.05"。',
    "tag": "写 v:S1（已核对及来源）、m/H、m/M、m/L（凭记录）、inf（推定）或 unknown（条文未取得）。",
    "pass": '写成 ">= 60" 或 "> 70"，中间空一格。',
    "from": '写成月和日，例如 "06-01"。',
    "to": '写成月和日，例如 "08-31"。',
    "id": "用小写字母、数字和短横线，例如 half-year。",
    "code": "用小写字母、数字和短横线，例如 demo-01。",
}
_MESSAGES: dict[str, tuple[str, str, str]] = {
    "string_type": ("pack.type", "{shown} 应是文字。", "加引号。"),
    "string_pattern_mismatch": ("pack.pattern", "{shown} 的写法不合要求。", _EXAMPLE),
    "string_too_short": ("pack.empty", "不能是空的。", "填上内容，或删去这一项。"),
    "string_too_long": ("pack.too-long", "文字太长。", "最多 {max_length} 个字。"),
    "too_short": ("pack.empty", "不能是空的。", "至少写一项。"),
    "int_type": ("pack.type", "{shown} 应是整数。", "不加引号，写成 12。"),
    "bool_type": ("pack.type", "{shown} 应是 true 或 false。", "不加引号。"),
    "date_type": ("pack.type", "{shown} 应是日期。", "不加引号，写成 2023-06-30。"),
    "tuple_type": ("pack.type", "这里应是一列值。", "每项一行，以“- ”开头。"),
    "dict_type": ("pack.type", "这里应是一组“键: 值”。", _EXAMPLE),
    "mapping_type": ("pack.type", "这里应是一组“键: 值”。", _EXAMPLE),
    "model_type": ("pack.type", "这里应是一组“键: 值”。", _EXAMPLE),
    "model_attributes_type": ("pack.type", "这里应是一组“键: 值”。", _EXAMPLE),
    "literal_error": ("pack.choice", "{shown} 不在可选值中。", "可选：{choices}。"),
    "greater_than_equal": ("pack.range", "{shown} 太小。", "最小 {ge}。"),
    "less_than_equal": ("pack.range", "{shown} 太大。", "最大 {le}。"),
}
