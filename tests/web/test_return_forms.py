"""报表 in the browser: made from indicators by search, refused at the place, changed with a reason, withdrawn."""

from __future__ import annotations

import pytest

from tests.collection import asked
from tests.web.test_returns import browser
from wanqi.collection.models import Form

pytestmark = pytest.mark.django_db

GIVEN: dict[str, object] = {
    "title": "千兆用户月报",
    "office": "digital",
    "cadence": "month",
    "months": "cumulative",
    "start_month": "1",
    "day": "5",
    "after": "1",
    "rest_days": "after",
    "evidence": "asked",
    "guidance": "按期末数填。",
    "kind": "lines",
    "units": ["mobile", "telecom"],
    "line": ["line-1"],
    "indicator-line-1": "infra.gigabit.users",
    "minimum-line-1": "0",
    "last-line-1": "30",
    "required-line-1": "1",
    "falling-line-1": "1",
    "step": "save",
}


def made() -> Form:
    browser(asked.clerk("digital")).post("/forms/new/", GIVEN)
    return Form.objects.get()


def test_a_form_is_made_from_indicators_that_were_searched_for() -> None:
    desk = browser(asked.clerk("digital"))
    page = desk.post("/forms/new/", {**GIVEN, "line": [], "q": "千兆", "step": "search"}).content.decode()
    assert 'value="add:infra.gigabit.users"' in page
    assert 'value="千兆用户月报"' in page
    page = desk.post("/forms/new/", {**GIVEN, "line": [], "step": "add:infra.gigabit.users"}).content.decode()
    assert 'name="indicator-line-1"' in page
    page = desk.post("/forms/new/", {**GIVEN, "step": "remove:line-1"}).content.decode()
    assert 'name="indicator-line-1"' not in page
    assert Form.objects.count() == 0
    answer = desk.post("/forms/new/", GIVEN)
    row = Form.objects.get()
    assert answer["Location"] == f"/forms/{row.code}/"
    line = row.definition["lines"][0]
    assert (line["combine"], line["jump"][0]["share"]) == ("sum", "0.3")
    page = desk.get(answer["Location"]).content.decode()
    assert "每月，次月5日前，遇休息日顺延" in page
    assert "与上期相差超过30%时请说明原因" in page
    assert "本局自建" in desk.get("/forms/").content.decode()


@pytest.mark.parametrize(
    ("change", "words", "place"),
    [
        ({"title": ""}, "请填写报表名称", "field-title"),
        ({"units": []}, "请至少选择一个报送单位", "field-units"),
        ({"line": []}, "还没有指标", "field-lines"),
        ({"day": "40"}, "请填1到31之间的整数", "field-day"),
        ({"last-line-1": "三成"}, "不是数字", "line-line-1"),
        ({"indicator-line-1": "infra.5g.growth"}, "", "line-line-1"),
        ({"unit-line-1": "万元"}, "不能按万元填报", "line-line-1"),
        ({"kind": "rows", "profile": ""}, "请选择明细的列", "field-profile"),
    ],
)
def test_a_refusal_stands_at_its_place_and_nothing_is_kept(
    change: dict[str, object], words: str, place: str
) -> None:
    answer = browser(asked.clerk("digital")).post("/forms/new/", {**GIVEN, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'href="#{place}"' in page
    assert "按期末数填。" in page
    assert Form.objects.count() == 0


def test_a_change_needs_its_reason_and_a_stale_one_is_kept_on_the_page() -> None:
    row = made()
    desk = browser(asked.clerk("science"))
    assert desk.get(f"/forms/{row.code}/correct/").status_code == 403
    own = browser(Form.objects.get().created_by and asked.cast.actor(asked.cast.Role.HEAD, office=row.office))
    address = f"/forms/{row.code}/correct/"
    assert 'value="30"' in own.get(address).content.decode()
    given = {**GIVEN, "title": "千兆用户情况月报", "seen": "1"}
    assert own.post(address, {**given, "reason": ""}).status_code == 422
    assert Form.objects.get().title == "千兆用户月报"
    assert own.post(address, {**given, "reason": "名称不清楚"}).status_code == 302
    assert Form.objects.get().title == "千兆用户情况月报"
    stale = own.post(address, {**given, "title": "又一个名称", "reason": "再改"})
    assert stale.status_code == 409
    assert "又一个名称" in stale.content.decode()
    assert Form.objects.get().title == "千兆用户情况月报"


def test_a_form_is_taken_out_of_use_with_its_reason() -> None:
    row = made()
    own = browser(asked.cast.actor(asked.cast.Role.HEAD, office=row.office))
    assert own.post(f"/forms/{row.code}/withdraw/", {"reason": ""}).status_code == 422
    assert own.post(f"/forms/{row.code}/withdraw/", {"reason": "不再需要"}).status_code == 302
    assert own.get(f"/forms/{row.code}/").status_code == 404


def test_a_form_of_the_region_is_not_changed_here() -> None:
    desk = browser(asked.clerk("digital"))
    page = desk.get("/forms/infra-5g-monthly/").content.decode()
    assert "地区配置" in page
    assert "/forms/infra-5g-monthly/correct/" not in page
    assert desk.get("/forms/infra-5g-monthly/correct/").status_code == 404
    assert desk.get("/forms/none-such/").status_code == 404
