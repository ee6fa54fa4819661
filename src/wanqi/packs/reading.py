"""YAML bytes to plain values, with the line and column of every key and value.

Refused here, because each has silently changed a figure somewhere: duplicate keys, anchors and aliases, merge
keys, tags, floats, numbers that YAML rewrites (0730, 1_000, 0x1F), tabs, several documents in one file, bytes
that are not UTF-8, files that are too large or too deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml as libyaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from wanqi.packs.errors import Problem

MAX_BYTES = 1_000_000
MAX_EVENTS = 50_000
MAX_DEPTH = 24

Path = tuple[str | int, ...]
Place = tuple[int, int]

_CODE = "yaml"
# Both libraries' events have the same names.
_OPENS = frozenset({"MappingStartEvent", "SequenceStartEvent"})
_ENDS = frozenset({"MappingEndEvent", "SequenceEndEvent"})
_NODES = _OPENS | {"ScalarEvent", "AliasEvent"}
_TEXT = "tag:yaml.org,2002:str"
_REMEMBERED = 10_000
_implied: dict[str, str] = {}  # plain text → its tag: the same words come again and again
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_TAG = "tag:yaml.org,2002:"
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


@dataclass(slots=True)
class _Node:
    """One value as it stands: a text, a list of nodes, or for a mapping a list of pairs of them."""

    kind: str  # of the event that opened it
    tag: str
    value: Any
    start_mark: Any
    style: str | None = None

    @property
    def maps(self) -> bool:
        return self.kind == "MappingStartEvent"

    @property
    def is_text(self) -> bool:
        return self.kind == "ScalarEvent"


@dataclass(frozen=True)
class Tree:
    """Plain values (dict, tuple, str, int, bool, date, None) and where each stands in the file."""

    value: Any
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]
    styles: Mapping[Path, str | None]
    lines: tuple[str, ...]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return (line, column) of a value (or of its key); of the nearest enclosing value if it is absent."""
        if key and path in self.keys:
            return self.keys[path]
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def within(self, path: Path, line: int, column: int) -> Place:
        """Return the place in the file of a place inside a text value; its start where a fold hides it."""
        top, left = self.place(path)
        style = self.styles.get(path)
        if style == "|" and top + line <= len(self.lines):
            indent = len(self.lines[top]) - len(self.lines[top].lstrip(" "))
            return top + line, indent + column
        quote = 1 if style in ("'", '"') else 0
        return (top, left + quote + column - 1) if line == 1 and style != ">" else (top, left)


@dataclass
class _Builder:
    file: str
    problems: list[Problem] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    styles: dict[Path, str | None] = field(default_factory=dict)

    def refuse(self, node: _Node, code: str, message: str, hint: str) -> None:
        line, column = _place(node.start_mark)
        self.problems.append(Problem(self.file, line, column, f"{_CODE}.{code}", message, hint))

    def build(self, node: _Node, path: Path) -> Any:
        """Return the plain value of a node, noting its place and every problem below it."""
        self.places[path] = _place(node.start_mark)
        if node.maps:
            return self.mapping(node, path)
        if node.kind == "SequenceStartEvent":
            return tuple(self.build(one, (*path, index)) for index, one in enumerate(node.value))
        self.styles[path] = node.style
        return self.scalar(node)

    def mapping(self, node: _Node, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.is_text and key.value == "<<":
                self.refuse(key, "merge", "不能用 << 合并。", "请把内容原样写出来。")
                continue
            if not key.is_text or key.tag not in (f"{_TAG}str", f"{_TAG}int"):
                self.refuse(key, "key", f"键 {_shown(key)} 不是文字。", '键加引号，例如 "2023-06"。')
                continue
            name = key.value
            if _INVISIBLE.search(name):
                self.refuse(key, "character", "键中有看不见的控制字符。", "请删去后重新输入这一处。")
                continue
            if key.tag == f"{_TAG}int" and not _INTEGER.fullmatch(name):
                self.refuse(key, "key", f"键 {_shown(key)} 不是文字。", '键加引号，例如 "2023-06"。')
                continue
            if name in found:
                first = self.keys[(*path, name)][0]
                self.refuse(
                    key, "duplicate-key", f"键 {name} 写了两次。", f"前一次在第 {first} 行；请保留一处。"
                )
                continue
            self.keys[(*path, name)] = _place(key.start_mark)
            found[name] = self.build(value, (*path, name))
        return found

    def scalar(self, node: _Node) -> str | int | bool | date | None:
        text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
        if _INVISIBLE.search(text):
            self.refuse(node, "character", "文字中有看不见的控制字符。", "请删去后重新输入这一处。")
            return ""
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return self.integer(node, text)
        if kind == "float":
            self.refuse(node, "float", f"{text} 是浮点数，不精确。", f'加引号写成文字："{text}"。')
            return text
        if kind == "timestamp":
            return self.day(node, text)
        if kind != "str":
            self.refuse(node, "tag", f"不能使用 {_shown(node)}。", "只用普通的文字、整数、日期、是/否。")
        return text

    def integer(self, node: _Node, text: str) -> int | str:
        if _INTEGER.fullmatch(text):
            return int(text)
        self.refuse(
            node,
            "number",
            f"{text[:40]} 会被 YAML 改写。",
            f'代码类加引号："{text[:40]}"；数值写成普通整数。',
        )
        return text

    def day(self, node: _Node, text: str) -> date | str:
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.refuse(node, "date", f"{text[:40]} 不是有效的日期。", "写成 2023-06-30。")
        return text


def read(file: str, data: bytes) -> tuple[Tree | None, list[Problem]]:
    """Return the file's tree (None where nothing can be read) and every problem of its form."""
    if len(data) > MAX_BYTES:
        return None, [
            _whole(file, "too-large", f"文件有 {len(data)} 字节，最多 {MAX_BYTES}。", "请拆成几个文件。")
        ]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "请用 UTF-8 编码另存。"
        return None, [Problem(file, line, 1, "yaml.encoding", "文件不是 UTF-8 编码。", hint)]
    text = text.removeprefix("\ufeff")
    try:
        node = _composed(file, text)
    except MarkedYAMLError as error:
        return None, [_syntax(file, error)]
    except YAMLError:
        return None, [_control(file, text)]
    if isinstance(node, Problem):
        return None, [node]
    if node is None or not node.maps:
        return None, [_whole(file, "shape", "文件应由“键: 值”组成。", '第一行写 version: "2026-1"。')]
    builder = _Builder(file)
    value = builder.build(node, ())
    lines = tuple(text.splitlines())
    return Tree(value, builder.places, builder.keys, builder.styles, lines), builder.problems


def _composed(file: str, text: str) -> _Node | Problem | None:
    """Return the file's only node, or the first thing that must not be read: anchors, tags, depth, size, documents.

    libyaml reads twenty times as fast; what it does not take, or must not be taken, is read once more with ruamel.yaml,
    whose places and reasons are told.
    """
    try:
        found = _built(file, libyaml.parse(text, Loader=libyaml.CSafeLoader))
    except libyaml.YAMLError:
        found = None
    if isinstance(found, _Node):
        return found
    return _built(file, YAML(typ="safe", pure=True).parse(text))


def _built(file: str, events: Iterable[Any]) -> _Node | Problem | None:
    resolver = YAML(typ="safe", pure=True).resolver
    above: list[tuple[_Node, list[_Node]]] = []
    root: _Node | None = None
    documents = 0
    for count, event in enumerate(events):
        kind = type(event).__name__
        documents += kind == "DocumentStartEvent"
        problem = _refused(file, event, count, depth=len(above), documents=documents)
        if problem is not None:
            return problem
        if kind in _ENDS:
            node, parts = above.pop()
            node.value = list(zip(parts[::2], parts[1::2], strict=True)) if node.maps else parts
        elif kind in _NODES:
            node = _node(resolver, event, kind)
            if above:
                above[-1][1].append(node)
            root = root or node
            if kind != "ScalarEvent":
                above.append((node, []))
    return root


def _node(resolver: Any, event: Any, kind: str) -> _Node:
    """Return the node that an event opens, with the tag that its plain text implies."""
    if kind != "ScalarEvent":
        return _Node(kind, f"{_TAG}{'map' if kind == 'MappingStartEvent' else 'seq'}", [], event.start_mark)
    tag = _TEXT
    if event.implicit[0]:
        tag = _implied.get(event.value, "")
        if not tag:
            tag = str(resolver.resolve(ScalarNode, event.value, event.implicit))
            if len(_implied) < _REMEMBERED:
                _implied[event.value] = tag
    return _Node(kind, tag, event.value, event.start_mark, event.style or None)


def _refused(file: str, event: Any, count: int, *, depth: int, documents: int) -> Problem | None:
    kind, anchor, tag = type(event).__name__, getattr(event, "anchor", None), getattr(event, "tag", None)

    def problem(code: str, message: str, hint: str) -> Problem:
        line, column = _place(event.start_mark)
        return Problem(file, line, column, f"{_CODE}.{code}", message, hint)

    if anchor is not None:
        what = "别名 *" if kind == "AliasEvent" else "锚点 &"
        return problem("anchor", f"不能使用{what}{anchor}。", "请把内容原样写出来。")
    if tag is not None:
        return problem("tag", f"不能使用标签 {tag}。", "只用普通的文字、整数、日期、是/否。")
    if depth + (kind in _OPENS) > MAX_DEPTH:
        return problem("too-deep", f"层次超过 {MAX_DEPTH} 层。", "请减少嵌套。")
    if count > MAX_EVENTS:
        return problem("too-large", f"内容超过 {MAX_EVENTS} 项。", "请拆成几个文件。")
    if documents > 1:
        return problem("documents", "一个文件里有两份内容。", "请删去 --- 分隔线。")
    return None


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


def _shown(node: _Node) -> str:
    return str(node.value)[:40] if node.is_text else "（一组值）"


def _whole(file: str, code: str, message: str, hint: str) -> Problem:
    return Problem(file, 1, 1, f"{_CODE}.{code}", message, hint)


def _syntax(file: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = _place(mark) if mark is not None else (1, 1)
    if "\\t" in str(error.problem):
        return Problem(file, line, column, "yaml.tab", "缩进用了制表符（Tab）。", "请改用空格，每层两个。")
    hint = "检查缩进、冒号后的空格和引号；含冒号、花括号的文字要加引号。"
    return Problem(file, line, column, "yaml.syntax", "这里不是有效的 YAML。", hint)


def _control(file: str, text: str) -> Problem:
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    offset = bad.start() if bad else 0
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Problem(file, line, column, "yaml.character", "文件中有看不见的控制字符。", "请删去后重新保存。")
