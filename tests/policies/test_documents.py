"""Documents and their clauses."""

from __future__ import annotations

import pytest

from tests import cast
from wanqi.core.errors import ReasonMissing, RowStale
from wanqi.core.models import AuditEvent, Role
from wanqi.policies.actions import correct_document, create_document
from wanqi.policies.clauses import Piece, split_clauses
from wanqi.policies.models import Document

TEXT = "临湘市奖补办法\n\n第一条　为鼓励创新，制定本办法。\n第二条 本办法所称企业……\n（一）注册地在本市；\n一、组织领导"


def test_a_text_is_split_by_its_articles_and_nothing_is_lost() -> None:
    pieces = split_clauses(TEXT)
    assert [piece.label for piece in pieces] == ["第1段", "第一条", "第二条", "（一）", "一、"]
    assert [piece.text for piece in pieces] == [line for line in TEXT.splitlines() if line]


def test_an_empty_text_has_no_clause() -> None:
    assert split_clauses(" \n\n") == ()


def document() -> Document:
    values = {"code": "demo.doc", "title": "奖补办法", "office": cast.offices()[0]}
    return create_document(values, actor=cast.machine(), region=cast.REGION, text=TEXT)


@pytest.mark.django_db
def test_clauses_stand_in_order() -> None:
    row = document()
    assert list(row.clauses.order_by("position").values_list("position", "label"))[:2] == [
        (1, "第1段"),
        (2, "第一条"),
    ]


@pytest.mark.django_db
def test_given_pieces_are_taken_as_they_are() -> None:
    values = {"code": "demo.doc", "title": "报告", "office": cast.offices()[0]}
    row = create_document(values, actor=cast.machine(), region=cast.REGION, pieces=[Piece("二", "原文")])
    assert list(row.clauses.values_list("label", "text")) == [("二", "原文")]


@pytest.mark.django_db
def test_a_corrected_text_replaces_the_clauses_and_says_so() -> None:
    row = document()
    clerk = cast.actor(Role.CLERK)
    row = correct_document(row, {}, actor=clerk, reason="校对", text="第一条 新文本", seen=1)
    assert list(row.clauses.values_list("label", "text")) == [("第一条", "第一条 新文本")]
    assert row.version == 2
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.changes) == (
        "更正条款",
        [{"field": "clauses", "label": "条款", "old": "5条", "new": "1条"}],
    )
    with pytest.raises(RowStale):
        correct_document(row, {}, actor=clerk, reason="又校", text="第一条 更新的文本", seen=1)


@pytest.mark.django_db
def test_without_a_reason_the_text_stays() -> None:
    row = document()
    with pytest.raises(ReasonMissing):
        correct_document(row, {}, actor=cast.machine(), reason=" ", text="第一条 新文本")
    assert row.clauses.count() == 5
