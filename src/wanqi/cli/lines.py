"""JSON lines in, JSON lines out: every good line is answered in its order, every bad one is told on standard error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, BinaryIO, NoReturn

from wanqi.cli.errors import LineIncomplete, LineRefused, LineUnreadable

Answer = Callable[[Mapping[str, Any]], Iterable[Mapping[str, Any]]]
_MOST_DIGITS = 40
_SHAPE = "每行写一个JSON对象，如 {shape}，用UTF-8编码"


def answer_lines(
    lines: Iterable[bytes],
    answer: Answer,
    *,
    needs: Iterable[str],
    shape: str,
    out: BinaryIO,
    errors: BinaryIO,
) -> int:
    """Write what `answer` returns for each line, at once and in order; return how many lines were refused.

    needs: the fields that must be there; shape: an example for the hint. Blank lines are passed over.
    A refused line is told as {"line", "code", "message", "hint"}; `answer` may raise LineRefused too.
    """
    refused = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answers = [*answer(read_line(line, needs=needs, shape=shape))]
        except LineRefused as error:
            refused += 1
            told = {"line": number, "code": error.code, "message": error.cause, "hint": error.hint}
            errors.write(json_line(told))
            errors.flush()
            continue
        out.write(b"".join(json_line(one) for one in answers))
        out.flush()  # whoever feeds line by line reads line by line
    return refused


def read_line(line: bytes, *, needs: Iterable[str], shape: str) -> Mapping[str, Any]:
    """Return the object of a line. Raises LineUnreadable, LineIncomplete."""
    hint = _SHAPE.format(shape=shape)
    try:
        given = json.loads(
            line.decode("utf-8-sig"),
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as error:
        raise LineUnreadable(f"第{error.start + 1}个字节起不是UTF-8", hint=hint) from None
    except json.JSONDecodeError as error:
        raise LineUnreadable(f"第{error.colno}个字符起不是JSON", hint=hint) from None
    except RecursionError:
        raise LineUnreadable("括号套得太深，读不了", hint=hint) from None
    except _Twice as error:
        raise LineUnreadable(f"“{error}”写了两次，不知道用哪一个", hint="同一项只写一次") from None
    except ValueError as error:  # a number of thousands of digits, NaN
        raise LineUnreadable(f"有JSON没有的数：{error}"[:200], hint=hint) from None
    if not isinstance(given, dict):
        raise LineIncomplete("这一行不是JSON对象", hint=hint)
    # An empty text is a text; an answer that carries no id belongs to nobody.
    missing = [name for name in needs if given.get(name) is None or (name == "id" and given[name] == "")]
    if missing:
        raise LineIncomplete(f"缺少 {'、'.join(missing)}", hint=hint)
    return given


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= _MOST_DIGITS else _no_number(f"{digits[:20]}…（{len(digits)}位）")


class _Twice(ValueError):
    """A name that stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; the last of two values under one name must not win in silence."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name[:60])
        found[name] = value
    return found


def _finite(digits: str) -> float:
    return value if isfinite(value := float(digits)) else _no_number(digits)


def json_line(value: Mapping[str, Any]) -> bytes:
    """Return one line of JSON in UTF-8; a character that UTF-8 cannot carry is escaped."""
    try:
        return (json.dumps(value, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can name but no text can hold
        return (json.dumps(value) + "\n").encode()
