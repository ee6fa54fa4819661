"""条款 and 来历 of a document: read from text or a file, corrected, kept; its stages with day, who and file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document as Word

from tests import cast
from tests.registry.facts.rows import enterprise
from wanqi.core.models import Role
from wanqi.policies.actions import create_document
from wanqi.policies.models import Document

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Role | None], Client]
LINES = ("演示办法", "第一条　甲。", "（一）乙；", "（三）丙。", "第二条　丁。")


def document(**given: Any) -> Document:
    values = {"code": "demo.doc", "title": "演示办法", "office": cast.offices()[0], **given}
    return create_document(values, actor=cast.machine(), region=cast.REGION)


def word() -> bytes:
    made, content = Word(), io.BytesIO()
    for line in LINES:
        made.add_paragraph(line)
    made.save(content)
    return content.getvalue()


def kept(row: Document) -> list[tuple[int, str, str | None]]:
    rows = row.clauses.order_by("position").select_related("parent")
    return [(one.depth, one.label, one.parent.label if one.parent else None) for one in rows]


def test_a_word_file_is_read_corrected_and_kept_as_a_tree(signed_in: SignedIn) -> None:
    row, clerk = document(), signed_in(Role.CLERK)
    address = reverse("documents.clauses", args=[row.pk])
    file = SimpleUploadedFile("办法.docx", word())
    page = clerk.post(address, {"step": "read", "file": file}).content.decode()
    assert "没有找到“（二）”" in page
    assert re.findall(r'name="label" value="([^"]+)"', page) == [
        "第1段",
        "第一条",
        "（一）",
        "（三）",
        "第二条",
    ]
    assert row.clauses.count() == 0

    given = {"label": ["题", "第一条", "（一）", "（二）", "第二条"], "clause": LINES, "seen": row.version}
    refused = clerk.post(address, {**given, "depth": ["0", "0", "2", "1", "0"]})
    assert refused.status_code == 422
    assert "第3行的层次比上一行深了不止一层" in refused.content.decode()
    assert row.clauses.count() == 0
    clerk.post(address, {**given, "depth": ["0", "0", "1", "1", "0"]})
    tree = [
        (0, "题", None),
        (0, "第一条", None),
        (1, "（一）", "第一条"),
        (1, "（二）", "第一条"),
        (0, "第二条", None),
    ]
    assert kept(row) == tree
    page = clerk.get(reverse("documents.row", args=[row.pk])).content.decode()
    assert '<p class="clause is-depth-1" id="clause-3">' in page

    row.refresh_from_db()
    again = {**given, "depth": ["0"] * 5, "seen": row.version}
    assert clerk.post(address, again).status_code == 422
    assert kept(row) == tree
    assert clerk.post(address, {**again, "reason": "层次更正", "seen": row.version - 1}).status_code == 422
    clerk.post(address, {**again, "reason": "层次更正"})
    assert {depth for depth, _, _ in kept(row)} == {0}


def test_a_document_goes_through_its_stages_with_day_basis_and_file(signed_in: SignedIn) -> None:
    row, clerk = document(stage="起草"), signed_in(Role.CLERK)
    address = reverse("documents.stage", args=[row.pk])
    opinion = SimpleUploadedFile("意见.txt", "同意".encode())
    clerk.post(address, {"stage": "合法性审核", "on": "2023-05-10", "note": "法规股", "file": opinion})
    clerk.post(address, {"stage": "印发", "on": "2023-06-01"})
    clerk.post(address, {"stage": "征求意见", "on": "2023-04-01"})  # noted later, stands earlier
    row.refresh_from_db()
    assert (row.stage, str(row.issued_on)) == ("印发", "2023-06-01")
    for wrong in (
        {"stage": "废止", "on": "2023-07-01"},
        {"stage": "印发", "on": "2999-01-01"},
        {"stage": "印发"},
    ):
        clerk.post(address, wrong)
    steps = list(row.steps.order_by("on"))
    assert [(one.stage, str(one.on)) for one in steps] == [
        ("征求意见", "2023-04-01"),
        ("合法性审核", "2023-05-10"),
        ("印发", "2023-06-01"),
    ]
    file = reverse("documents.step_file", args=[row.pk, steps[1].pk])
    assert clerk.get(file).content.decode() == "同意"
    assert clerk.get(reverse("documents.step_file", args=[row.pk, steps[0].pk])).status_code == 404
    page = clerk.get(reverse("documents.row", args=[row.pk])).content.decode()
    assert page.index("2023-04-01") < page.index("法规股")


def test_nobody_else_changes_clauses_or_stages(signed_in: SignedIn) -> None:
    row = document()
    for role in (Role.LEADER, Role.REPORTER, Role.AUDITOR, None):
        client = signed_in(role)
        for name in ("documents.clauses", "documents.stage"):
            given = {"stage": "印发", "on": "2023-06-01", "label": "甲", "clause": "甲", "depth": "0"}
            assert client.post(reverse(name, args=[row.pk]), given).status_code in (302, 403, 404)
    assert (row.clauses.count(), row.steps.count()) == (0, 0)


INVENTED = (
    "测试用认定办法（虚构条文）",
    "第十一条　虚构第十一条，应当同时满足：",
    "（一）虚构第一项。",
    "（二）虚构第二项。",
)


def test_a_clause_that_is_entered_stands_beside_its_condition(signed_in: SignedIn) -> None:
    """From “录入原文” beside a condition to the text there, in the portal, and what cites it on the document's page."""
    firm, clerk = enterprise(1), signed_in(Role.CLERK)
    beside = reverse("checkup.condition", args=[firm.pk, "cn.high-tech", "registered-year"])
    page = clerk.get(beside).content.decode()
    assert "该条款原文尚未录入文件库" in page
    link = re.search(r'href="([^"]+)">到文件库录入原文', page)
    assert link is not None
    form = clerk.get(link[1].replace("&amp;", "&")).content.decode()
    assert 'value="国科发火〔2016〕32号"' in form

    draft = document(
        code="demo.draft", title=INVENTED[0], number="国科发火[2016]32号", stage=Document.Stage.DRAFT
    )
    given = {
        "label": ["题", "第十一条", "（一）", "（二）"],
        "clause": INVENTED,
        "depth": ["0", "0", "1", "1"],
    }
    clerk.post(reverse("documents.clauses", args=[draft.pk]), {**given, "seen": draft.version})
    assert kept(draft)[-1] == (1, "（二）", "第十一条")
    assert "尚未录入" in clerk.get(beside).content.decode()  # a draft is nobody's clause

    row = document(title=INVENTED[0], number="国科发火[2016]32号")
    clerk.post(reverse("documents.clauses", args=[row.pk]), {**given, "seen": row.version})
    for address in (beside, reverse("portal.programme", args=["cn.high-tech"])):
        page = clerk.get(address).content.decode()
        assert "（一）虚构第一项。" in page
        assert "到文件库录入原文" not in page
    page = clerk.get(reverse("documents.row", args=[row.pk])).content.decode()
    assert "高新技术企业" in page
    assert "第十一条（八）</span>" in page
    assert "没有对上条款" not in page
    assert "没有事项引用本文件" in clerk.get(reverse("documents.row", args=[draft.pk])).content.decode()
