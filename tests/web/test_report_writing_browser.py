"""A report in Chromium: a template, two offices who write it, 汇总, 送审, 签发, and the Word file of what was signed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web import report_way as way
from tests.web.conftest import PHONE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


def test_two_offices_write_a_report_and_a_leader_signs_it(desk: Callable[..., Desk], tmp_path: Path) -> None:
    head = desk("head")
    way.make_template(head, "工作情况汇报")
    clean(head, "report_template")
    path = way.begin(head, "工作情况汇报")
    clean(head, "report_begun")

    clerk = desk("clerk")
    box = way.append(clerk, path, "，培训企业15家")
    expect(clerk.page.locator("[data-loose]").first).to_contain_text("15家")
    way.insert(clerk.page, box, "5G基站建设数")
    expect(clerk.page.locator("[data-status]").first).to_contain_text("已保存")
    clerk.page.keyboard.press("Backspace")  # the chip as a whole
    expect(box.locator(".figure-chip")).to_have_count(1)
    clean(clerk, "report_write")
    phone = desk("clerk", PHONE)
    page = phone.open(f"{path}write/")
    clean(phone, "report_write")
    way.append(clerk, path, "，先写的")
    way.type_at_end(page, page.locator(".editor-box").first, "，后写的")
    expect(page.locator(".editor-conflict")).to_contain_text("先写的")
    clean(phone, "report_conflict")
    page.click("button:has-text('用对方的一稿')")
    expect(page.locator(".editor-box").first).to_contain_text("先写的")
    phone.complaints.clear()  # the browser itself notes the 409
    way.finish(clerk, path)

    digital = desk("clerk-digital")
    way.append(digital, path, "，智慧园区已上线")
    way.finish(digital, path)

    way.collect(head, path)
    page = head.open(path)
    assert "未关联数据1处（15家）" in page.locator(".turn").inner_text()
    clean(head, "report_collected")
    way.explain_all(head, path, "培训签到表")
    way.submit(head, path)

    deputy = desk("deputy")
    page = deputy.open(path)
    clean(deputy, "report_review")
    way.append(deputy, path, "（全省前列）")
    page = deputy.open(f"{path}versions/?a=2&b=0")
    assert page.locator(".sentence ins").all_inner_texts() == ["（全省前列）"]
    clean(deputy, "report_compare")
    leader = desk("deputy", PHONE)
    leader.open(path)
    clean(leader, "report_review")
    way.sign(leader, path)
    clean(leader, "report_signed")
    deputy.open(path)
    clean(deputy, "report_signed")

    file = way.download(head, path, tmp_path)
    text = zipfile.ZipFile(file).read("word/document.xml").decode()
    for words in ("培训企业15家", "全省前列", "智慧园区已上线"):
        assert words in text
    assert head.open(f"{path}write/").locator(".editor-box").count() == 0
