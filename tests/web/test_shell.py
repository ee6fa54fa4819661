"""The shell: menu by role, sign-in, errors with a code, the switch of period and area, a strict policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from wanqi.core.models import Role
from wanqi.web import display, errors
from wanqi.web.place import latest_complete, period_options

Pages = Callable[[Role | None], Client]
WEB = Path(display.__file__).parent


def test_the_policy_allows_nothing_inline(signed_in: Pages) -> None:
    policy = signed_in(Role.CLERK).get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_page_without_sign_in_leads_to_it_and_comes_back(db: None) -> None:
    assert Client().get("/sites/?q=1")["Location"] == "/accounts/login/?next=/sites/%3Fq%3D1"


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(db: None) -> None:
    said = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sites/?q=1"}
    answer = Client().get("/sites/?q=2", headers=said)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?next=%2Fsites%2F%3Fq%3D1")


def test_signing_in_goes_to_the_asked_page(db: None) -> None:
    cast.user(Role.CLERK)
    given = {"login": "clerk", "password": cast.PASSWORD, "next": "/sites/"}
    assert Client().post("/accounts/login/", given)["Location"] == "/sites/"


def test_a_wrong_password_says_so_in_chinese_and_keeps_the_name(db: None) -> None:
    cast.user(Role.CLERK)
    page = Client().post("/accounts/login/", {"login": "clerk", "password": "no"}).content.decode()
    assert "用户名和密码" in page or "用户名或密码" in page
    assert 'value="clerk"' in page


def test_the_sixth_attempt_is_locked_out_even_with_the_right_password(db: None) -> None:
    cast.user(Role.CLERK)
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "clerk", "password": "no"})
    answer = client.post("/accounts/login/", {"login": "clerk", "password": cast.PASSWORD})
    assert answer.status_code == 429
    assert "已暂时锁定" in answer.content.decode()


def test_a_lock_out_is_of_one_account_only(db: None) -> None:
    cast.user(Role.CLERK)
    cast.user(Role.HEAD)
    for _ in range(6):
        Client().post("/accounts/login/", {"login": "clerk", "password": "no"})
    answer = Client().post("/accounts/login/", {"login": "head", "password": cast.PASSWORD})
    assert answer["Location"] == "/"


def test_a_disabled_account_does_not_get_in(db: None) -> None:
    person = cast.user(Role.CLERK)
    person.is_active = False
    person.save(update_fields=["is_active"])
    client = Client()
    client.post("/accounts/login/", {"login": "clerk", "password": cast.PASSWORD})
    assert client.get("/sites/").status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    assert clerk.get("/accounts/logout/").status_code == 200
    assert clerk.get("/sites/").status_code == 200
    clerk.post("/accounts/logout/")
    assert clerk.get("/sites/").status_code == 302


def test_a_password_is_changed_by_its_owner(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    weak = {"oldpassword": cast.PASSWORD, "password1": "abcdefghij", "password2": "abcdefghij"}
    assert "密码" in clerk.post("/accounts/password/", weak).content.decode()
    good = {"oldpassword": cast.PASSWORD, "password1": "Another-Word-8", "password2": "Another-Word-8"}
    assert clerk.post("/accounts/password/", good).status_code == 302


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (Role.CLERK, ("企业库", "5G基站", "文件库", "外部数据"), ("账号", "操作日志", "角色授权")),
        (Role.REPORTER, ("5G基站", "外部数据"), ("企业库", "文件库")),
        (Role.SYSTEM_ADMIN, ("账号",), ("企业库", "5G基站", "操作日志", "角色授权")),
        (Role.SECURITY_ADMIN, ("账号", "角色授权"), ("企业库", "操作日志")),
        (Role.AUDIT_ADMIN, ("操作日志",), ("企业库", "角色授权")),
        (None, ("工作台",), ("企业库", "5G基站", "操作日志")),
    ],
)
def test_the_menu_holds_what_the_role_may_open(
    signed_in: Pages, role: Role | None, seen: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    page = signed_in(role).get("/").content.decode()
    menu = page[page.index('<aside class="sidebar">') : page.index("</aside>")]
    assert [title for title in seen if f"</svg>{title}</a>" not in menu] == []
    assert [title for title in unseen if f"</svg>{title}</a>" in menu] == []


def test_every_link_of_the_menu_opens(signed_in: Pages) -> None:
    for role in Role:
        client = signed_in(role)
        for group in client.get("/").context["shell"]["menu"]:
            for link in group["links"]:
                assert client.get(link["href"]).status_code == 200, (role, link)


def test_the_switch_goes_back_without_what_the_address_said(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    area = str(cast.area().pk)
    answer = clerk.post("/place/", {"area": area, "period": "x", "next": "/sites/?area=9&q=a&after=zz"})
    assert answer["Location"] == "/sites/?q=a"
    assert clerk.session["area"] == cast.area().pk
    assert clerk.session["period"] is None
    assert clerk.post("/place/", {"next": "//elsewhere.example"})["Location"] == "/"
    assert clerk.get("/place/").status_code == 405


def test_an_error_says_what_was_kept_what_to_do_and_a_code(signed_in: Pages) -> None:
    page = signed_in(Role.CLERK).get("/no-such-page/").content.decode()
    assert "没有这个页面或这条记录，或您无权查看。" in page
    assert "数据没有任何改动。" in page
    assert "请核对网址" in page


def test_a_stale_form_is_refused_with_the_next_step(signed_in: Pages) -> None:
    clerk = Client(enforce_csrf_checks=True)
    clerk.cookies = signed_in(Role.CLERK).cookies
    answer = clerk.post("/sites/new/", {})
    assert answer.status_code == 403
    assert "这张表单已过期" in answer.content.decode()


def test_an_unexpected_failure_has_a_page_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    answer = errors.failed(RequestFactory().get("/sites/"))
    code = answer["X-Support-Code"]
    assert answer.status_code == 500
    assert code in answer.content.decode()
    assert code in caplog.text


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (296386, None, "296,386"),
        (Decimal("-1234.50"), None, "−1,234.5"),
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("-0.125"), 2, "−0.13"),
        (0, None, "0"),
        (Decimal("-0.001"), 2, "0.00"),
        (Decimal("1E+3"), None, "1,000"),
    ],
)
def test_a_number_is_grouped_with_a_true_minus(value: object, places: int | None, shown: str) -> None:
    assert display.number(value, places=places) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**13), max_value=10**13, places=2))
def test_a_shown_number_reads_back_exactly(value: Decimal) -> None:
    assert Decimal(display.number(value).replace(",", "").replace("−", "-")) == value


def test_unknown_is_a_dash_with_its_reason_and_never_zero() -> None:
    assert "—" in display.number(None)
    assert 'data-tip="未登记"' in display.unknown("未登记")
    assert display.number(0) == "0"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2023", "2023年"),
        ("2023H1", "2023年上半年"),
        ("2023H2", "2023年下半年"),
        ("2023Q3", "2023年第三季度"),
        ("2023-06", "2023年6月"),
        ("2023-06-30", "截至2023年6月30日"),
        ("2023-01..05", "2023年1—5月"),
        ("odd", "odd"),
    ],
)
def test_a_period_in_words(period: str, words: str) -> None:
    assert display.period(period) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("0.2661"), "▲"), (Decimal("-0.1"), "▼"), (Decimal(0), "持平"), (None, "无基数")],
)
def test_growth_is_a_mark_in_ink(value: Decimal | None, shown: str) -> None:
    text = display.growth(value)
    assert shown in text
    assert "is-red" not in text
    assert "is-green" not in text


def test_a_bar_has_no_style_attribute_and_stays_within_its_ground() -> None:
    drawn = display.bar(Decimal("1.7"), label="完成率", mark=Decimal("0.5"), tone="behind")
    assert "style" not in drawn
    assert 'width="100.00%"' in drawn
    assert 'x="50.00%"' in drawn


def test_the_periods_of_a_day_start_with_the_latest() -> None:
    options = [period for period, _ in period_options(date(2023, 6, 30))]
    assert options[:3] == ["2023H1", "2023-01..05", "2023-01..04"]
    assert options[-4:] == ["2022", "2022-01..09", "2022H1", "2022-01..03"]


@pytest.mark.parametrize(
    ("on", "period"),
    [
        (date(2023, 6, 30), "2023H1"),
        (date(2023, 6, 29), "2023-01..05"),
        (date(2023, 1, 15), "2022"),
        (date(2023, 2, 28), "2023-01..02"),
    ],
)
def test_the_first_period_shown_is_the_latest_that_is_over(on: date, period: str) -> None:
    assert latest_complete(on) == period


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    import re

    sprite = (WEB / "static" / "vendor" / "icons.svg").read_text(encoding="utf-8")
    named = {
        name
        for path in [*(WEB / "templates").rglob("*.html"), *WEB.rglob("*.py")]
        for name in re.findall(r'(?:{% icon "|icon=")([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }
    assert {name for name in named if f'id="{name}"' not in sprite} == set()


def test_the_committed_assets_agree_with_their_lock() -> None:
    import subprocess
    import sys

    script = WEB.parent.parent.parent / "scripts" / "vendor_assets.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
