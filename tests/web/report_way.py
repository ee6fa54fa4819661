"""The way of a report in the browser, step by step, for tests that go all of it or a part of it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import Desk


def insert(page: Page, box: Locator, words: str, form: str = "数值和单位") -> None:
    """Put a figure where the caret is, the first that is found by words, in one of its forms."""
    box.focus()
    page.keyboard.press("Control+k")
    page.fill("#finder-q", words)
    page.locator(f"[data-finder-list] button:has-text('{form}')").first.click()
    expect(page.locator("#finder")).not_to_be_visible()


def type_at_end(page: Page, box: Locator, words: str) -> None:
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def make_template(head: Desk, title: str) -> None:
    """Make a template of two sections, the first of the compiling office, the second of the digital office."""
    page = head.open("/reports/templates/")
    page.select_option("#copied", "")
    page.fill("#title", title)
    page.click("button:has-text('新建')")
    page.wait_for_selector("[name=title-section-1]")
    page.wait_for_load_state("load")
    page.fill("[name=title-section-1]", "基站建设")
    page.click("button:has-text('加一句') >> nth=0")
    page.wait_for_selector("text=改动还没有保存")
    page.wait_for_load_state("load")
    box = page.locator(".editor-box").first
    type_at_end(page, box, "今年以来，完成5G基站建设")
    insert(page, box, "5G基站建设数")
    page.click("button:has-text('加一章')")
    page.wait_for_selector("[name=title-section-2]")
    page.wait_for_load_state("load")
    page.fill("[name=title-section-2]", "推进情况")
    page.select_option("[name=office-section-2]", label="信息化与数字产业股")
    type_at_end(page, page.locator(".editor-box").nth(1), "各项工作有序推进")
    page.click("button.btn-primary:has-text('保存模板')")
    page.wait_for_selector("text=模板已保存")


def begin(head: Desk, title: str) -> str:
    """Begin the report from that template for the latest half-year and return its path."""
    page = head.open("/reports/")
    option = page.locator(f"#choice option:has-text('上半年{title}')").first
    page.select_option("#choice", option.get_attribute("value"))
    page.click("button:has-text('开始编写')")
    page.wait_for_selector(".paper")
    return page.url.removeprefix(head.url)


def append(writer: Desk, path: str, words: str) -> Locator:
    """Add words at the end of the writer's first paragraph, wait until they are kept; returns the editor."""
    page = writer.open(f"{path}write/")
    box = page.locator(".editor-box").first
    type_at_end(page, box, words)
    expect(page.locator("[data-status]").first).to_contain_text("已保存")
    return box


def finish(writer: Desk, path: str) -> None:
    """Say that the writer's office is done."""
    page = writer.open(path)
    page.click("button:has-text('本股室已完成')")
    page.wait_for_selector("text=已完成，等待汇总")


def collect(head: Desk, path: str) -> None:
    page = head.open(path)
    page.click(".turn button:has-text('汇总')")
    page.wait_for_selector("text=各股室的段落已锁定")


def explain_all(head: Desk, path: str, reason: str) -> None:
    """Say of every number that is linked to nothing why it stands."""
    page = head.open(path)
    while page.locator(".loose-form").count():
        page.locator(".loose-form input[name=reason]").first.fill(reason)
        page.locator(".loose-form button").first.click()
        page.wait_for_selector("text=已写明理由")
        page = head.open(path)


def submit(head: Desk, path: str) -> None:
    page = head.open(path)
    page.click(".turn button:has-text('送审')")
    page.wait_for_selector("text=已送审，由分管领导")


def sign(leader: Desk, path: str) -> None:
    page = leader.open(path)
    page.click(".turn button:has-text('签发')")
    page.click("#confirm [data-answer=yes]")
    page.wait_for_selector("text=已签发并定稿锁定")


def download(reader: Desk, path: str, folder: Path, form: str = "Word") -> Path:
    """Return the exported file."""
    page = reader.open(path)
    with page.expect_download() as coming:
        page.click(f"a:has-text('导出{form}')")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file
