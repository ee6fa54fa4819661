"""Forms made in the browser: checked like the pack's, pinned by the rounds they were issued with."""

from __future__ import annotations

from typing import Any

import pytest

from tests import cast
from tests.collection.asked import JUNE, clerk, issued, of
from wanqi.collection.actions import correct_form, create_form, issue_round, withdraw_form
from wanqi.collection.errors import FormMissing, FormRefused
from wanqi.collection.forms import form_of, forms_of, spec_of
from wanqi.collection.models import Form, Round
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowStale
from wanqi.core.history import timeline

pytestmark = pytest.mark.django_db
PACK = [
    "gigabit-monthly",
    "infra-5g-monthly",
    "infra-5g-stations",
    "ip-monthly",
    "listing-quarterly",
    "talent-half-year",
]


def definition(**given: Any) -> dict[str, Any]:
    return {
        "id": "trademark-survey",
        "title": "商标情况调查",
        "office": "science",
        "units": ["market"],
        "cadence": "once",
        "deadline": {"day": 15},
        "lines": [{"id": "count", "indicator": "ip.trademarks.registered", "minimum": None}],
        **given,
    }


def made(**given: Any) -> Form:
    return create_form(definition(**given), actor=cast.machine(), region=cast.REGION)


def test_a_form_stands_beside_those_of_the_pack() -> None:
    assert set(PACK) <= set(forms_of(cast.REGION))
    row = made()
    assert (row.code, row.title, str(row.office), row.definition["version"][4:]) == (
        "trademark-survey",
        "商标情况调查",
        "科技创新股",
        "-1",
    )
    assert form_of(cast.REGION, "trademark-survey").lines[0].minimum is None
    round = issued("trademark-survey", "2023-06-30")
    assert (round.due_on.isoformat(), of(round, "market").state) == ("2023-07-15", "open")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"units": []}, "不能是空的"),
        ({"units": ["nobody"]}, "没有报送单位 nobody"),
        ({"lines": []}, "lines（指标行）和 rows（明细）要写且只写一个"),
        ({"lines": [{"id": "a", "indicator": "no.such"}]}, "没有指标 no.such"),
        (
            {"lines": [{"id": "a", "indicator": "ip.trademarks.registered", "unit": "万元"}]},
            "ip.trademarks.registered 的单位是件，不能按万元填报",
        ),
        ({"office": "sience"}, "没有股室 sience（是不是 science？）"),
        ({"cadence": "weekly"}, "weekly 不在可选值中（可选：month、quarter、half、year、once）"),
        ({"color": "red"}, "不认识的键 color"),
        ({"deadline": {"day": 32}}, "32 太大（最大 31）"),
    ],
)
def test_a_form_that_does_not_hold_is_refused_with_every_problem(given: dict[str, Any], said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        made(**given)
    assert said in refused.value.cause
    assert Form.objects.count() == 0


def test_an_id_of_the_pack_or_of_another_form_is_taken() -> None:
    with pytest.raises(RowInvalid, match="地区配置中已有标识为“ip-monthly”的报表"):
        made(id="ip-monthly")
    made()
    with pytest.raises(RowInvalid, match="该报表标识已被使用"):
        create_form(definition(), actor=cast.machine(), region=cast.REGION)
    assert Form.objects.count() == 1


def test_an_office_makes_forms_of_its_own() -> None:
    actor = clerk()
    with pytest.raises(AccessRefused):
        create_form(definition(office="talent"), actor=actor, region=cast.REGION)
    assert Form.objects.count() == 0
    assert create_form(definition(), actor=actor, region=cast.REGION).created_by == actor.user


def test_a_changed_form_is_for_the_rounds_to_come() -> None:
    row = made(cadence="month", deadline={"day": 5})
    earlier = issued("trademark-survey", "2023-01..05")
    with pytest.raises(ReasonMissing):
        correct_form(row, definition(title="商标调查表"), actor=cast.machine(), reason="")
    with pytest.raises(RowStale):
        correct_form(row, definition(title="商标调查表"), actor=cast.machine(), reason="改名", seen=9)
    assert Form.objects.get().title == "商标情况调查"
    changed = definition(cadence="month", deadline={"day": 8}, title="商标调查表")
    row = correct_form(row, changed, actor=cast.machine(), reason="改名", seen=1)
    later = issued("trademark-survey")
    assert (spec_of(earlier).title, spec_of(later).title) == ("商标情况调查", "商标调查表")
    assert earlier.digest != later.digest
    assert {one["label"] for one in timeline(row)[0].changes} == {"报表名称", "报表内容"}


def test_a_withdrawn_form_is_asked_no_more() -> None:
    row = made(cadence="month", deadline={"day": 5})
    issued("trademark-survey")
    withdraw_form(row, actor=cast.machine(), reason="并入月报")
    with pytest.raises(FormMissing):
        issue_round("trademark-survey", "2023-01..07", region=cast.REGION, actor=cast.machine())
    assert Round.objects.get().period == JUNE
