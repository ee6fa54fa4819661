"""A 名单 of fourteen in Chromium: pasted, twelve matched, two confirmed, registered with its 文号, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe
from tests.web.test_imports_browser import work
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
PRINTED = [
    *(f"第{at:02d}化工有限公司" for at in range(1, 13)),
    "第13化工有限责任公司",  # another legal form
    "第14花工有限公司",  # a typing error
]
TEXT = "\n".join(
    [
        "演工信〔2023〕7号",
        "关于公布2023年度专精特新中小企业名单的通知",
        "序号\t企业名称\t市州",
        *(f"{at}\t{name}\t岳阳市" for at, name in enumerate(PRINTED, start=1)),
        "15\t演示矿业有限公司\t长沙市",
        "演示省工业和信息化厅",
        "2023年6月15日",
    ]
)


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
def test_from_paste_to_register(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/name-lists/new/")
    page.fill("#id_pasted", TEXT)
    clean(here, "name_list_new")
    page.click("button:has-text('下一步')")
    page.wait_for_selector("text=已确认 12 / 14")
    assert page.locator("[data-line]").count() == 2
    assert page.locator(".confirm-printed mark").all_inner_texts() == ["责任", "花"]
    clean(here, "name_list_confirm")
    if size == WIDE:  # the first by its digit, the second as well, and one of them back and again
        page.keyboard.press("1")
        page.wait_for_selector("text=已确认 13 / 14")
        page.keyboard.press("u")
        page.wait_for_selector("text=已确认 12 / 14")
        page.keyboard.press("j")
        assert page.locator(".is-current h3").inner_text() == "第14花工有限公司"
        page.keyboard.press("1")
        page.wait_for_selector("text=已确认 13 / 14")
        page.keyboard.press("1")
    else:
        for count in (13, 14):
            page.locator(".confirm-choice").first.click()
            page.wait_for_selector(f"text=已确认 {count} / 14")
    page.wait_for_selector("text=没有待确认的行了")
    assert page.input_value("#id_document_number") == "演工信〔2023〕7号"
    assert page.input_value("#id_programme") == "cn.srdi-sme"
    assert page.input_value("#id_issued_on") == "2023-06-15"
    clean(here, "name_list_document")
    page.click("button:has-text('完成登记')")
    page.wait_for_selector("text=已登记14条认定记录")
    assert page.locator("text=没有登记的行（1）").count() == 1
    clean(here, "name_list_done")
    page.click("button:has-text('撤销这份名单')")
    page.wait_for_selector("#confirm[open]")
    assert "新登记的14条、复核的0条将撤销" in page.locator("#confirm-text").inner_text()
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=这份名单已撤销：撤销14条")
    here.open("/name-lists/")
    clean(here, "name_list_list")


def test_a_name_is_looked_up_by_hand(desk: Callable[..., Desk]) -> None:
    here = desk("clerk", WIDE)
    page = here.open("/name-lists/new/")
    page.fill("#id_pasted", "1.某某印务有限公司")
    page.click("button:has-text('下一步')")
    page.wait_for_selector("text=企业库里没有相近的名称")
    page.fill("[type=search][name=q]:not([data-search])", "东祥")
    page.click("button:has-text('查找')")
    page.wait_for_selector(".confirm-choice:has-text('东祥油脂有限公司')")
    clean(here, "name_list_search")
    page.click(".confirm-choice")
    page.wait_for_selector("text=已确认 1 / 1")
    page.click("button:has-text('放弃这份名单')")
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=已放弃这份名单")


def test_a_list_of_three_hundred_is_matched_by_the_worker(
    desk: Callable[..., Desk], cluster: Cluster
) -> None:
    printed = [*PRINTED, *(f"外地{at}矿业有限公司" for at in range(15, 301))]
    here = desk("clerk", PHONE)
    page = here.open("/name-lists/new/")
    page.fill("#id_pasted", "\n".join(f"{at}.{name}" for at, name in enumerate(printed, start=1)))
    page.click("button:has-text('下一步')")
    page.wait_for_selector("text=前面还有任务，正在排队")
    clean(here, "name_list_matching")
    work(cluster)
    page.wait_for_selector("text=已确认 12 / 300")  # the page came by itself
    clean(here, "name_list_long")
    page.click("button:has-text('放弃这份名单')")
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=已放弃这份名单")
