"""The examples of docs/reference/evaluate.md run and print what they say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.rules.programmes.conftest import REGIONS

TEXT = (REGIONS.parent / "docs/reference/evaluate.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n(?:```text\n(.*?)```)?", TEXT, re.DOTALL)


def test_every_example_prints_what_stands_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REGIONS.parent)
    names: dict[str, object] = {}
    assert len(EXAMPLES) >= 3
    for code, expected in EXAMPLES:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "evaluate.md", "exec"), names)
        assert printed.getvalue() == expected


def test_every_code_of_a_refusal_is_described() -> None:
    source = (Path(REGIONS.parent) / "src/wanqi/rules/programmes/organisations.py").read_text(
        encoding="utf-8"
    )
    for code in set(re.findall(r'"(organisation\.[a-z]+)"', source)):
        assert f"`{code}`" in TEXT
