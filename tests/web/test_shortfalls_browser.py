"""The board's main way in Chromium: a clerk hands a shortfall on, the unit answers on a phone, the clerk closes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import conftest as house
from tests.web.conftest import PHONE, WIDE, Desk, window
from tests.web.test_browser import axe
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
PASSWORD = "Demo-2023-临湘"  # the one tests/conftest.py makes the demonstration with


@pytest.fixture
def demo_url(cluster: Cluster, demo_template: str) -> Iterator[str]:
    """The address of a served copy of the demonstration, written to by this module alone."""
    name = house._copy(cluster, demo_template, f"shortfall_{os.getpid()}")
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.serve", cluster.urls(name).app_url]
    with subprocess.Popen(command, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the server under test did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    cluster.drop_database(name)


def signed_in(chromium: Browser, url: str, username: str, size: tuple[int, int]) -> Desk:
    page = window(chromium, viewport={"width": size[0], "height": size[1]}).new_page()
    here = Desk(page, url)
    page.on(
        "console",
        lambda said: here.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: here.complaints.append(str(error)))
    here.open("/accounts/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(f"{url}/")
    return here


def raised(here: Desk) -> Page:
    page = here.open("/board/")
    page.locator(".topic").get_by_role("link", name="交办").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_label("差多少")).to_have_value(
        "2023年上半年5G基站累计数571个，全年目标800个；按当前进度年末约691个，难以完成全年目标800个，差109个；"
        "今年新增任务完成34.38%，序时进度50.00%。"
    )
    drawer.get_by_label("承办股室").select_option("")
    drawer.get_by_label("责任单位").select_option(label="铁塔公司")
    drawer.get_by_label("完成时限").fill("2099-12-31")
    here.shot("raise")
    assert axe(here) == []
    drawer.get_by_role("button", name="交办").click()
    expect(page.get_by_text("已交办：5G基站累计数进度滞后。")).to_be_visible()
    return page


def test_from_the_card_to_the_answer_and_off_the_list(chromium: Browser, demo_url: str) -> None:
    clerk = signed_in(chromium, demo_url, "clerk", WIDE)
    raised(clerk)

    unit = signed_in(chromium, demo_url, "reporter", PHONE)
    page = unit.page
    page.get_by_role("link", name="短板待反馈").click()
    page.get_by_role("link", name="5G基站累计数进度滞后").first.click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("反馈情况").fill("已开工20个站，9月底前开通")
    unit.shot("answer")
    drawer.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_text("已登记反馈，等待销号。")).to_be_visible()
    assert axe(unit) == []
    assert unit.overflow() == 0

    page = clerk.open("/board/")
    page.get_by_role("link", name="5G基站累计数进度滞后").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("已开工20个站，9月底前开通").first).to_be_visible()
    drawer.get_by_label("销号依据").fill("累计已达800个")
    drawer.get_by_role("button", name="销号").click()
    expect(page.get_by_text("已销号。")).to_be_visible()
    expect(clerk.open("/board/").get_by_role("link", name="5G基站累计数进度滞后")).to_have_count(0)
    assert axe(clerk) == []
    for here in (clerk, unit):
        here.page.context.close()
        assert here.complaints == []


def test_the_sum_is_shown_as_it_is_typed(chromium: Browser, demo_url: str) -> None:
    here = signed_in(chromium, demo_url, "clerk", WIDE)
    page = here.open("/targets/infra.5g.target/2023/office/edit/")
    parts = page.locator("[data-part]")
    parts.nth(0).fill("1,00")
    parts.nth(1).fill("650.5")
    expect(page.locator("[data-sum]")).to_have_text("750.5")
    expect(page.locator("[data-gap]")).to_have_text("比总目标800个少49.5个")
    page.get_by_label("分解的数").select_option(label="本年新增数")
    expect(page.locator("[data-gap]")).to_have_text("比总目标349个多401.5个")
    parts.nth(0).fill("甲")
    expect(page.locator("[data-gap]")).to_have_text("有一格不是数，合计算不出")
    assert axe(here) == []
    here.page.context.close()
    assert here.complaints == []
