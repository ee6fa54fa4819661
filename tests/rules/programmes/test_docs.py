"""The examples of docs/reference/evaluate.md and match.md run and print what they say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.rules.programmes.conftest import REGIONS

TEXT = (REGIONS.parent / "docs/reference/evaluate.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```python\n(.*?)```\n\n(?:```text\n(.*?)```)?", re.DOTALL)


@pytest.mark.parametrize(("page", "least"), [("evaluate", 3), ("match", 1)])
def test_every_example_prints_what_stands_below_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str, least: int
) -> None:
    monkeypatch.chdir(REGIONS.parent)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {}
    text = (REGIONS.parent / f"docs/reference/{page}.md").read_text(encoding="utf-8")
    examples = EXAMPLE.findall(text)
    assert len(examples) >= least
    for code, expected in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"{page}.md", "exec"), names)
        assert printed.getvalue() == expected


def test_every_code_of_a_refusal_is_described() -> None:
    source = (Path(REGIONS.parent) / "src/wanqi/rules/programmes/organisations.py").read_text(
        encoding="utf-8"
    )
    for code in set(re.findall(r'"(organisation\.[a-z]+)"', source)):
        assert f"`{code}`" in TEXT
