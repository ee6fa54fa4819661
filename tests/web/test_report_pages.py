"""材料与核对: the list, one draft with what changed and what was said, the check, exports, and taking as read."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests import cast
from wanqi.core.models import AuditEvent, User
from wanqi.documents import Figure
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site
from wanqi.reports.compile import compose_report
from wanqi.reports.models import Draft

pytestmark = pytest.mark.usefixtures("demo")
READERS = ("clerk", "head", "deputy", "leader", "finance", "auditor")
OTHERS = ("reporter", "expert", "system-admin", "security-admin", "audit-admin")


def client(username: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def address(step: str = "") -> str:
    return f"/reports/{Draft.objects.get(period='2023H1').pk}/{step}"


def move_one() -> Site:
    station = Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10)).first()
    assert station is not None
    return correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=cast.machine(), reason="核对验收单")


@pytest.mark.parametrize("username", READERS)
def test_readers_see_the_list_and_the_draft(username: str):
    browser = client(username)
    assert "临湘市2023年上半年科技和工业信息化工作情况" in text(browser.get("/reports/"))
    page = text(browser.get(address()))
    for shown in ("120个", "571个", "较上年末增长26.61%", "71.38%", "636—746个", "报告原值", "累计达571个",
                  "报送前核对", "内部", "数据差错", "存疑待核", "120个→220个", "571个→471个", "127.92%→77.38%",
                  "没有超过800个，不写这一句"):  # fmt: skip
        assert shown in page, shown


@pytest.mark.parametrize("username", OTHERS)
def test_others_are_refused(username: str):
    browser = client(username)
    for path in ("/reports/", address(), address("export/?format=docx")):
        assert browser.get(path).status_code == 403
    assert browser.post(address("rebase/"), {"reason": "已核对"}).status_code == 403
    assert browser.post("/reports/begin/", {"choice": "half-year 2022H1"}).status_code == 403
    assert Draft.objects.count() == 1


def test_every_figure_of_the_sentence_is_a_link_into_the_drawer():
    page = text(client().get(address()))
    assert 'href="/figures/infra.5g.total/?period=2023H1" data-figure="infra.5g.total" data-drawer' in page
    compiled = compose_report(cast.REGION, "2023H1", draft=Draft.objects.get(period="2023H1"))
    runs = [run for section in compiled.sections for one in section.paragraphs for run in one.runs]
    assert page.count("data-figure=") == sum(isinstance(run, Figure) for run in runs) > 7


def test_a_correction_stands_below_the_sentence_with_who_and_why():
    station = move_one()
    page = text(client().get(address()))
    assert "119个" in page
    assert ">120→119</a>：" in page
    assert f"{station.name}开通日期由" in page
    assert "更正人测试，核对验收单" in page
    assert ">571→570</a>：" in page


def test_the_own_office_takes_changes_as_read_with_a_reason():
    move_one()
    browser = client()
    refused = browser.post(address("rebase/"), {"reason": " "})
    assert refused.status_code == 422
    assert "请填写原因" in refused.content.decode()
    done = browser.post(address("rebase/"), {"reason": "已核对", "seen": "1"})
    assert (done.status_code, done["Location"]) == (302, address())
    assert "120→119" not in text(browser.get(address()))
    assert AuditEvent.objects.filter(verb="确认改动", reason="已核对").count() == 1
    again = browser.post(address("rebase/"), {"reason": "再确认", "seen": "1"})
    assert again.status_code == 409


@pytest.mark.parametrize("username", ["deputy", "leader", "finance", "auditor"])
def test_readers_cannot_take_changes_as_read(username: str):
    move_one()
    browser = client(username)
    assert "确认改动</button>" not in text(browser.get(address()))
    assert browser.post(address("rebase/"), {"reason": "已核对"}).status_code == 403
    assert Draft.objects.get().version == 1


@pytest.mark.parametrize(
    ("form", "start"), [("docx", b"PK"), ("pdf", b"%PDF-"), ("html", b"<!doctype html>")]
)  # fmt: skip
def test_exports_are_files_with_the_mark_in_their_name(form: str, start: bytes):
    response = client().get(address(f"export/?format={form}"))
    assert response.status_code == 200
    assert response.content.startswith(start)
    assert response["Content-Disposition"].startswith("attachment")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in response["Content-Disposition"]
    assert AuditEvent.objects.filter(verb="导出", target_kind="reports.draft").count() == 1


def test_an_unknown_format_and_an_unknown_draft_are_missing():
    assert client().get(address("export/?format=exe")).status_code == 404
    assert client().get("/reports/999999/").status_code == 404


def test_a_draft_is_begun_for_a_period_that_has_none():
    browser = client()
    page = text(browser.get("/reports/"))
    assert 'value="half-year 2022H1"' in page
    assert 'value="half-year 2023H1"' not in page
    response = browser.post("/reports/begin/", {"choice": "half-year 2022H1"})
    assert response.status_code == 302
    assert "完成5G基站建设" in text(browser.get(response["Location"]))


@pytest.mark.parametrize(
    "choice", ["", "nothing 2022H1", "half-year", "half-year 2023-05", "half-year 2023H1"]
)
def test_a_draft_that_cannot_be_begun_leaves_nothing(choice: str):
    response = client().post("/reports/begin/", {"choice": choice})
    assert response.status_code in (400, 404, 422)
    assert Draft.objects.count() == 1


def test_only_posts_write():
    browser = client()
    assert browser.get("/reports/begin/").status_code == 405
    assert browser.get(address("rebase/")).status_code == 405


@pytest.mark.parametrize("seen", ["²", "9" * 5000, "\x00"])
def test_an_odd_number_or_reason_is_no_failure(seen: str):
    move_one()
    assert client().post(address("rebase/"), {"reason": "\x00", "seen": seen}).status_code == 422
    assert client().post(address("rebase/"), {"reason": "已核\x00对", "seen": seen}).status_code == 302
    assert AuditEvent.objects.filter(verb="确认改动", reason="已核对").count() == 1


def test_who_may_not_see_rows_reads_only_how_many_changed():
    station = move_one()
    browser = client("finance")
    pages = (address(), address("export/") + "?format=html", "/figures/infra.5g.new/?period=2023H1")
    for page in pages:
        body = browser.get(page).content.decode()
        assert "1条记录有改动，您的角色不能查看明细" in body
        assert station.name not in body
        assert "核对验收单" not in body
        assert station.name in client().get(page).content.decode()
