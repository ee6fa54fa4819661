"""创新平台: 组建, 备案 and 认定 are different acts; a kind and a cluster are terms of the vocabulary."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.web import rows
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.models import AuditEvent
from wanqi.registry.actions import CARRIERS, create_carrier, end_carrier
from wanqi.registry.models import Carrier

pytestmark = pytest.mark.django_db


def carrier(**values: Any) -> Carrier:
    given = {
        "name": "湖南省浮标工程技术研究中心",
        "kind": "工程技术研究中心",
        "act": "组建",
        "since": date(2023, 4, 1),
        "office": cast.offices()[0],
        **values,
    }
    return create_carrier(given, actor=cast.machine(), region=cast.REGION)


def test_a_carrier_takes_level_host_and_area_from_what_it_names() -> None:
    host = rows.organisation(1)
    row = carrier(programme="cn-43.engineering-center", organisation=host, tags=["浮标钓具", "浮标钓具"])
    assert (row.level, row.host_name, row.area, row.tags) == ("省级", host.name, host.area, ["浮标钓具"])
    assert (row.act, row.authority) == ("组建", "")  # nobody has recognised it yet


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "科研小屋"}, "kind", "不在允许的取值中"),
        ({"tags": ["钓鱼"]}, "tags", "不在允许的取值中"),
        ({"programme": "cn-43.agri-maker-space", "act": "认定"}, "act", "是“备案”，不能写成“认定”"),
        ({"programme": "cn-43.engineering-center", "level": "市级"}, "level", "是省级"),
        ({"programme": "nowhere.nothing"}, "programme", "没有事项"),
        ({"ended_on": date(2023, 3, 1)}, "ended_on", "停办日期早于"),
        ({"valid_until": date(2023, 3, 1)}, "valid_until", "有效期至早于"),
    ],
)
def test_what_contradicts_itself_is_refused(values: dict[str, Any], field: str, words: str) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(RowInvalid) as error:
        carrier(**values)
    assert words in error.value.fields[field][0]
    assert (Carrier.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_from_founded_to_recognised_by_a_correction() -> None:
    row = carrier(programme="cn-43.engineering-center")
    values = {
        "programme": "cn-43.engineering-center",
        "act": "认定",
        "since": date(2024, 1, 5),
        "document_number": "湘科发〔2024〕1号",
    }
    right = CARRIERS.correct(row, values, actor=cast.machine(), reason="省厅认定")
    assert (right.act, right.since, right.version) == ("认定", date(2024, 1, 5), 2)


def test_the_same_platform_is_registered_once_a_level() -> None:
    carrier(level="省级")
    with pytest.raises(RowInvalid) as error:
        carrier(level="省级")
    assert "该平台已登记" in error.value.fields[""][0]
    carrier(level="市级")


def test_a_carrier_ends_once_on_a_day_after_it_began() -> None:
    row = carrier()
    with pytest.raises(RowInvalid):
        end_carrier(row, on=date(2023, 3, 1), reason="依托单位注销", actor=cast.machine())
    ended = end_carrier(row, on=date(2024, 3, 1), reason="依托单位注销", actor=cast.machine())
    assert ended.ended_on == date(2024, 3, 1)
    with pytest.raises(StepRefused):
        end_carrier(ended, on=date(2024, 4, 1), reason="再次", actor=cast.machine())
