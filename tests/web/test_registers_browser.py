"""In Chromium: a visit and the problem it raised until it is closed; clauses by the keyboard; a profile from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.registry.zoo.making import sheet
from tests.web.conftest import PHONE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser
TEXT = "演示通知\n一、目标\n（一）研发\n1.甲\n（三）平台\n二、其他"
LOANS = (
    ("质押贷款月报",),
    ("质押登记编号", "贷款企业", "质押类型", "放款金额", "发放日期"),
    ("浏览器1", "甲公司", "专利", 500, "2023-06-01"),
)


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


def registered(here: Desk, path: str, values: dict[str, str], chosen: dict[str, str]) -> None:
    """Register a row through its form."""
    page = here.open(path)
    for name, value in chosen.items():
        page.select_option(f"#id_{name}", value)
    for name, value in values.items():
        page.fill(f"#id_{name}", value)
    page.locator("main form button.btn-primary").first.click()


def levels(page: Page) -> str:
    """Return the levels of the lines, one digit each."""
    return str(page.locator("select[name=depth]").evaluate_all("all => all.map(one => one.value).join('')"))


def test_a_visit_and_its_problem_from_being_handed_on_to_being_closed(desk: Callable[..., Desk]) -> None:
    here = desk("clerk")
    registered(here, "/activities/new/", {"title": "走访演示企业", "on": "2023-03-01"}, {"kind": "走访"})
    expect(here.page.get_by_role("heading", name="走访演示企业")).to_be_visible()
    clean(here, "activity")
    problem = {"title": "用工短缺", "enterprise_name": "演示企业", "raised_on": "2023-03-01"}
    registered(here, "/problems/new/", problem, {})
    page = here.page
    expect(page.get_by_role("heading", name="用工短缺")).to_be_visible()
    page.locator("#handling select[name=office]").select_option(index=1)
    page.locator("#handling input[name=on]").fill("2023-04-01")
    page.get_by_role("button", name="交办").click()
    page.locator("#handling textarea[name=answer]").fill("已组织专场招聘，到岗12人")
    page.get_by_label("反馈日期").fill("2023-03-20")
    page.get_by_role("button", name="登记反馈").click()
    clean(here, "problem")
    page.get_by_label("销号日期").fill("2023-03-25")
    page.get_by_role("button", name="销号").click()
    expect(page.locator("#handling").get_by_text("已销号")).to_be_visible()
    expect(page.locator("#handling").get_by_text("2023-03-25")).to_be_visible()


def test_clauses_are_moved_by_the_keyboard_and_kept(desk: Callable[..., Desk]) -> None:
    here = desk("clerk")
    values = {"title": "演示通知", "code": "browser.clauses"}
    registered(here, "/documents/new/", values, {"kind": "notice"})
    page = here.page
    page.get_by_role("link", name="录入条款").click()
    page.fill("#text", TEXT)
    page.get_by_role("button", name="读成条款").click()
    expect(page.get_by_text("没有找到“（二）”")).to_be_visible()
    assert levels(page) == "001210"
    clean(here, "clauses")
    second = page.locator("#label-3")
    second.focus()
    page.keyboard.press("Alt+ArrowLeft")  # what hangs on it comes along
    assert levels(page) == "000110"
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")  # no deeper than one below the line before
    assert levels(page) == "001220"
    page.get_by_role("button", name="保存条款").click()
    expect(page.locator("#clause-4.is-depth-2")).to_have_text("1.甲")
    clean(here, "document_tree")
    phone = desk("clerk", PHONE)
    phone.open(page.url.removeprefix(here.url).partition("#")[0] + "clauses/")
    clean(phone, "clauses")


def test_a_profile_is_made_from_an_example(desk: Callable[..., Desk], tmp_path: Path) -> None:
    file = tmp_path / "质押贷款月报.xlsx"
    file.write_bytes(sheet(*LOANS))
    here = desk("clerk")
    page = here.open("/imports/profiles/new/")
    page.set_input_files("#id_file", str(file))
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#kind")).to_have_value("pledge_loans")
    page.select_option("#column-contract_number", "0")
    page.select_option("#unit-amount", "万元")
    page.get_by_label("“专利”是").select_option("专利权")
    clean(here, "import_profile")
    page.get_by_role("button", name="试读样表").last.click()
    expect(page.get_by_text("读到1行，读懂1行。")).to_be_visible()
    clean(here, "import_profile_tried")
    page.get_by_role("button", name="存为导入方案").click()
    expect(page.get_by_role("link", name="质押贷款月报")).to_be_visible()
    clean(here, "import_profiles")
    phone = desk("clerk", PHONE)
    phone.open("/imports/profiles/own-1/")
    clean(phone, "import_profile")
