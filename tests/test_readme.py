"""What README and tutorial print is what the commands print.

In a session `$` begins a command; a line `…` stands for any lines, `…` in a line for any text. Spaces count as one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from wanqi.cli.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
TUTORIAL = ROOT / "docs" / "tutorial" / "README.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(session: str) -> list[tuple[str, str]]:
    """Return (command, what is printed for it) of a session."""
    parts = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
    return [(command, said) for command, _, said in (part.partition("\n") for part in parts)]


def pattern(said: str) -> re.Pattern[str]:
    """Return what an output must match: `…` alone on a line is any lines, within a line any text."""
    lines = [
        r"(?:[^\n]*\n)*?"
        if line.strip() == "…"
        else r"[^\n]*".join(map(re.escape, plain(line).split("…"))) + r"\n"
        for line in said.splitlines()
    ]
    return re.compile("".join(lines))


def plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def output(command: str, *, env: Mapping[str, str], cwd: Path = ROOT) -> str:
    given = {**os.environ, **env, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    program, *rest = command.split()
    argv = [sys.executable, "-m", "wanqi.cli.main", *rest] if program.endswith("wanqi") else [program, *rest]
    return subprocess.run(argv, cwd=cwd, env=given, stdout=subprocess.PIPE, text=True, check=False).stdout


@pytest.mark.slow
def test_the_sessions_print_what_stands_there(cluster: Cluster, demo_db: str, tmp_path: Path) -> None:
    """In either language; a command that stands in both is run once."""
    env = {
        "DATABASE_URL": cluster.urls(demo_db).app_url,
        "WANQI_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    printed: dict[str, str] = {}
    for page in READMES:
        (session,) = blocks(page, "console")
        assert len(session.splitlines()) <= 10
        for command, said in commands(session):
            if command not in printed:
                printed[command] = plain(output(command, env=env)) + "\n"
            assert pattern(said).fullmatch(printed[command]), (page.name, command, printed[command][:2000])


def test_a_session_that_differs_is_noticed() -> None:
    assert pattern("a 1\n…\nb … c\n").fullmatch("a 1\nx\ny\nb 2 c\n")
    assert not pattern("a 1\n").fullmatch("a 2\n")
    assert not pattern("a 1\n").fullmatch("a 1\nb\n")


@pytest.mark.slow
def test_the_checks_of_the_tutorial_print_what_stands_there(tmp_path: Path) -> None:
    """The indicator with its mistake, without, and with its cases; the clause in the report."""
    shutil.copytree(ROOT / "regions", tmp_path / "regions")
    region = tmp_path / "regions" / "cn-430682"
    indicator, cases, clause = blocks(TUTORIAL, "yaml")
    checks = [
        pair
        for block in blocks(TUTORIAL, "text")
        for pair in commands(block)
        if pair[0].endswith("wanqi check")
    ]
    assert len(checks) == 3

    file = region / "indicators" / "infra.5g.operators.yaml"
    file.write_text(indicator, encoding="utf-8")
    assert output(checks[0][0], env={}, cwd=tmp_path) == checks[0][1]
    file.write_text(indicator.replace("中移动", "移动"), encoding="utf-8")
    assert output(checks[1][0], env={}, cwd=tmp_path) == checks[1][1]
    (region / "indicators" / "infra.5g.operators.cases.yaml").write_text(cases, encoding="utf-8")
    report = region / "reports" / "half-year" / "report.yaml"
    text = report.read_text(encoding="utf-8")
    assert text.count("          - id: growth\n") == 1
    report.write_text(
        text.replace("          - id: growth\n", clause + "          - id: growth\n"), encoding="utf-8"
    )
    assert output(checks[2][0], env={}, cwd=tmp_path) == checks[2][1]


def test_readme_is_one_screen() -> None:
    for page in READMES:
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 65
