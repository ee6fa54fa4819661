"""报数 on the page: who reaches what, what is kept, what a stale page says, the steps to the lock."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.collection import asked, sheets
from wanqi.collection.models import Entry, Return, Round
from wanqi.collection.workbook import workbook
from wanqi.core.access import Actor
from wanqi.core.models import Role
from wanqi.registry.sheets import open_table

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(actor: Actor) -> Client:
    made = Client()
    made.force_login(actor.user, backend=BACKEND)
    return made


def at(row: Return, name: str = "return", **further: str) -> str:
    return reverse(f"returns.{name}", kwargs={"pk": row.pk, **further})


def sent(row: Return, figures: dict[str, str] | None = None, **given: object) -> dict[str, object]:
    now = Return.objects.get(pk=row.pk)
    lines = figures or asked.FIGURES
    return {"seen": now.version, **{f"value-{line}": text for line, text in lines.items()}, **given}


@pytest.fixture
def row() -> Return:
    return asked.of(asked.issued(), "market")


PAGES = ("return", "hand-in", "workbook", "received", "evidence", "upload", "autosave")
ROUND_PAGES = ("round", "remind", "lock-all", "cancel", "values")
ASKED_STEPS = ("take-back", "approve", "lock", "send-back", "revise", "extend", "excuse")


def test_a_reporter_of_another_unit_finds_nothing(row: Return) -> None:
    stranger = browser(asked.reporter("tower"))
    before = asked.told(row)
    for name in PAGES:
        for answer in (stranger.get(at(row, name)), stranger.post(at(row, name), sent(row))):
            assert answer.status_code in (404, 405), name
    assert stranger.get(at(row, "line-evidence", line="applied")).status_code == 404
    for step in ASKED_STEPS:
        expected = 404 if step == "take-back" else 403
        answer = stranger.post(at(row, "step", step=step), sent(row, reason="试试"))
        assert answer.status_code == expected, step
    assert asked.told(row) == before
    assert "知识产权情况月报" not in stranger.get("/returns/").content.decode()


def test_a_reporter_sees_no_round_and_no_form(row: Return) -> None:
    own = browser(asked.reporter())
    for name in ROUND_PAGES:
        address = reverse(f"returns.{name}", args=[row.round_id])
        for answer in (own.get(address), own.post(address)):
            assert answer.status_code in (403, 405), name
    assert own.get("/forms/").status_code == own.get("/forms/ip-monthly/").status_code == 403
    assert own.get("/returns/new/").status_code == 403


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.LEADER, Role.AUDITOR])
def test_leaders_and_auditors_read_and_change_nothing(row: Return, role: Role) -> None:
    reader = browser(cast.actor(role))
    before = asked.told(row)
    assert reader.get("/returns/").status_code == reader.get(at(row)).status_code == 200
    assert reader.get(reverse("returns.round", args=[row.round_id])).status_code == 200
    assert reader.get("/forms/").status_code == reader.get("/forms/ip-monthly/").status_code == 200
    assert reader.post(at(row), sent(row)).status_code == 403
    assert reader.get("/returns/new/").status_code == 403
    for step in ASKED_STEPS:
        assert reader.post(at(row, "step", step=step), sent(row, reason="试试")).status_code == 403
    assert "代填" not in reader.get(at(row)).content.decode()
    assert asked.told(row) == before


def test_a_clerk_of_another_office_reads_but_decides_nothing(row: Return) -> None:
    other = browser(asked.clerk("digital"))
    asked.submitted(row)
    before = asked.told(row)
    assert other.get(at(row)).status_code == 200
    for step in ASKED_STEPS:
        assert other.post(at(row, "step", step=step), sent(row, reason="试试")).status_code == 403, step
    for name in ("remind", "cancel"):
        assert other.get(reverse(f"returns.{name}", args=[row.round_id])).status_code == 403
    assert "催报" not in other.get(reverse("returns.round", args=[row.round_id])).content.decode()
    assert asked.told(row) == before
    assert other.post("/returns/new/", {"form": "ip-monthly", "period": "2023-01..05"}).status_code == 200
    assert Round.objects.count() == 1


@pytest.mark.parametrize("role", [Role.EXPERT, Role.FINANCE, Role.SYSTEM_ADMIN])
def test_other_roles_get_nothing(row: Return, role: Role) -> None:
    stranger = browser(cast.actor(role))
    for path in ("/returns/", at(row), "/forms/", reverse("returns.round", args=[row.round_id])):
        assert stranger.get(path).status_code == 403


def test_a_unit_fills_in_checks_and_hands_in(row: Return) -> None:
    own = browser(asked.reporter())
    page = own.get("/returns/").content.decode()
    assert "待填报　1份" in page
    assert "知识产权情况月报" in page
    answer = own.post(at(row), sent(row, reported_by="李四", as_of="2023-06-30", step="check"))
    assert answer.status_code == 302
    assert answer["Location"] == at(row, "hand-in")
    page = own.get(at(row, "hand-in")).content.decode()
    assert "确认提交" in page
    assert "2000" in page.replace(",", "")
    assert own.post(at(row, "hand-in"), sent(row, {})).status_code == 302
    assert asked.told(row)[0] == "submitted"
    assert "撤回" in own.get(at(row)).content.decode()
    own.post(at(row, "step", step="take-back"), sent(row, {}))
    assert asked.told(row)[0] == "draft"


def test_a_figure_that_is_none_stays_in_its_field_and_the_rest_is_kept(row: Return) -> None:
    own = browser(asked.reporter())
    answer = own.post(at(row), sent(row, {"applied": "六十左右", "granted": "48"}, reported_by="李四"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="六十左右"' in page
    assert "有1处没有保存，其余已暂存" in page
    assert list(Entry.objects.values_list("line", "value")) == [("granted", 48)]
    assert Return.objects.get().reported_by == "李四"


def test_a_stale_page_keeps_what_was_typed_and_changes_nothing(row: Return) -> None:
    own = browser(asked.reporter())
    stale = sent(row, {"applied": "61"}, note="我写的说明")
    asked.filled(row, {"granted": "40"})
    before = asked.told(row)
    answer = own.post(at(row), stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="61"' in page
    assert "我写的说明" in page
    assert "没有保存" in page
    assert asked.told(row) == before
    assert own.post(at(row, "autosave"), stale).content.decode().count("已在别处变动") == 1
    assert asked.told(row) == before


def test_a_stale_reason_is_kept(row: Return) -> None:
    asked.submitted(row)
    desk = browser(asked.clerk())
    answer = desk.post(at(row, "step", step="send-back"), {"seen": "1", "reason": "授权量请核对"})
    assert answer.status_code == 409
    assert "授权量请核对" in answer.content.decode()
    assert asked.told(row)[0] == "submitted"
    assert desk.post(at(row, "step", step="approve"), {"seen": "1"}).status_code == 409
    assert asked.told(row)[0] == "submitted"


def test_leaving_a_field_keeps_it_and_tells_when(row: Return) -> None:
    own = browser(asked.reporter())
    answer = own.post(at(row, "autosave"), sent(row, {"applied": "60"}))
    page = answer.content.decode()
    assert "已暂存" in page
    assert "还有4项未填" in page
    assert "填报中" in page
    assert 'id="findings-granted"' in page
    assert f'name="seen" id="seen" value="{Return.objects.get().version}"' in page


def test_a_reason_is_asked_before_handing_in(row: Return) -> None:
    own = browser(asked.reporter())
    own.post(at(row), sent(row, {"applied": "60"}))
    before = asked.told(row)
    answer = own.post(at(row, "hand-in"), sent(row, {}))
    assert answer.status_code == 422
    assert "还不能提交" in answer.content.decode()
    assert asked.told(row) == before


def test_evidence_goes_with_its_line_and_comes_back_as_a_download(row: Return) -> None:
    own = browser(asked.reporter())
    file = SimpleUploadedFile("质押合同.pdf", b"%PDF-1.4", content_type="application/pdf")
    own.post(at(row), sent(row, **{"file-amount": file}))
    answer = own.get(at(row, "line-evidence", line="amount"))
    assert answer.content == b"%PDF-1.4"
    assert answer["Content-Disposition"].startswith("attachment")
    assert browser(asked.reporter("tower")).get(at(row, "line-evidence", line="amount")).status_code == 404
    own.post(at(row), sent(row, **{"drop-amount": "1"}))
    assert own.get(at(row, "line-evidence", line="amount")).status_code == 404


def test_a_workbook_is_read_back_and_bad_cells_are_listed(row: Return) -> None:
    own = browser(asked.reporter())
    assert own.get(at(row, "workbook")).content[:2] == b"PK"
    file = SimpleUploadedFile("月报.xlsx", sheets.filled(workbook(row), {"applied": 60, "granted": "约48"}))
    answer = own.post(at(row, "upload"), {"workbook": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有1个单元格没有采用" in page
    assert "G6" in page
    assert "约48" in page
    assert list(Entry.objects.filter(value__isnull=False).values_list("line", flat=True)) == ["applied"]
    wrong = own.post(at(row, "upload"), {"workbook": SimpleUploadedFile("照片.xlsx", b"\xff\xd8\xff" * 40)})
    assert wrong.status_code == 422
    assert own.post(at(row, "upload")).status_code == 422


def test_rows_are_kept_and_told_by_cell() -> None:
    row = asked.of(asked.issued("infra-5g-stations", "2023-06"), "tower")
    own = browser(asked.reporter("tower"))
    page = own.get(at(row)).content.decode()
    assert "本期无新增" in page
    assert "增加一行" in page
    given = {"seen": row.version, "has_rows": "1", "row-1-site_code": "T-1", "row-1-opened_on": "2023-02-30"}
    assert own.post(at(row), given).status_code == 302
    assert Return.objects.get(pk=row.pk).rows == [{"site_code": "T-1", "opened_on": "2023-02-30"}]
    assert "2023-02-30" in own.get(at(row)).content.decode()
    assert own.get(at(row, "hand-in")).content.decode().count("还不能提交") == 1
    given = {"has_rows": "1", "nothing": "1", "rows_json": "[]"}
    assert own.post(at(row), sent(row, {}, **given, step="check")).status_code == 302
    assert own.post(at(row, "hand-in"), sent(row, {})).status_code == 302
    assert asked.told(row)[0] == "submitted"


def test_a_clerk_issues_reminds_reviews_and_locks() -> None:
    desk = browser(asked.clerk())
    page = desk.get("/returns/new/?form=ip-monthly&period=2023-01..06")
    assert page.status_code in (200, 422)
    given = {"form": "ip-monthly", "period": page.context["form"].initial["period"]}
    given |= {"due_on": "2027-01-10", "units": ["market"], "message": "请附清单"}
    answer = desk.post("/returns/new/", given)
    round = Round.objects.get()
    assert answer["Location"] == reverse("returns.round", args=[round.pk])
    again = desk.post("/returns/new/", given)
    assert again.status_code == 422
    assert "已经下发" in again.content.decode()
    page = desk.get(reverse("returns.remind", args=[round.pk])).content.decode()
    assert "知识产权情况月报" in page
    assert "复制文字并记录催报" in page
    row = asked.of(round, "market")
    desk.post(reverse("returns.remind", args=[round.pk]), {"text": "请报送", "units": [row.pk]})
    assert round.reminders.get().units == ["market"]
    asked.submitted(row)
    assert "等您审核或锁定" in desk.get("/returns/").content.decode()
    assert desk.post(at(row, "step", step="send-back"), sent(row, {}, reason="")).status_code == 422
    desk.post(at(row, "step", step="send-back"), sent(row, {}, reason="授权量与市局不一致"))
    assert "授权量与市局不一致" in browser(asked.reporter()).get(at(row)).content.decode()
    asked.submitted(row, {"granted": "47"})
    desk.post(at(row, "step", step="approve"), sent(row, {}))
    desk.post(reverse("returns.lock-all", args=[round.pk]))
    assert asked.told(row)[0] == "locked"
    answer = desk.get(reverse("returns.values", args=[round.pk]))
    table = open_table(answer.content)
    cells = [cell for line in table.rows(table.sheets[0].name) for cell in line.cells]
    assert 47 in cells
    assert BytesIO(answer.content).read(2) == b"PK"
    assert desk.post(at(row, "step", step="revise"), sent(row, {}, reason="市局更正")).status_code == 302
    assert asked.told(row)[0] == "sent_back"


def test_extending_and_excusing_ask_why(row: Return) -> None:
    desk = browser(asked.clerk())
    wrong = desk.post(at(row, "step", step="extend"), sent(row, {}, reason="系统升级", due_on="2023-01-01"))
    assert wrong.status_code == 422
    assert "新的期限要晚于" in wrong.content.decode()
    desk.post(at(row, "step", step="extend"), sent(row, {}, reason="系统升级", due_on="2027-07-20"))
    assert str(Return.objects.get().due_on) == "2027-07-20"
    desk.post(at(row, "step", step="excuse"), sent(row, {}, reason="本月没有业务"))
    assert Return.objects.get().withdrawn_reason == "本月没有业务"
    page = desk.get(reverse("returns.round", args=[row.round_id])).content.decode()
    assert "免报" in page
    assert "本月没有业务" in page


def test_a_round_is_cancelled_with_its_reason(row: Return) -> None:
    desk = browser(asked.clerk())
    address = reverse("returns.cancel", args=[row.round_id])
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert desk.post(address, {"reason": "下错了时期"}).status_code == 302
    assert Round.objects.get().withdrawn_reason == "下错了时期"
    assert "没有要填报的" in browser(asked.reporter()).get("/returns/").content.decode()


def test_a_clerk_fills_in_for_a_unit_when_asked(row: Return) -> None:
    desk = browser(asked.clerk())
    assert "代填或上传表格" in desk.get(at(row)).content.decode()
    assert "return-form" in desk.get(at(row) + "?fill=1").content.decode()
    assert desk.post(at(row), sent(row, fill="1"))["Location"].endswith("?fill=1")


def test_a_demonstration_is_marked_in_every_list() -> None:
    mark = "演示数据</span>"
    row = asked.of(asked.issued(is_demonstration=True), "market")
    own, desk = browser(asked.reporter()), browser(asked.clerk())
    round = reverse("returns.round", args=[row.round_id])
    for client, path in (
        (own, "/returns/"),
        (own, at(row)),
        (desk, "/returns/"),
        (desk, round),
        (desk, at(row)),
    ):
        assert mark in client.get(path).content.decode(), path
    asked.submitted(row)
    assert own.get("/returns/").content.decode().count(mark) == 1
    assert desk.get("/returns/").content.decode().count(mark) == 2


def test_the_desk_names_what_waits(row: Return) -> None:
    own = browser(asked.reporter())
    assert "待填报" in own.get("/").content.decode()
    desk = browser(asked.clerk())
    assert "1 家未报" in desk.get("/").content.decode()
    asked.submitted(row)
    assert "报数待审核" in desk.get("/").content.decode()
