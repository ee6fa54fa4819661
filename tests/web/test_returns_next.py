"""下期报数: the next round from a round, with its day and units, changed before it is sent, refused when it is there."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests import cast
from tests.collection import asked
from tests.web.browsed import sent_by
from tests.web.test_returns import browser
from wanqi.collection.actions import cancel_round, correct_form, create_form, excuse_return, withdraw_form
from wanqi.collection.models import Return, Round
from wanqi.core.models import Role, Unit

pytestmark = pytest.mark.django_db


def next_of(round: Round) -> str:
    return reverse("returns.next", args=[round.pk])


def asked_units(round: Round) -> list[str]:
    rows = Return.objects.filter(round=round).order_by("pk")
    return list(rows.values_list("unit__code", flat=True))


def test_the_next_round_is_issued_as_the_page_offers_it() -> None:
    """The end of June goes to the end of July, the same units, the words to them; said before it is sent."""
    round = asked.issued(
        "infra-5g-monthly", due=date(2023, 6, 30), units=["unicom", "tower"], message="请附清单"
    )
    excuse_return(asked.of(round, "unicom"), actor=cast.machine(), reason="本月没有业务")
    desk = browser(asked.clerk("digital"))
    page = desk.get(reverse("returns.round", args=[round.pk])).content.decode()
    assert f'href="{next_of(round)}"' in page
    page = desk.get(next_of(round)).content.decode()
    assert "2023年1—7月" in page
    assert "本期期限是2023年6月30日，往后顺延一期是2023年7月31日，可以改。" in page
    assert "报表在本期下发后改过" not in page
    sent = sent_by(page, button="下发")
    assert sent == {"due_on": ["2023-07-31"], "units": ["tower", "unicom"], "message": ["请附清单"]}
    answer = desk.post(next_of(round), sent)
    made = Round.objects.latest("pk")
    assert answer["Location"] == reverse("returns.round", args=[made.pk])
    assert (made.form, made.period, made.due_on, made.message) == (
        "infra-5g-monthly",
        "2023-01..07",
        date(2023, 7, 31),
        "请附清单",
    )
    assert asked_units(made) == ["tower", "unicom"]
    assert "已下发给2个单位，期限2023-07-31。" in desk.get(answer["Location"]).content.decode()
    before = desk.get(reverse("returns.round", args=[round.pk])).content.decode()
    assert f'下期已下发：<a href="{answer["Location"]}">2023年1—7月</a>' in before
    assert next_of(round) not in before


def test_day_units_and_words_may_be_changed_before_it_is_sent() -> None:
    round = asked.issued("infra-5g-monthly")
    desk = browser(asked.clerk("digital"))
    page = desk.get(next_of(round)).content.decode()
    assert "按报表的规定是2023年8月7日，可以改。" in page
    given = {**sent_by(page, button="下发"), "due_on": "2023-08-18", "units": ["mobile"], "message": ""}
    assert given.keys() == {"due_on", "units", "message"}
    for wrong, words in (({"due_on": "下周"}, "field-due_on"), ({"units": []}, "请至少选择一个报送单位")):
        answer = desk.post(next_of(round), {**given, **wrong})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Round.objects.count() == 1
    desk.post(next_of(round), given)
    made = Round.objects.latest("pk")
    assert (made.due_on, made.message, asked_units(made)) == (date(2023, 8, 18), "", ["mobile"])


def test_a_next_round_that_is_there_is_refused_with_where_it_is() -> None:
    round, later = asked.issued("infra-5g-monthly"), asked.issued("infra-5g-monthly", "2023-01..07")
    desk = browser(asked.clerk("digital"))
    where = reverse("returns.round", args=[later.pk])
    for answer, status in (
        (desk.get(next_of(round)), 200),
        (desk.post(next_of(round), {"due_on": "2023-08-05", "units": ["tower"]}), 409),
    ):
        page = answer.content.decode()
        assert answer.status_code == status
        assert "“5G基站建设情况月报”2023年1—7月已经下发，没有再发一次。" in page
        assert f'href="{where}"' in page
        assert '<button class="btn btn-primary">' not in page
    assert Round.objects.count() == 2
    cancel_round(later, actor=cast.machine(), reason="下错了")
    assert desk.get(next_of(round)).context["coming"].issued is None


def test_a_round_without_a_next_one_says_why() -> None:
    round = asked.issued("infra-5g-monthly")
    desk = browser(asked.clerk("digital"))
    once = create_form(
        {
            "id": "once",
            "title": "一次性调查",
            "office": "digital",
            "units": ["tower"],
            "cadence": "once",
            "deadline": {"day": 5},
            "lines": [{"id": "a", "indicator": "infra.gigabit.users"}],
        },
        actor=cast.machine(),
        region=cast.REGION,
    )
    alone = asked.issued("once", "2023-06-30")
    answer = desk.get(next_of(alone))
    assert (answer.status_code, "只报一次，没有下期" in answer.content.decode()) == (422, True)
    withdraw_form(once, actor=cast.machine(), reason="不再需要")
    answer = desk.get(next_of(alone))
    assert (answer.status_code, "已停用，不能再下发下期" in answer.content.decode()) == (404, True)
    assert "下期报数" not in desk.get(reverse("returns.round", args=[alone.pk])).content.decode()
    cancel_round(round, actor=cast.machine(), reason="下错了")
    answer = desk.post(next_of(round), {"due_on": "2023-08-05", "units": ["tower"]})
    assert (answer.status_code, "这一期已经撤销" in answer.content.decode()) == (409, True)
    assert Round.objects.count() == 2


def test_a_unit_that_is_gone_is_named_and_not_asked() -> None:
    given = {
        "id": "users",
        "title": "用户数月报",
        "office": "digital",
        "units": ["unicom", "tower", "mobile"],
        "cadence": "month",
        "deadline": {"day": 5},
        "lines": [{"id": "a", "indicator": "infra.gigabit.users", "combine": "sum"}],
    }
    form = create_form(given, actor=cast.machine(), region=cast.REGION)
    round = asked.issued("users", units=["unicom", "mobile"])
    correct_form(form, {**given, "units": ["tower", "mobile"]}, actor=cast.machine(), reason="联通改报省公司")
    page = browser(asked.clerk("digital")).get(next_of(round)).content.decode()
    name = Unit.objects.get(region=cast.REGION, code="unicom").name
    assert f"{name}已不在这张报表的报送单位中，没有带过来。" in page
    assert "报表在本期下发后改过，下期按新的内容。" in page
    assert sent_by(page, button="下发")["units"] == ["mobile"]


@pytest.mark.parametrize("role", [Role.REPORTER, Role.LEADER, Role.AUDITOR])
def test_who_issues_nothing_issues_no_next_round(role: Role) -> None:
    round = asked.issued("infra-5g-monthly")
    reader = browser(cast.actor(role))
    assert reader.get(next_of(round)).status_code == 403
    assert reader.post(next_of(round), {"due_on": "2023-08-05", "units": ["tower"]}).status_code == 403
    other = browser(asked.clerk("science"))
    assert other.post(next_of(round), {"due_on": "2023-08-05", "units": ["tower"]}).status_code == 403
    assert "下期报数" not in other.get(reverse("returns.round", args=[round.pk])).content.decode()
    assert Round.objects.count() == 1
