"""报送前核对 in Chromium: the whole job at a desk's and a phone's width, from text to finding and back, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
SEED = (Path(__file__).parents[1] / "figures/corpus/seed.zh-Hans.txt").read_text(encoding="utf-8")
SHORT = "今年入选15家，占岳阳市总数(40家)的38.5%。"


def clean(here: Desk) -> None:
    assert axe(here) == []
    assert here.overflow() == 0


def check(page: Page, text: str) -> None:
    page.fill("#id_text", text)
    page.evaluate("document.querySelector('#result')?.remove()")
    page.click("[data-check]")
    expect(page.locator("#result")).to_be_focused()


def take_back_all(page: Page, text: str) -> None:
    """Leave no explanation behind: the desk is one for the whole session."""
    check(page, text)
    while page.locator("#explained").count():
        page.locator("#explained > summary").click()
        page.locator("#explained .explain > summary").first.click()
        page.locator("#explained textarea").first.fill("试用后撤回")
        page.locator("#explained .explain button").first.click()
        page.wait_for_selector("#checked .message:has-text('已撤回')")


@SIZES
def test_the_empty_page_and_its_example_are_clean(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/checking/")
    here.shot("whole-checking")
    clean(here)
    page.click("text=用一句话试试")
    expect(page.locator("#finding-1")).to_be_visible()
    clean(here)


@SIZES
def test_the_whole_job(desk: Callable[..., Desk], size: tuple[int, int], tmp_path: Path) -> None:
    """Paste the report, see two errors, explain one, find it silent in the next draft, take the comments away."""
    here = desk("clerk", size)
    page = here.open("/checking/")
    check(page, SEED)
    errors = page.locator("#level-error .finding")
    expect(errors).to_have_count(2)
    marked = page.locator(".mark.is-error").all_inner_texts()
    assert any(text.startswith("127.92%") for text in marked)
    assert any(text.startswith("360%") for text in marked)
    assert "共识别数据" in page.locator(".summary-line").inner_text()
    here.shot("whole-checking-result")
    clean(here)

    second = errors.filter(has_text="360%")
    second.locator(".explain > summary").click()
    second.locator(".explain button").click()
    page.wait_for_selector("#checked .error-list")
    assert "请填写原因" in page.locator("#checked .error-list").inner_text()
    here.complaints.clear()  # the browser itself notes the 422
    second.locator("textarea").fill("上年为45家，按上年的360%计")
    second.locator(".explain button").click()
    page.wait_for_selector("#explained")
    expect(errors).to_have_count(1)
    here.shot("checking-explained")
    clean(here)

    later = SEED.replace("全力培育企业创新发展", "大力培育企业创新发展")
    page = here.open("/checking/")
    check(page, later)
    expect(page.locator("#level-error .finding")).to_have_count(1)
    page.locator("#explained > summary").click()
    assert "上年为45家，按上年的360%计" in page.locator("#explained").inner_text()
    with page.expect_download() as waiting:
        page.click("text=导出批注Word")
    waiting.value.save_as(tmp_path / "out.docx")
    made = docx.Document(str(tmp_path / "out.docx"))
    said = [one.text for one in made.comments]
    assert sum(text.startswith("数据差错") for text in said) == 1
    assert not any("360%" in text for text in said if text.startswith("数据差错"))
    assert "127.92%" in "".join(one.text for one in made.paragraphs)
    take_back_all(page, later)
    expect(page.locator("#level-error .finding")).to_have_count(2)


@SIZES
def test_a_click_leads_from_the_text_to_the_finding_and_back(
    desk: Callable[..., Desk], size: tuple[int, int]
) -> None:
    page = desk("clerk", size).open("/checking/")
    check(page, SHORT)
    page.locator(".mark", has_text="38.5%").click()
    assert page.evaluate("document.activeElement.id") == "finding-1"
    expect(page.locator("#finding-1")).to_be_in_viewport()
    page.locator("#finding-1 a.in-text", has_text="15家").click()
    assert page.evaluate("document.activeElement.textContent").startswith("15家")
    expect(page.locator(".mark.is-here")).to_be_in_viewport()
    assert page.url.endswith("/checking/")


def test_the_keyboard_alone_goes_both_ways(desk: Callable[..., Desk]) -> None:
    page = desk("clerk").open("/checking/")
    check(page, SHORT)
    assert page.evaluate("document.activeElement.id") == "result"
    page.locator("a.mark").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "finding-1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "in-text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('mark')")


def test_what_is_folded_opens_when_it_is_jumped_to(desk: Callable[..., Desk]) -> None:
    page = desk("clerk").open("/checking/")
    check(page, SHORT + "另有专利48件。")
    page.locator("#level-error > summary").click()
    assert not page.locator("#finding-1").is_visible()
    page.locator(".mark", has_text="38.5%").click()
    expect(page.locator("#finding-1")).to_be_visible()
    page.locator("#unweighed > summary").click()
    page.locator("#unweighed a", has_text="48件").click()
    expect(page.locator(".seen.is-here")).to_have_text("48件")


def test_a_file_is_counted_checked_and_let_go(desk: Callable[..., Desk], tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(SHORT)
    document.save(str(tmp_path / "总结.docx"))
    here = desk("clerk")
    page = here.open("/checking/")
    page.fill("#id_text", "一二三")
    assert page.locator("[data-count]").inner_text() == "已有 3 字"
    page.set_input_files("#id_file", tmp_path / "总结.docx")
    page.click("[data-check]")
    page.wait_for_selector("#checked .error-list")
    assert "只能核对一样" in page.locator("#checked .error-list").inner_text()
    here.complaints.clear()  # the browser itself notes the 422
    check(page, "")
    expect(page.locator("#level-error .finding")).to_have_count(1)
    with page.expect_download() as waiting:
        page.click("text=导出批注Word")
    waiting.value.save_as(tmp_path / "out.docx")
    assert len(list(docx.Document(str(tmp_path / "out.docx")).comments)) == 1
    page.click("text=取消选择文件")
    page.click("[data-check]")
    page.wait_for_selector("#checked .error-list")
    here.complaints.clear()


@SIZES
def test_a_check_is_saved_and_opened_again(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/checking/")
    check(page, SHORT)
    page.fill("#save-title", f"上半年总结{size[0]}")
    page.click("#save button")
    page.wait_for_url("**/checking/records/*/")
    assert "已存入核对记录" in page.locator(".messages").inner_text()
    here.shot("whole-checking-record")
    clean(here)
    page.click("text=现在再核一次")
    page.wait_for_selector("#check-form")
    expect(page.locator("#level-error .finding")).to_have_count(1)
    page.click(".page-action >> text=核对记录")
    here.shot("whole-checking-records")
    clean(here)
    page.locator("a.row-link", has_text=f"上半年总结{size[0]}").click()
    page.click("text=撤回")
    page.fill("#id_reason", "试用")
    page.click("text=确认撤回")
    page.wait_for_url("**/checking/records/")
    assert f"已撤回：上半年总结{size[0]}" in page.locator(".messages").inner_text()


def test_without_scripts_it_works_page_by_page(desk: Callable[..., Desk], tmp_path: Path) -> None:
    file = tmp_path / "总结.txt"
    file.write_text(SHORT, encoding="utf-8")
    page = desk("head", scripts=False).open("/checking/")
    page.set_input_files("#id_file", file)
    page.click("button[data-check]")
    expect(page.locator("#level-error .finding")).to_have_count(1)
    page.locator(".explain > summary").click()
    page.locator(".explain textarea").fill("核过")
    page.locator(".explain button").click()
    expect(page.locator("#explained")).to_be_visible()
    expect(page.locator("#level-error")).to_have_count(0)
    page.locator("#explained > summary").click()
    page.locator("#explained .explain > summary").click()
    page.locator("#explained textarea").fill("试用后撤回")
    page.locator("#explained .explain button").click()
    expect(page.locator("#level-error .finding")).to_have_count(1)


def test_a_printed_check_holds_text_and_findings_and_nothing_of_the_desk(desk: Callable[..., Desk]) -> None:
    page = desk("clerk").open("/checking/")
    check(page, SHORT)
    page.emulate_media(media="print")
    assert page.locator("#text").is_visible()
    assert page.locator("#finding-1").is_visible()
    assert not page.locator("#check-form").is_visible()
    assert not page.locator(".explain").first.is_visible()
    assert not page.locator("#save").is_visible()
