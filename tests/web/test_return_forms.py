"""报表 in the browser: made from indicators by search, refused at the place, changed with a reason, withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from tests import cast
from tests.collection import asked
from tests.registry.zoo.making import sheet
from tests.web.browsed import sent_by
from tests.web.test_returns import browser
from wanqi.collection.actions import create_form
from wanqi.collection.forms import as_definition, spec_from
from wanqi.collection.models import Form
from wanqi.core.packs import current_pack
from wanqi.packs import FormSpec
from wanqi.registry.actions.profiles import keep_profile, start_profile
from wanqi.registry.profiles import as_definition as profile_definition

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
    "against-line-1": ["last", "same"],
    "share-line-1": ["30", ""],
    "least-line-1": ["", ""],
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
        ({"share-line-1": ["三成", ""]}, "不是数字", "line-line-1"),
        ({"share-line-1": ["0.1234567", ""]}, "小数点后6位以内", "line-line-1"),
        ({"least-line-1": ["", "30"]}, "没有写超过百分之几", "line-line-1"),
        ({"maximum-line-1": "1e30"}, "位数太多", "line-line-1"),
        ({"who-line-1": ["unicom"]}, "请重新选择由谁填", "line-line-1"),
        ({"note-line-1": "长" * 4001}, "", "line-line-1"),
        ({"guidance": "按期末数填。" + "长" * 4000}, "", "field-guidance"),
        ({"note": "长" * 4001}, "", "field-note"),
        (
            {"kind": "rows", "profile": "tower-stations", "most": "5001"},
            "请填1到5000之间的整数",
            "field-most",
        ),
        ({"line": [f"line-{n}" for n in range(61)]}, "最多60个指标", "field-lines"),
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
    sent = sent_by(own.get(address).content.decode(), button="保存报表")
    assert sent["share-line-1"] == ["30", ""]
    given = {**sent, "title": "千兆用户情况月报", "step": "save"}
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


LINES: dict[str, Any] = {
    "id": "everything",
    "title": "样样都有的月报",
    "office": "digital",
    "units": ["unicom", "mobile", "tower"],
    "cadence": "month",
    "start_month": 2,
    "deadline": {"day": 31, "months": 0, "rest_days": "before"},
    "evidence": "required",
    "guidance": "第一行。\n第二行。",
    "note": "制表依据：会议纪要。\n每年一月核对。",
    "lines": [
        {
            "id": "part",
            "indicator": "ip.pledges.amount",
            "title": "其中一部分",
            "unit": "元",
            "units": ["tower", "unicom"],
            "combine": "sum",
            "required": False,
            "evidence": True,
            "minimum": "-1.50",
            "maximum": "99999999999.5",
            "falling": "allow",
            "jump": [
                {"against": "same", "share": "1", "least": "30"},
                {"against": "last", "share": "0.30", "least": "500"},
                {"against": "last", "share": "0.00000001", "least": "10000.00000001"},
            ],
            "note": "只填本公司的。\n不含上级。",
        },
        {"id": "whole", "indicator": "ip.pledges.amount", "units": ["mobile"], "minimum": None},
        {"id": "all-of-us", "indicator": "ip.pledges.count", "combine": "sum"},
    ],
    "sums": [
        {"total": "whole", "parts": ["part"], "relation": "at_most"},
        {"total": "all-of-us", "parts": ["part", "whole"]},
    ],
}
ROWS: dict[str, Any] = {
    "id": "everything",
    "title": "样样都有的明细",
    "office": "digital",
    "units": ["tower"],
    "cadence": "quarter",
    "months": "single",
    "deadline": {"day": 1, "months": 12},
    "rows": {"profile": "tower-stations", "most": 5000},
}


def unsaid(spec: BaseModel) -> set[str]:
    """Return the keys of a part and what stands in it that no value but the usual one is given to."""
    own = {
        f"{type(spec).__name__}.{name}"
        for name, field in type(spec).model_fields.items()
        if not field.is_required() and getattr(spec, name) == field.get_default(call_default_factory=True)
    }
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        parts = value if isinstance(value, tuple) else (value,)
        inner = [unsaid(one) for one in parts if isinstance(one, BaseModel)]
        own |= set.intersection(*inner) if inner else set()
    return own


def test_the_forms_tried_below_use_every_key_of_the_packs() -> None:
    """A key that a pack form may have and no form here gives is one the editor was not asked about."""
    lines, rows = (spec_from({**one, "version": "2023-1"}) for one in (LINES, ROWS))
    assert {"FormSpec.rows", "FormSpec.months"} == unsaid(lines)
    assert {"FormSpec.lines", "FormSpec.sums", "FormSpec.start_month"} <= unsaid(rows)
    assert "FormSpec.months" not in unsaid(rows)
    assert "RowsSpec.most" not in unsaid(rows)


def alike(spec: FormSpec) -> dict[str, Any]:
    """Return what a form says, whatever it is called and however it writes shares and the units of a line."""
    said = spec.model_dump()
    for line in said["lines"]:
        line["units"] = sorted(line["units"])
        line["jump"] = [{**one, "share": Decimal(one["share"])} for one in line["jump"]]
    return {name: value for name, value in said.items() if name not in ("id", "version", "title")}


@pytest.mark.parametrize("definition", [LINES, ROWS], ids=["lines", "rows"])
def test_a_form_goes_through_the_editor_unchanged(definition: dict[str, Any]) -> None:
    """Form → the page as it is shown → what a browser sends of it untouched → the same form."""
    first = create_form(definition, actor=cast.machine(), region=cast.REGION)
    again(first.code, spec_from(first.definition))


@pytest.mark.parametrize(
    "code", ["infra-5g-monthly", "infra-5g-stations", "listing-quarterly", "talent-half-year"]
)
def test_a_form_of_the_region_is_made_once_more_in_the_browser(code: str) -> None:
    again(code, current_pack(cast.REGION).forms[code])


def again(code: str, spec: FormSpec) -> None:
    """Make another form like this one in the browser and compare them."""
    desk = browser(asked.clerk(spec.office))
    assert f'href="/forms/new/?like={code}"' in desk.get(f"/forms/{code}/").content.decode()
    page = desk.get(f"/forms/new/?like={code}").content.decode()
    answer = desk.post("/forms/new/", {**sent_by(page, button="保存报表"), "step": "save"})
    assert answer.status_code == 302, answer.content.decode()
    made = Form.objects.latest("pk")
    assert made.title == f"{spec.title}（另做）"
    assert alike(spec_from(made.definition)) == alike(spec)
    assert as_definition(spec_from(made.definition)) == made.definition
    if spec.note:
        assert spec.note.splitlines()[0] in desk.get(f"/forms/{made.code}/").content.decode()


def test_a_form_like_one_that_is_not_there_is_refused() -> None:
    assert browser(asked.clerk("digital")).get("/forms/new/?like=none-such").status_code == 404


def test_rows_may_follow_an_import_profile_made_in_the_browser() -> None:
    like = profile_definition(current_pack(cast.REGION).imports["tower-stations"])
    example = sheet(("站址编码", "站址名称"), ("S-1", "某站"))
    row = start_profile(
        "站址样表.xlsx",
        example,
        kind="sites",
        sheet="",
        region=cast.REGION,
        office=None,
        actor=cast.machine(),
    )
    keep_profile(row, {**like, "title": "自建的站址表"}, actor=cast.machine())
    given = {**GIVEN, "kind": "rows", "profile": row.code, "most": "40", "line": []}
    answer = browser(asked.clerk("digital")).post("/forms/new/", given)
    assert answer.status_code == 302, answer.content.decode()
    assert Form.objects.get().definition["rows"] == {"profile": row.code, "most": 40}
