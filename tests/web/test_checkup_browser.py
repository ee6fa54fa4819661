"""An enterprise signs in, reads its check-up, asks for a correction; a clerk takes it in; the verdict is another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser


def signed_in(firm: Desk) -> Page:
    """Sign in as the enterprise through the page; its check-up is its start page."""
    page = firm.open("/accounts/login/")
    page.fill("#id_login", "enterprise")
    page.fill("#id_password", cast.PASSWORD)
    page.click("button.btn-primary")
    expect(page.get_by_role("heading", name="政策体检")).to_be_visible()
    return page


def asked(firm: Desk, page: Page, link: str, value: str, proof: Path) -> None:
    """Open a condition from the keyboard, follow it to its datum, ask for the value with a file."""
    card = page.locator("#cn-above-scale")
    if card.get_attribute("open") is None:
        card.locator("summary").first.focus()
        page.keyboard.press("Enter")
    card.get_by_role("link", name="年主营业务收入不低于2000万元").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("主营业务收入").first).to_be_visible()
    assert axe(firm) == []
    drawer.get_by_role("link", name=link).last.click()
    page.fill("#id_value", value)
    page.fill("#id_reason", "年度审计报告已出")
    page.set_input_files("#id_file", proof)
    firm.shot("whole-propose")
    if (page.viewport_size or {})["width"] == WIDE[0]:
        lapsed(page)
        expect(page.get_by_text("已恢复您刚才填写、还没有提交的内容；文件请重新选择。")).to_be_visible()
        expect(page.locator("#id_value")).to_have_value(value)
        expect(page.locator("#id_reason")).to_have_value("年度审计报告已出")
        anothers(page)
        expect(page.locator("#id_value")).to_have_value(value)
        page.set_input_files("#id_file", proof)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("经办人办理后，比对结果随之更新")).to_be_visible()


def anothers(page: Page) -> None:
    """Leave what another person typed here in the same tab, and load the page again: it is gone, and nobody's."""
    page.evaluate("""sessionStorage.setItem(`kept 0 ${location.pathname}${location.search}`,
        '{"typed": {"value": ["1"]}, "sent": true, "file": false}')""")
    page.reload()
    assert page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('kept 0 '))") == []


def lapsed(page: Page) -> None:
    """Let the sign-in lapse while the form is being filled in, hand it in, and sign in again."""
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="提交").click()
    page.fill("#id_login", "enterprise")
    page.fill("#id_password", cast.PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url("**/corrections/new/**")


def taken(clerk: Desk, value: str) -> None:
    """Find the open request, read it and take it into the register."""
    office = clerk.open("/corrections/?state=待办理")
    office.get_by_role("link", name="号").first.click()
    expect(office.get_by_text(f"{value}万元")).to_be_visible()
    assert clerk.overflow() == 0
    assert axe(clerk) == []
    clerk.shot("whole-correction")
    office.select_option("#id_source_class", "审计报告")
    office.get_by_role("button", name="采纳并登记").click()
    expect(office.get_by_text("已采纳，数据已登记")).to_be_visible()


def test_from_check_up_to_correction_to_a_new_verdict(desk: Callable[..., Desk], tmp_path: Path) -> None:
    proof = tmp_path / "2025年度审计报告.pdf"
    proof.write_bytes(b"%PDF-1.4 proof")
    for size, link, value, verdict in (
        (WIDE, "补充这项数据", "1,900", "差 100万元"),
        (PHONE, "提出更正", "2,050", "符合条件"),
    ):
        firm, clerk = desk(None, size), desk("clerk", size)
        page = signed_in(firm)
        expect(page.get_by_text("以主管部门最终审核结果为准").first).to_be_visible()
        assert firm.overflow() == 0
        assert axe(firm) == []
        expect(page.locator("#cn-43-rd-subsidy .sum")).to_contain_text("符合全部条件后：")
        firm.shot("whole-checkup")
        asked(firm, page, link, value, proof)
        taken(clerk, value)
        firm.open("/my/checkup/")
        expect(page.locator("#cn-above-scale").get_by_text(verdict).first).to_be_attached()
