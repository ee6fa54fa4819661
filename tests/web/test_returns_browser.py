"""A month's 报数 of five units in Chromium, from the task to the lock: typed, on a phone, and by workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.collection import sheets
from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser


def clean(here: Desk, name: str) -> None:
    here.shot(f"whole_{name}")
    assert axe(here) == []
    assert here.overflow() == 0


def fill(page: Page, figures: dict[str, str]) -> None:
    """Type figures one after the other; leaving the last field keeps them."""
    for line, text in figures.items():
        page.fill(f"#value-{line}", text)
        page.press(f"#value-{line}", "Tab")
    expect(page.locator("#saved")).to_contain_text("已暂存")


def hand_in(page: Page, *, reporter: str = "李四") -> None:
    page.fill("#reported_by", reporter)
    page.click("button:has-text('核对并提交')")
    page.click("button:has-text('确认提交')")
    page.wait_for_selector("text=等待责任股室审核")


def open_task(here: Desk) -> Page:
    page = here.open("/returns/")
    page.click(".return-list a:has-text('5G基站建设情况月报')")
    page.wait_for_selector("#return-form")
    page.wait_for_load_state("load")  # its scripts listen from then on
    return page


def test_five_units_from_task_to_lock(desk: Callable[..., Desk], tmp_path: Path) -> None:
    office = desk("clerk-digital")
    page = office.open("/returns/")
    clean(office, "returns_empty")
    page = office.open("/returns/new/")
    page.click("text=5G基站建设情况月报")
    page.fill("#id_message", "本月请核对拆站数。")
    clean(office, "returns_issue")
    page.click("button:has-text('下发')")
    page.wait_for_selector("text=已下发给5个单位")
    round = page.url

    tower = desk("reporter-tower")
    tower.open("/returns/")
    clean(tower, "returns_tasks")
    filling = open_task(tower)
    fill(filling, {"new": "120", "total": "851"})
    filling.reload()
    assert filling.input_value("#value-total") == "851"
    clean(tower, "returns_fill")
    hand_in(filling)
    clean(tower, "returns_handed_in")

    phone = desk("reporter-mobile", PHONE)
    phone.open("/returns/")
    clean(phone, "returns_tasks")
    filling = open_task(phone)
    filling.fill("#value-opened", "四十来个")
    filling.press("#value-opened", "Tab")
    expect(filling.locator("#findings-opened")).to_contain_text("不是数字")
    clean(phone, "returns_fill_wrong")
    fill(filling, {"opened": "42"})
    expect(filling.locator("#findings-opened")).not_to_contain_text("不是数字")
    clean(phone, "returns_fill")
    hand_in(filling)
    clean(phone, "returns_handed_in")

    filling = open_task(desk("reporter-telecom"))
    fill(filling, {"opened": "38"})
    hand_in(filling)

    unicom = desk("reporter-unicom")
    filling = open_task(unicom)
    with filling.expect_download() as coming:
        filling.click("a:has-text('下载表格') >> nth=0")
    blank = Path(coming.value.path()).read_bytes()
    file = tmp_path / "联通5G月报.xlsx"
    file.write_bytes(sheets.typed(blank, {"G5": 31}))
    filling.set_input_files("#workbook", str(file))
    filling.click("button:has-text('上传并读入')")
    filling.wait_for_selector("text=已从表格读入")
    assert filling.input_value("#value-opened") == "31"
    hand_in(filling)

    page = office.open(round.replace(office.url, ""))
    clean(office, "returns_round")
    page.click("a:has-text('催报')")
    assert "广电" in page.input_value("#text")
    clean(office, "returns_remind")
    page.click("button:has-text('复制文字并记录催报')")
    page.wait_for_selector("text=已记录对1个单位的催报")

    filling = open_task(desk("reporter-broadcast", PHONE))
    fill(filling, {"opened": "9"})
    hand_in(filling)

    page = office.open(round.replace(office.url, ""))
    page.click("table a:has-text('铁塔')")
    clean(office, "returns_review")
    page.click("a:has-text('退回')")
    page.fill("#id_reason", "累计数比省公司通报多400个，请核对后重报。")
    page.click("button:has-text('确认退回')")
    page.wait_for_selector("text=退回原因")

    filling = open_task(tower)
    assert "请核对后重报" in filling.locator(".message.is-warning").first.inner_text()
    fill(filling, {"total": "451"})
    clean(tower, "returns_sent_back")
    hand_in(filling)

    for number in range(5):
        page = office.open(round.replace(office.url, ""))
        page.locator("table a.row-link").nth(number).click()
        page.click("button:has-text('通过')")
        page.wait_for_selector("text=已通过，锁定后数字才计入")
    page = office.open(round.replace(office.url, ""))
    page.click("button:has-text('锁定已通过的5份')")
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=已锁定5份")
    clean(office, "returns_locked")
    page.locator("table a.row-link").first.click()
    page.wait_for_selector("text=数据修订")
    clean(office, "returns_locked_one")
    assert "451" in page.locator(".return-value").nth(1).inner_text()

    page = office.open(round.replace(office.url, ""))
    page.click("a:has-text('下期报数')")
    clean(office, "returns_next")
    held = desk("clerk-digital", PHONE)
    page = held.open(page.url.replace(office.url, ""))
    clean(held, "returns_next")
    offered = page.input_value("#id_due_on")
    page.fill("#id_due_on", f"{offered[:-2]}{28 if offered[-2:] != '28' else 27}")
    page.click("button:has-text('下发')")
    page.wait_for_selector("text=已下发给5个单位")
    clean(held, "returns_round_next")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_rows_are_pasted_from_a_spreadsheet(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    office = desk("clerk-digital")
    page = office.open("/returns/new/?form=infra-5g-stations")
    page.select_option("#id_period", index=1 if size == WIDE else 2)
    page.click("button:has-text('下发')")
    page.wait_for_selector("text=已下发给1个单位")
    here = desk("reporter-tower", size)
    filling = here.open("/returns/")
    filling.click(".return-list a:has-text('新开通5G基站明细') >> nth=-1")
    filling.wait_for_selector("#return-form")
    filling.wait_for_load_state("load")
    filling.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", [1, 2, 3, 4, 5].map((n) => `P-${n}\\t第${n}站`).join("\\n"));
            const cell = document.querySelector(".return-rows [data-field]");
            cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(filling.locator("#saved")).to_contain_text("已暂存")
    filling.reload()
    assert filling.locator(".return-rows tbody tr").count() >= 5
    assert filling.locator(".return-rows [data-field]").first.input_value() == "P-1"
    filling.locator("[data-drop-row]").nth(1).click()
    expect(filling.locator("#saved")).to_contain_text("已暂存 ")
    clean(here, "returns_rows")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_a_form_is_made_by_searching_for_indicators(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk-digital", size)
    page = here.open("/forms/")
    clean(here, "forms")
    page.click("a:has-text('做一张报表')")
    page.fill("#title", f"千兆用户月报{size[0]}")
    page.check("input[name=units][value=mobile]")
    page.check("input[name=units][value=telecom]")
    page.fill("#q", "千兆")
    page.press("#q", "Enter")
    page.click(".form-found li:has-text('千兆') button >> nth=0")
    page.wait_for_selector(".form-line")
    clean(here, "form_edit")
    page.fill("[name^=share-] >> nth=0", "三成")
    page.click("button:has-text('保存报表')")
    page.wait_for_selector("#form-errors:has-text('不是数字')")
    here.complaints.clear()  # the browser itself notes the 422
    clean(here, "form_refused")
    page.fill("[name^=share-] >> nth=0", "30")
    page.click("button:has-text('保存报表')")
    page.wait_for_selector("text=可以下发了")
    clean(here, "form_made")
