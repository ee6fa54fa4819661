"""The shape of the project: what imports cannot say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "wanqi"
APPS = ("core", "registry", "policies", "indicators", "projects", "collection", "reports")
PURE = ("rules", "figures", "packs", "documents")
BANNED_NAMES = {"utils", "helpers", "common", "manager", "handle", "info", "misc", "util"}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "update",
    "acreate",
    "asave",
    "adelete",
    "aupdate",
}
QUERY = re.compile(
    r"\.objects\b|_default_manager|\.filter\(|\.all\(\)|\.exclude\(|\.save\(|\.bulk_|_or_create\("
)


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders or ("",):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(modules()), ids=name_of)
def test_a_module_stays_below_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_module_is_named_after_nothing() -> None:
    assert [name_of(path) for path in modules() if path.stem in BANNED_NAMES] == []


def writing_calls(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            source = ast.get_source_segment(text, node) or ""
            if QUERY.search(source):
                found.append(f"{name_of(path)}:{node.lineno} {source.splitlines()[0][:80]}")
    return found


def test_only_actions_write() -> None:
    """Rows are written by actions.py or a module of actions/, and by nothing else."""
    outside = [
        call
        for path in modules(*APPS, "web", "cli")
        if path.name != "actions.py" and "actions" not in path.parts
        for call in writing_calls(path)
    ]
    assert outside == []


def test_pure_packages_read_no_clock() -> None:
    clock = re.compile(r"\b(datetime\.now|date\.today|timezone\.now|time\.time|localdate)\(")
    assert [name_of(path) for path in modules(*PURE) if clock.search(path.read_text(encoding="utf-8"))] == []


def test_no_request_below_the_doors() -> None:
    taking = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules(*APPS, *PURE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(argument.arg == "request" for argument in [*node.args.args, *node.args.kwonlyargs])
    ]
    assert taking == []


def public_definitions(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_every_public_function_and_module_says_what_it_is() -> None:
    silent = []
    for path in modules(*PURE, *APPS):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.stem not in {"__init__", "apps"} and not ast.get_docstring(tree):
            silent.append(name_of(path))
        if path.stem == "apps":
            continue
        told = (
            ast.get_docstring(tree) or ""
        )  # errors.py draws its tree, one line per class, in the module's own
        silent += [
            f"{name_of(path)}:{node.lineno} {node.name}"
            for node in public_definitions(path)
            if not ast.get_docstring(node) and not (path.stem == "errors" and node.name in told)
        ]
    assert silent == []


def test_no_docstring_repeats_the_name() -> None:
    echoes = []
    for path in modules():
        for node in public_definitions(path):
            words = re.sub(r"[^a-z]", "", (ast.get_docstring(node) or "").lower())
            if words and words == node.name.replace("_", "").lower():
                echoes.append(f"{name_of(path)}:{node.lineno}")
    assert echoes == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=|<style|javascript:",
        re.IGNORECASE,
    )
    guilty = [
        f"{name_of(path)}: {found.group(0)}"
        for path in (SOURCE / "web" / "templates").rglob("*.html")
        # what stands in a template's own tags is not HTML
        for found in inline.finditer(re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8")))
    ]
    assert guilty == []


def test_no_template_is_unused() -> None:
    templates = SOURCE / "web" / "templates"
    # Pages of Django, allauth and axes are found by their own names.
    theirs = ("account/", "allauth/", "403", "404", "500", "403_csrf", "400", "axes/", "429", "413")
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*modules(), *templates.rglob("*.html")])
    unused = [
        str(path.relative_to(templates))
        for path in templates.rglob("*.html")
        if not str(path.relative_to(templates)).startswith(theirs)
        and str(path.relative_to(templates)) not in code
    ]
    assert unused == []


def test_no_policy_number_stands_in_code() -> None:
    """Targets and thresholds of the packs live in the packs."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules(*APPS, *PURE, "web"))
    assert re.findall(r"infra\.5g\.\w+", text) == []


def test_lock_files_name_no_host() -> None:
    guilty = [path.name for path in ROOT.glob("*.lock") if "://" in path.read_text(encoding="utf-8")]
    assert guilty == []
