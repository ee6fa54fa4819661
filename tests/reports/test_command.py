"""`wanqi report` as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import cast
from tests.conftest import ROOT
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.slow


def wanqi(cluster: Cluster, database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.urls(database).app_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    environment.pop("DATABASE_OWNER_URL", None)
    command = [sys.executable, "-m", "wanqi.cli.main", "report", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_compile_compare_and_table(cluster: Cluster, demo_db: str, tmp_path: Path):
    place = ("--region", cast.REGION, "--period", "2023H1")
    out = tmp_path / "report.json"
    done = wanqi(cluster, demo_db, "compile", *place, "--format", "json", "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("未写：beyond-target——")
    figures = {one["id"]: one for one in json.loads(out.read_text(encoding="utf-8"))["figures"]}
    assert figures["infra.5g.total"]["display"] == "571个"
    compared = wanqi(cluster, demo_db, "compare", *place, "--format", "json")
    assert len(json.loads(compared.stdout)) == 55
    table = wanqi(cluster, demo_db, "table", *place, "--format", "json", "-o", "-")
    lines = {one["indicator"]: one for one in json.loads(table.stdout)["rows"]}
    assert lines["infra.5g.total"]["cumulative"] == 571


def test_refusals_are_one_sentence(cluster: Cluster, demo_db: str, tmp_path: Path):
    out = tmp_path / "report.json"
    wrong = wanqi(cluster, demo_db, "compile", "--region", cast.REGION, "--period", "2023H9", "-o", str(out))
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("“2023H9”不是时期")
    assert wrong.stderr.count("\n") == 1
    assert not out.exists()
