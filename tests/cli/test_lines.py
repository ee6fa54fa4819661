"""JSON lines: every good line is answered in its order, every bad one is told with its number."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.cli.errors import LineIncomplete, LineUnreadable
from wanqi.cli.lines import answer_lines, json_line, read_line

SHAPE = '{"id": 1, "text": "…"}'


def run(*lines: bytes) -> tuple[int, list[Any], list[Any]]:
    def answer(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if given["text"] == "twice":
            yield {"id": given["id"], "again": False}
        yield {"id": given["id"], "again": True}

    out, errors = io.BytesIO(), io.BytesIO()
    refused = answer_lines(lines, answer, needs=("id", "text"), shape=SHAPE, out=out, errors=errors)
    said = [[json.loads(line) for line in stream.getvalue().splitlines()] for stream in (out, errors)]
    return refused, said[0], said[1]


def test_good_lines_are_answered_around_the_bad_ones() -> None:
    refused, answers, errors = run(
        b'{"id": 1, "text": "a"}\n', b"\n", b"nonsense\n", b'{"id": "b", "text": "twice"}\n', b'{"id": 3}\n'
    )
    assert refused == 2
    assert answers == [{"id": 1, "again": True}, {"id": "b", "again": False}, {"id": "b", "again": True}]
    assert [(one["line"], one["code"]) for one in errors] == [(3, "line.unreadable"), (5, "line.incomplete")]
    assert all(set(one) == {"line", "code", "message", "hint"} for one in errors)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"\xff", "第1个字节起不是UTF-8"),
        (b'{"id": 1, "text": "a"', "第22个字符起不是JSON"),
        (b'{"id": NaN, "text": "a"}', "有JSON没有的数：NaN"),
        (b'{"id": 1e999, "text": "a"}', "有JSON没有的数：1e999"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "a"}', "有JSON没有的数"),
        (b"[" * 100_000, "括号套得太深"),
        ('{"id": 1, "text": "a"}'.encode("utf-16"), "第1个字节起不是UTF-8"),
    ],
)
def test_a_line_that_is_no_json(line: bytes, cause: str) -> None:
    with pytest.raises(LineUnreadable) as refused:
        read_line(line, needs=("id", "text"), shape=SHAPE)
    assert refused.value.cause.startswith(cause)
    assert SHAPE in refused.value.hint


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"[1]", "这一行不是JSON对象"),
        (b'"text"', "这一行不是JSON对象"),
        (b"null", "这一行不是JSON对象"),
        (b"{}", "缺少 id、text"),
    ],
)
def test_a_line_that_asks_nothing(line: bytes, cause: str) -> None:
    with pytest.raises(LineIncomplete) as refused:
        read_line(line, needs=("id", "text"), shape=SHAPE)
    assert refused.value.cause == cause


def test_a_mark_of_byte_order_is_no_error() -> None:
    assert read_line(b'\xef\xbb\xbf{"id": 1}', needs=("id",), shape=SHAPE) == {"id": 1}


def test_half_a_surrogate_pair_is_answered_escaped() -> None:
    assert json_line({"id": "\ud800"}) == b'{"id": "\\ud800"}\n'


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(b'{"id": 1, "text": "a"}')), max_size=8))
def test_every_line_with_something_in_it_is_answered_or_told(lines: list[bytes]) -> None:
    one_each = [line.replace(b"\n", b" ").replace(b"\r", b" ") for line in lines]
    refused, answers, errors = run(*one_each)
    assert refused == len(errors)
    assert len(answers) + refused == sum(bool(line.strip()) for line in one_each)


@pytest.mark.parametrize(
    "line", [b'{"id": 1, "text": "a", "text": "b"}', b'{"id": 1, "text": {"2025": "1", "2025": "2"}}']
)
def test_a_name_written_twice_is_refused_and_not_decided(line: bytes) -> None:
    with pytest.raises(LineUnreadable) as refused:
        read_line(line, needs=("id", "text"), shape=SHAPE)
    assert "写了两次" in refused.value.cause
    assert refused.value.hint == "同一项只写一次"


@pytest.mark.parametrize(
    "line", [b'{"id": null, "text": "a"}', b'{"id": "", "text": "a"}', b'{"id": 1, "text": null}']
)
def test_null_and_an_empty_id_count_as_missing(line: bytes) -> None:
    with pytest.raises(LineIncomplete, match="缺少"):
        read_line(line, needs=("id", "text"), shape=SHAPE)


def test_an_empty_text_is_a_text() -> None:
    assert read_line(b'{"id": 0, "text": ""}', needs=("id", "text"), shape=SHAPE) == {"id": 0, "text": ""}
