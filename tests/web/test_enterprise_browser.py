"""An enterprise's page in Chromium: found, filled in, opened down to its sources; at a desk's and a phone's width."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser


def recorded(here: Desk, year: str, value: str) -> None:
    """Record the revenue of a year through the page."""
    page = here.page
    page.get_by_role("link", name="登记企业数据").first.click()
    page.select_option("#id_fact", "revenue")
    page.get_by_role("button", name="下一步").click()
    page.fill("#id_value", value)
    page.fill("#id_period", year)
    page.select_option("#id_source_class", "企业自报")
    page.fill("#id_source", "企业年报")
    page.get_by_role("button", name="登记", exact=True).click()


def test_from_the_list_to_a_values_sources(desk: Callable[..., Desk]) -> None:
    here = desk("clerk")
    page = here.open("/organisations/?q=第07")
    page.get_by_role("link", name="一企一档：第07化工有限公司").click()
    expect(page.get_by_role("heading", name="第07化工有限公司")).to_be_visible()
    expect(page.get_by_text("还没有企业数据")).to_be_visible()
    assert axe(here) == []
    for year, value in (("2021", "1,000"), ("2022", "1,234.5万"), ("2023", "1.5亿")):
        recorded(here, year, value)
    expect(page.get_by_text("已登记：营业收入 15,000万元")).to_be_visible()
    assert page.locator(".spark").count() == 1
    assert axe(here) == []
    here.shot("whole-enterprise")
    page.get_by_role("link", name="营业收入 2022年").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("企业自报：企业年报").first).to_be_visible()
    expect(drawer.get_by_text("只有一个来源。")).to_be_visible()
    assert axe(here) == []
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    phone = desk("clerk", PHONE)
    phone.open(urlsplit(page.url).path)
    phone.shot("whole-enterprise")
    assert phone.overflow() == 0
    assert axe(phone) == []
