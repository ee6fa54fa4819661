"""The reference pages say what the code does: every code of a problem, every key, every function; and run."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from wanqi.packs.files import keys_of, model_of
from wanqi.rules.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]
PACKS = (ROOT / "docs/reference/packs.md").read_text()
EXPRESSIONS = (ROOT / "docs/reference/expressions.md").read_text()


def codes(folder: str, pattern: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src/wanqi" / folder).rglob("*.py"):
        found |= set(re.findall(pattern, path.read_text()))
    return found


def test_every_code_of_a_problem_is_documented() -> None:
    for code in codes("packs", r'"((?:pack|case)\.[a-z-]+)"'):
        name = code.split(".")[1]
        assert code in PACKS or f"`-{name.removeprefix('unknown-')}`" in PACKS, code
    for code in codes("packs", r'self\.refuse\(\w+, "([a-z-]+)"') | codes("packs", r'"yaml\.([a-z-]+)"'):
        assert f"`{code}`" in PACKS, code
    pattern = r'(?:self\.(?:fail|error)\([\w.\[\]\-]+, |refused\(text, [\w.()]+, )"([a-z-]+)"'
    for code in codes("rules", pattern):
        assert f".{code}`" in EXPRESSIONS, code


def test_every_key_of_a_pack_file_is_documented() -> None:
    for path in (
        "a/pack.yaml",
        "a/demo.yaml",
        "a/vocabulary/b.yaml",
        "a/indicators/b.yaml",
        "a/documents/b.yaml",
        "a/codes/b.yaml",
        "a/peers/b.yaml",
        "a/tables/b.yaml",
        "a/programmes/b.yaml",
        "a/imports/b.yaml",
        "a/forms/b.yaml",
        "a/reports/b/report.yaml",
        "a/reports/b/original.yaml",
        "a/b.cases.yaml",
    ):
        model = model_of(path)
        assert model is not None
        for key in keys_of(model):
            assert re.search(rf"`[^`]*\b{key}\b[^`]*`", PACKS), (path, key)


def test_every_function_is_documented() -> None:
    for name in FUNCTIONS:
        assert f"`{name}(" in EXPRESSIONS


def test_the_example_gives_the_output_that_is_printed() -> None:
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", EXPRESSIONS, re.DOTALL)
    assert found is not None
    output = io.StringIO()
    with redirect_stdout(output):
        exec(compile(found[1], "expressions.md", "exec"), {})
    assert output.getvalue() == found[2]
