"""The pages say what the code does: links, commands, settings, codes of errors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from wanqi.cli.main import wanqi

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "wanqi"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
HANDBOOK = sorted((ROOT / "docs/handbook").glob("*.md"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        if part:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {anchor(one) for one in headings}, target


def test_every_picture_is_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [path.name for path in (ROOT / "docs/pictures").glob("*.png") if path.name not in text] == []


def test_every_page_is_within_reach_of_the_list_of_pages() -> None:
    """From README over links one gets to every page."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)\s#:]+)", page.read_text(encoding="utf-8")):
            waiting.append((page.parent / target).resolve())
    assert [name_of(page) for page in PAGES if page not in seen] == []


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands(child, f"{path} {name}")


def test_every_command_has_a_heading_and_its_options_below_it() -> None:
    sections = re.split(r"^#+ ", COMMANDS, flags=re.MULTILINE)
    for path, command in commands(wanqi, "wanqi"):
        if path == "wanqi":
            continue
        found = [section for section in sections if section.split("\n", 1)[0] == path]
        assert len(found) == 1, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert any(f"`{option}`" in found[0] for option in parameter.opts), (path, parameter.opts)


def test_no_heading_names_a_command_that_is_not_there() -> None:
    known = {path for path, _ in commands(wanqi, "wanqi")}
    assert set(re.findall(r"^#+ (wanqi.*)$", COMMANDS, re.MULTILINE)) <= known


def test_every_environment_variable_is_explained() -> None:
    read = re.compile(r"environ(?:\.get)?[\(\[]\s*\"((?:WANQI|DATABASE)_\w+)\"|= \"(DATABASE_\w+)\"")
    names = {
        one
        for path in SOURCE.rglob("*.py")
        for pair in read.findall(path.read_text(encoding="utf-8"))
        for one in pair
    }
    names -= {"", "WANQI_POOL", "WANQI_SUPERVISED"}  # set by the supervisor for its own children
    assert {"WANQI_DATA", "WANQI_HTTPS", "DATABASE_OWNER_URL"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in OPERATIONS] == []
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE))
    assert told <= names | {"WANQI_OWNER_PASSWORD", "WANQI_APP_PASSWORD"}


def words(node: ast.expr) -> list[str]:
    """Return the texts a first argument may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*words(node.body), *words(node.orelse)] if isinstance(node, ast.IfExp) else []


def codes() -> set[str]:
    """Return every code that an error of the house can have."""
    found = {"unexpected"}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == "errors.py":
            found |= set(re.findall(r"^    code = \"([a-z.-]+)\"", text, re.MULTILINE))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id == "EnvironmentRefused":
                    found |= set(words(node.args[0]))
                elif node.func.id == "TableRefused":
                    found |= {f"import.{kind}" for kind in words(node.args[0])}
                elif node.func.id == "WorkbookRefused":
                    found |= {f"return.{kind}" for kind in words(node.args[0])}
    return found


def test_every_code_of_an_error_has_its_line() -> None:
    from wanqi.registry.containers import OTHER_FORMATS
    from wanqi.registry.sheets import SIGNATURES

    wanted = codes() | {f"import.{one[1]}" for one in (*OTHER_FORMATS, *SIGNATURES)}
    documented = {
        code
        for line in ERRORS.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z.-]+)`", line.split("|")[1])
    }
    assert sorted(wanted - documented) == []
    assert sorted(documented - wanted) == []


def test_the_handbook_is_plain_chinese() -> None:
    """No path, no code, no English word that is not on the screen itself."""
    on_screen = "Excel WPS Word PDF XLSX CSV Esc Ctrl Alt K xlsx csv xls MB G I O S V Z N GeoJSON ICS"
    for page in HANDBOOK:
        text = re.sub(r"\]\([^)]*\)", "]", page.read_text(encoding="utf-8"))
        assert set(re.findall(r"[A-Za-z]+", text)) <= set(on_screen.split()), page.name
