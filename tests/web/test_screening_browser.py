"""From the screen to the letter in Chromium: who qualifies, into the pool, recommended, 汇总表 and 推荐函 taken away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from tests import conftest as house
from tests.web.conftest import PHONE, WIDE, Desk, window
from tests.web.test_browser import axe
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
PASSWORD = "Demo-2023-临湘"  # the one tests/conftest.py makes the demonstration with
SRDI = "cn.srdi-sme"


@pytest.fixture(scope="module")
def demo_url(cluster: Cluster, demo_template: str) -> Iterator[str]:
    """The address of a served copy of the demonstration, written to by this module alone."""
    name = house._copy(cluster, demo_template, f"screening_{os.getpid()}")
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.serve", cluster.urls(name).app_url]
    with subprocess.Popen(command, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the server under test did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    cluster.drop_database(name)


def signed_in(chromium: Browser, url: str, size: tuple[int, int]) -> Desk:
    context = window(chromium, viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
    page = context.new_page()
    here = Desk(page, url)
    page.on(
        "console",
        lambda said: here.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: here.complaints.append(str(error)))
    here.open("/accounts/login/")
    page.fill("#id_login", "clerk")
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(f"{url}/")
    return here


def screened(here: Desk) -> Page:
    """Narrow the screen to the enterprises that meet the programme and do not hold it, through bar and filter."""
    page = here.open(f"/screening/?programme={SRDI}")
    assert axe(here) == []
    assert here.overflow() == 0
    here.shot("whole-screening")
    page.locator(".verdicts").get_by_role("link", name="差1项").click()
    expect(page.locator("#results .tag", has_text="差1项")).to_be_visible()
    expect(page.locator(".told", has_text="差 0.32 个百分点")).to_be_visible()
    page.get_by_role("link", name="演示企业19（临湘）", exact=True).click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("上年度研发费用占营业收入不低于3%")).to_be_visible()
    expect(drawer.get_by_text("附件2一（二）").first).to_be_visible()
    here.shot("screening-why")
    assert axe(here) == []
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    if page.locator("[data-toggle-filters]").is_visible():
        page.locator("[data-toggle-filters]").click()
    page.select_option("#filter-held", "without")
    expect(page.locator("#results .tag", has_text="尚未获得")).to_be_visible()
    page.locator(".verdicts").get_by_role("link", name="符合条件", exact=False).first.click()
    expect(page.locator("#results .tag", has_text="符合条件")).to_be_visible()
    assert "bucket=met" in page.url
    return page


def entered(here: Desk, names: list[str], batch: str) -> Page:
    page = here.page
    for name in names:
        page.get_by_label(f"选择{name}").check()
    expect(page.locator("[data-picked]")).to_have_text(str(len(names)))
    here.shot("screening-picked")
    page.get_by_role("button", name="入培育库、列入台账").click()
    page.fill("#id_batch", batch)
    assert axe(here) == []
    assert here.overflow() == 0
    here.shot("whole-screening-enter")
    page.get_by_role("button", name=f"登记{len(names)}家").click()
    page.wait_for_url("**/nominations/board/**")
    expect(page.locator("#messages")).to_contain_text(f"已列入{len(names)}家，阶段“入培育库”")
    return page


def recommended(here: Desk, names: list[str]) -> Page:
    page = here.page
    for name in names:
        page.get_by_label(f"选择{name}").check()
    page.get_by_role("button", name="推进所选").click()
    page.select_option("#id_to", "县级推荐")
    page.fill("#id_letter", "临科工函〔2023〕9号")
    page.get_by_role("button", name=f"确认：改变{len(names)}家的阶段").click()
    if len(names) > 1:
        page.locator("#confirm [data-answer=yes]").click()
    page.wait_for_url("**/nominations/board/**")
    return page


@pytest.mark.parametrize(
    ("size", "names", "batch"),
    [
        (WIDE, ["演示企业15（临湘）", "演示企业16（临湘）"], "2023年第二批"),
        (PHONE, ["演示企业17（临湘）"], "2023年第三批"),
    ],
    ids=["1440", "390"],
)
def test_from_the_screen_to_the_letter(
    chromium: Browser, demo_url: str, tmp_path: Path, size: tuple[int, int], names: list[str], batch: str
) -> None:
    here = signed_in(chromium, demo_url, size)
    page = screened(here)
    entered(here, names, batch)
    recommended(here, names)
    with page.expect_download() as table:
        page.locator(".page-action").get_by_role("link", name="汇总表").click()
    table.value.save_as(tmp_path / "table.xlsx")
    lines = CalamineWorkbook.from_path(tmp_path / "table.xlsx").get_sheet_by_index(0).to_python()
    assert [line[1] for line in lines[3:]] == names
    assert {line[8] for line in lines[3:]} == {"同意推荐"}
    page.locator(".page-action").get_by_role("link", name="推荐函").click()
    page.fill("#id_addressee", "岳阳市工业和信息化局")
    with page.expect_download() as letter:
        page.get_by_role("button", name="生成推荐函").click()
    letter.value.save_as(tmp_path / "letter.docx")
    text = "\n".join(one.text for one in docx.Document(str(tmp_path / "letter.docx")).paragraphs)
    assert "专精特新中小企业" in text
    assert names[0] in text
    assert here.complaints == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_the_pages_beside_it(chromium: Browser, demo_url: str, size: tuple[int, int]) -> None:
    here = signed_in(chromium, demo_url, size)
    pages = (
        "/calendar/",
        "/calendar/?view=list",
        "/windows/",
        "/screens/",
        f"/screening/text/?programme={SRDI}&bucket=short1&all=1",
        f"/screening/?programme={SRDI}&on=2023-01-15",
    )
    for path in pages:
        here.open(path)
        here.shot("whole-" + path.strip("/").split("?")[0].replace("/", "-"))
        assert (path, axe(here)) == (path, [])
        assert (path, here.overflow()) == (path, 0)
    page = here.open(f"/screening/?programme={SRDI}&bucket=short1")
    page.locator("summary", has_text="保存筛选").click()
    page.fill("#keep-name", f"专精特新差一项{size[0]}")
    page.get_by_role("button", name="保存并提醒变动").click()
    expect(page.locator("#messages")).to_contain_text("已保存为“专精特新差一项")
    here.open("/screens/")
    assert axe(here) == []
    assert here.overflow() == 0
    assert here.complaints == []
