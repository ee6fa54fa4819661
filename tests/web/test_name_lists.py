"""The pages of 名单导入: from paste to register and back, for those who may and those who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.web import rows
from wanqi.core.models import Role
from wanqi.registry.models import NameList, NameListRow, Organisation, Recognition

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
