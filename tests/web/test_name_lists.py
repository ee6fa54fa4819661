"""The pages of 名单导入: from paste to register and back, for those who may and those who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.web import rows
from wanqi.core.models import AuditEvent, Job, Region, Role
from wanqi.registry import tasks
from wanqi.registry.actions import correct_organisation
from wanqi.registry.models import NameList, NameListRow, Organisation, Recognition
from wanqi.registry.sheets import open_table

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Role | None], Client]
TITLE = "关于公布2023年专精特新中小企业名单的通知"
TEXT = f"""演工信〔2023〕7号
{TITLE}
序号\t企业名称\t市州
1\t第01化工有限公司\t岳阳市
2\t第02化工有限责任公司\t岳阳市
3\t长沙某某科技有限公司\t长沙市
演示省工业和信息化厅
2023年6月15日
"""


def give(client: Client, text: str = TEXT, **more: Any) -> Any:
    given = {"pasted": text, "office": cast.offices()[0].pk, **more}
    return client.post(reverse("name_lists.new"), given)


def latest() -> NameList:
    return NameList.objects.latest("pk")


def decide(client: Client, row: NameListRow, choice: str) -> Any:
    return client.post(reverse("name_lists.decide", args=[row.name_list_id, row.pk]), {"choice": choice})


def details(**changed: Any) -> dict[str, Any]:
    return {
        "target": "recognition",
        "programme": "cn.srdi-sme",
        "document_number": "演工信〔2023〕7号",
        "document_title": TITLE,
        "issued_on": "2023-06-15",
        "batch": "2023年",
        "finish": "1",
        **changed,
    }


def finish(client: Client, **changed: Any) -> Any:
    return client.post(reverse("name_lists.document", args=[latest().pk]), details(**changed))


@pytest.fixture
def two_firms(db: None) -> tuple[Organisation, Organisation]:
    return rows.organisation(1), rows.organisation(2)


def test_from_paste_to_register_and_back(
    signed_in: SignedIn, two_firms: tuple[Organisation, Organisation]
) -> None:
    clerk = signed_in(Role.CLERK)
    answer = give(clerk)
    made = latest()
    assert answer["Location"] == reverse("name_lists.list", args=[made.pk])
    assert (made.document_number, made.document_title) == ("演工信〔2023〕7号", TITLE)
    assert (made.programme, made.level, made.act) == ("cn.srdi-sme", "省级", "认定")
    assert str(made.issued_on) == "2023-06-15"
    assert [row.decision for row in made.rows.order_by("position")] == ["matched", "pending", "elsewhere"]
    page = clerk.get(answer["Location"]).content.decode()
    assert "已确认 1 / 2" in page
    assert "第02化工" in page
    pending = made.rows.get(decision="pending")
    assert finish(clerk).status_code == 422
    decide(clerk, pending, f"matched:{two_firms[1].pk}")
    assert finish(clerk).status_code == 302
    made = latest()
    assert (made.state, made.counts["created"], made.counts["rest"]) == ("done", 2, 1)
    found = Recognition.objects.order_by("pk")
    assert [(one.organisation_id, one.document_number, str(one.granted_on)) for one in found] == [
        (two_firms[0].pk, "演工信〔2023〕7号", "2023-06-15"),
        (two_firms[1].pk, "演工信〔2023〕7号", "2023-06-15"),
    ]
    assert {one.evidence_id for one in found} == {made.file_id}
    assert "没有登记的行（1）" in clerk.get(answer["Location"]).content.decode()
    clerk.post(reverse("name_lists.undo", args=[made.pk]))
    assert (latest().state, Recognition.objects.current().count()) == ("undone", 0)
    assert "撤销2条" in clerk.get(answer["Location"]).content.decode()


def test_the_same_list_again_is_told_and_may_be_forced(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    first = latest()
    answer = give(clerk)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已经导入过" in page
    assert reverse("name_lists.list", args=[first.pk]) in page
    assert give(clerk, again="on").status_code == 302
    assert latest().pk > first.pk


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pasted": ""}, "请粘贴名单，或选择一个文件。"),
        ({"pasted": "今天开会。"}, "没有找到单位名称。请粘贴名单的正文"),
        ({"file": SimpleUploadedFile("a.docx", b"1.a")}, "粘贴的文字和文件只能选一个"),
        ({"pasted": "", "file": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"\0" * 99)}, "这是图片"),
        ({"office": ""}, "这个字段是必填项"),
    ],
)
def test_what_is_no_list_comes_back_with_what_to_do(
    signed_in: SignedIn, given: dict[str, Any], said: str
) -> None:
    answer = give(signed_in(Role.CLERK), **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert NameList.objects.count() == 0


def test_a_file_is_taken_like_pasted_text(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk, "", file=SimpleUploadedFile("名单.txt", TEXT.encode("gb18030")))
    made = latest()
    assert (made.file.name, made.rows.count()) == ("名单.txt", 3)
    answer = clerk.get(reverse("name_lists.file", args=[made.pk]))
    assert answer.content == TEXT.encode("gb18030")
    assert AuditEvent.objects.filter(verb="下载原始文件").count() == 1


def test_only_the_changed_part_is_sent_to_htmx(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    row = latest().rows.get(decision="pending")
    url = reverse("name_lists.decide", args=[row.name_list_id, row.pk])
    answer = clerk.post(url, {"choice": "aside"}, headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert part.startswith('<div id="confirming"')
    assert "搁置 1" in part
    refused = clerk.post(url, {"choice": "matched:999999"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "没有找到这个单位" in refused.content.decode()
    assert latest().rows.get(pk=row.pk).decision == "aside"


def test_steps_work_without_scripts(
    signed_in: SignedIn, two_firms: tuple[Organisation, Organisation]
) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    made = latest()
    row = made.rows.get(decision="pending")
    found = clerk.get(reverse("name_lists.search", args=[made.pk, row.pk]), {"q": "第02"}).content.decode()
    assert f"matched:{two_firms[1].pk}" in found
    decide(clerk, row, f"matched:{two_firms[1].pk}")
    clerk.post(reverse("name_lists.take-back", args=[made.pk]))
    assert made.rows.get(pk=row.pk).decision == "pending"
    clerk.post(reverse("name_lists.bulk", args=[made.pk]), {"what": "aside"})
    assert made.rows.get(pk=row.pk).decision == "aside"
    clerk.post(reverse("name_lists.bulk", args=[made.pk]), {"what": "certain"})
    assert made.rows.filter(decided_by=None, decision="matched").count() == 0
    clerk.post(reverse("name_lists.match", args=[made.pk]))
    clerk.post(reverse("name_lists.drop", args=[made.pk]))
    assert latest().state == "dropped"
    assert "这份名单已放弃" in clerk.get(reverse("name_lists.list", args=[made.pk])).content.decode()


def test_the_result_can_be_saved_as_a_workbook(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    answer = clerk.get(reverse("name_lists.export", args=[latest().pk]))
    table = open_table(answer.content)
    printed = [row.cells[2] for row in table.rows("名单")]
    assert printed == ["名单上的名称", "第01化工有限公司", "第02化工有限责任公司", "长沙某某科技有限公司"]
    assert [row.cells[2] for row in table.rows("其他行")][1:] == ["标题", "标题", "表头", "落款", "落款"]


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.LEADER, Role.AUDITOR])
def test_readers_see_a_list_but_decide_nothing(
    signed_in: SignedIn, two_firms: tuple[Organisation, Organisation], role: Role
) -> None:
    give(signed_in(Role.CLERK))
    made = latest()
    row = made.rows.get(decision="pending")
    reader = signed_in(role)
    assert TITLE in reader.get(reverse("name_lists")).content.decode()
    page = reader.get(reverse("name_lists.list", args=[made.pk])).content.decode()
    assert "已确认 1 / 2" in page
    assert "完成登记</button>" not in page
    assert reader.get(reverse("name_lists.new")).status_code == 403
    assert give(reader).status_code == 403
    assert decide(reader, row, "aside").status_code == 403
    for name in ("bulk", "take-back", "match", "undo", "drop"):
        assert reader.post(reverse(f"name_lists.{name}", args=[made.pk])).status_code in (403, 409)
    assert finish(reader).status_code == 403
    assert (latest().state, latest().rows.get(pk=row.pk).decision) == ("open", "pending")


@pytest.mark.parametrize(
    "role", [Role.REPORTER, Role.FINANCE, Role.EXPERT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, None]
)
def test_others_see_nothing_of_it(
    signed_in: SignedIn, two_firms: tuple[Organisation, Organisation], role: Role | None
) -> None:
    give(signed_in(Role.CLERK))
    made = latest()
    row = made.rows.get(decision="pending")
    other = signed_in(role)
    for name in ("name_lists", "name_lists.new"):
        assert other.get(reverse(name)).status_code == 403
    for name in ("list", "file", "export"):
        assert other.get(reverse(f"name_lists.{name}", args=[made.pk])).status_code in (403, 404)
    assert other.get(reverse("name_lists.search", args=[made.pk, row.pk]), {"q": "第"}).status_code == 403
    assert give(other).status_code == 403
    assert decide(other, row, "aside").status_code == 403
    assert NameList.objects.count() == 1
    assert made.rows.get(pk=row.pk).decision == "pending"


def test_a_list_of_another_region_is_not_found(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    made = latest()
    NameList.objects.filter(pk=made.pk).update(region=Region.objects.get(pk="cn-4306"))
    assert clerk.get(reverse("name_lists.list", args=[made.pk])).status_code == 404
    assert TITLE not in clerk.get(reverse("name_lists")).content.decode()


def test_wrong_methods_are_refused(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    give(clerk)
    made = latest()
    row = made.rows.get(decision="pending")
    for name in ("bulk", "take-back", "match", "undo", "drop", "document"):
        assert clerk.get(reverse(f"name_lists.{name}", args=[made.pk])).status_code == 405
    assert clerk.get(reverse("name_lists.decide", args=[made.pk, row.pk])).status_code == 405
    for name in ("list", "file", "export"):
        assert clerk.post(reverse(f"name_lists.{name}", args=[made.pk])).status_code == 405


def test_the_menu_leads_there_for_those_who_may(signed_in: SignedIn) -> None:
    assert reverse("name_lists") in signed_in(Role.CLERK).get(reverse("home")).content.decode()
    assert reverse("name_lists") not in signed_in(Role.REPORTER).get(reverse("home")).content.decode()


LONG = f"{TITLE}\n序号\t企业名称\n1\t第01化工有限公司\n" + "\n".join(
    f"{at}\t外地{at}矿业有限公司" for at in range(2, 203)
)


def test_a_long_list_is_matched_behind_a_page_that_reloads_itself(
    signed_in: SignedIn, two_firms: object
) -> None:
    clerk = signed_in(Role.CLERK)
    where = give(clerk, LONG)["Location"]
    made = latest()
    part = clerk.get(reverse("name_lists.progress", args=[made.pk]), headers={"HX-Request": "true"})
    assert "正在排队" in part.content.decode()
    page = clerk.get(where).content.decode()
    assert part.content.decode().strip() in page
    assert "读出202行" in page
    assert finish(clerk).status_code == 302  # back to the page, with the refusal in words
    assert "这份名单匹配中，不能再做这一步。" in clerk.get(where).content.decode()
    assert "匹配中" in clerk.get(reverse("name_lists")).content.decode()
    assert made.job is not None
    tasks.match_list(job_id=made.job.pk, name_list_id=made.pk)
    answer = clerk.get(reverse("name_lists.progress", args=[made.pk]), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert clerk.get(reverse("name_lists.progress", args=[made.pk]))["Location"] == where
    assert "已确认 1 / 202" in clerk.get(where).content.decode()
    again = clerk.post(reverse("name_lists.match", args=[made.pk]), headers={"HX-Request": "true"})
    assert (again.status_code, again["HX-Refresh"]) == (204, "true")
    assert latest().state == "matching"


def test_why_matching_stopped_is_on_the_page_and_it_goes_on(signed_in: SignedIn, two_firms: object) -> None:
    clerk = signed_in(Role.CLERK)
    where = give(clerk, LONG)["Location"]
    made = latest()
    Job.objects.filter(pk=made.job_id).update(state="failed", message="系统出了问题。")
    page = clerk.get(where).content.decode()
    assert "匹配没有完成。系统出了问题。" in page
    assert "接着匹配" in page
    assert clerk.post(reverse("name_lists.match", args=[made.pk]))["Location"] == where
    assert "正在排队" in clerk.get(where).content.decode()
    assert latest().job_id != made.job_id
    clerk.post(reverse("name_lists.drop", args=[made.pk]))
    assert "这份名单已放弃" in clerk.get(where).content.decode()


def test_codes_given_and_taken_back_are_told(
    signed_in: SignedIn, two_firms: tuple[Organisation, Organisation]
) -> None:
    Organisation.objects.filter(pk__in=[one.pk for one in two_firms]).update(credit_code=None)
    clerk = signed_in(Role.CLERK)
    where = give(
        clerk,
        f"{TITLE}\n序号\t企业名称\t统一社会信用代码\n1\t第01化工有限公司\t{rows.credit_code(7)}"
        f"\n2\t第02化工有限公司\t{rows.credit_code(8)}",
    )["Location"]
    clerk.post(reverse("name_lists.bulk", args=[latest().pk]), {"what": "certain"})
    finish(clerk)
    page = clerk.get(where).content.decode()
    assert "补登的2个统一社会信用代码收回" in page
    assert f"已补登代码：{rows.credit_code(7)}" in page
    changed = Organisation.objects.get(pk=two_firms[0].pk)
    correct_organisation(changed, {"credit_code": rows.credit_code(9)}, actor=cast.machine(), reason="核对")
    clerk.post(reverse("name_lists.undo", args=[latest().pk]))
    page = clerk.get(where).content.decode()
    assert "收回补登的统一社会信用代码1个，未收回1个（原因见下表和处理结果）" in page
    said = f"补登的代码{rows.credit_code(7)}其后已改为{rows.credit_code(9)}，保留改动"
    assert said in page
    sheet = open_table(clerk.get(reverse("name_lists.export", args=[latest().pk])).content, name="a.xlsx")
    assert any(said in str(row.cells[-1]) for row in sheet.rows("名单"))
