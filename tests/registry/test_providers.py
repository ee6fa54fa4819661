"""Recognitions, nominations and carriers as indicators count them, now and as they were known earlier."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from tests import cast
from tests.registry.test_carriers import carrier
from tests.registry.test_nominations import JUNE, MAY, nomination
from tests.registry.test_recognitions import recognition
from tests.web import rows
from wanqi.core.packs import current_pack
from wanqi.core.row_sources import source_of
from wanqi.registry.actions import RECOGNITIONS, correct_stage, move_nomination

stands = pytest.mark.django_db  # one test commits and has a database of its own


def read(kind: str, *fields: str, recorded: Any = None) -> pl.DataFrame:
    return source_of(kind).rows(cast.REGION, fields, recorded)


@stands
@pytest.mark.parametrize("kind", ["recognitions", "nominations", "carriers"])
def test_every_field_of_the_vocabulary_is_provided(kind: str) -> None:
    known = current_pack(cast.REGION).records[kind].fields
    assert set(source_of(kind).fields) == set(known)
    assert set(read(kind, *known).columns) == {"id", "is_demonstration", "evidence", *known}


@stands
def test_a_products_title_is_told_from_an_enterprises() -> None:
    recognition(organisation=rows.organisation(1))
    recognition(programme="cn-43.champion-product", holder_name="导轨用板", organisation=rows.organisation(2))
    frame = read("recognitions", "holder_kind", "credit_code", "programme")
    assert frame["holder_kind"].to_list() == ["单位", "产品"]
    assert frame["credit_code"].to_list() == [rows.credit_code(1), rows.credit_code(2)]


@stands
def test_the_day_of_a_stage_is_the_first_on_which_it_was_reached() -> None:
    row = nomination(
        steps=(("企业已申报", MAY), ("县级推荐", JUNE), ("企业已申报", JUNE), ("县级推荐", date(2023, 7, 1)))
    )
    frame = read("nominations", "recommended_on", "passed_on", "stage", "purpose")
    assert frame.select("recommended_on", "passed_on", "stage", "purpose").rows() == [
        (JUNE, None, "县级推荐", "新申报")
    ]
    assert frame["id"].to_list() == [str(row.pk)]


@stands
def test_tags_of_a_carrier_are_a_list() -> None:
    carrier(tags=["浮标钓具"], organisation=rows.organisation(1))
    frame = read("carriers", "tags", "host_name", "ended_on")
    assert frame["tags"].to_list() == [["浮标钓具"]]
    assert frame["ended_on"].to_list() == [None]


def test_what_was_known_earlier_is_read_from_the_history(committed_db: str) -> None:
    row = nomination()
    held = recognition()
    before = timezone.now()
    move_nomination(row, to="县级推荐", on=JUNE, actor=cast.machine())
    between = timezone.now()
    correct_stage(row, to="摸底", on=MAY, reason="登记时选错", actor=cast.machine())
    RECOGNITIONS.correct(held, {"granted_on": date(2023, 3, 2)}, actor=cast.machine(), reason="来函")
    fields = ("stage", "declared_on", "recommended_on")
    states = [
        read("nominations", *fields, recorded=at).select(fields).row(0) for at in (before, between, None)
    ]
    assert states == [("企业已申报", MAY, None), ("县级推荐", MAY, JUNE), ("摸底", None, None)]
    assert read("recognitions", "granted_on", recorded=before)["granted_on"].to_list() == [date(2023, 3, 1)]


@stands
def test_any_text_comes_as_it_was_written() -> None:
    written = ('甲，"乙", 丙', '"', "a,b", "第一行\n第二行", "反斜杠\\n", "'单'")
    for number, name in enumerate(written):
        recognition(holder_name=name, batch=str(number), document_title="" if number else "一号文件")
    frame = read("recognitions", "batch", "holder_name", "document_title", "is_unlimited", "granted_on")
    assert frame["holder_name"].to_list() == list(written)
    assert frame["document_title"].to_list() == ["一号文件", *([None] * 5)]
    assert frame["batch"].to_list() == [str(number) for number in range(6)]
    assert frame["is_unlimited"].to_list() == [False] * 6
    assert frame["granted_on"].unique().to_list() == [date(2023, 3, 1)]
