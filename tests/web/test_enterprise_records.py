"""企业记录 and 记录完整性: forms made of the vocabulary, pointers to the registers that keep a kind themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests import cast
from tests.registry.facts.rows import enterprise
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.core.history import timeline
from wanqi.core.models import Role
from wanqi.registry.actions import COVERAGES, RECORDS, correct_record
from wanqi.registry.models import RecordCoverage, RecordRow

Pages = Callable[[Role | None], Client]


def test_the_form_follows_the_kind_and_keeps_what_was_typed(signed_in: Pages) -> None:
    organisation = enterprise()
    clerk = signed_in(Role.CLERK)
    first = clerk.get(f"/records/new/?organisation={organisation.pk}").content.decode()
    assert "融资" in first
    assert "实缴金额" not in first
    page = clerk.get(f"/records/new/?organisation={organisation.pk}&kind=financing").content.decode()
    assert "实缴金额" in page
    assert organisation.name in page
    given = {
        "organisation": organisation.pk,
        "kind": "financing",
        "shape": "financing",
        "field_amount": "1,200万",
        "field_paid_on": "2023-05-06",
        "field_qualified": "是",
        "field_equity_share": "12.5%",
        "source": "增资协议",
        "office": cast.offices()[0].pk,
    }
    answer = clerk.post("/records/new/", given)
    row = RecordRow.objects.get()
    assert answer["Location"] == f"/records/{row.pk}/"
    assert row.values == {
        "amount": "12000000.00",
        "paid_on": "2023-05-06",
        "qualified": True,
        "equity_share": "0.125",
    }
    shown = clerk.get(f"/records/{row.pk}/").content.decode()
    assert "1,200元" not in shown
    assert "12,000,000元" in shown
    assert "12.5" in shown


def test_choosing_a_kind_without_a_script_leads_to_its_fields(signed_in: Pages) -> None:
    organisation = enterprise()
    given = {"organisation": organisation.pk, "kind": "standards", "office": cast.offices()[0].pk}
    answer = signed_in(Role.CLERK).post("/records/new/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请继续填写这一类记录的各项" in page
    assert "标准号" in page
    assert not RecordRow.objects.exists()


def test_a_correction_tells_the_fields_by_their_titles(signed_in: Pages) -> None:
    organisation = enterprise()
    row = RECORDS.create(
        {"organisation": organisation, "kind": "standards", "values": {"number": "GB/T 1", "level": "国家"},
         "office": cast.offices()[0]},
        actor=cast.machine(),
        region=cast.REGION,
    )  # fmt: skip
    clerk = signed_in(Role.CLERK)
    page = clerk.get(f"/records/{row.pk}/correct/").content.decode()
    assert 'value="GB/T 1"' in page
    given = {
        "organisation": organisation.pk,
        "kind": "standards",
        "field_number": "GB/T 2",
        "field_level": "国家",
        "office": cast.offices()[0].pk,
        "seen": row.version,
        "step": "review",
    }
    review = clerk.post(f"/records/{row.pk}/correct/", given).content.decode()
    assert "标准号：GB/T 2；级别：国家" in review
    clerk.post(f"/records/{row.pk}/correct/", {**given, "step": "confirm", "reason": "印错"})
    row.refresh_from_db()
    assert (row.values["number"], row.label, row.version) == ("GB/T 2", "GB/T 2", 2)
    assert timeline(row)[0].changes[0]["old"] == "标准号：GB/T 1；级别：国家"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values", "field", "said"),
    [
        ("titles", {"programme": "cn.high-tech"}, "kind", "登记在“认定记录”中"),
        ("sites", {"name": "一站"}, "kind", "登记在"),
        ("former_names", {"name": "旧厂"}, "kind", "曾用名"),
        ("ip", {"kind": "发明专利"}, "kind", "登记在“专利”台账"),
        ("ip", {"kind": "商标"}, "kind", "登记在“商标”台账"),
        ("ip", {"kind": "国防专利"}, "kind", "非涉密系统"),
        ("ip", {"title": "软件"}, "kind", "请填写种类"),
        ("wishes", {"a": 1}, "kind", "没有记录类别"),
        ("standards", {}, "", "请至少填写一项"),
        ("standards", {"level": "星际"}, "level", "不在可选值中"),
        ("standards", {"colour": "红"}, "", "没有“colour”这一项"),
        ("financing", {"amount": "-1"}, "amount", "负数"),
    ],
)
def test_what_belongs_elsewhere_or_nowhere_is_refused(
    kind: str, values: dict[str, object], field: str, said: str
) -> None:
    organisation = enterprise()
    given = {"organisation": organisation, "kind": kind, "values": values}
    with pytest.raises(RowInvalid) as refused:
        RECORDS.create(given, actor=cast.machine(), region=cast.REGION)
    assert said in refused.value.fields[field][0]
    assert not RecordRow.objects.exists()


@pytest.mark.django_db
def test_a_kind_cannot_be_changed() -> None:
    row = RECORDS.create(
        {"organisation": enterprise(), "kind": "standards", "values": {"number": "1"}},
        actor=cast.machine(),
        region=cast.REGION,
    )
    with pytest.raises(RowInvalid):
        correct_record(row, {"kind": "financing"}, actor=cast.machine(), reason="试")
    with pytest.raises(AccessRefused):
        correct_record(row, {"values": {"number": "2"}}, actor=cast.actor(Role.CLERK), reason="试")


@pytest.mark.django_db
def test_coverage_is_said_once_and_not_of_the_future() -> None:
    organisation = enterprise()
    given = {"organisation": organisation, "kind": "titles", "complete_until": date(2023, 6, 30)}
    row = COVERAGES.create(given, actor=cast.machine(), region=cast.REGION)
    for bad in (
        given,
        {**given, "kind": "incidents", "complete_until": date(2099, 1, 1)},
        {**given, "kind": "sites"},
    ):
        with pytest.raises(RowInvalid):
            COVERAGES.create(bad, actor=cast.machine(), region=cast.REGION)
    later = {"complete_until": date(2023, 9, 30)}
    assert COVERAGES.correct(row, later, actor=cast.machine(), reason="再核").version == 2
    assert RecordCoverage.objects.count() == 1


READERS = {Role.CLERK, Role.HEAD, Role.DEPUTY, Role.LEADER, Role.AUDITOR}


@pytest.mark.parametrize(
    "path", ["/records/", "/coverages/", "/records/export/", "/coverages/export/?format=csv"]
)
@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_lists_and_exports_open_for_their_readers_only(
    signed_in: Pages, role: Role | None, path: str
) -> None:
    answer = signed_in(role).get(path)
    assert answer.status_code == (200 if role in READERS else 403)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[arg-type]
    answer.close()
