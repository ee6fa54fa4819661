"""What make says on a machine where something is missing: one sentence that names it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# A stand-in for python3 per case: the shell script's answers to `-c`, `--version` and `-m pip`.
FINE = "exit 0"
OLD = 'case "$1" in -c) exit 1;; --version) echo Python 3.9.2;; esac'
NO_PIP = 'case "$1" in -m) exit 1;; esac'


@pytest.mark.parametrize(
    ("python", "git", "sentence"),
    [
        (
            None,
            True,
            "缺少 python3：请先安装 Python 3.11 或更新版本（apt-get install python3），再运行 make。",
        ),
        (OLD, True, "Python 3.9.2 太旧：需要 Python 3.11 或更新版本，可用 make PYTHON=python3.11 指定。"),
        (NO_PIP, True, "缺少 pip：请先安装（apt-get install python3-pip），再运行 make。"),
        (FINE, False, "缺少 git：请先安装（apt-get install git），再运行 make。"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, python: str | None, git: bool, sentence: str) -> None:
    make = shutil.which("make")
    assert make is not None
    for name, script in (("python3", python), ("git", FINE if git else None)):
        if script is not None:
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [make, "--no-print-directory", "check-machine"],
        cwd=PROJECT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout.splitlines() == [sentence]
