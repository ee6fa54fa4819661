"""A visitor without an account finds out where the enterprise stands, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE, WIDE, Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_from_the_catalogue_to_a_result(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    visitor = desk(None, size)
    page = visitor.open("/portal/")
    visitor.shot("whole_portal")
    page.get_by_role("link", name="开始政策自测").click()
    ticked = page.get_by_role("checkbox", checked=True)
    while ticked.count():
        ticked.first.uncheck()
    page.get_by_role("checkbox", name="科技型中小企业").check()
    page.get_by_role("button", name="开始", exact=True).click()
    for _ in range(3):
        question = page.locator(".portal-question h2").inner_text()
        none, yes = (
            page.get_by_role("button", name="没有", exact=True),
            page.get_by_role("radio", name="是", exact=True),
        )
        if none.count():
            none.click()
        elif yes.count():
            yes.check()
            page.get_by_role("button", name="继续").click()
        else:
            page.get_by_role("button", name="先跳过").click()
        expect(page.locator(".portal-question h2")).not_to_have_text(question)
    visitor.shot("whole_portal_question")
    here = page.locator(".portal-question h2").inner_text()
    page.go_back()  # a question that was answered stands there again
    expect(page.locator(".portal-question h2")).to_have_text(question)
    page.go_forward()
    expect(page.locator(".portal-question h2")).to_have_text(here)
    page.get_by_role("button", name="看结果").click()
    expect(page.locator("details.programme h2").first).to_have_text("科技型中小企业")
    visitor.shot("whole_portal_result")
    assert visitor.overflow() == 0
    # What a clause of the packs pays: an interval, and what may be applied for together.
    page = visitor.open("/portal/programmes/cn-43.rd-subsidy/")
    expect(page.get_by_text("上年度研发投入增量的10%，不超过1000万元")).to_be_visible()
    page.goto(page.url.replace("programmes/cn-43.rd-subsidy/", "check/?programme=cn-43.rd-subsidy"))
    page.get_by_role("button", name="开始", exact=True).click()
    asked = page.locator(".portal-question h2")
    expect(asked).to_contain_text("加计扣除研发费用")
    for value in ("800", "1100"):
        page.locator(".portal-question input[name=value]").fill(value)
        before = asked.inner_text()
        page.get_by_role("button", name="继续").click()
        expect(asked).not_to_have_text(before)
    page.get_by_role("button", name="看结果").click()
    expect(page.locator("details.programme .sum")).to_have_text("符合全部条件后：0元—1,000万元")
    expect(page.locator("#combination")).to_contain_text("0元—1,000万元")
    visitor.shot("whole_portal_amount")
    assert visitor.overflow() == 0
