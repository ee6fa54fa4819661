"""Board, figure drawer and report in Chromium, at a desk's and a phone's width: axe, no complaints, keyboard, print."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import conftest as house
from tests.web.conftest import PHONE, WIDE, Desk, window
from tests.web.test_browser import axe
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
PASSWORD = "Demo-2023-临湘"  # the one tests/conftest.py makes the demonstration with
PAGES = {
    "whole-board": "/board/",
    "whole-figure": "/figures/infra.5g.total/?period=2023H1",
    "whole-growth": "/figures/infra.5g.total.vs_year_end/?period=2023H1",
    "whole-forecast": "/figures/infra.5g.forecast/?period=2023H1",
    "whole-reports": "/reports/",
}


@pytest.fixture(scope="module")
def demo_url(cluster: Cluster, demo_template: str) -> Iterator[str]:
    """The address of a served copy of the demonstration; these tests change nothing in it."""
    name = house._copy(cluster, demo_template, f"board_{os.getpid()}")
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.serve", cluster.urls(name).app_url]
    with subprocess.Popen(command, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the server under test did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    cluster.drop_database(name)


@pytest.fixture
def leader(chromium: Browser, demo_url: str) -> Iterator[Callable[[tuple[int, int]], Desk]]:
    """A function that returns the demonstration signed in as a leader; complaints fail the test at its end."""
    made: list[Desk] = []

    def open_desk(size: tuple[int, int]) -> Desk:
        context = window(chromium, viewport={"width": size[0], "height": size[1]})
        page = context.new_page()
        here = Desk(page, demo_url)
        page.on(
            "console",
            lambda said: here.complaints.append(said.text) if said.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: here.complaints.append(str(error)))
        here.open("/accounts/login/")
        page.fill("#id_login", "leader")
        page.fill("#id_password", PASSWORD)
        page.click("button.btn-primary")
        page.wait_for_url(f"{demo_url}/")
        made.append(here)
        return here

    yield open_desk
    for here in made:
        here.page.context.close()
    assert [line for here in made for line in here.complaints] == []


def clean(here: Desk) -> None:
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
def test_the_pages_are_clean(leader: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = leader(size)
    for name, path in PAGES.items():
        here.open(path)
        here.shot(name)
        clean(here)
    here.page.locator(".drafts a").first.click()
    expect(here.page.locator("article .sentence").first).to_be_visible()
    here.shot("whole-report")
    clean(here)


def drawn(page: Page) -> bool:
    """Return whether the chart has put ink on its canvas."""
    return bool(
        page.evaluate(
            "[...document.querySelectorAll('[data-chart] canvas')].some(canvas => canvas.getContext('2d')"
            ".getImageData(0, 0, canvas.width, canvas.height).data.some(value => value !== 0))"
        )
    )


@SIZES
def test_the_chart_is_drawn_and_said_in_a_table(leader: Callable[..., Desk], size: tuple[int, int]) -> None:
    page = leader(size).open("/board/")
    assert drawn(page)
    page.get_by_text("查看图中数据").click()
    expect(page.get_by_role("row", name="12月")).to_contain_text("约691（636—746）")


@SIZES
def test_deeper_and_deeper_and_back_with_the_keyboard(
    leader: Callable[..., Desk], size: tuple[int, int]
) -> None:
    here = leader(size)
    page = here.open("/board/")
    growth = page.get_by_role("link", name="26.61%").first
    growth.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("（571−451）÷451＝26.61%")).to_be_visible()
    drawer.get_by_role("link", name="451个").click()
    expect(drawer.get_by_text("451条记录")).to_be_visible()
    clean(here)
    drawer.get_by_role("searchbox").fill("演示-0100")
    expect(drawer.get_by_text("找到1条")).to_be_visible()
    expect(drawer.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")  # empties the search
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert page.url == f"{here.url}/board/"


def test_the_printed_report_is_its_text(leader: Callable[..., Desk]) -> None:
    page = leader(WIDE).open("/reports/")
    page.locator(".drafts a").first.click()
    expect(page.locator("article .sentence").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("article .sentence").first).to_be_visible()
    for hidden in ("报告原值", "报送前核对", "未写的分句", "导出Word"):
        expect(page.get_by_text(hidden).first).to_be_hidden()


def test_without_scripts_a_figure_still_opens(chromium: Browser, leader: Callable[..., Desk]) -> None:
    here = leader(WIDE)
    state = here.page.context.storage_state()
    context = window(chromium, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{here.url}/board/")
    page.get_by_role("link", name="571个").first.click()
    expect(page.get_by_text("上年末451个＋本年120个＝571个")).to_be_visible()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("第2页，共29页")).to_be_visible()
    context.close()
