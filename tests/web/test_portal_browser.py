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
    page.get_by_role("button", name="看结果").click()
    expect(page.locator("details.programme h2").first).to_have_text("科技型中小企业")
    visitor.shot("whole_portal_result")
    assert visitor.overflow() == 0
