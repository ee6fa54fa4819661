"""一企一档: everything of one enterprise on one page, in place edits, the export and who may see what."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests import cast
from tests.registry.facts.rows import AUDITED, SELF, STATISTICS, enterprise, fact
from wanqi.core.actions import attach
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.models import Project
from wanqi.registry.models import (
    Activity,
    Carrier,
    Engagement,
    Fact,
    ListingPlan,
    Nomination,
    Organisation,
    Patent,
    Person,
    PledgeLoan,
    Problem,
    Recognition,
    RecordRow,
    Trademark,
)

Pages = Callable[[Role | None], Client]


def held(model: Any, organisation: Organisation, **values: Any) -> Any:
    return model.objects.create(
        region_id=cast.REGION, organisation=organisation, office=cast.offices()[0], **values
    )


def dossier(organisation: Organisation, *, years: int = 3, rows: int = 1) -> None:
    """Give an enterprise facts of so many years and so many rows of every register."""
    for year in range(2025 - years, 2025):
        fact(organisation, "revenue", f"{year * 1000}.00", period=str(year))
        fact(organisation, "employees_total", year, period=str(year))
    fact(organisation, "revenue", "5.00", period="2024", **AUDITED)
    fact(organisation, "park", "滨江园区")
    for number in range(rows):
        day = date(2024, 1, 1 + number % 28)
        held(Recognition, organisation, holder_name=organisation.name, programme="cn.high-tech", granted_on=day,
             valid_until=date(2026 + number % 3, 12, 31), batch=str(number))  # fmt: skip
        held(
            Nomination,
            organisation,
            holder_name=organisation.name,
            programme="cn.srdi-sme",
            batch=str(number),
        )
        held(Patent, organisation, number=f"{organisation.pk}-{number}", title="一种浮标", kind="发明专利",
             granted_on=day, applied_on=date(2022, 5, 1), owner_name="甲")  # fmt: skip
        held(
            Trademark,
            organisation,
            number=f"{organisation.pk}-{number}",
            name="万帆",
            registered_on=day,
            owner_name="甲",
        )
        person = Person.objects.create(region_id=cast.REGION, name=f"张工{number}", phone="13812345678")
        held(Engagement, organisation, person=person)
        held(Activity, organisation, kind="走访", title="走访企业", on=day)
        held(Problem, organisation, enterprise_name=organisation.name, title="用电", raised_on=day)
        held(
            PledgeLoan, organisation, borrower_name="甲", amount=Decimal("1000000"), lender=f"农商行{number}"
        )


def page_of(client: Client, organisation: Organisation) -> str:
    answer = client.get(f"/enterprise/{organisation.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_what_every_register_holds(signed_in: Pages) -> None:
    organisation = enterprise(former_names=["临湘旧厂"])
    dossier(organisation)
    page = page_of(signed_in(Role.CLERK), organisation)
    for words in (
        organisation.name,
        "临湘旧厂",
        "有机化学原料制造",
        "属绿色化工产业集群",
        "高新技术企业",
        "将于2026-12-31到期" if timezone.localdate() > date(2026, 10, 2) else "持有",
        "摸底",
        "一种浮标",
        "已授权",
        "万帆",
        "张工0",
        "用电",
        "待交办",
        "1,000,000",
        "滨江园区",
        "历年知识产权",
    ):
        assert words in page, words
    assert "≠" in page  # 2024 revenue: two sources
    assert "13812345678" not in page
    assert page.count('class="spark"') >= 1
    assert f"/organisations/{organisation.pk}/" in page


def test_an_enterprise_of_which_nothing_is_known_says_what_to_do_first(signed_in: Pages) -> None:
    page = page_of(signed_in(Role.CLERK), enterprise())
    assert "还没有企业数据" in page
    assert "尚无内容的部分" in page
    assert "尚缺数据" in page
    assert page.index("营业收入（") < page.index("其余")  # most programmes ask for it
    assert "个事项要用" in page
    assert "由企业（审计报告）、税务局提供" in page


def test_what_only_statistics_know_is_still_missing(signed_in: Pages) -> None:
    organisation = enterprise()
    year = str(timezone.localdate().year - 1)
    clerk = signed_in(Role.CLERK)
    fact(organisation, "revenue", "1.00", period=year, **STATISTICS)
    assert f"营业收入（{year}年）" in page_of(clerk, organisation)
    fact(organisation, "revenue", "1.00", period=year)
    assert f"营业收入（{year}年）" not in page_of(clerk, organisation)


def asked_by(client: Client, organisation: Organisation) -> list[str]:
    """Return what a page asks the database, but for what is asked by the clock: the session and the region's pack."""
    with CaptureQueriesContext(connection) as captured:
        page_of(client, organisation)
    by_clock = ("django_session", "core_packfile")
    return [
        one["sql"] for one in captured.captured_queries if not any(name in one["sql"] for name in by_clock)
    ]


def test_the_number_of_queries_does_not_grow_with_the_rows(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    small, large = enterprise(1), enterprise(2)
    dossier(small)
    dossier(large, years=10, rows=12)
    file = attach(
        "佐证.pdf", b"%PDF-", content_type="application/pdf", region=cast.REGION, actor=cast.machine()
    )
    for number, organisation in enumerate((small, *[large] * 12)):
        given = {"evidence": file} if organisation is large else {}
        held(Carrier, organisation, name=f"平台{number}", kind="其他", host_name="甲", **given)
        held(ListingPlan, organisation, company_name=f"甲{number}", **given)
        held(Project, organisation, title=f"项目{number}", kind="技改项目", **given)
        held(RecordRow, organisation, kind="standards", values={"level": "国家"}, label=f"{number}", **given)
    for model in (Recognition, Nomination, Patent, Trademark, Engagement, Activity, Problem, PledgeLoan):
        model.objects.filter(organisation=large).update(evidence=file)
    clerk.get("/")  # what a session and a process ask once in a while
    few, many = asked_by(clerk, small), asked_by(clerk, large)
    assert len(many) == len(few) == 22, "\n".join(many)
    assert page_of(clerk, large).count("佐证.pdf") == 50


def test_the_page_is_reached_from_the_register(signed_in: Pages) -> None:
    organisation = enterprise()
    page = signed_in(Role.CLERK).get(f"/organisations/{organisation.pk}/").content.decode()
    assert f"/enterprise/{organisation.pk}/" in page


def test_a_value_opens_with_its_sources_and_its_past(signed_in: Pages) -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "12000000.00", period="2022")
    fact(organisation, "revenue", "13000000.00", period="2022", reason="笔误")
    fact(organisation, "revenue", "12500000.00", period="2022", **AUDITED)
    clerk = signed_in(Role.CLERK)
    address = f"/enterprise/{organisation.pk}/values/revenue/?period=2022"
    whole = clerk.get(address).content.decode()
    for words in (
        "1,250万元",
        "1,300万元",
        "1,200万元",
        "来源不一致",
        "按审计报告、税务、统计",
        "原因：笔误",
    ):
        assert words in whole
    part = clerk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="drawer-title"' in part
    assert clerk.get(f"/enterprise/{organisation.pk}/values/profits/").status_code == 404


def test_a_clerk_records_corrects_and_withdraws_in_place(signed_in: Pages) -> None:
    organisation = enterprise()
    clerk = signed_in(Role.CLERK)
    assert "optgroup" in clerk.get(f"/enterprise/{organisation.pk}/record/").content.decode()
    address = f"/enterprise/{organisation.pk}/record/?fact=revenue&period=2022"
    assert 'value="2022"' in clerk.get(address).content.decode()
    given = {
        "value": "1,234.5万",
        "period": "2022",
        **SELF,
        "office": cast.offices()[0].pk,
        "evidence_file": SimpleUploadedFile("年报.pdf", b"%PDF-1.7"),
    }
    answer = clerk.post(address, given)
    assert answer["Location"] == f"/enterprise/{organisation.pk}/#facts"
    row = Fact.objects.get()
    assert (row.value, row.evidence and row.evidence.name) == (Decimal(12345000), "年报.pdf")
    assert clerk.get(f"/enterprise/values/{row.pk}/file/").content == b"%PDF-1.7"
    other = {**given, "value": "1300", "evidence_file": ""}
    refused = clerk.post(address, other)
    assert refused.status_code == 422
    assert "属于更正，请写明原因" in refused.content.decode()
    clerk.post(f"/enterprise/values/{row.pk}/correct/", {"value": "1300", "reason": "按审计数"})
    new = Fact.objects.get(superseded_at__isnull=True)
    assert (new.value, new.reason, new.evidence_id) == (Decimal(13000000), "按审计数", row.evidence_id)
    assert (
        clerk.post(f"/enterprise/values/{row.pk}/correct/", {"value": "1", "reason": "旧"}).status_code == 409
    )
    no_reason = clerk.post(f"/enterprise/values/{new.pk}/withdraw/", {"reason": " "})
    assert no_reason.status_code == 422
    clerk.post(f"/enterprise/values/{new.pk}/withdraw/", {"reason": "填错企业"})
    assert Fact.objects.get(superseded_at__isnull=True).withdrawn
    page = page_of(clerk, organisation)
    for words in ("登记企业数据", "更正企业数据", "撤销企业数据", "填错企业"):
        assert words in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": "很多"}, "不是数字"),
        ({"value": ""}, "请填写营业收入"),
        ({"period": "2022H1"}, "年度写成2022"),
        ({"source_class": ""}, "请填写来源类别"),
        ({"source": ""}, "请填写数据来源"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_place(signed_in: Pages, given: dict[str, str], said: str) -> None:
    organisation = enterprise()
    whole = {"value": "1", "period": "2022", **SELF, "office": cast.offices()[0].pk, **given}
    answer = signed_in(Role.CLERK).post(f"/enterprise/{organisation.pk}/record/?fact=revenue", whole)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Fact.objects.exists()


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_export_has_everything_but_statistics_and_phones_and_is_logged(signed_in: Pages) -> None:
    organisation = enterprise()
    dossier(organisation, rows=2)
    fact(organisation, "revenue", "990000.00", period="2024", **STATISTICS)
    fact(organisation, "energy_total_tce", "77", period="2024", **STATISTICS)
    answer = signed_in(Role.CLERK).get(f"/enterprise/{organisation.pk}/export/")
    found = sheets(answer.content)
    assert {"基本情况", "企业数据", "称号和资格", "申报推荐", "专利", "商标", "人才", "企业诉求"} <= set(
        found
    )
    for name, lines in found.items():
        assert "经办人" in str(lines[0][0]), name
        assert str(timezone.localdate().year) in str(lines[0][0])
    text = str(found)
    assert "统计" not in text
    assert "13812345678" not in text
    said = [line[:7] for line in found["企业数据"]]
    assert ["营业收入", "2024", "", 0.0005, "万元", "采用", "审计报告"] in said
    assert ["营业收入", "2024", "", 202.4, "万元", "", "企业自报"] in said
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.target_id) == ("导出", str(organisation.pk))


READERS = {Role.CLERK, Role.HEAD, Role.DEPUTY, Role.LEADER, Role.AUDITOR}


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_pages_by_role(signed_in: Pages, role: Role | None) -> None:
    organisation = enterprise()
    row = fact(organisation, "revenue", "1.00", period="2022")
    client = signed_in(role)
    reads = role in READERS
    writes = role in {Role.CLERK, Role.HEAD}
    expected = {
        f"/enterprise/{organisation.pk}/": reads or role is Role.FINANCE,
        f"/enterprise/{organisation.pk}/values/revenue/?period=2022": reads,
        f"/enterprise/{organisation.pk}/export/": reads,
        f"/enterprise/{organisation.pk}/record/": writes,
        f"/enterprise/values/{row.pk}/correct/": writes,
        f"/enterprise/values/{row.pk}/withdraw/": writes,
    }
    assert {path: client.get(path).status_code for path in expected} == {
        path: 200 if allowed else 403 for path, allowed in expected.items()
    }


def test_finance_sees_the_enterprise_without_its_facts(signed_in: Pages) -> None:
    organisation = enterprise()
    dossier(organisation)
    page = page_of(signed_in(Role.FINANCE), organisation)
    assert organisation.name in page
    for words in ("企业数据", "营业收入", "一种浮标", "张工0", "高新技术企业"):
        assert words not in page


def test_histories_keep_values_from_who_may_not_read_them(signed_in: Pages) -> None:
    organisation = enterprise()
    fact(organisation, "revenue", "123450000.00", period="2022")
    fact(organisation, "revenue", "678900000.00", period="2022", **STATISTICS)
    address = f"/organisations/{organisation.pk}/"
    read = signed_in(Role.CLERK).get(address).content.decode()
    assert "12,345万元" in read
    assert "67,890" not in read
    assert "统计数据不写入日志" in read
    hidden = signed_in(Role.FINANCE).get(address).content.decode()
    assert "12,345" not in hidden
    trail = str(list(AuditEvent.objects.values_list("changes", flat=True)))
    assert "67,890" not in trail


def test_plans_to_go_public_stay_with_their_office_and_leaders(signed_in: Pages) -> None:
    organisation = enterprise()
    ListingPlan.objects.create(
        region_id=cast.REGION,
        organisation=organisation,
        office=cast.offices()[1],
        company_name="甲",
        board="北交所",
    )
    assert "北交所" not in page_of(signed_in(Role.CLERK), organisation)
    assert "北交所" in page_of(signed_in(Role.LEADER), organisation)
    answer = signed_in(Role.CLERK).get(f"/enterprise/{organisation.pk}/export/")
    assert "北交所" not in str(sheets(answer.content))


def test_another_offices_values_are_read_and_not_changed(signed_in: Pages) -> None:
    organisation = enterprise()
    row = fact(organisation, "revenue", "1.00", period="2022", office=cast.offices()[1].pk)
    clerk = signed_in(Role.CLERK)
    part = clerk.get(f"/enterprise/{organisation.pk}/values/revenue/?period=2022").content.decode()
    assert "更正</a>" not in part
    assert clerk.get(f"/enterprise/values/{row.pk}/correct/").status_code == 403
    assert clerk.post(f"/enterprise/values/{row.pk}/withdraw/", {"reason": "试"}).status_code == 403
    assert Fact.objects.get().superseded_at is None
