"""The organisation register: codes, former names, search."""

from __future__ import annotations

import pytest

from tests import cast
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Role
from wanqi.registry.actions import correct_organisation, create_organisation, withdraw_organisation
from wanqi.registry.models import Organisation

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"


def organisation(name: str = "演示化工有限公司", **values: object) -> Organisation:
    given = {"name": name, "office": cast.offices()[0], **values}
    return create_organisation(given, actor=cast.machine(), region=cast.REGION)


def test_a_code_is_kept_as_the_standard_writes_it() -> None:
    assert organisation(credit_code=" 91350100m000100y43 ").credit_code == CODE


def test_an_unknown_code_stays_unknown_and_may_stay_so_for_several() -> None:
    first, second = organisation("甲厂", credit_code=""), organisation("乙厂", credit_code=None)
    assert (first.credit_code, second.credit_code) == (None, None)


def test_a_wrong_code_is_refused_with_its_sentence() -> None:
    with pytest.raises(RowInvalid) as refused:
        organisation(credit_code="91350100M000100Y44")
    assert refused.value.fields == {"credit_code": ("统一社会信用代码第18位（校验位）不符，请核对原件。",)}
    assert Organisation.objects.count() == 0


def test_a_code_stands_under_one_name() -> None:
    first = organisation("甲厂", credit_code=CODE)
    with pytest.raises(RowInvalid, match="该统一社会信用代码已登记在另一单位名下"):
        organisation("乙厂", credit_code=CODE)
    withdraw_organisation(first, actor=cast.machine(), reason="登记错误")
    assert organisation("乙厂", credit_code=CODE).credit_code == CODE


def test_a_replaced_name_is_kept_among_the_former_ones() -> None:
    row = organisation("甲厂", former_names=["老甲厂"])
    row = correct_organisation(row, {"name": "甲股份"}, actor=cast.actor(Role.CLERK), reason="更名")
    assert (row.name, row.former_names, row.name_pinyin) == ("甲股份", ["老甲厂", "甲厂"], "jia gu fen")


@pytest.mark.parametrize("wanted", ["演示", "化工有限", "示化", "老名字", "91350100", "m000100y", "工"])
def test_search_finds_any_part_of_name_former_name_or_code(wanted: str) -> None:
    row = organisation(credit_code=CODE, former_names=["老名字厂"])
    organisation("别的单位")
    assert list(Organisation.objects.matching(wanted)) == [row]


@pytest.mark.parametrize("wanted", ["化有", "工化", "不在", "%", "_示", "演示\\"])
def test_search_finds_nothing_else(wanted: str) -> None:
    organisation()
    assert list(Organisation.objects.matching(wanted)) == []
