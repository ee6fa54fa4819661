"""From a unit's figure to what was revised of a signed report: 报数 → 看板 → 材料 → 签发 → 数据修订说明, in Chromium."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web import report_way as way
from tests.web.conftest import PHONE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser
TITLE = "人才工作小结"
FORM = "科技人才情况半年报"


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


def hand_in(unit: Desk, text: str) -> None:
    """Fill in the one line of the unit and hand it in."""
    page = unit.open("/returns/")
    page.click(f".return-list a:has-text('{FORM}')")
    page.wait_for_selector("#return-form")
    page.wait_for_load_state("load")
    page.fill("#value-high-level", text)
    page.press("#value-high-level", "Tab")
    expect(page.locator("#saved")).to_contain_text("已暂存")
    page.fill("#reported_by", "李四")
    page.click("button:has-text('核对并提交')")
    page.click("button:has-text('确认提交')")
    page.wait_for_selector("text=等待责任股室审核")


def lock(office: Desk, round: str) -> None:
    """Approve what the unit handed in, and lock it."""
    page = office.open(round)
    page.locator("table a.row-link").first.click()
    page.click("button:has-text('通过')")
    page.wait_for_selector("text=已通过，锁定后数字才计入")
    page.click("button:has-text('锁定')")
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=数据修订")


def ask(office: Desk) -> tuple[str, str]:
    """Ask the one unit for the latest half-year; return the round's path and its period."""
    page = office.open("/returns/new/?form=talent-half-year")
    for box in page.locator("input[name=units]").all():
        box.set_checked(box.get_attribute("value") == "talent-office")
    period = page.locator("#id_period").input_value()
    page.click("button:has-text('下发')")
    page.wait_for_selector("text=已下发给1个单位")
    return page.url.removeprefix(office.url), period


def written(head: Desk) -> None:
    """Make a template of two sections; the first says what the unit has handed in."""
    page: Page = head.open("/reports/templates/")
    page.select_option("#copied", "")
    page.fill("#title", TITLE)
    page.click("button:has-text('新建')")
    page.wait_for_selector("[name=title-section-1]")
    page.wait_for_load_state("load")
    page.fill("[name=title-section-1]", "人才")
    page.click("button:has-text('加一句') >> nth=0")
    page.wait_for_selector("text=改动还没有保存")
    page.wait_for_load_state("load")
    box = page.locator(".editor-box").first
    way.type_at_end(page, box, "今年以来，认定岳阳市高层次人才")
    way.insert(page, box, "岳阳市高层次人才")
    page.click("button:has-text('加一章')")
    page.wait_for_selector("[name=title-section-2]")
    page.wait_for_load_state("load")
    page.fill("[name=title-section-2]", "推进情况")
    page.select_option("[name=office-section-2]", label="信息化与数字产业股")
    way.type_at_end(page, page.locator(".editor-box").nth(1), "各项工作有序推进")
    page.click("button.btn-primary:has-text('保存模板')")
    page.wait_for_selector("text=模板已保存")


def test_from_what_a_unit_hands_in_to_what_was_revised(desk: Callable[..., Desk], tmp_path: Path) -> None:
    office, unit = desk("clerk-talent"), desk("reporter-talent-office", PHONE)
    round, period = ask(office)
    hand_in(unit, "21")
    lock(office, round)

    leader = desk("deputy", PHONE)
    page = leader.open(f"/board/?period={period}")
    expect(page.get_by_role("link", name="21人").first).to_be_visible()
    page = leader.open(f"/figures/talent.high_level/?period={period}")
    expect(page.get_by_text("市委组织部人才办").first).to_be_visible()
    clean(leader, "handed_in_figure")

    head = desk("head")
    written(head)
    path = way.begin(head, TITLE)
    clerk, digital = desk("clerk"), desk("clerk-digital")
    way.finish(clerk, path)
    way.append(digital, path, "，智慧园区已上线")
    way.finish(digital, path)
    way.collect(head, path)
    way.explain_all(head, path, "以文件为准")
    way.submit(head, path)
    way.sign(leader, path)
    file = way.download(head, path, tmp_path)
    text = zipfile.ZipFile(file).read("word/document.xml").decode()
    for words in ("21人", "智慧园区已上线"):
        assert words in text

    page = office.open(round)
    page.locator("table a.row-link").first.click()
    page.click("a:has-text('数据修订')")
    page.fill("#id_reason", "漏报1人，已补文件。")
    page.click("button:has-text('数据修订')")
    page.wait_for_load_state("load")
    hand_in(unit, "22")
    lock(office, round)

    page = head.open(path)
    page.get_by_role("link", name="个数据有修订").click()
    expect(page.locator("#figures ~ .table-wrap")).to_contain_text("22人")
    expect(page.locator("#figures ~ .table-wrap")).to_contain_text("认定岳阳市高层次人才（20")
    expect(page.locator(".restated")).to_contain_text("认定岳阳市高层次人才22人")
    clean(head, "restatement")
    with page.expect_download() as coming:
        page.click("a:has-text('导出Word')")
    revised = zipfile.ZipFile(coming.value.path()).read("word/document.xml").decode()
    for words in ("21人", "22人"):
        assert words in revised
