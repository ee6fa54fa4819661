"""`wanqi import` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from tests import cast
from tests.registry.tables import HEADS, ROW, csv, rows, table
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def wanqi(cluster: Cluster, committed_db: str) -> Run:
    urls = cluster.urls(committed_db)
    environment = {
        **os.environ,
        "DATABASE_URL": urls.app_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from wanqi.cli.main import run; run()", "import", *arguments]
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def stations(cluster: Cluster, committed_db: str) -> Callable[[], int]:
    def count() -> int:
        with psycopg.connect(cluster.urls(committed_db).app_url) as looking:
            found = looking.execute("SELECT count(*) FROM projects_site").fetchone()
        assert found is not None
        return int(found[0])

    return count


def test_counts_rejected_rows_and_the_second_time(
    wanqi: Run, stations: Callable[[], int], tmp_path: Path
) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(table(*rows(2), ("S9", "", "", "", "", "6月15日"), ("合计", 3)))
    given = ("tower-stations", str(file), "--region", cast.REGION)
    tried = wanqi(*given, "--dry-run")
    assert tried.returncode == 1
    assert "试跑，登记库没有改动：读取4行，新增2，更正0，无变化0，不导入1，跳过1（合计行1）。" in tried.stdout
    assert stations() == 0
    done = wanqi(*given, "--office", cast.offices()[0].code, "--unit", "tower")
    assert "批导入完成：读取4行，新增2，更正0，无变化0，不导入1，跳过1（合计行1）。" in done.stdout
    assert (done.returncode, stations()) == (1, 2)
    book = CalamineWorkbook.from_path(str(tmp_path / "清单.xlsx.rejected.xlsx"))
    assert book.get_sheet_by_index(0).to_python() == [
        ["行号", *HEADS, "未导入原因", "怎么改"],
        [
            4.0, "S9", "", "", "", "", "6月15日",
            "站址名称：没有填写；开通日期：“6月15日”缺少年份",
            "请填写站址名称。请按2023-06-15这样写出年、月、日。",
        ],
    ]  # fmt: skip
    again = wanqi(*given)
    assert "新增0，更正0，无变化2，不导入1" in again.stdout


def test_a_good_file_ends_with_status_nought(wanqi: Run, stations: Callable[[], int], tmp_path: Path) -> None:
    file = tmp_path / "清单.csv"
    file.write_bytes(csv([HEADS, ROW], encoding="gb18030"))
    done = wanqi("tower-stations", str(file), "--region", cast.REGION)
    assert (done.returncode, stations()) == (0, 1)
    assert "提示：按GB18030编码读取。" in done.stdout
    assert not (tmp_path / "清单.csv.rejected.xlsx").exists()


@pytest.mark.parametrize(
    ("content", "arguments", "status", "said"),
    [
        (b"%PDF-1.7 x", (), 1, "清单.xlsx：这是PDF文件，不是表格"),
        (table(ROW), ("--unit", "nobody"), 1, "没有代码为“nobody”的报送单位"),
        (table(ROW), ("--sheet", "没有"), 1, "没有名为“没有”的工作表"),
        (table(("a", "b")), ("--bad",), 2, "--bad"),
    ],
)
def test_refusals_are_one_sentence(
    wanqi: Run,
    stations: Callable[[], int],
    tmp_path: Path,
    content: bytes,
    arguments: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(content)
    done = wanqi("tower-stations", str(file), "--region", cast.REGION, *arguments)
    assert (done.returncode, stations()) == (status, 0)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_two_gigabytes_are_refused_at_once(wanqi: Run, tmp_path: Path) -> None:
    file = tmp_path / "清单.xlsx"
    with file.open("wb") as sparse:
        sparse.truncate(2 * 1024**3)
    done = wanqi("tower-stations", str(file), "--region", cast.REGION)
    assert done.returncode == 1
    assert "文件有2.0 GB，超过50 MB的上限" in done.stderr
