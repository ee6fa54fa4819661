"""Choosing an organisation in a form: by its name, a former name or its code, from the list or as typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from tests import cast
from tests.web import rows
from wanqi.core.models import Role
from wanqi.registry.models import Carrier
from wanqi.web.console.registers.forms import RowForm

Pages = Callable[[Role | None], Client]
pytestmark = pytest.mark.django_db


class HostForm(RowForm):
    class Meta:
        model = Carrier
        fields = ("name", "organisation")


def filled(**sent: str) -> HostForm:
    data = QueryDict(mutable=True)
    data.update({"name": "中心", **sent})
    return HostForm(data, actor=cast.machine(), region=cast.REGION, instance=Carrier(region_id=cast.REGION))


def chosen(**sent: str) -> Any:
    """Return the organisation a form takes, or the message that refuses what was sent."""
    form = filled(**sent)
    return form.cleaned_data["organisation"] if form.is_valid() else form.errors["organisation"][0]


def test_a_choice_from_the_list_is_taken() -> None:
    row = rows.organisation(1)
    assert chosen(organisation=str(row.pk), organisation_text=row.name) == row
    assert chosen(organisation=str(row.pk)) == row  # the later steps carry the id alone


@pytest.mark.parametrize("typed", ["第01化工有限公司", "老化工厂", " 第01化工有限公司 "])
def test_a_whole_name_is_taken_without_a_choice(typed: str) -> None:
    row = rows.organisation(1, former_names=["老化工厂"])
    rows.organisation(2, name="第01化工有限公司北厂")
    assert chosen(organisation="", organisation_text=typed) == row


def test_a_code_is_taken_as_people_type_it() -> None:
    row = rows.organisation(7)
    code = rows.credit_code(7)
    assert chosen(organisation="", organisation_text=code.lower()) == row


def test_what_was_typed_after_a_choice_counts() -> None:
    first, second = rows.organisation(1), rows.organisation(2)
    assert chosen(organisation=str(first.pk), organisation_text=second.name) == second
    assert chosen(organisation=str(first.pk), organisation_text="") is None


def test_a_part_of_a_name_or_one_that_two_have_is_no_choice() -> None:
    rows.organisation(1, name="东祥公司")
    rows.organisation(2, name="东祥公司")
    assert "有多家单位叫“东祥公司”" in chosen(organisation_text="东祥公司")
    assert "没有找到“东祥”" in chosen(organisation_text="东祥")


@pytest.mark.parametrize("pk", ["0", "999999999", "x", "1 OR 1=1", "²", "9" * 40])
def test_an_id_that_names_nothing_chooses_nothing(pk: str) -> None:
    rows.organisation(1)
    assert chosen(organisation=pk) is None
    assert "没有找到" in chosen(organisation=pk, organisation_text="没有的公司")


def test_a_refused_form_keeps_what_was_typed() -> None:
    rows.organisation(1)
    shown = str(filled(organisation_text="没有<这>家")["organisation"])
    assert 'value="没有&lt;这&gt;家"' in shown


def test_the_hidden_copy_carries_the_id() -> None:
    row = rows.organisation(1)
    form = filled(organisation=str(row.pk), organisation_text=row.name)
    assert form.is_valid()
    copied = "".join(form.hidden_copy())
    assert f'name="organisation">{row.pk}</textarea>' in copied


def test_hits_are_the_first_eight_by_name_and_say_when_there_are_more(signed_in: Pages) -> None:
    for number in range(1, 10):
        rows.organisation(number)
    rows.organisation(10, name="东祥油脂有限公司", former_names=["临湘油厂"])
    clerk = signed_in(Role.CLERK)
    page = clerk.get(
        "/pick/organisations/", {"field": "organisation", "organisation_text": "化工"}
    ).content.decode()
    assert re.findall(r'data-title="([^"]+)"', page) == [
        f"第{number:02d}化工有限公司" for number in range(1, 9)
    ]
    assert "还有更多" in page
    page = clerk.get("/pick/organisations/", {"field": "host", "host_text": "临湘油"}).content.decode()
    assert 'id="host-option-' in page
    assert "曾用名 临湘油厂" in page


@pytest.mark.parametrize("text", ["", "化", "没有这样的", "%_'\\", "\x00", "<b>", "a" * 500])
def test_little_or_odd_text_finds_nothing_and_breaks_nothing(signed_in: Pages, text: str) -> None:
    rows.organisation(1)
    answer = signed_in(Role.CLERK).get("/pick/organisations/", {"field": "o", "o_text": text})
    assert answer.status_code == 200
    assert "data-pk" not in answer.content.decode()
    assert "<b><b>" not in answer.content.decode()


def test_a_withdrawn_organisation_is_not_offered(signed_in: Pages) -> None:
    from wanqi.registry.actions import withdraw_organisation

    withdraw_organisation(rows.organisation(1), actor=cast.machine(), reason="重复")
    page = signed_in(Role.CLERK).get("/pick/organisations/?field=o&o_text=化工").content.decode()
    assert "没有找到“化工”" in page


@pytest.mark.parametrize(
    ("role", "organisations", "people"),
    [
        (Role.CLERK, 200, 200),
        (Role.LEADER, 200, 200),
        (Role.AUDITOR, 200, 200),
        (Role.REPORTER, 200, 403),
        (Role.FINANCE, 200, 403),
        (Role.EXPERT, 403, 403),
        (Role.SYSTEM_ADMIN, 403, 403),
        (None, 403, 403),
    ],
)
def test_who_may_look_for_rows(signed_in: Pages, role: Role | None, organisations: int, people: int) -> None:
    client = signed_in(role)
    assert client.get("/pick/organisations/?field=o&o_text=化工").status_code == organisations
    assert client.get("/pick/people/?field=p&p_text=李").status_code == people
    assert client.get("/pick/planets/?field=p&p_text=李").status_code == 404
