"""认定记录: what a 事项 fixes, until when a title stands, what replaces it, what takes it away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.web import rows
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions import RECOGNITIONS, create_recognition, revoke_recognition
from wanqi.registry.models import Recognition
from wanqi.registry.programmes import granted_in
from wanqi.registry.validity import Status, chain_of, ending_within, having, status_of

pytestmark = pytest.mark.django_db


def recognition(**values: Any) -> Recognition:
    given = {
        "programme": "cn.srdi-sme",
        "holder_name": "东祥油脂有限公司",
        "granted_on": date(2023, 3, 1),
        "document_number": "湘工信企业〔2023〕12号",
        "office": cast.offices()[0],
        **values,
    }
    return create_recognition(given, actor=cast.machine(), region=cast.REGION)


def refused(**values: Any) -> dict[str, tuple[str, ...]]:
    """Return why a recognition is refused; nothing may be written of it."""
    before = (Recognition.objects.count(), AuditEvent.objects.count())
    with pytest.raises(RowInvalid) as error:
        recognition(**values)
    assert (Recognition.objects.count(), AuditEvent.objects.count()) == before
    return dict(error.value.fields)


def test_what_the_programme_says_is_filled_in() -> None:
    organisation = rows.organisation(1)
    row = recognition(holder_name="", organisation=organisation)
    assert (row.act, row.level, row.holder_kind, row.holder_name) == (
        "认定",
        "省级",
        "organisation",
        organisation.name,
    )
    assert row.valid_until == date(2026, 2, 28)
    assert row.authority == "省级工业和信息化主管部门"
    assert row.area == organisation.area


def test_a_declared_entry_is_never_called_a_recognition() -> None:
    told = refused(programme="cn.tech-sme", act="认定")
    assert told == {"act": ("“科技型中小企业”是“评价入库”，不能写成“认定”，请选“评价入库”。",)}
    row = recognition(programme="cn.tech-sme")
    assert (row.act, row.valid_until) == ("评价入库", date(2023, 12, 31))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"programme": "cn.little-gaint"}, "programme", "没有事项"),
        ({"level": "国家级"}, "level", "是省级"),
        ({"holder_kind": "product"}, "holder_kind", "持有者是单位"),
        (
            {"programme": "cn-43.champion-product", "holder_kind": "organisation"},
            "holder_kind",
            "持有者是产品",
        ),
        ({"holder_name": ""}, "holder_name", "请填写名称"),
        ({"valid_until": date(2023, 2, 1)}, "", "有效期至早于认定日期"),
        ({"is_unlimited": True, "valid_until": date(2026, 1, 1)}, "valid_until", "长期有效"),
    ],
)
def test_what_contradicts_the_programme_or_itself_is_refused(
    values: dict[str, Any], field: str, words: str
) -> None:
    told = refused(**values)
    assert words in told[field][0]


def test_a_products_title_is_the_products() -> None:
    row = recognition(
        programme="cn-43.champion-product", holder_name="电梯导轨用板", organisation=rows.organisation(1)
    )
    assert (row.holder_kind, row.holder_name) == ("product", "电梯导轨用板")


def test_a_correction_is_checked_like_a_new_row() -> None:
    row = recognition(programme="cn.tech-sme")
    with pytest.raises(RowInvalid):
        RECOGNITIONS.correct(
            row, {"programme": "cn.tech-sme", "act": "认定"}, actor=cast.machine(), reason="试"
        )
    row.refresh_from_db()
    assert (row.act, row.version) == ("评价入库", 1)


def test_the_same_grant_is_not_registered_twice() -> None:
    recognition()
    assert "已有认定记录" in refused()[""][0]
    recognition(granted_on=date(2026, 3, 1), kind="复核")
    assert Recognition.objects.count() == 2


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2023, 2, 28), Status.NOT_YET),
        (date(2023, 3, 1), Status.VALID),
        (date(2025, 11, 29), Status.VALID),
        (date(2025, 11, 30), Status.SOON),
        (date(2026, 2, 28), Status.SOON),
        (date(2026, 3, 1), Status.EXPIRED),
    ],
)
def test_how_a_title_stands_on_a_day(on: date, status: Status) -> None:
    row = recognition()
    assert status_of(row, on) is status
    assert Recognition.objects.filter(having(status, on)).count() == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    granted=st.none() | st.integers(-200, 200),
    until=st.none() | st.integers(-200, 400),
    revoked=st.none() | st.integers(-200, 200),
    unlimited=st.booleans(),
)
def test_the_list_and_the_page_agree_on_the_status(
    granted: int | None, until: int | None, revoked: int | None, unlimited: bool
) -> None:
    today = date(2023, 6, 30)

    def day(offset: int | None) -> date | None:
        return today + timedelta(days=offset) if offset is not None else None

    if granted is not None and until is not None and until < granted:
        until = granted
    row = Recognition.objects.create(
        region_id=cast.REGION,
        programme="cn.srdi-sme",
        holder_name="甲",
        granted_on=day(granted),
        valid_until=None if unlimited else day(until),
        is_unlimited=unlimited,
        revoked_on=day(revoked),
    )
    own = status_of(row, today)
    mine = Recognition.objects.filter(pk=row.pk)
    assert [status for status in Status if mine.filter(having(status, today)).exists()] == [own]
    row.delete()


def test_a_revoked_title_ends_on_its_day_and_says_why() -> None:
    row = revoke_recognition(
        recognition(), on=date(2024, 5, 1), reason="未通过年度抽查", actor=cast.machine()
    )
    assert status_of(row, date(2024, 4, 30)) is Status.VALID
    assert status_of(row, date(2024, 5, 1)) is Status.REVOKED
    assert row.revoked_reason == "未通过年度抽查"
    assert AuditEvent.objects.order_by("-pk").values_list("verb", "reason").first() == (
        "登记撤销称号",
        "未通过年度抽查",
    )
    with pytest.raises(StepRefused):
        revoke_recognition(row, on=date(2024, 6, 1), reason="再次", actor=cast.machine())


def test_a_revocation_needs_a_day_and_a_reason() -> None:
    row = recognition()
    with pytest.raises(ReasonMissing):
        revoke_recognition(row, on=date(2024, 5, 1), reason=" ", actor=cast.machine())
    for on in (None, date(2023, 2, 28)):
        with pytest.raises(RowInvalid):
            revoke_recognition(row, on=on, reason="抽查", actor=cast.machine())
    row.refresh_from_db()
    assert (row.revoked_on, row.version) == (None, 1)


def test_only_the_own_office_revokes() -> None:
    row = recognition(office=cast.offices()[1])
    with pytest.raises(AccessRefused):
        revoke_recognition(row, on=date(2024, 5, 1), reason="抽查", actor=cast.actor(Role.CLERK))


def test_renewals_stand_in_one_chain_by_organisation() -> None:
    organisation = rows.organisation(1)
    first = recognition(organisation=organisation, holder_name="旧名公司")
    second = recognition(organisation=organisation, granted_on=date(2026, 3, 1), kind="复核")
    recognition(organisation=organisation, programme="cn.high-tech")
    recognition(organisation=rows.organisation(2))
    assert list(chain_of(second)) == [first, second]


def test_products_of_one_firm_have_chains_of_their_own() -> None:
    organisation = rows.organisation(1)
    given = {"programme": "cn-43.champion-product", "organisation": organisation}
    first = recognition(**given, holder_name="甲产品")
    recognition(**given, holder_name="乙产品")
    assert list(chain_of(first)) == [first]


def test_what_ends_within_a_year() -> None:
    on = date(2025, 6, 30)
    soon = recognition()
    recognition(holder_name="乙公司", granted_on=date(2024, 3, 1))
    recognition(holder_name="丙公司", granted_on=date(2021, 1, 1))
    recognition(holder_name="丁公司", is_unlimited=True)
    assert list(Recognition.objects.filter(ending_within(on, 365))) == [soon]


def test_titles_without_a_rule_are_known_with_their_act() -> None:
    known = granted_in(cast.REGION)
    assert (known["cn.two-fusion-certified"].act, known["cn-4306.talent"].holder) == ("获证", "person")
    assert known["cn-430682.craftsman"].title == "临湘工匠"
    assert known["cn.key-little-giant"].is_title
    assert not known["cn-43.key-little-giant-award"].is_title
    assert not known["cn.size-class"].is_title
    assert known["cn.srdi-sme"].last_day(date(2024, 2, 29)) == date(2027, 2, 28)
