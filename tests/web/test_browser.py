"""The shell and the registers in Chromium, at a desk's and a phone's width: axe, no complaints, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.conftest import PHONE, WIDE, Desk

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # every rule is looked at; elements are listed only where one is broken
}
PAGES = {
    "home": "/",
    "organisations": "/organisations/",
    "sites": "/sites/",
    "documents": "/documents/",
    "observations": "/observations/",
    "site": "/sites/1/",
    "document": "/documents/1/",
    "observation": "/observations/1/",
    "organisation": "/organisations/1/",
    "new-site": "/sites/new/",
    "new-organisation": "/organisations/new/",
    "new-document": "/documents/new/",
    "new-observation": "/observations/new/",
    "correct-site": "/sites/1/correct/",
    "withdraw-site": "/sites/1/withdraw/",
    "search": "/search/?q=%E4%B8%9C%E7%A5%A5",
    "empty-filter": "/sites/?q=nothing-like-this",
    "missing": "/sites/999999/",
    "password": "/accounts/password/",
}
ADMINISTRATION = {
    "accounts": ("system_admin", "/administration/accounts/"),
    "account": ("security_admin", "/administration/accounts/1/"),
    "new-account": ("system_admin", "/administration/accounts/new/"),
    "grant": ("security_admin", "/administration/accounts/1/grant/"),
    "grants": ("security_admin", "/administration/grants/"),
    "audit": ("audit_admin", "/administration/audit/"),
    "audit-home": ("audit_admin", "/"),
    "forbidden": ("expert", "/sites/"),
    "login": (None, "/accounts/login/"),
}


def axe(desk: Desk) -> list[str]:
    """Return the violations axe finds, with the elements they stand on."""
    found: Any = Axe().run(desk.page, options=RULES).response
    return [
        f"{one['id']}: {node['html'][:160]} {[check['message'] for check in node['any'][:1]]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean(desk: Callable[..., Desk], name: str, size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    here.open(PAGES[name])
    here.shot(name)
    if name == "missing":
        here.complaints.clear()  # the browser itself notes the 404
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
@pytest.mark.parametrize("name", ADMINISTRATION)
def test_an_administration_page_is_clean(desk: Callable[..., Desk], name: str, size: tuple[int, int]) -> None:
    user, path = ADMINISTRATION[name]
    here = desk(user, size)
    here.open(path)
    here.shot(name)
    if name == "forbidden":
        here.complaints.clear()  # the browser itself notes the 403
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
def test_a_row_opens_in_the_drawer_with_an_address_and_escape_brings_back(
    desk: Callable[..., Desk], size: tuple[int, int]
) -> None:
    here = desk("clerk", size)
    page = here.open("/sites/?operator=%E7%94%B5%E4%BF%A1")
    page.locator("a.row-link").nth(2).click()
    page.wait_for_selector("#drawer[open] .timeline")
    page.wait_for_url("**/sites/*/")
    here.shot("drawer")
    assert axe(here) == []
    assert here.overflow() == 0
    page.keyboard.press("Escape")
    page.wait_for_url("**/sites/?operator=*")
    assert not page.locator("#drawer").get_attribute("open")
    assert page.evaluate("document.activeElement === document.querySelectorAll('a.row-link')[2]")


def test_back_closes_the_drawer_and_forward_opens_it_again(desk: Callable[..., Desk]) -> None:
    page = desk("leader").open("/sites/")
    page.locator("a.row-link").first.click()
    page.wait_for_selector("#drawer[open] .timeline")
    page.wait_for_url("**/sites/*/")
    page.go_back()
    page.wait_for_selector("#drawer:not([open])", state="attached")
    page.go_forward()
    page.wait_for_selector("#drawer[open] .timeline")
    page.reload()
    assert page.locator("h1").inner_text().startswith("第119号站")


def test_the_keyboard_reaches_search_rows_and_skip_link(desk: Callable[..., Desk]) -> None:
    page = desk("clerk").open("/sites/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    assert page.evaluate("document.activeElement.id") == "top-q"
    page.locator("a.row-link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer[open] .timeline")


@SIZES
def test_filters_change_the_list_and_its_address(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/sites/")
    if size == PHONE:
        page.click("[data-toggle-filters]")
    page.select_option("#filter-operator", "移动")
    page.wait_for_url("**/sites/?operator=*")
    assert page.locator("#results .count b").inner_text() == "41"
    page.fill("#filter-q", "第00")
    page.wait_for_url("**q=*")
    page.wait_for_selector("#results .tag:has-text('搜索：第00')")
    here.shot("filtered")
    page.reload()
    assert page.input_value("#filter-operator") == "移动"
    page.click("#results .tag:has-text('运营商')")
    page.wait_for_selector("#results .tag:has-text('运营商')", state="detached")
    assert page.input_value("#filter-operator") == ""
    assert here.overflow() == 0


def test_the_bulk_bar_appears_with_a_selection_and_exports_it(desk: Callable[..., Desk]) -> None:
    here = desk("clerk")
    page = here.open("/sites/?sort=code")
    assert not page.locator(".bulk").is_visible()
    page.locator("tbody .pick input").nth(0).check()
    page.locator("tbody .pick input").nth(1).check()
    assert page.locator("[data-picked]").inner_text() == "2"
    here.shot("bulk")
    with page.expect_download() as waiting:
        page.click(".bulk button")
    assert waiting.value.suggested_filename == "5G基站.xlsx"


@SIZES
def test_a_correction_through_the_browser(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/sites/?q=T-050")
    page.locator("a.row-link").first.click()
    page.wait_for_selector("#drawer[open] .doable")
    page.click("#drawer .doable .btn-primary")
    page.fill("#id_source", f"铁塔公司月报{size[0]}")
    page.click("text=下一步：核对改动")
    here.shot("review")
    assert axe(here) == []
    page.click("text=确认更正")
    assert "请填写原因" in page.locator(".field .error").inner_text()
    here.complaints.clear()  # the browser itself notes the 422
    page.fill("#id_reason", "铁塔公司来函")
    page.click("text=确认更正")
    page.wait_for_selector(".messages .message")
    here.shot("corrected")
    assert "铁塔公司来函" in page.locator("#history").inner_text()
    assert axe(here) == []


def test_offline_is_said_and_the_list_stays(desk: Callable[..., Desk]) -> None:
    here = desk("clerk")
    page = here.open("/sites/")
    page.context.set_offline(True)
    page.select_option("#filter-operator", "联通")
    page.wait_for_selector("#alerts .message")
    assert "连不上服务器" in page.locator("#alerts").inner_text()
    assert page.locator("a.row-link").count() == 50
    page.context.set_offline(False)
    here.complaints.clear()  # the browser itself notes the lost connection


def test_the_login_tells_a_wrong_password_and_locks_after_five(desk: Callable[..., Desk]) -> None:
    here = desk(None)
    page = here.open("/accounts/login/")
    assert "严禁存储、处理、传输国家秘密" in page.locator(".gate-banner").inner_text()
    for attempt in range(5):
        page.fill("#id_login", "finance")
        page.fill("#id_password", f"wrong-{attempt}")
        page.click("button.btn-primary")
        page.wait_for_load_state("load")
    assert "已暂时锁定" in page.locator(".gate-card").inner_text()
    here.shot("locked")
    here.complaints.clear()  # the browser itself notes the 429
    assert axe(here) == []


def test_without_scripts_filters_rows_and_corrections_work(desk: Callable[..., Desk]) -> None:
    page = desk("clerk", scripts=False).open("/sites/")
    page.select_option("#filter-operator", "联通")
    page.click("form.filters button.no-script")
    assert page.locator("#results .count b").inner_text() == "40"
    page.locator("a.row-link").first.click()
    assert page.locator("h1").inner_text().startswith("第119号站")
    page.click(".doable .btn-primary")
    assert page.locator("#id_site_code").input_value() == "T-119"


def test_print_leaves_the_page_without_the_desk_around_it(desk: Callable[..., Desk]) -> None:
    page = desk("clerk").open("/sites/")
    page.emulate_media(media="print")
    for part in (".topbar", ".sidebar", ".filters", ".pager", ".page-action"):
        assert not page.locator(part).first.is_visible()
    assert page.locator("a.row-link").first.is_visible()
