"""Figures from the registers themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests import cast
from wanqi.core.access import command_actor
from wanqi.core.row_sources import source_of
from wanqi.indicators.actions import create_observation
from wanqi.indicators.evaluate import read_period
from wanqi.indicators.evaluation import evaluate_indicators, evaluation_of
from wanqi.projects.actions import withdraw_site

pytestmark = pytest.mark.django_db
IDS = ("infra.5g.new", "infra.5g.total", "infra.5g.total.year_end")


def station(code: str, opened: date | None, **values):
    return cast.site(code, opened_on=opened, built_on=None, **values)


def displays(period: str = "2023H1", **options) -> list[str]:
    found = evaluate_indicators(cast.REGION, IDS, period, **options)
    return [found[id].display for id in IDS]


def test_rows_of_the_register_are_counted_and_withdrawn_ones_are_not():
    me = command_actor("测试")
    station("a", date(2022, 12, 31))
    second = station("b", date(2023, 1, 1))
    station("c", date(2023, 6, 30))
    station("d", date(2023, 7, 1))
    station("e", date(2023, 3, 1), technology="4G")
    assert displays() == ["2个", "3个", "1个"]
    withdraw_site(second, actor=me, reason="重复登记")
    assert displays() == ["1个", "2个", "1个"]


def test_without_a_date_the_row_may_count():
    station("a", date(2023, 1, 1))
    station("b", None)
    assert displays() == ["1—2个", "1—2个", "0—1个"]


def test_an_area_alone():
    station("a", date(2023, 1, 1), area=cast.area())
    station("b", date(2023, 1, 1), area=None)
    found = evaluate_indicators(cast.REGION, ["infra.5g.new"], "2023H1", area=cast.area().code)
    assert found["infra.5g.new"].display == "1—2个"


def test_an_empty_register_is_not_zero():
    found = evaluate_indicators(cast.REGION, ["infra.5g.total"], "2023H1")["infra.5g.total"]
    assert (found.display, found.grade) == ("—", "")
    assert found.reason.startswith("未关联数据")


def test_a_target_comes_from_an_observation():
    values = {
        "indicator": "infra.5g.target", "period": "2023", "nature": "target", "value": Decimal(800),
        "source": "工作报告", "as_written": "800个",
    }  # fmt: skip
    create_observation(values, actor=command_actor("测试"), region=cast.REGION)
    station("a", date(2023, 1, 1))
    found = evaluate_indicators(cast.REGION, ["infra.5g.completion"], "2023H1")["infra.5g.completion"]
    assert found.value.as_integer_ratio() == (1, 800)
    assert found.grade == "有台账"


def test_rows_are_read_once(django_assert_max_num_queries):
    station("a", date(2023, 1, 1))
    with django_assert_max_num_queries(5):
        evaluation = evaluation_of(cast.REGION)
        figure = evaluation.figure("infra.5g.new", read_period("2023H1"))
        assert figure.display == "1个"


def test_sites_say_what_they_provide():
    assert source_of("sites").model._meta.label_lower == "projects.site"
