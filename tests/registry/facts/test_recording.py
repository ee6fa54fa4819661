"""Recording, correcting and withdrawing facts: nothing is overwritten, equal values add nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from tests import cast
from tests.registry.facts.rows import AUDITED, SELF, enterprise, fact
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowStale, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.core.packs import current_pack
from wanqi.registry.actions import correct_fact, record_facts, take_back, withdraw_fact
from wanqi.registry.facts.entries import Entry, entry
from wanqi.registry.models import Fact, Organisation

pytestmark = pytest.mark.django_db


def rows(organisation: Organisation) -> list[tuple[Any, bool, bool]]:
    """Return (value, withdrawn, standing) in the order they were written."""
    return [
        (row.value, row.withdrawn, row.superseded_at is None)
        for row in Fact.objects.filter(organisation=organisation).order_by("pk")
    ]


def given(organisation: Organisation, name: str, value: Any, **more: Any) -> Entry:
    values = {**SELF, "today": timezone.localdate(), **more}
    return entry(current_pack(cast.REGION), organisation.pk, name, value, **values)


def test_a_value_is_recorded_with_its_source_and_told_in_the_organisations_trail() -> None:
    organisation = enterprise()
    row = fact(organisation, "revenue", "12345000.00", period="2022", **AUDITED)
    assert (row.value, row.period, row.source_class, row.office_id) == (
        Decimal(12345000),
        "2022",
        "审计报告",
        cast.offices()[0].pk,
    )
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.target_id, event.target_label) == (
        "登记企业数据",
        str(organisation.pk),
        organisation.name,
    )
    assert event.changes == [
        {
            "field": "revenue@2022",
            "label": "营业收入 2022年（审计报告）",
            "old": "—",
            "new": "1,234.5万元",
            "source_class": "审计报告",
        }
    ]


def test_an_equal_value_adds_nothing() -> None:
    organisation = enterprise()
    first = fact(organisation, "revenue", "100.00", period="2022")
    events = AuditEvent.objects.count()
    again = fact(organisation, "revenue", Decimal(100), period="2022")
    assert again.pk == first.pk
    assert (Fact.objects.count(), AuditEvent.objects.count()) == (1, events)


def test_a_correction_is_a_newer_row_and_needs_a_reason() -> None:
    organisation = enterprise()
    first = fact(organisation, "revenue", "100.00", period="2022")
    with pytest.raises(ReasonMissing):
        fact(organisation, "revenue", "200.00", period="2022")
    assert rows(organisation) == [(Decimal(100), False, True)]
    new = correct_fact(first, "200.00", actor=cast.machine(), reason="审计后更正")
    assert rows(organisation) == [(Decimal(100), False, False), (Decimal(200), False, True)]
    assert (new.reason, new.source, new.office_id) == ("审计后更正", first.source, first.office_id)
    assert AuditEvent.objects.latest("pk").verb == "更正企业数据"
    with pytest.raises(RowStale):
        correct_fact(first, "300.00", actor=cast.machine(), reason="再改")


def test_two_sources_stand_side_by_side() -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "100.00", period="2022")
    fact(organisation, "revenue", "120.00", period="2022", **AUDITED)
    assert rows(organisation) == [(Decimal(100), False, True), (Decimal(120), False, True)]


def test_a_withdrawn_value_stays_readable_and_may_be_said_anew() -> None:
    organisation = enterprise()
    row = fact(organisation, "employees_total", 320, period="2022")
    with pytest.raises(ReasonMissing):
        withdraw_fact(row, actor=cast.machine(), reason=" ")
    gone = withdraw_fact(row, actor=cast.machine(), reason="填错企业")
    assert rows(organisation) == [(Decimal(320), False, False), (None, True, True)]
    with pytest.raises(StepRefused):
        withdraw_fact(gone, actor=cast.machine(), reason="再撤")
    fact(organisation, "employees_total", 320, period="2022")
    assert rows(organisation)[-1] == (Decimal(320), False, True)


def test_a_later_day_replaces_and_an_earlier_day_joins_the_past() -> None:
    organisation = enterprise()
    fact(organisation, "park", "滨江园区", as_of=date(2023, 1, 1))
    later = fact(organisation, "park", "儒溪园区", as_of=date(2023, 6, 1))
    early = fact(organisation, "park", "三湾园区", as_of=date(2020, 1, 1))
    again = fact(organisation, "park", "三湾园区", as_of=date(2020, 1, 1))
    standing = Fact.objects.get(organisation=organisation, superseded_at__isnull=True)
    assert standing.pk == later.pk
    assert early.superseded_at is not None
    assert again.pk == later.pk  # the row that stands; nothing was added
    assert Fact.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "value", "more", "field", "said"),
    [
        ("revenue", "1", {"period": "2022H1"}, "period", "年度写成2022"),
        ("revenue", "1", {"period": ""}, "period", "年度写成2022"),
        ("revenue", "1", {"period": "2099"}, "period", "还没有到"),
        ("revenue", "10000000000000", {"period": "2022"}, "value", "超出"),
        ("revenue", None, {"period": "2022"}, "value", "不掌握的不登记"),
        ("employees_total", -1, {"period": "2022"}, "value", "负数"),
        ("park", "滨江", {}, "as_of", "请填写截至日期"),
        ("park", "滨江", {"as_of": date(2099, 1, 1)}, "as_of", "还没有到"),
        ("park", "滨江", {"as_of": date(2023, 1, 1), "period": "2022"}, "period", "不按年填写"),
        ("legal_type", "公司", {"as_of": date(2023, 1, 1)}, "value", "不在可选值中"),
        ("niche_market_start_date", "2023-02-01", {"as_of": date(2023, 1, 1)}, "value", "晚于"),
        ("revenue", "1", {"period": "2022", "source": "  "}, "source", "请填写数据来源"),
        ("revenue", "1", {"period": "2022", "source_class": "道听途说"}, "source_class", "来源类别"),
        ("established_date", "2019-03-01", {}, "fact", "企业库"),
        ("net_assets", "1", {"period": "2022"}, "fact", "由其他数据算出"),
        ("profits", "1", {"period": "2022"}, "fact", "数据字典中没有"),
    ],
)
def test_what_the_vocabulary_does_not_allow_is_refused(
    name: str, value: Any, more: dict[str, Any], field: str, said: str
) -> None:
    organisation = enterprise()
    with pytest.raises(RowInvalid) as refused:
        record_facts([given(organisation, name, value, **more)], region=cast.REGION, actor=cast.machine())
    assert said in refused.value.fields[field][0]
    assert not Fact.objects.exists()


def test_an_office_writes_its_own_and_corrects_nobody_elses() -> None:
    organisation = enterprise()
    own, other = cast.offices()
    clerk = cast.actor(Role.CLERK)
    fact(organisation, "revenue", "100.00", period="2022", actor=clerk)
    theirs = fact(organisation, "revenue", "100.00", period="2021", office=other.pk)
    for act in (
        lambda: fact(organisation, "revenue", "1.00", period="2020", actor=clerk, office=other.pk),
        lambda: correct_fact(theirs, "1.00", actor=clerk, reason="试"),
        lambda: withdraw_fact(theirs, actor=clerk, reason="试"),
        lambda: fact(organisation, "revenue", "1.00", period="2021", actor=clerk, reason="试"),
        lambda: fact(
            organisation, "revenue", "1.00", period="2020", actor=cast.actor(Role.DEPUTY), office=own.pk
        ),
    ):
        with pytest.raises(AccessRefused), transaction.atomic():
            act()
    assert [row[0] for row in rows(organisation)] == [Decimal(100), Decimal(100)]


def test_many_at_once_write_one_audit_row_for_each_organisation() -> None:
    first, second = enterprise(1), enterprise(2)
    fact(first, "revenue", "1.00", period="2021")
    before = AuditEvent.objects.count()
    entries = [
        given(one, "revenue", f"{year}.00", period=str(year))
        for one in (first, second)
        for year in (2021, 2022)
    ]
    done = record_facts(entries, region=cast.REGION, actor=cast.machine(), reason="年报")
    assert (len(done.created), len(done.corrected), done.unchanged) == (3, 1, 0)
    assert AuditEvent.objects.count() == before + 2
    again = record_facts(entries, region=cast.REGION, actor=cast.machine(), reason="年报")
    assert (len(again.created), len(again.corrected), again.unchanged) == (0, 0, 4)
    assert AuditEvent.objects.count() == before + 2


def test_one_act_does_not_say_two_things_of_one_source() -> None:
    organisation = enterprise()
    entries = [given(organisation, "revenue", value, period="2022") for value in ("1.00", "2.00")]
    with pytest.raises(RowInvalid):
        record_facts(entries, region=cast.REGION, actor=cast.machine())
    assert not Fact.objects.exists()
    record_facts([entries[0], entries[0]], region=cast.REGION, actor=cast.machine())
    assert Fact.objects.count() == 1


def test_taking_back_restores_what_stood_unless_it_was_corrected_since() -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "1.00", period="2020")
    fact(organisation, "revenue", "2.00", period="2021")
    entries = [given(organisation, "revenue", "9.00", period=str(year)) for year in (2020, 2021, 2022)]
    done = record_facts(entries, region=cast.REGION, actor=cast.machine(), reason="导入")
    ids = [row.pk for row in (*done.created, *(new for new, _ in done.corrected))]
    changed = Fact.objects.get(period="2021", superseded_at__isnull=True)
    correct_fact(changed, "3.00", actor=cast.machine(), reason="核实")
    undone = take_back(ids, actor=cast.machine(), reason="撤销导入", region=cast.REGION)
    assert (len(undone.withdrawn), len(undone.restored), undone.kept) == (1, 1, [changed.pk])
    standing = Fact.objects.filter(superseded_at__isnull=True).order_by("period")
    assert [(row.period, row.value) for row in standing] == [
        ("2020", Decimal(1)),
        ("2021", Decimal(3)),
        ("2022", None),
    ]
    assert AuditEvent.objects.latest("pk").reason == "撤销导入"
    twice = take_back(ids, actor=cast.machine(), reason="撤销导入", region=cast.REGION)
    assert (twice.withdrawn, twice.restored, len(twice.kept)) == ([], [], 3)


def test_sql_under_the_applications_role_overwrites_nothing() -> None:
    row = fact(enterprise(), "revenue", "1.00", period="2022")
    for statement in (
        "UPDATE registry_fact SET number = 2 WHERE id = %s",
        "DELETE FROM registry_fact WHERE id = %s",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])
    assert Fact.objects.get(pk=row.pk).value == Decimal(1)
