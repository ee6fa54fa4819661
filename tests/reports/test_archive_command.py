"""`wanqi report verify | rebuild | archive` as somebody types them, far from any database and beside one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.reports.test_archives import changed, made
from tests.reports.test_command import wanqi
from wanqi.cli.cluster import Cluster
from wanqi.core.access import command_actor
from wanqi.reports.actions.freezing import freeze_report
from wanqi.reports.archives.contents import output_path, zipped
from wanqi.reports.models import Draft

pytestmark = pytest.mark.slow


def far(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command where no database answers, in a folder of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "wanqi.cli.main", "report", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("demo")
def test_an_archive_is_verified_and_rebuilt_without_a_database(tmp_path: Path) -> None:
    contents = made()
    content = zipped(contents)
    file = tmp_path / "定稿.zip"
    file.write_bytes(content)
    sound = far(tmp_path, "verify", str(file), "--digest", contents.digest)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert f"{len(contents.parts)}个文件全部相符。" in sound.stdout
    assert "相符\toutputs/report.pdf" in sound.stdout

    built = far(tmp_path, "rebuild", str(file), "-o", "out")
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.count("逐字节相同\t") == 4
    for form in ("html", "docx", "pdf", "xlsx"):
        assert (tmp_path / "out" / f"report.{form}").read_bytes() == contents.parts[output_path(form)], form
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "定稿.zip"]

    file.write_bytes(changed(content, "figures.json", b"[]").getvalue())
    wrong = far(tmp_path, "verify", str(file))
    assert wrong.returncode == 1
    assert "不符\tfigures.json" in wrong.stdout
    refused = far(tmp_path, "rebuild", str(file), "-o", "again")
    assert refused.returncode == 1
    assert refused.stderr.startswith("档案与签发时不一致：figures.json")
    assert not (tmp_path / "again").exists()


def test_an_archive_is_taken_out_of_the_database(cluster: Cluster, demo_db: str, tmp_path: Path) -> None:
    archive = freeze_report(Draft.objects.get(period="2023H1"), actor=command_actor("测试"))
    out = tmp_path / "档案.zip"
    done = wanqi(cluster, demo_db, "archive", str(archive.pk), "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"摘要：{archive.digest}" in far(tmp_path, "verify", str(out)).stdout
