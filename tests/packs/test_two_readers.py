"""libyaml reads what ruamel.yaml would read, and leaves every refusal to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml as libyaml
from ruamel.yaml import YAML

from wanqi.packs import reading

REGIONS = Path(__file__).resolve().parents[2] / "regions"
FILES = sorted(REGIONS.rglob("*.yaml"))[::4]  # every fourth: ruamel.yaml takes its time


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REGIONS)))
def test_both_give_one_tree(path: Path) -> None:
    text = path.read_text("utf-8")
    quick = reading._built("f", libyaml.parse(text, Loader=libyaml.CSafeLoader))
    careful = reading._built("f", YAML(typ="safe", pure=True).parse(text))
    assert isinstance(quick, reading._Node)
    assert isinstance(careful, reading._Node)
    one, other = reading._Builder("f"), reading._Builder("f")
    assert one.build(quick, ()) == other.build(careful, ())
    assert (one.problems, one.keys, one.styles) == (other.problems, other.keys, other.styles)
    # An empty value stands after its key for one, before the next key for the other.
    moved = {path for path, place in one.places.items() if other.places[path] != place}
    assert all(one.styles.get(path) is None for path in moved)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x\n", "yaml.anchor"),
        ("a: !!float 1\n", "yaml.tag"),
        ("a: 1\n--- \nb: 2\n", "yaml.documents"),
        ("a:\n\t- 1\n", "yaml.tab"),
        ("a: [1\n", "yaml.syntax"),
        ("a: 1\na: 2\n", "yaml.duplicate-key"),
        ("a: 1_000\n", "yaml.number"),
        ("a: yes\nb: 0730\n", "yaml.number"),
    ],
)
def test_what_must_not_be_read_is_refused_as_before(text: str, code: str) -> None:
    _, problems = reading.read("f", text.encode())
    assert [one.code for one in problems] == [code]


def test_words_of_older_yaml_are_text() -> None:
    tree, problems = reading.read("f", b"a: yes\nb: off\nc: 12:30\nd: 2023-06-30\ne: ~\nf:\n")
    assert problems == []
    assert tree is not None
    value = {key: repr(one) for key, one in tree.value.items()}
    assert value == {
        "a": "'yes'",
        "b": "'off'",
        "c": "'12:30'",
        "d": "datetime.date(2023, 6, 30)",
        "e": "None",
        "f": "None",
    }
