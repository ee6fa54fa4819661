"""The import in Chromium with a real worker behind it, at a desk's and a phone's width."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry.tables import rows, table
from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])


def work(cluster: Cluster) -> None:
    """Let a worker of its own do what is queued in the served database, then end."""
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.urls(f"desk_{os.getpid()}").app_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    command = [sys.executable, "-m", "django", "procrastinate", "--skip-checks", "worker", "--one-shot"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
def test_from_file_to_register_and_undone_again(
    desk: Callable[..., Desk], cluster: Cluster, tmp_path: Path, size: tuple[int, int]
) -> None:
    code = f"导入{size[0]}-"
    lines = [(f"{code}{at}", *line[1:]) for at, line in enumerate(rows(3))]
    file = tmp_path / "铁塔站址.xlsx"
    file.write_bytes(
        table(*lines, (f"{code}X", "某站", "片区九", "铁通", "2023-02-30", "6月15日"), ("合计", 4))
    )
    here = desk("clerk", size)
    page = here.open("/imports/new/")
    clean(here, "import_new")
    page.select_option("#id_profile", "tower-stations")
    page.set_input_files("#id_file", str(file))
    page.click("button:has-text('下一步')")
    page.wait_for_selector("text=这一列的内容" if size == WIDE else "text=表头在第1行")
    clean(here, "import_match")
    page.click("button:has-text('下一步')")
    page.wait_for_selector("button:has-text('确认导入3行')")
    assert page.locator("text=“6月15日”缺少年份").count() == 1
    clean(here, "import_preview")
    page.click("button:has-text('确认导入3行')")
    page.wait_for_selector("text=正在导入")
    clean(here, "import_progress")
    work(cluster)
    page.wait_for_selector("h1:has-text('已完成')")
    clean(here, "import_result")
    page.click("button:has-text('撤销这一批')")
    page.wait_for_selector("#confirm[open]")
    assert "新增的3行将撤销，更正的0行将恢复原值" in page.locator("#confirm-text").inner_text()
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=正在撤销")
    work(cluster)
    page.wait_for_selector("text=撤销新增3行")
    clean(here, "import_undone")
    here.open("/imports/")
    clean(here, "import_list")


@SIZES
def test_a_file_that_is_no_table_is_told_at_the_field(
    desk: Callable[..., Desk], tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "照片.xlsx"
    file.write_bytes(b"\xff\xd8\xff\xe0" + b"0" * 99)
    here = desk("clerk", size)
    page = here.open("/imports/new/")
    page.select_option("#id_profile", "tower-stations")
    page.set_input_files("#id_file", str(file))
    page.click("button:has-text('下一步')")
    page.wait_for_selector("#form-errors:has-text('这是图片，不是表格')")
    here.complaints.clear()  # the browser itself notes the 422
    clean(here, "import_refused")
