"""申报推荐 through its pages: moves of one and many, the board, what is sent upward, and who may."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

import docx
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import cast
from tests.web import rows
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.models import Nomination, Recognition

Pages = Callable[[Role | None], Client]
pytestmark = pytest.mark.django_db
BATCH = {"programme": "cn.high-tech", "batch": "2023年第一批"}


def picks(*chosen: Nomination) -> list[str]:
    return [str(row.pk) for row in chosen]


def stages() -> list[str]:
    return list(Nomination.objects.order_by("pk").values_list("stage", flat=True))


def test_many_are_moved_with_one_confirmation_and_an_audit_row_each(signed_in: Pages) -> None:
    first, second, third = (rows.nomination(number) for number in (1, 2, 3))
    clerk = signed_in(Role.CLERK)
    page = clerk.get("/nominations/move/", {"pick": picks(first, second)}).content.decode()
    assert "第01申报有限公司" in page
    assert "第03申报有限公司" not in page
    assert "将改变2家的阶段" in page
    answer = clerk.post(
        "/nominations/move/",
        {"pick": picks(first, second), "to": "县级推荐", "on": "2023-06-10", "letter": "临科工函〔2023〕8号"},
    )
    assert answer.status_code == 302
    assert stages() == ["县级推荐", "县级推荐", "企业已申报"]
    assert AuditEvent.objects.filter(verb="县级推荐").count() == 2
    third.refresh_from_db()
    assert third.letter == ""


def test_what_was_entered_together_is_taken_out_together(signed_in: Pages) -> None:
    first, second = rows.nomination(1), rows.nomination(2)
    other = rows.nomination(3, office=cast.offices()[1])
    clerk = signed_in(Role.CLERK)
    assert "撤销所选" in clerk.get("/nominations/board/", BATCH).content.decode()
    asked = clerk.get("/nominations/undo/", {"pick": picks(first, second)}).content.decode()
    assert "确认：撤销2家" in asked
    for given, status in (
        ({"pick": picks(first, second), "reason": " "}, 422),
        ({"pick": picks(first, other), "reason": "批次选错"}, 403),
        ({"reason": "批次选错"}, 409),
    ):
        assert clerk.post("/nominations/undo/", given).status_code == status
    assert signed_in(Role.LEADER).get("/nominations/undo/", {"pick": picks(first)}).status_code == 403
    assert Nomination.objects.current().count() == 3
    done = clerk.post("/nominations/undo/", {"pick": picks(first, second), "reason": "批次选错"})
    assert done.status_code == 302
    assert list(Nomination.objects.current()) == [other]
    assert AuditEvent.objects.filter(verb="撤销", reason="批次选错").count() == 2


def test_a_move_without_stage_day_or_reason_is_told_at_its_field(signed_in: Pages) -> None:
    row = rows.nomination()
    clerk = signed_in(Role.CLERK)
    for given, words in (
        ({"to": "", "on": "2023-06-10"}, "没有这个阶段"),
        ({"to": "县级推荐", "on": ""}, "请填写日期"),
        ({"to": "县级推荐", "on": "2023-05-01"}, "日期早于"),
        ({"to": "未通过", "on": "2023-06-10", "reason": " "}, "请填写"),
    ):
        answer = clerk.post(f"/nominations/{row.pk}/move/", given)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), given
    assert stages() == ["企业已申报"]


def test_passing_leads_to_the_recognition(signed_in: Pages) -> None:
    row = rows.nomination()
    clerk = signed_in(Role.CLERK)
    clerk.post(
        f"/nominations/{row.pk}/move/",
        {"to": "已通过", "on": "2023-10-16", "document_number": "湘高企办〔2023〕3号"},
    )
    made = Recognition.objects.get()
    page = clerk.get(f"/nominations/{row.pk}/").content.decode()
    assert f"/recognitions/{made.pk}/" in page
    assert "2023-10-16" in page
    shown = clerk.get(f"/recognitions/{made.pk}/").content.decode()
    assert "湘高企办〔2023〕3号" in shown
    assert "2023年第一批（已通过）" in shown


def test_a_return_and_a_correction_of_the_stage_say_why(signed_in: Pages) -> None:
    row = rows.nomination(stage="市级审核")
    clerk = signed_in(Role.CLERK)
    given = {"to": "企业已申报", "on": "2023-06-01", "reason": "补正审计报告", "seen": "1"}
    assert clerk.post(f"/nominations/{row.pk}/return/", given).status_code == 302
    page = clerk.get(f"/nominations/{row.pk}/").content.decode()
    assert "退回：补正审计报告" in page
    given = {"to": "摸底", "on": "2023-05-10", "reason": "登记时选错", "seen": "2"}
    assert clerk.post(f"/nominations/{row.pk}/stage/", given).status_code == 302
    assert stages() == ["摸底"]
    stale = clerk.post(f"/nominations/{row.pk}/stage/", {**given, "to": "公示", "seen": "2"})
    assert stale.status_code == 409


def test_the_board_shows_each_stage_with_its_number(signed_in: Pages) -> None:
    for number in (1, 2):
        rows.nomination(number)
    rows.nomination(3, stage="县级推荐")
    rows.nomination(4, batch="2023年第二批")
    page = signed_in(Role.LEADER).get("/nominations/board/", BATCH).content.decode()
    assert "共3家" in page
    assert "第03申报有限公司" in page
    assert "第04申报有限公司" not in page
    assert "推进所选" not in page
    assert "推进所选" in signed_in(Role.CLERK).get("/nominations/board/", BATCH).content.decode()


def test_all_batches_with_how_many_stand_where(signed_in: Pages) -> None:
    rows.nomination(1)
    rows.nomination(2, batch="2023年第二批", stage="县级推荐")
    page = signed_in(Role.DEPUTY).get("/nominations/batches/").content.decode()
    assert page.index("2023年第二批") < page.index("2023年第一批")
    assert "/nominations/?area=&amp;programme=cn.high-tech" in page


@pytest.mark.parametrize(
    "path", ["/nominations/board/", "/nominations/batches/", "/recognitions/", "/carriers/"]
)
def test_an_empty_page_says_what_it_is_for(signed_in: Pages, path: str) -> None:
    assert "还没有" in signed_in(Role.CLERK).get(path).content.decode()


def test_the_summary_table_has_what_the_level_above_asks(signed_in: Pages) -> None:
    organisation = rows.organisation(1)
    rows.nomination(1, organisation=organisation, stage="县级推荐", contact="李工", phone="13812345678")
    rows.nomination(2, stage="未通过", reason="不推荐：研发费用归集不完整")
    rows.nomination(3, holder_name="=HYPERLINK(1)", office=cast.offices()[1], phone="13900001111")
    answer = signed_in(Role.CLERK).get("/nominations/summary/", BATCH)
    assert "汇总表.xlsx" in unquote(answer["Content-Disposition"])
    table = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert table[0][0] == "临湘市2023年第一批高新技术企业申报推荐汇总表"
    assert table[1][0] == "推荐单位：临湘市科技和工业信息化局（盖章）"
    assert table[3] == [
        1.0,
        "第01申报有限公司",
        rows.credit_code(1),
        cast.area().name,
        "高新技术企业",
        "新申报",
        "李工",
        "13812345678",  # the own office has to be reached about it
        "同意推荐",
    ]
    assert [line[8] for line in table[4:]] == ["不推荐：研发费用归集不完整", ""]
    assert table[5][1] == "=HYPERLINK(1)"  # a text, not a formula
    assert table[5][7] == "139****1111"
    noted = AuditEvent.objects.get(verb="导出汇总表")
    told = {(change["label"], change["new"]) for change in noted.changes}
    assert {("家数", "3"), ("电话未隐去", "2家")} <= told
    leader = signed_in(Role.LEADER).get("/nominations/summary/", BATCH)
    seen = CalamineWorkbook.from_filelike(io.BytesIO(leader.content)).get_sheet_by_index(0).to_python()
    assert [line[7] for line in seen[3:]] == ["138****5678", "", "139****1111"]


def test_the_letter_names_whom_it_recommends_and_leaves_room_for_its_number(signed_in: Pages) -> None:
    chosen = [rows.nomination(number, stage="县级推荐") for number in (1, 2)]
    failed = rows.nomination(3, stage="未通过", reason="不推荐")
    clerk = signed_in(Role.CLERK)
    pooled = rows.nomination(4, stage="入培育库")  # nobody has looked through its papers
    asked = clerk.get("/nominations/letter/", {"pick": picks(*chosen, failed, pooled)}).content.decode()
    assert "没有写入：第03申报有限公司（未通过）、第04申报有限公司（入培育库）" in asked
    given = {
        "pick": picks(*chosen, failed, pooled),
        "addressee": "岳阳市科学技术局",
        "unit": "临湘市科技和工业信息化局",
        "on": "2023-06-12",
    }
    answer = clerk.post("/nominations/letter/", given)
    document = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for words in (
        "关于推荐第01申报有限公司等2家单位",
        "〔　　　　〕　　号",
        "岳阳市科学技术局：",
        "2023年6月12日",
    ):
        assert words in text
    listed = [[cell.text for cell in row.cells][:2] for row in document.tables[0].rows]
    assert listed == [["序号", "名称"], ["1", "第01申报有限公司"], ["2", "第02申报有限公司"]]
    assert AuditEvent.objects.filter(verb="导出推荐函").count() == 1
    refused = clerk.post("/nominations/letter/", {**given, "addressee": ""})
    assert refused.status_code == 422


def test_a_letter_is_for_one_programme_and_for_somebody(signed_in: Pages) -> None:
    first, second = rows.nomination(1), rows.nomination(2, programme="cn.srdi-sme")
    clerk = signed_in(Role.CLERK)
    assert clerk.get("/nominations/letter/", {"pick": picks(first, second)}).status_code == 409
    assert clerk.get("/nominations/letter/").status_code == 409
    assert clerk.get("/nominations/summary/", {"pick": "999999"}).status_code == 404
    failed = rows.nomination(3, stage="未通过", reason="不推荐")
    assert clerk.get("/nominations/letter/", {"pick": picks(failed)}).status_code == 409
    pooled = rows.nomination(4, stage="入培育库")
    refused = clerk.get("/nominations/letter/", {"pick": picks(pooled)})
    assert refused.status_code == 409
    assert "请先推进到“企业已申报”或“县级推荐”" in refused.content.decode()


PAGES = (
    ("/nominations/board/", "view"),
    ("/nominations/batches/", "view"),
    ("/nominations/summary/?programme=cn.high-tech&batch=2023年第一批", "export"),
    ("/nominations/letter/?programme=cn.high-tech&batch=2023年第一批", "export"),
    ("/nominations/move/?pick={pk}", "correct"),
    ("/nominations/{pk}/move/", "correct"),
    ("/nominations/{pk}/return/", "correct"),
    ("/nominations/{pk}/stage/", "correct"),
    ("/recognitions/ending/", "view"),
)
MAY = {
    Role.CLERK: {"view", "export", "correct"},
    Role.HEAD: {"view", "export", "correct"},
    Role.DEPUTY: {"view", "export"},
    Role.LEADER: {"view", "export"},
    Role.AUDITOR: {"view", "export"},
}


@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_open_which_page(signed_in: Pages, role: Role | None) -> None:
    row = rows.nomination()
    client = signed_in(role)
    allowed: Any = MAY.get(role, set()) if role else set()
    for path, verb in PAGES:
        answer = client.get(path.format(pk=row.pk))
        expected = (200, 302) if verb in allowed else (403,)
        assert answer.status_code in expected, (role, path, answer.status_code)


def test_another_office_is_seen_and_not_moved(signed_in: Pages) -> None:
    own, other = rows.nomination(1), rows.nomination(2, office=cast.offices()[1])
    clerk = signed_in(Role.CLERK)
    given = {"to": "县级推荐", "on": "2023-06-10"}
    assert clerk.post(f"/nominations/{other.pk}/move/", given).status_code == 403
    assert clerk.post("/nominations/move/", {**given, "pick": picks(own, other)}).status_code == 403
    assert stages() == ["企业已申报", "企业已申报"]


def test_a_form_opens_with_what_its_address_says(signed_in: Pages) -> None:
    organisation = rows.organisation(1)
    page = (
        signed_in(Role.CLERK)
        .get(f"/recognitions/new/?organisation={organisation.pk}&programme=cn.high-tech")
        .content.decode()
    )
    assert 'value="第01化工有限公司"' in page
    assert '<option value="cn.high-tech" selected>' in page


def test_a_near_duplicate_is_shown_once_before_it_is_saved(signed_in: Pages) -> None:
    organisation = rows.organisation(1)
    clerk = signed_in(Role.CLERK)
    given = {
        "programme": "cn.high-tech",
        "organisation": str(organisation.pk),
        "kind": "首次",
        "granted_on": "2020-09-11",
        "office": str(cast.offices()[0].pk),
        "step": "create",
    }
    assert clerk.post("/recognitions/new/", given).status_code == 302
    later = {**given, "granted_on": "2023-10-16"}
    asked = clerk.post("/recognitions/new/", later)
    assert asked.status_code == 200
    assert "如属复核或重新认定，请改选类别" in asked.content.decode()
    assert Recognition.objects.count() == 1
    confirmed = asked.context["draft"].confirmation
    assert clerk.post("/recognitions/new/", {**later, "confirmed": confirmed}).status_code == 302
    assert Recognition.objects.order_by("-pk")[0].granted_on == date(2023, 10, 16)


def test_a_revocation_and_an_ending_through_their_pages(signed_in: Pages) -> None:
    from tests.registry.test_carriers import carrier
    from tests.registry.test_recognitions import recognition

    clerk = signed_in(Role.CLERK)
    held, platform = recognition(), carrier()
    for path in (f"/recognitions/{held.pk}/revoke/", f"/carriers/{platform.pk}/end/"):
        assert clerk.get(path).status_code == 200
        assert clerk.post(path, {"on": "2024-05-01", "reason": ""}).status_code == 422
        assert clerk.post(path, {"on": "", "reason": "抽查"}).status_code == 422
        assert clerk.post(path, {"on": "2024-05-01", "reason": "年度抽查"}).status_code == 302
        assert signed_in(Role.LEADER).get(path).status_code == 403
    assert "已撤销" in clerk.get(f"/recognitions/{held.pk}/").content.decode()
    assert "已停办" in clerk.get(f"/carriers/{platform.pk}/").content.decode()


def test_the_list_of_what_ends_within_a_year(signed_in: Pages) -> None:
    from django.utils import timezone

    from tests.registry.test_recognitions import recognition

    today = timezone.localdate()
    soon = today.replace(year=today.year + 1, day=1) if today.day > 1 else today
    recognition(holder_name="将到期公司", granted_on=date(2020, 1, 1), valid_until=soon)
    recognition(holder_name="还早公司", granted_on=date(2020, 1, 2), valid_until=date(today.year + 5, 1, 1))
    page = signed_in(Role.CLERK).get("/recognitions/ending/", follow=True).content.decode()
    assert "将到期公司" in page
    assert "还早公司" not in page
