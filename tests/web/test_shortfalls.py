"""短板: from a lagging card to 交办, 反馈 and 销号; who may take which step, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from wanqi.core.models import Attachment, AuditEvent, Office, Unit, User
from wanqi.indicators.models import Shortfall

pytestmark = pytest.mark.usefixtures("demo")
REGION = "cn-430682"
NEW = "/board/shortfalls/infra.5g.total/?period=2023H1"


def client(username: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


@pytest.fixture(autouse=True)
def nothing_lacks(demo: None) -> None:
    """Begin without the demonstration's own shortfalls."""
    Shortfall.objects.update(withdrawn_at=timezone.now(), withdrawn_reason="从头登记")


def given(**values: str) -> dict[str, str]:
    office = Office.objects.get(region_id=REGION, code="digital")
    first = {
        "title": "5G基站累计数进度滞后",
        "finding": "差109个",
        "office": str(office.pk),
        "on": "2099-12-31",
    }
    return {**first, **values}


def raised(**values: str) -> Shortfall:
    answer = client().post(NEW, given(**values))
    assert answer.status_code == 302, answer.content.decode()
    return Shortfall.objects.get(pk=answer["Location"].strip("/").split("/")[-1])


def test_the_form_comes_filled_with_the_gap_in_words():
    page = client().get(NEW, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    for told in ("5G基站累计数进度滞后", "2023年上半年5G基站累计数571个，全年目标800个", "难以完成全年目标800个",
                 "差109个",
                 "今年新增任务完成34.38%，序时进度50.00%"):  # fmt: skip
        assert told in page, told


def test_two_clicks_make_a_shortfall_with_what_was_known():
    row = raised(person="李四")
    assert (row.state, row.person, row.assigned_office.code, row.due_on) == (
        "办理中",
        "李四",
        "digital",
        date(2099, 12, 31),
    )
    assert (row.target, row.actual, row.gap) == (Decimal(800), Decimal(571), Decimal(229))
    assert list(
        AuditEvent.objects.filter(target_kind="indicators.shortfall", target_id=str(row.pk))
        .order_by("id")
        .values_list("verb", flat=True)
    ) == ["登记", "交办"]
    board = client().get("/board/").content.decode()
    assert "已交办，看进展" in board
    assert row.title in board


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"office": ""}, "请选择承办股室或责任单位。"),
        ({"on": ""}, "请填写完成时限"),
        ({"on": "x"}, "日期请写成2023-06-30的样子。"),
        ({"on": "2001-01-01"}, "不早于登记日期"),
        ({"title": " "}, "请写明短板的名称。"),
        ({"finding": ""}, "请写明差多少。"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(wrong: dict[str, str], told: str):
    answer = client().post(NEW, given(**wrong))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "2099-12-31" in answer.content.decode() or "on" in wrong
    assert not Shortfall.objects.current().exists()


def test_the_unit_answers_and_the_office_closes():
    tower = Unit.objects.get(region_id=REGION, code="tower")
    row = raised(unit=str(tower.pk), office="")
    unit, here = client("reporter"), f"/shortfalls/{row.pk}/"
    assert "短板待反馈" in unit.get("/").content.decode()
    assert unit.post(f"{here}close/", {"closing": "完成", "on": "2099-01-01"}).status_code == 403
    file = SimpleUploadedFile("进度表.xlsx", b"PK", content_type="application/zip")
    unit.post(f"{here}answer/", {"answer": "已开工20个站", "on": "2099-01-01", "file": file})
    row.refresh_from_db()
    assert (row.state, row.answer, row.answer_file.name) == ("已反馈", "已开工20个站", "进度表.xlsx")
    clerk = client()
    assert "短板待销号" in clerk.get("/").content.decode()
    clerk.post(f"{here}close/", {"closing": "", "on": "2099-02-01"})
    row.refresh_from_db()
    assert row.state == "已反馈"
    clerk.post(f"{here}close/", {"closing": "累计已达800个", "on": "2099-02-01"})
    row.refresh_from_db()
    assert (row.state, row.closing) == ("已销号", "累计已达800个")
    assert row.title not in clerk.get("/board/").content.decode()
    clerk.post(f"{here}reopen/", {"reason": "数核减了"})
    row.refresh_from_db()
    assert (row.state, row.closed_on, row.closing) == ("办理中", None, "")


def test_a_refused_answer_keeps_no_file():
    row = raised()
    before = Attachment.objects.count()
    file = SimpleUploadedFile("x.xlsx", b"PK", content_type="application/zip")
    client().post(f"/shortfalls/{row.pk}/answer/", {"answer": " ", "on": "2099-01-01", "file": file})
    row.refresh_from_db()
    assert (row.state, Attachment.objects.count()) == ("办理中", before)


def test_who_may_take_which_step():
    row = raised()
    other = User.objects.create(username="other-office", display_name="别股室")
    other.grants.create(
        role="clerk", region_id=REGION, office=Office.objects.get(region_id=REGION, code="science")
    )
    here = f"/shortfalls/{row.pk}/"
    for username in ("other-office", "leader", "auditor"):
        browser = client(username)
        assert browser.get(here).status_code == 200
        assert browser.post(f"{here}answer/", {"answer": "x", "on": "2099-01-01"}).status_code == 403
    for username in ("reporter", "expert", "finance", "system-admin"):
        assert client(username).get(here).status_code in (403, 404)
    for username in ("leader", "reporter", "finance", "expert"):
        assert client(username).post(NEW, given()).status_code == 403
    assert Shortfall.objects.get(pk=row.pk).state == "办理中"


def test_a_late_one_stands_out_and_is_listed():
    row = raised()
    Shortfall.objects.filter(pk=row.pk).update(raised_on=date(2020, 1, 1), due_on=date(2020, 2, 1))
    assert "已逾期" in client().get("/shortfalls/?late=late").content.decode()
    assert "1条已逾期" in client().get("/").content.decode()


@pytest.mark.parametrize(
    "path", ["/shortfalls/0/assign/", "/board/shortfalls/nothing/", "/board/shortfalls/infra.5g.target/"]
)
def test_what_does_not_exist_is_missing(path: str):
    assert client().post(path, given()).status_code == 404
