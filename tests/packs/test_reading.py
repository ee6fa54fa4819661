"""The reader of YAML: any bytes give values with places, or problems; never an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.packs import reading


def test_values_and_places() -> None:
    tree, problems = reading.read(
        "a.yaml", 'one: 1\ntwo:\n  - {three: 文字, four: "2023"}\n  - 2023-06-30\n'.encode()
    )
    assert problems == []
    assert tree is not None
    assert tree.value == {"one": 1, "two": ({"three": "文字", "four": "2023"}, date(2023, 6, 30))}
    assert tree.place(("two", 0, "four")) == (3, 23)
    assert tree.place(("two", 0, "four"), key=True) == (3, 17)
    assert tree.place(("two", 0, "five", "six")) == (3, 5)


def test_places_inside_texts() -> None:
    tree, _ = reading.read(
        "a.yaml", b"plain: a = b\nquoted: 'a = b'\nblock: |\n  a = b\n  c = d\nfold: >-\n  a\n  b\n"
    )
    assert tree is not None
    assert tree.within(("plain",), 1, 5) == (1, 12)
    assert tree.within(("quoted",), 1, 5) == (2, 14)
    assert tree.within(("block",), 2, 5) == (5, 7)
    assert tree.within(("fold",), 1, 3) == (6, 7)


def test_words_that_other_readers_turn_into_truth_stay_words() -> None:
    tree, problems = reading.read("a.yaml", b"a: yes\nb: NO\nc: off\nd: true\ne: 12:30\n")
    assert problems == []
    assert tree is not None
    assert tree.value == {"a": "yes", "b": "NO", "c": "off", "d": True, "e": "12:30"}


HOSTILE = {
    "nested lists": (b"a: " + b"[" * 500_000, "yaml.too-deep"),
    "nested blocks": (b"- " * 400_000, "yaml.too-deep"),
    "a long list": (b"a:\n" + b"- 1\n" * 60_000, "yaml.too-large"),
    "an escaped NUL": (b'a: "\\0"\n', "yaml.character"),
    "half a character": (b'a: "\\ud800"\n', "yaml.character"),
    "text that runs backwards": ("a: 1\u202e2\n".encode(), "yaml.character"),
    "an invisible key": ('"a\u200b": 1\n'.encode(), "yaml.character"),
    "infinity": (b"a: .inf\n", "yaml.float"),
    "bytes": (b"a: !!binary aGk=\n", "yaml.tag"),
    "another version of YAML": (b"%YAML 9.9\n---\na: 1\n", "yaml.syntax"),
    "an instant": (b"a: 2023-06-30T10:00:00Z\n", "yaml.date"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused(data: bytes, code: str) -> None:
    _, problems = reading.read("a.yaml", data)
    assert [problem.code for problem in problems] == [code]


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=80)
    | st.text(alphabet="ab: -{}[]\"'&*!|>#\n\t1.0~<?%@", max_size=80).map(str.encode)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    tree, problems = reading.read("a.yaml", data)
    assert tree is not None or problems
    for problem in problems:
        assert (problem.line >= 1, problem.column >= 1, bool(problem.hint)) == (True, True, True)
