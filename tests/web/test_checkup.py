"""政策体检: the page of an enterprise, what its own user reaches and never reaches, and corrections to their answer."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests import cast
from tests.registry.facts.rows import enterprise, fact
from wanqi.core.access import actor_of
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import Attachment, AuditEvent, Role, User
from wanqi.registry.actions import (
    accept_correction,
    propose_correction,
    refuse_correction,
    retract_correction,
)
from wanqi.registry.models import Fact, FactCorrection, Organisation

pytestmark = pytest.mark.django_db
DISCLAIMER = "系统比对结果仅供参考，以主管部门最终审核结果为准"
SECRET = "乙方秘密"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def own() -> Organisation:
    return enterprise(1)


@pytest.fixture
def firm(own: Organisation) -> Client:
    return client_of(cast.user(Role.ENTERPRISE, organisation=own))


def proposed(own: Organisation, **given: Any) -> FactCorrection:
    asked = {
        "section": "facts",
        "subject": "main_revenue",
        "period": "2025",
        "value": "20500000.00",
        "reason": "年度审计报告已出",
        **given,
    }
    user = User.objects.filter(grants__organisation=own.pk).first() or cast.user(
        Role.ENTERPRISE, organisation=own, username=f"firm-{own.pk}"
    )
    return propose_correction(own, actor=actor_of(user), **asked)


# --- the page -----------------------------------------------------------------------------------------


def test_the_page_says_where_it_stands_and_that_the_authority_decides(
    firm: Client, own: Organisation
) -> None:
    fact(own, "main_revenue", "19000000.00", period="2025")
    page = firm.get(reverse("checkup", args=[own.pk])).content.decode()
    assert page.count(DISCLAIMER) >= 2
    assert "规模以上工业企业" in page
    assert "差 100万元" in page
    assert "2025年度数据已经确定，不能更改" in page
    assert 'role="img" aria-label="第1级：' in page
    drawer = firm.get(
        reverse("checkup.condition", args=[own.pk, "cn.above-scale", "revenue"])
    ).content.decode()
    assert "统计范围" in drawer
    assert "企业填报（企业自报）" in drawer
    assert "提出更正" in drawer


def test_a_clerk_opens_the_same_page_and_a_reporter_does_not(own: Organisation) -> None:
    address = reverse("checkup", args=[own.pk])
    clerk = client_of(cast.user(Role.CLERK)).get(address)
    assert clerk.status_code == 200
    assert "登记" in clerk.content.decode()
    assert client_of(cast.user(Role.REPORTER)).get(address).status_code == 403
    assert client_of(cast.user(None)).get(address).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_facts(
    own: Organisation, django_assert_max_num_queries: Any
) -> None:
    for year in range(2015, 2026):
        fact(own, "revenue", f"{year}0000.00", period=str(year))
    clerk = client_of(cast.user(Role.CLERK))
    with django_assert_max_num_queries(30):
        clerk.get(reverse("checkup", args=[own.pk]))


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_report_is_logged_and_what_a_clerk_takes_is_kept(
    own: Organisation, form: str, begins: bytes
) -> None:
    from wanqi.policies.models import Determination

    address = reverse("checkup.report", args=[own.pk, form])
    answer = client_of(cast.user(Role.ENTERPRISE, organisation=own)).get(address)
    assert answer.content.startswith(begins)
    assert not Determination.objects.exists()
    assert client_of(cast.user(Role.CLERK)).get(address).content.startswith(begins)
    assert 1 < Determination.objects.filter(organisation=own, purpose="一企一策·政策篇").count() <= 12
    assert AuditEvent.objects.filter(verb="导出", target_id=str(own.pk)).count() == 2
    assert (
        client_of(cast.user(Role.LEADER)).get(reverse("checkup.report", args=[own.pk, "exe"])).status_code
        == 404
    )


# --- strangers ----------------------------------------------------------------------------------------


PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
SAMPLES = {"format": "xlsx", "form": "docx", "programme": "cn.above-scale", "condition": "revenue"}


def addresses(pk: str, resolver: URLResolver | None = None, above: str = "/") -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every page of every door, with the given id wherever it takes one."""
    for each in (resolver or get_resolver()).url_patterns:
        route = above + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from addresses(pk, each, route)
            continue
        address = PLACE.sub(
            lambda found: SAMPLES.get(found[2], pk if found[1] != "slug" else "revenue"), route
        )
        yield str(each.name or each.pattern), address


NUMBER = "31415926"  # as registered, with commas, and in 万元


def leaked(answer: Any) -> bool:
    """Return whether an answer tells what is another's: in a page, in JSON, inside a workbook or a Word file."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    texts = [body.decode(errors="ignore").replace(f'value="{SECRET}"', "")]
    if answer.get("Content-Type", "").startswith("application/json"):
        texts.append(json.dumps(json.loads(body), ensure_ascii=False))
    if body.startswith(b"PK"):
        inside = zipfile.ZipFile(io.BytesIO(body))
        texts += [inside.read(name).decode(errors="ignore") for name in inside.namelist()]
    told = (SECRET, NUMBER, "31,415,926", "3141.5926", "3,141.5926")
    return any(one in text for text in texts for one in told)


def test_what_leaks_is_found() -> None:
    """The walk below reads what it should: a number in JSON, a name in a workbook."""
    page = HttpResponse(json.dumps({"name": SECRET}), content_type="application/json")
    assert leaked(page)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{SECRET}</t>")
    assert leaked(HttpResponse(content.getvalue()))
    assert not leaked(HttpResponse(f'<input value="{SECRET}">'))


def test_one_enterprise_never_sees_anothers_row_by_any_address(firm: Client, own: Organisation) -> None:
    other = enterprise(2, name=f"{SECRET}有限公司")
    row = fact(other, "revenue", "31415926.00", period="2024", source=SECRET)
    theirs = proposed(other, told=SECRET, reason=SECRET)
    ids = {str(one) for one in (other.pk, row.pk, theirs.pk)}
    told, open_pages = [], set()
    known = {address: name for pk in ids for name, address in addresses(pk)}
    for address, name in known.items():
        # Search, filters, chosen rows of an export, and what pages take beside their address.
        asked = (
            f"q={SECRET}&text={SECRET}&organisation={other.pk}&pick={other.pk}&pk={other.pk}&id={other.pk}"
        )
        for answer in (
            firm.get(f"{address}?{asked}"),
            firm.post(address, {"pk": other.pk, "pick": other.pk}),
        ):
            if leaked(answer):
                told.append((name, address))
            if answer.status_code == 200 and not address.startswith(("/accounts/", "/portal/", "/api/")):
                open_pages.add(name)
    assert told == []
    assert {"checkup", "checkup.report", "correction.file", "organisation_check", "search"} <= set(
        known.values()
    )
    assert any("export" in name or "xlsx" in name for name in known.values())
    assert open_pages <= {"home", "my.checkup", "my.data", "corrections"}
    assert Organisation.objects.get(pk=other.pk).version == other.version
    assert FactCorrection.objects.get(pk=theirs.pk).state == "待办理"


def test_should_a_page_forget_to_ask_the_database_still_refuses(own: Organisation) -> None:
    from wanqi.core.enterprise import own_rows

    other = enterprise(2)
    fact(other, "revenue", "1.00", period="2024")
    mine = fact(own, "revenue", "2.00", period="2024")
    fact(own, "revenue", "3.00", period="2024", source_class="统计", source="统计年报")
    proposed(other)
    with own_rows(own.pk, user=1):
        assert list(Organisation.objects.values_list("pk", flat=True)) == [own.pk]
        assert list(Fact.objects.values_list("pk", flat=True)) == [mine.pk]
        assert not FactCorrection.objects.exists()
        assert not Attachment.objects.exists()


# --- corrections --------------------------------------------------------------------------------------


def test_a_correction_goes_from_the_enterprise_to_the_register(firm: Client, own: Organisation) -> None:
    asked = reverse("correction.propose", args=[own.pk]) + "?section=facts&subject=main_revenue&period=2025"
    proof = SimpleUploadedFile("审计报告.pdf", b"%PDF-1.4 proof", content_type="application/pdf")
    sent = {"value": "2,050", "period": "2025", "reason": "年度审计报告已出", "file": proof}
    assert firm.post(asked, sent)["Location"] == reverse("checkup", args=[own.pk])
    row = FactCorrection.objects.get()
    assert (row.state, row.value, row.told, row.organisation_id) == (
        "待办理",
        "20500000.00",
        "2,050万元",
        own.pk,
    )
    assert firm.get(reverse("correction.file", args=[row.pk])).content == b"%PDF-1.4 proof"
    clerk = client_of(cast.user(Role.CLERK))
    assert "企业更正申请待办理" in clerk.get("/").content.decode()
    taken = {"source_class": "审计报告", "source": "2025年度审计报告", "answer": "已核对"}
    assert clerk.post(reverse("correction.accept", args=[row.pk]), taken).status_code == 302
    new = Fact.objects.get(organisation=own, fact="main_revenue")
    assert (new.number, new.source_class, new.evidence_id, new.period) == (
        20500000,
        "审计报告",
        row.file_id,
        "2025",
    )
    row.refresh_from_db()
    assert (row.state, row.fact_id) == ("已采纳", new.pk)
    assert "已核对" in firm.get(reverse("correction", args=[row.pk])).content.decode()
    page = firm.get(reverse("checkup", args=[own.pk]))
    assert page.context["found"].programme("cn.above-scale").word == "符合条件"


def test_another_year_than_the_one_opened_is_compared_with_its_own_value(
    firm: Client, own: Organisation
) -> None:
    fact(own, "main_revenue", "19000000.00", period="2025")
    fact(own, "main_revenue", "8000000.00", period="2024")
    asked = reverse("correction.propose", args=[own.pk]) + "?section=facts&subject=main_revenue&period=2025"
    sent = {"value": "850", "period": "2024年度", "reason": "年度审计报告已出"}
    page = firm.post(asked, sent, follow=True).content.decode()
    row = FactCorrection.objects.get()
    assert (row.period, row.before, row.told) == ("2024", "800万元", "850万元")
    assert "已提出：2024年度主营业务收入 850万元" in page


def test_a_clerk_is_told_when_what_was_taken_is_not_what_is_used(own: Organisation) -> None:
    fact(
        own, "main_revenue", "19000000.00", period="2025", source_class="审计报告", source="2025年度审计报告"
    )
    row, clerk = proposed(own), client_of(cast.user(Role.CLERK))
    page = clerk.get(reverse("correction", args=[row.pk])).content.decode()
    assert "1,900万元（审计报告，2025年度审计报告）" in page
    taken = {"source_class": "企业自报", "source": "企业更正申请", "answer": ""}
    said = clerk.post(reverse("correction.accept", args=[row.pk]), taken, follow=True).content.decode()
    assert "但“审计报告”的数据优先，比对仍用1,900万元（审计报告，2025年度审计报告）" in said
    assert "比对结果随之更新" not in said


def test_a_refusal_tells_why_and_leaves_the_register(own: Organisation) -> None:
    row, clerk = proposed(own), cast.actor(Role.CLERK)
    with pytest.raises(RowInvalid):
        refuse_correction(row, actor=clerk, reason=" ")
    refuse_correction(row, actor=clerk, reason="审计报告没有赋码")
    row.refresh_from_db()
    assert (row.state, row.answer) == ("未采纳", "审计报告没有赋码")
    assert not Fact.objects.filter(organisation=own).exists()
    with pytest.raises(StepRefused):
        accept_correction(row, actor=clerk)


def test_what_is_open_is_not_asked_twice_and_may_be_taken_back(own: Organisation) -> None:
    row = proposed(own)
    with pytest.raises(RowInvalid, match="已有待办理的更正申请"):
        proposed(own)
    me = actor_of(User.objects.get(grants__organisation=own.pk))
    with pytest.raises(AccessRefused):
        retract_correction(row, actor=cast.actor(Role.CLERK))
    assert retract_correction(row, actor=me).state == "已撤回"
    assert proposed(own).state == "待办理"


def test_wrong_corrections_are_refused_with_what_to_write(firm: Client, own: Organisation) -> None:
    address = reverse("correction.propose", args=[own.pk])
    assert firm.get(f"{address}?section=facts&subject=nothing").status_code == 404
    wrong = firm.post(
        f"{address}?section=facts&subject=main_revenue", {"value": "很多", "period": "2025", "reason": "x"}
    )
    assert wrong.status_code == 422
    assert "不是数字" in wrong.content.decode()
    early = firm.post(
        f"{address}?section=facts&subject=main_revenue", {"value": "1", "period": "2199", "reason": "x"}
    )
    assert (early.status_code, "还没有到" in early.content.decode()) == (422, True)
    long = firm.post(
        f"{address}?section=facts&subject=main_revenue",
        {"value": "1", "period": "2025", "reason": "长" * 501},
    )
    assert "有501个字，请写在500字以内。" in long.content.decode()
    assert firm.post(f"{address}?section=facts&subject=main_revenue", {}).status_code == 422
    empty = firm.post(f"{address}?section=records&subject=ip", {"told": "", "reason": "x"})
    assert empty.status_code == 422
    assert not FactCorrection.objects.exists()


def test_nobody_asks_for_another_enterprise_and_only_clerks_answer(own: Organisation) -> None:
    other, row = enterprise(2), proposed(own)
    stranger = actor_of(cast.user(Role.ENTERPRISE, organisation=other, username="other"))
    with pytest.raises(AccessRefused):
        propose_correction(
            own, section="facts", subject="main_revenue", value="1.00", reason="试", actor=stranger
        )
    for role in (Role.LEADER, Role.AUDITOR, Role.REPORTER):
        with pytest.raises(AccessRefused):
            accept_correction(row, actor=cast.actor(role))
    with pytest.raises(AccessRefused):
        accept_correction(row, actor=stranger)
    row.refresh_from_db()
    assert row.state == "待办理"
