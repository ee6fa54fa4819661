"""Makes the pictures of README and handbook from a demonstration of its own: `.venv/bin/python scripts/pictures.py`.

Every picture is a step of the handbook, done for real in Chromium on a fresh demonstration, in a fixed order. The day
and hour of the machine are shown as 2023-07-03 09:00, so that pictures differ only when pages do, but for a shade in
a rounded corner; date fields look as in a Chinese browser, whatever languages this one has.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import xlsxwriter
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--lang=zh-CN",
    "--hide-scrollbars",
    "--font-render-hinting=none",
]
WIDE, PHONE = (1440, 900), (390, 844)
PORT = 8155
STILL = """([today, words]) => {
  for (const field of document.querySelectorAll("input[type=date]")) {
    const day = field.value.replaceAll("-", "/");
    field.type = "text";
    field.value = day;
    field.placeholder = "年/月/日";
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const [y, m, d] = today.split("-").map(Number);
  const [year, month, day] = words.split("-").map(Number);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    node.data = node.data.replaceAll(new RegExp(`${today} \\\\d\\\\d:\\\\d\\\\d(:\\\\d\\\\d)?`, "g"), `${words} 09:00`)
      .replaceAll(today, words).replaceAll(`${y}年${m}月${d}日`, `${year}年${month}月${day}日`);
  }
}"""
SHOWN_DAY = "2023-07-03"
STATIONS = (
    ("演示-0570", "演示站址0570", "演示片区08", "中国电信", "2023-06-19", "2023-06-27"),  # a date differs
    ("演示-0569", "演示站址0569", "演示片区01", "中国联通", "2023-06-10", "2023-06-26"),  # as it is
    *(
        (
            f"演示-07{n:02}",
            f"演示站址07{n:02}",
            f"演示片区0{n % 8 + 1}",
            "中国移动",
            "2023-06-20",
            f"2023-07-{n:02}",
        )
        for n in range(1, 8)
    ),
    ("演示-0708", "演示站址0708", "演示片区09", "中国移动", "2023-06-20", "2023-07-08"),  # no such area
    ("演示-0709", "演示站址0709", "演示片区03", "中国移动", "2023-06-20", "七月"),  # no date
    ("", "演示站址0710", "演示片区03", "中国移动", "2023-06-20", "2023-07-08"),  # no code
)


def station_list(path: Path) -> None:
    """Write a station list as it comes from a unit: a merged title, a unit row, a total at the end."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("站址清单")
        sheet.merge_range("A1:F1", "演示站址清单（2023年7月）")
        sheet.write_row(1, 0, ["单位：个"])
        sheet.write_row(2, 0, ["站址编号", "站址名称", "所属片区", "运营商", "建成日期", "入网日期"])
        for line, row in enumerate(STATIONS, start=3):
            sheet.write_row(line, 0, row)
        sheet.write_row(len(STATIONS) + 3, 0, ["合计", len(STATIONS)])


@contextmanager
def demonstration() -> Iterator[tuple[str, str, str]]:
    """Serve a fresh demonstration; yield its address, the accounts' password and its data folder."""
    with tempfile.TemporaryDirectory(prefix="wanqi-pictures-") as folder:
        os.chmod(folder, 0o755)
        env = {**os.environ, "WANQI_DATA": folder}
        command = [sys.executable, "-m", "wanqi.cli.main", "demo", "--port", str(PORT)]
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            await_page(f"http://127.0.0.1:{PORT}/accounts/login/", server)
            password = Path(folder, "secrets", "demo-password").read_text(encoding="utf-8").strip()
            yield f"http://127.0.0.1:{PORT}", password, folder
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def await_page(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the address answers; leave with a sentence when the server ends or takes three minutes."""
    until = monotonic() + 180
    while monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            sleep(0.5)
        else:
            return
    sys.exit("the demonstration did not start; see its messages above")


class Camera:
    """One signed-in person at one window size; `shot` keeps what is on the screen."""

    def __init__(self, browser: Browser, url: str, *, size: tuple[int, int] = WIDE) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.url = url
        self.width = size[0]

    def sign_in(self, name: str, password: str) -> Camera:
        self.open("/accounts/login/")
        self.page.fill("#id_login", name)
        self.page.fill("#id_password", password)
        self.page.click("button.btn-primary")
        self.page.wait_for_url(f"{self.url}/")
        return self

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path, wait_until="networkidle")
        return self.page

    def shot(self, name: str, *, height: int | None = None) -> None:
        """Write `<name>.png`, of a phone `<name>-390.png`; `height` cuts the lower part off, in pixels."""
        page = self.page
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(600)  # the chart draws itself; everything else is still
        today = page.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Asia/Shanghai'})")
        page.evaluate(STILL, [today, SHOWN_DAY])
        suffix = "" if self.width == WIDE[0] else f"-{self.width}"
        window = page.viewport_size or {"width": self.width, "height": WIDE[1]}
        page.screenshot(
            path=PICTURES / f"{name}{suffix}.png",
            clip={
                "x": 0,
                "y": 0,
                "width": window["width"],
                "height": min(height or window["height"], window["height"]),
            },
            caret="hide",
            animations="disabled",
        )
        sys.stdout.write(f"{name}{suffix}.png\n")


def sign_in_pictures(browser: Browser, url: str, password: str) -> None:
    """登录, a refused password, the desk, 修改密码."""
    camera = Camera(browser, url)
    page = camera.open("/accounts/login/")
    camera.shot("sign-in", height=720)
    page.fill("#id_login", "clerk")
    page.fill("#id_password", "not the password")
    page.click("button.btn-primary")
    camera.shot("sign-in-refused", height=760)
    camera.sign_in("clerk", password)
    camera.shot("desk")
    camera.open("/accounts/password/")
    camera.shot("password", height=640)
    camera.context.close()


def register_pictures(browser: Browser, url: str, password: str) -> None:
    """Lists, a row in the drawer, entering; the new station is withdrawn again in its own picture."""
    camera = Camera(browser, url).sign_in("clerk", password)
    camera.open("/organisations/")
    camera.shot("organisations", height=760)
    page = camera.open("/sites/?area=&q=0571")
    camera.shot("stations", height=560)
    page.locator("a.row-link, tbody a").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    page.wait_for_load_state("networkidle")
    camera.shot("station-drawer")
    camera.open("/organisations/new/")
    page.fill("#id_name", "演示企业41（临湘）")
    page.fill("#id_credit_code", "91430682DEM000401Z")
    page.locator("main form button.btn-primary").click()
    camera.shot("entry-refused")
    camera.open("/documents/1/")
    camera.shot("document", height=760)
    camera.open("/observations/")
    camera.shot("observations", height=640)
    camera.context.close()


def board_pictures(browser: Browser, url: str, password: str) -> None:
    """The board, and the 571 of it opened, wide and on a phone."""
    for size in (WIDE, PHONE):
        camera = Camera(browser, url, size=size).sign_in("clerk", password)
        page = camera.open("/board/")
        camera.shot("board", height=720)
        page.get_by_role("link", name="571个").first.click()
        expect(page.locator("#drawer").get_by_text("共571条")).to_be_visible()
        page.wait_for_load_state("networkidle")
        camera.shot("figure")
        if size == WIDE:
            camera.open("/table/?period=2023-05")
            camera.shot("monthly-table", height=760)
        camera.context.close()


def screening_pictures(browser: Browser, url: str, password: str) -> None:
    """条件筛选 with one group chosen, the reasons of one enterprise, a phone's cards, the calendar."""
    camera = Camera(browser, url).sign_in("clerk", password)
    page = camera.open("/screening/?programme=cn.srdi-sme&bucket=short1")
    page.locator(".told b").first.wait_for()
    camera.shot("screening")
    page.get_by_role("link", name="演示企业19（临湘）", exact=True).click()
    page.locator("#drawer .condition").first.wait_for()
    camera.shot("screening-why")
    camera.open("/calendar/")
    camera.shot("calendar")
    camera.context.close()
    phone = Camera(browser, url, size=PHONE).sign_in("clerk", password)
    page = phone.open("/screening/?programme=cn.srdi-sme&bucket=short1")
    page.locator(".told b").first.wait_for()
    page.locator("#results .verdicts").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#results .verdicts').scrollIntoView()")
    page.mouse.wheel(0, -70)
    phone.shot("screening")
    phone.context.close()


def checking_pictures(browser: Browser, url: str, password: str) -> None:
    """The report that was sent, pasted: marks and findings, one sum explained and taken back, wide and on a phone."""
    text = (ROOT / "tests" / "figures" / "corpus" / "seed.zh-Hans.txt").read_text(encoding="utf-8")
    for size in (WIDE, PHONE):
        camera = Camera(browser, url, size=size).sign_in("clerk", password)
        page = camera.open("/checking/")
        if size == WIDE:
            camera.shot("checking")
        page.fill("#id_text", text)
        page.locator("[data-check]").click()
        expect(page.locator("#result")).to_be_focused()
        if size == PHONE:
            page.locator("a.mark", has_text="127.92%").click()
        camera.shot("checking-result")
        if size == WIDE:
            wrong = page.locator(".finding", has_text="360%").first
            wrong.locator(".explain > summary").click()
            wrong.locator("textarea").fill("上年为45家，按上年的360%计，不是增长360%")
            wrong.get_by_role("button", name="经核无误").click()
            page.locator("#explained > summary").click()
            page.locator("#explained").scroll_into_view_if_needed()
            camera.shot("checking-explained")
            page.locator("#explained .explain > summary").click()
            page.locator("#explained textarea").fill("应改为同比增长260%")
            page.get_by_role("button", name="撤回说明").click()
            page.get_by_text("已撤回对").wait_for()
        camera.context.close()


def correction_pictures(browser: Browser, url: str, password: str) -> None:
    """One date from form to sentence: what `更正` asks, the history, the report that says why."""
    camera = Camera(browser, url).sign_in("clerk", password)
    page = camera.open("/reports/1/")
    camera.shot("report")
    page.locator(".checked").scroll_into_view_if_needed()
    camera.shot("report-check")
    camera.open("/sites/571/correct/")
    page.fill("#id_opened_on", "2023-07-03")
    page.locator("main form button.btn-primary").click()
    page.get_by_role("textbox", name="原因").fill("铁塔公司7月3日来函更正")
    camera.shot("correct", height=560)
    page.get_by_role("button", name="确认更正").click()
    page.wait_for_url(re.compile(r"/sites/571/"))
    page.locator("#history").scroll_into_view_if_needed()
    camera.shot("history")
    camera.open("/reports/1/")
    camera.shot("report-changed")
    camera.open("/sites/571/withdraw/")
    camera.shot("withdraw", height=520)
    camera.context.close()
    phone = Camera(browser, url, size=PHONE).sign_in("clerk", password)
    phone.open("/reports/1/")
    phone.shot("report-changed")
    phone.context.close()


def writing_pictures(browser: Browser, url: str, password: str) -> None:
    """A report from its template to the signature: writing, looking for a figure, what is loose, remarks, versions."""
    clerk = Camera(browser, url).sign_in("clerk", password)
    page = clerk.open("/reports/1/write/")
    box = page.locator(".editor-box").first
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("培训企业15家。")
    expect(page.locator("[data-status]").first).to_contain_text("已保存")
    page.locator(".editor-block:has(.editor-box)").first.scroll_into_view_if_needed()
    clerk.shot("report-write")
    page.keyboard.press("Control+k")
    page.fill("#finder-q", "5G基站")
    page.locator("[data-finder-list] button").first.wait_for()
    clerk.shot("report-figure")
    clerk.context.close()
    head = Camera(browser, url).sign_in("head", password)
    page = head.open("/reports/1/")
    page.get_by_role("button", name="本股室已完成").click()
    page.get_by_text("已完成，等待汇总").wait_for()
    head.open("/reports/1/")
    head.shot("report-parts")
    for box in page.locator(".turn input[name=missing]").all():
        box.check()
    page.locator(".turn button").click()
    page.get_by_text("各股室的段落已锁定").wait_for()
    head.open("/reports/1/#loose")
    head.shot("report-loose")
    page.locator(".loose-form input[name=reason]").first.fill("培训签到表")
    page.get_by_role("button", name="写明理由").first.click()
    page.get_by_text("已写明理由").first.wait_for()
    head.open("/reports/1/")
    page.locator(".turn button:has-text('送审')").click()
    page.get_by_text("已送审，由分管领导").wait_for()
    head.context.close()
    deputy = Camera(browser, url).sign_in("deputy", password)
    page = deputy.open("/reports/1/")
    deputy.shot("report-review")
    page = deputy.open("/reports/1/write/")
    box = page.locator(".editor-box").nth(2)
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("下一步重点抓好乡镇补点。")
    expect(page.locator("[data-status]").nth(2)).to_contain_text("已保存")
    deputy.open("/reports/1/versions/?a=1&b=0")
    deputy.shot("report-versions", height=700)
    deputy.context.close()


def target_pictures(browser: Browser, url: str, password: str) -> None:
    """A target broken down by area, the form of it, and a shortfall handed on from the board."""
    camera = Camera(browser, url).sign_in("clerk", password)
    camera.open("/targets/infra.5g.target/2023/area/")
    camera.shot("breakdown", height=760)
    camera.open("/targets/infra.5g.target/2023/area/edit/")
    camera.shot("breakdown-edit", height=860)
    page = camera.open("/board/")
    page.locator(".topic").get_by_role("link", name="交办").first.click()
    page.locator("#drawer").get_by_label("差多少").wait_for()
    camera.shot("shortfall")
    camera.context.close()


def archive_pictures(browser: Browser, url: str, password: str) -> None:
    """The report signed and the monthly table locked; a date corrected afterwards, and what both say of it."""
    deputy = Camera(browser, url).sign_in("deputy", password)
    page = deputy.open("/reports/1/")
    page.locator(".turn button:has-text('签发')").click()
    page.locator("#confirm [data-answer=yes]").click()
    page.get_by_text("已签发并定稿锁定").wait_for()
    page = deputy.open("/table/?period=2023-06")
    page.locator("#freeze > summary").click()
    page.get_by_role("button", name="确认定稿").click()
    page.get_by_text("已定稿锁定：这张表不再改动").wait_for()
    table = page.url.removeprefix(url)
    deputy.context.close()
    clerk = Camera(browser, url).sign_in("clerk", password)
    page = clerk.open("/sites/570/correct/")
    page.fill("#id_opened_on", "2023-07-04")
    page.locator("main form button.btn-primary").click()
    page.get_by_role("textbox", name="原因").fill("铁塔公司7月4日来函更正")
    page.get_by_role("button", name="确认更正").click()
    page.wait_for_url(re.compile(r"/sites/570/"))
    clerk.context.close()
    auditor = Camera(browser, url).sign_in("auditor", password)
    page = auditor.open("/archives/?kind=report")
    page.locator("main table a").first.click()
    page.wait_for_load_state("networkidle")
    report = page.url.removeprefix(url)
    auditor.shot("archive")
    auditor.open(f"{report}restatement/")
    auditor.shot("restatement")
    auditor.open(f"/evidence/?archive={report.strip('/').split('/')[-1]}")
    auditor.shot("evidence", height=760)
    auditor.open(table)
    auditor.shot("table-archive", height=760)
    auditor.context.close()


def import_pictures(browser: Browser, url: str, password: str, folder: str) -> None:
    """The four steps of a list, its rows that were not taken, and the undone batch."""
    table = Path(folder) / "演示站址清单.xlsx"
    station_list(table)
    camera = Camera(browser, url).sign_in("clerk", password)
    page = camera.open("/imports/new/")
    page.select_option("#id_profile", label="铁塔站址清单")
    page.set_input_files("input[type=file]", str(table))
    camera.shot("import-1", height=760)
    page.get_by_role("button", name="下一步：匹配列").click()
    page.get_by_role("button", name="下一步：预览").wait_for(timeout=60_000)
    camera.shot("import-2")
    page.get_by_role("button", name="下一步：预览").click()
    confirm = page.get_by_role("button", name=re.compile("确认导入"))
    confirm.wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    camera.shot("import-3")
    confirm.click()
    page.get_by_role("button", name="撤销这一批").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    camera.shot("import-4")
    page.get_by_role("button", name="撤销这一批").click()
    page.locator('#confirm [data-answer="yes"]').wait_for()
    camera.shot("import-undo", height=640)
    page.locator('#confirm [data-answer="yes"]').click()
    page.get_by_text("这一批已撤销").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    camera.shot("import-undone", height=640)
    camera.context.close()


def administration_pictures(browser: Browser, url: str, password: str) -> None:
    """What each of the three administrators, and a reporter, works with."""
    for who, pages in (
        ("system-admin", (("account-new", "/administration/accounts/new/"),)),
        ("security-admin", (("grants", "/administration/grants/"),)),
        ("audit-admin", (("audit", "/administration/audit/"),)),
        ("reporter", (("reporter-desk", "/"),)),
    ):
        camera = Camera(browser, url).sign_in(who, password)
        for name, path in pages:
            camera.open(path)
            camera.shot(name, height=640)
        camera.context.close()


def main() -> None:
    """Make every picture anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demonstration() as (url, password, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        sign_in_pictures(browser, url, password)
        register_pictures(browser, url, password)
        board_pictures(browser, url, password)
        checking_pictures(browser, url, password)
        screening_pictures(browser, url, password)
        correction_pictures(browser, url, password)
        writing_pictures(browser, url, password)
        target_pictures(browser, url, password)
        archive_pictures(browser, url, password)
        import_pictures(browser, url, password, folder)
        administration_pictures(browser, url, password)
        browser.close()


if __name__ == "__main__":
    main()
