"""A text laid beside the records of a period, and beside a text that was kept."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests import cast
from wanqi.core.access import actor_of
from wanqi.core.models import User
from wanqi.figures.prose.binding import Known
from wanqi.indicators.errors import PeriodRefused
from wanqi.projects.actions import create_site
from wanqi.reports.actions import save_check
from wanqi.reports.checking import Checked, as_json, check_text, from_json
from wanqi.reports.known import known_figures

pytestmark = pytest.mark.usefixtures("demo_db")
AGREES = "1—6月，完成5G基站建设120个，累计达571个。另培训5次。"


def beside(text: str, period: str = "2023H1") -> Checked:
    return check_text(text, region=cast.REGION, period=period)


def values(known: tuple[Known, ...]) -> dict[str, tuple[str, Fraction]]:
    return {one.id: (one.kind, one.value) for one in known}


def test_the_records_of_a_period_and_of_those_it_is_compared_with() -> None:
    known = known_figures(cast.REGION, "2023H1")
    stations = [one for one in known if one.id.startswith("infra.5g.")]
    assert values(stations) == {
        "infra.5g.new@2023H1": ("flow", 120),
        "infra.5g.new@2022H1": ("flow", 122),
        "infra.5g.new@2022": ("flow", 266),
        "infra.5g.total@2023-06-30": ("stock", 571),
        "infra.5g.total@2022-12-31": ("stock", 451),
        "infra.5g.total@2022-06-30": ("stock", 307),
    }
    new = stations[0]
    assert (new.unit, new.area, new.source) == ("个", "临湘市", "系统数据（有台账）")
    assert new.names == ("5G基站建设数", "5G基站建设", "5G基站", "新建5G基站", "新增5G基站")
    assert (new.low, new.high) == (None, None)


def test_amounts_are_laid_beside_in_yuan_and_by_their_other_names() -> None:
    pledges = next(
        one for one in known_figures(cast.REGION, "2023H1") if one.id == "ip.pledges.amount@2023H1"
    )
    assert (pledges.unit, pledges.value) == ("元", 20_000_000)
    assert beside("1—6月，发放知识产权质押贷款2000万元。").bound == 1
    (finding,) = beside("1—6月，发放知识产权质押贷款3000万元。").findings
    assert "2000万元" in finding.message


def test_what_is_not_certain_is_known_as_a_range() -> None:
    values = {"site_code": "新-1", "name": "新站", "technology": "5G", "operator": "移动", "opened_on": None}
    create_site({**values, "built_on": date(2023, 5, 1)}, actor=cast.machine(), region=cast.REGION)
    new = next(one for one in known_figures(cast.REGION, "2023H1") if one.id == "infra.5g.new@2023H1")
    assert (new.low, new.high) == (120, 121)
    assert beside(AGREES.replace("120", "121").replace("571", "572")).findings == ()


def test_a_period_that_is_none_is_refused() -> None:
    with pytest.raises(PeriodRefused):
        beside(AGREES, "2023H9")


def test_a_text_that_agrees_has_no_finding_and_lists_what_was_not_bound() -> None:
    checked = beside(AGREES)
    assert checked.findings == ()
    assert (checked.period, checked.bound) == ("2023H1", 2)
    assert [(checked.text[slice(*one.span)], one.reason) for one in checked.unbound] == [
        ("5次", "没有同名的指标或以前的数据")
    ]
    assert from_json(checked.text, as_json(checked), period="2023H1") == checked


def test_another_value_than_the_records_is_asked_about() -> None:
    checked = beside(AGREES.replace("571", "581"))
    (finding,) = [one for one in checked.findings if one.figures == ("581个",)]
    assert finding.level in ("error", "query")
    assert "系统数据（有台账）" in finding.message
    assert "571个" in finding.message


def test_without_a_period_nothing_is_compared() -> None:
    checked = check_text(AGREES.replace("571", "581"), region=cast.REGION)
    assert (checked.findings, checked.period, checked.bound, checked.unbound) == ((), "", 0, ())


def test_a_kept_text_is_laid_beside() -> None:
    before = check_text("2022年，新增5G基站245个，累计达351个。", region=cast.REGION)
    clerk = actor_of(User.objects.get(username="clerk"))
    row = save_check(before, actor=clerk, region=cast.REGION, title="2022年总结")
    assert row.is_demonstration
    text = "2023年上半年，新增5G基站120个，累计达571个。"
    checked = check_text(text, region=cast.REGION, earlier=row)
    (finding,) = checked.findings
    assert (finding.level, finding.relation) == ("query", "stock_flow")
    assert "《2022年总结》" in finding.message
    assert checked.earlier == "2022年总结"
