"""Stage moves in Chromium at a desk's and a phone's width: board, picked rows, confirmation, the way of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import PHONE, WIDE, Desk
from tests.web.test_browser import axe

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])


@SIZES
def test_stages_are_moved_from_the_board(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/nominations/board/?programme=cn.high-tech&batch=2023年第一批")
    here.shot("whole-nominations-board")
    assert axe(here) == []
    assert here.overflow() == 0
    name = "第01申报有限公司" if size == WIDE else "第02申报有限公司"
    page.get_by_label(f"选择{name}").check()
    page.get_by_role("button", name="推进所选").click()
    page.wait_for_url("**/nominations/move/**")
    assert page.locator("table.diff tbody tr").count() == 1
    here.shot("whole-nominations-move")
    assert axe(here) == []
    assert here.overflow() == 0
    page.select_option("#id_to", "县级推荐")
    page.fill("#id_on", "2023-06-10")
    page.get_by_role("button", name="确认：改变1家的阶段").click()
    page.wait_for_url("**/nominations/board/**")
    assert "已把1家改为“县级推荐”" in page.locator("#messages").inner_text()
    page.get_by_role("link", name=name).click()
    page.wait_for_selector("#drawer[open] .way")
    assert page.locator("#drawer .way [aria-current=step] b").inner_text() == "县级推荐"
    here.shot("nomination-drawer")
    assert axe(here) == []
    assert here.overflow() == 0


@SIZES
def test_an_organisation_is_chosen_by_keyboard(desk: Callable[..., Desk], size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    page = here.open("/recognitions/new/")
    assert axe(here) == []
    field = page.locator("#id_organisation")
    field.click()
    field.press_sequentially("东祥油")
    page.wait_for_selector("#id_organisation_list [data-pk]")
    here.shot("picker")
    assert axe(here) == []
    assert field.get_attribute("aria-activedescendant")  # the only one is marked at once
    field.press("Enter")
    assert field.input_value() == "东祥油脂有限公司"
    assert page.locator("input[name=organisation]").input_value() != ""
    assert page.locator("#id_organisation_list").is_hidden()
    field.press_sequentially("x")
    assert page.locator("input[name=organisation]").input_value() == ""
    field.press("Escape")
    assert here.overflow() == 0
