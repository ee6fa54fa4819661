"""The whole slice in Chromium: sign in → 看板 → 571 → rows → correct a date → the sentence changes, says why → Word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import conftest as house
from tests.web.conftest import PHONE, WIDE, window
from wanqi.cli.cluster import Cluster

pytestmark = pytest.mark.browser
PASSWORD = "Demo-2023-临湘"  # the one tests/conftest.py makes the demonstration with
SENTENCE = "1—6月，完成5G基站建设{new}个，累计达{total}个，较上年末增长{growth}；全年目标800个，完成{done}；"


@pytest.fixture
def demo_url(cluster: Cluster, demo_template: str) -> Iterator[str]:
    """The address of a freshly copied demonstration."""
    name = house._copy(cluster, demo_template, f"slice_{os.getpid()}")
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.serve", cluster.urls(name).app_url]
    with subprocess.Popen(command, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the server under test did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    cluster.drop_database(name)


def sentence(page: Page) -> str:
    return re.sub(r"\s", "", page.locator("article .sentence", has_text="完成5G基站建设").first.inner_text())


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_from_the_figure_to_its_station_and_back_to_the_sentence(
    chromium: Browser, demo_url: str, size: tuple[int, int], tmp_path: Path
) -> None:
    context = window(chromium, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # Sign in; the reader is told what must not be stored here.
    page.goto(demo_url)
    expect(page.get_by_text("本系统为非涉密系统，严禁存储、处理、传输国家秘密")).to_be_visible()
    page.fill("#id_login", "clerk")
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(f"{demo_url}/")

    # The sentence as the records give it.
    page.goto(f"{demo_url}/reports/")
    page.locator(".drafts a").first.click()
    report = page.url
    assert sentence(page).startswith(SENTENCE.format(new=120, total=571, growth="26.61%", done="71.38%"))
    expect(page.locator(".revision")).to_have_count(0)

    # The board opens on the first half of 2023; its 571 opens onto the stations.
    page.goto(f"{demo_url}/board/")
    expect(page.get_by_text("年底5G基站累计能否达到800个？")).to_be_visible()
    page.get_by_role("link", name="571个").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("共571条")).to_be_visible()
    expect(drawer.get_by_text("上年末451个＋本年120个＝571个")).to_be_visible()
    assert "/figures/infra.5g.total/" in page.url
    drawer.get_by_role("link", name="演示站址0571").click()
    expect(page.get_by_text("演示站址0571").first).to_be_visible()

    # One date is corrected; without a reason nothing happens.
    page.get_by_role("link", name="更正", exact=True).first.click()
    page.wait_for_url(re.compile(r"/sites/\d+/correct"))
    opened = page.locator("#id_opened_on").input_value()
    page.fill("#id_opened_on", "2023-07-03")
    page.locator("main form button.btn-primary").click()
    confirm = page.get_by_role("button", name="确认更正")
    expect(confirm).to_be_visible()
    page.evaluate("document.querySelectorAll('main form').forEach(form => (form.noValidate = true))")
    confirm.click()
    expect(page.get_by_text("请填写原因").first).to_be_visible()
    expect(page.get_by_text("2023-07-03").first).to_be_visible()
    page.get_by_role("textbox", name="原因").fill("铁塔公司来函更正")
    confirm.click()
    page.wait_for_url(re.compile(r"/sites/\d+/$"))

    # The sentence has changed, and says why; the year-end has not.
    page.goto(report)
    assert sentence(page).startswith(SENTENCE.format(new=119, total=570, growth="26.39%", done="71.25%"))
    why = page.locator(".revision").first.inner_text()
    assert why == (
        f"120→119：演示站址0571开通日期由{opened}改为2023-07-03，更正人演示经办人，铁塔公司来函更正"
    )
    page.goto(f"{demo_url}/figures/infra.5g.total.year_end/?period=2023H1")
    expect(page.get_by_text("451个").first).to_be_visible()

    # What the old report said stands unaltered, and the check names the repair.
    page.goto(report)
    expect(page.get_by_text("累计达571个").first).to_be_visible()
    expect(page.get_by_text("127.92%→77.38%")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    # Word: the same sentence, with its change below.
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Word")).click()
    saved = tmp_path / "report.docx"
    download.value.save_as(saved)
    paragraphs = [paragraph.text for paragraph in docx.Document(BytesIO(saved.read_bytes())).paragraphs]
    assert any(
        text.startswith(SENTENCE.format(new=119, total=570, growth="26.39%", done="71.25%"))
        for text in paragraphs
    )
    assert any("演示站址0571开通日期由" in text for text in paragraphs)
    # The one answer the browser complains of is the refusal without a reason.
    assert [line for line in complaints if "422" not in line] == []
    assert len(complaints) == 1
    context.close()
