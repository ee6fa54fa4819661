"""Writing in a register through its pages: what is refused changes nothing; what is filled in is never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import cast
from tests.web import rows
from wanqi.core.models import AuditEvent, Role
from wanqi.policies.actions import create_document
from wanqi.policies.clauses import Piece
from wanqi.policies.models import Document
from wanqi.projects.models import Site
from wanqi.registry.models import Organisation

Pages = Callable[[Role | None], Client]


def filled(site: Site, **changed: str) -> dict[str, str]:
    """Return the station's form as it stands, with some fields changed."""
    return {
        "site_code": site.site_code,
        "name": site.name,
        "technology": site.technology,
        "operator": site.operator,
        "area": str(site.area_id or ""),
        "built_on": site.built_on.isoformat() if site.built_on else "",
        "opened_on": site.opened_on.isoformat() if site.opened_on else "",
        "source": site.source,
        "office": str(site.office_id or ""),
        "unit": str(site.unit_id or ""),
        "seen": str(site.version),
        **changed,
    }


def test_a_station_is_registered_with_its_first_history(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    given = {
        "site_code": "N-1",
        "name": "新站",
        "technology": "5G",
        "operator": "移动",
        "area": cast.area().pk,
        "opened_on": "2023-06-20",
        "office": cast.offices()[0].pk,
        "step": "create",
    }
    answer = clerk.post("/sites/new/", given)
    made = Site.objects.get(site_code="N-1")
    assert answer["Location"] == f"/sites/{made.pk}/"
    page = clerk.get(answer["Location"]).content.decode()
    assert "已登记：新站" in page
    assert "2023年6月20日" in page


def test_a_wrong_form_is_told_at_the_field_and_keeps_what_was_filled(signed_in: Pages) -> None:
    answer = signed_in(Role.CLERK).post(
        "/organisations/new/",
        {"name": "某某公司", "credit_code": "123", "kind": "enterprise", "office": cast.offices()[0].pk},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "统一社会信用代码应为18位，现为3位。" in page
    assert 'value="某某公司"' in page
    assert Organisation.objects.count() == 0


def test_an_industry_that_the_standard_does_not_have_is_refused_with_its_neighbours(signed_in: Pages) -> None:
    given = {"name": "某某公司", "kind": "enterprise", "office": cast.offices()[0].pk, "step": "create"}
    answer = signed_in(Role.CLERK).post("/organisations/new/", {**given, "gbt4754_code": "2615"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "国民经济行业分类中没有“2615”。相近的有：2611 无机酸制造、2612 无机碱制造" in page
    assert Organisation.objects.count() == 0

    answer = signed_in(Role.CLERK).post("/organisations/new/", {**given, "gbt4754_code": "2614"})
    assert "2614　有机化学原料制造" in signed_in(Role.CLERK).get(answer["Location"]).content.decode()


def test_a_correction_shows_what_changes_before_it_asks_why(signed_in: Pages) -> None:
    site = cast.site()
    answer = signed_in(Role.CLERK).post(
        f"/sites/{site.pk}/correct/", filled(site, opened_on="2023-07-02", step="review")
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2023-06-15" in page
    assert "2023-07-02" in page
    assert "确认更正" in page
    site.refresh_from_db()
    assert site.opened_on is not None
    assert site.opened_on.isoformat() == "2023-06-15"


def test_a_correction_without_a_reason_changes_nothing(signed_in: Pages) -> None:
    site = cast.site()
    answer = signed_in(Role.CLERK).post(
        f"/sites/{site.pk}/correct/", filled(site, opened_on="2023-07-02", step="confirm", reason=" ")
    )
    assert answer.status_code == 422
    assert "请填写原因" in answer.content.decode()
    site.refresh_from_db()
    assert site.version == 1


def test_a_correction_with_its_reason_stands_in_the_history(signed_in: Pages) -> None:
    site = cast.site()
    clerk = signed_in(Role.CLERK)
    answer = clerk.post(
        f"/sites/{site.pk}/correct/",
        filled(site, opened_on="2023-07-02", step="confirm", reason="铁塔来函", next="/sites/?q=S-1"),
    )
    assert answer["Location"] == "/sites/?q=S-1"
    page = clerk.get(f"/sites/{site.pk}/").content.decode()
    assert "<del>2023-06-15</del>" in page
    assert "<ins>2023-07-02</ins>" in page
    assert "原因：铁塔来函" in page


def test_a_next_address_elsewhere_is_not_followed(signed_in: Pages) -> None:
    site = cast.site()
    answer = signed_in(Role.CLERK).post(
        f"/sites/{site.pk}/correct/",
        filled(
            site, opened_on="2023-07-02", step="confirm", reason="来函", next="https://elsewhere.example/"
        ),
    )
    assert answer["Location"] == f"/sites/{site.pk}/"


def test_a_form_without_a_change_says_so(signed_in: Pages) -> None:
    site = cast.site()
    answer = signed_in(Role.CLERK).post(f"/sites/{site.pk}/correct/", filled(site, step="review"))
    assert answer.status_code == 422
    assert "没有改动" in answer.content.decode()


def test_somebody_elses_change_is_shown_and_nothing_is_lost(signed_in: Pages) -> None:
    site = cast.site()
    form = filled(site, opened_on="2023-07-02", step="confirm", reason="铁塔来函")
    head = signed_in(Role.HEAD)
    head.post(
        f"/sites/{site.pk}/correct/", filled(site, operator="电信", step="confirm", reason="核实运营商")
    )
    clerk = signed_in(Role.CLERK)
    answer = clerk.post(f"/sites/{site.pk}/correct/", form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "该记录已被股室负责人于" in page
    assert "铁塔来函" in page
    assert "2023-07-02" in page
    site.refresh_from_db()
    assert (site.version, site.operator, str(site.opened_on)) == (2, "电信", "2023-06-15")


def test_after_the_others_change_was_seen_the_correction_goes_through(signed_in: Pages) -> None:
    site = cast.site()
    stale = filled(site, opened_on="2023-07-02", step="confirm", reason="铁塔来函")
    signed_in(Role.HEAD).post(
        f"/sites/{site.pk}/correct/", filled(site, name="改名站", step="confirm", reason="核实名称")
    )
    clerk = signed_in(Role.CLERK)
    clerk.post(f"/sites/{site.pk}/correct/", stale)
    site.refresh_from_db()
    answer = clerk.post(f"/sites/{site.pk}/correct/", {**stale, "name": "改名站", "seen": str(site.version)})
    assert answer.status_code == 302
    site.refresh_from_db()
    assert (site.name, str(site.opened_on)) == ("改名站", "2023-07-02")


def test_another_sections_row_is_seen_but_not_changed(signed_in: Pages) -> None:
    site = cast.site(office=cast.offices()[1])
    clerk = signed_in(Role.CLERK)
    page = clerk.get(f"/sites/{site.pk}/").content.decode()
    assert "可办事项" not in page
    answer = clerk.post(f"/sites/{site.pk}/correct/", filled(site, name="改名", step="confirm", reason="试"))
    assert answer.status_code == 403
    site.refresh_from_db()
    assert site.name == "S-1站"


def test_a_reporter_sees_the_own_units_rows_and_no_others(signed_in: Pages) -> None:
    own = cast.site("OWN-1")
    other = cast.site("OTHER-1", unit=cast.units()[1])
    reporter = signed_in(Role.REPORTER)
    page = reporter.get("/sites/").content.decode()
    assert "OWN-1" in page
    assert "OTHER-1" not in page
    assert reporter.get(f"/sites/{own.pk}/").status_code == 200
    missing = reporter.get(f"/sites/{other.pk}/")
    never = reporter.get("/sites/999999/")
    assert (missing.status_code, never.status_code) == (404, 404)
    assert "没有找到这条记录，或您无权查看。" in missing.content.decode()


def test_a_withdrawal_asks_why_and_can_be_undone(signed_in: Pages) -> None:
    site = cast.site()
    clerk = signed_in(Role.CLERK)
    assert clerk.post(f"/sites/{site.pk}/withdraw/", {"reason": ""}).status_code == 422
    site.refresh_from_db()
    assert site.withdrawn_at is None
    gone = clerk.post(f"/sites/{site.pk}/withdraw/", {"reason": "重复登记"}, follow=True)
    assert "已撤销：S-1站" in gone.content.decode()
    assert "S-1站" not in clerk.get("/sites/").content.decode()
    assert "S-1站" in clerk.get("/sites/?state=withdrawn").content.decode()
    assert "已撤销" in clerk.get(f"/sites/{site.pk}/").content.decode()
    clerk.post(f"/sites/{site.pk}/restore/", {"reason": "核实后并非重复"})
    assert "S-1站" in clerk.get("/sites/").content.decode()


def test_a_readers_page_offers_nothing_to_write(signed_in: Pages) -> None:
    site = cast.site()
    leader = signed_in(Role.LEADER)
    page = leader.get(f"/sites/{site.pk}/").content.decode()
    assert "更正" not in page
    assert leader.get(f"/sites/{site.pk}/correct/").status_code == 403
    assert leader.get("/sites/new/").status_code == 403


def test_a_documents_text_becomes_its_clauses(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    given = {
        "title": "某办法",
        "code": "way",
        "kind": "policy",
        "office": cast.offices()[0].pk,
        "step": "create",
    }
    clerk.post("/documents/new/", {**given, "text": "第一条 甲\n第二条 乙"})
    made = Document.objects.get(code="way")
    assert list(made.clauses.order_by("position").values_list("label", flat=True)) == ["第一条", "第二条"]
    form = {**given, "text": "第一条 甲\n第二条 丙", "seen": made.version}
    review = clerk.post(f"/documents/{made.pk}/correct/", {**form, "step": "review"}).content.decode()
    assert "条款原文" in review
    clerk.post(f"/documents/{made.pk}/correct/", {**form, "step": "confirm", "reason": "订正"})
    assert made.clauses.get(position=2).text == "第二条 丙"


def test_an_untouched_text_keeps_its_clauses_and_their_labels(signed_in: Pages) -> None:
    pieces = (Piece("引言", "今年以来。"), Piece("二、第2句", "完成120个。"))
    made = create_document(
        {"code": "report", "title": "报告", "office": cast.offices()[0]},
        actor=cast.machine(),
        region=cast.REGION,
        pieces=pieces,
    )
    kept = list(made.clauses.order_by("position").values_list("pk", "label"))
    form = {
        "title": "报告（定稿）",
        "code": "report",
        "kind": "policy",
        "office": cast.offices()[0].pk,
        "text": "今年以来。\r\n完成120个。",
        "seen": made.version,
    }
    signed_in(Role.CLERK).post(
        f"/documents/{made.pk}/correct/", {**form, "step": "confirm", "reason": "定稿"}
    )
    made.refresh_from_db()
    assert made.title == "报告（定稿）"
    assert list(made.clauses.order_by("position").values_list("pk", "label")) == kept


def test_evidence_is_kept_through_the_steps_and_downloads_for_its_readers(signed_in: Pages) -> None:
    site = cast.site()
    clerk = signed_in(Role.CLERK)
    proof = SimpleUploadedFile("验收单.pdf", b"%PDF-1.7 proof", content_type="application/pdf")
    review = clerk.post(f"/sites/{site.pk}/correct/", {**filled(site, step="review"), "evidence_file": proof})
    signed = review.context["draft"].kept()[0][1]
    clerk.post(
        f"/sites/{site.pk}/correct/",
        filled(site, step="confirm", reason="补佐证", kept_evidence_file=signed),
    )
    answer = clerk.get(f"/attachments/sites/{site.pk}/")
    assert answer.content == b"%PDF-1.7 proof"
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(Role.FINANCE).get(f"/attachments/sites/{site.pk}/").status_code == 403


def test_a_place_outside_the_own_is_told_in_the_form_and_nothing_is_lost(signed_in: Pages) -> None:
    cast.user(Role.REPORTER)
    both = signed_in(Role.CLERK)
    given = {
        "site_code": "N-2",
        "name": "别股室的站",
        "technology": "5G",
        "office": cast.offices()[1].pk,
        "step": "create",
    }
    answer = both.post("/sites/new/", given)
    assert answer.status_code == 422
    assert 'value="别股室的站"' in answer.content.decode()
    assert not Site.objects.filter(site_code="N-2").exists()


def test_a_file_above_the_limit_is_refused_before_it_is_read(signed_in: Pages, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    site = cast.site()
    large = SimpleUploadedFile("大.zip", b"0" * (1024 * 1024 + 1))
    answer = signed_in(Role.CLERK).post(
        f"/sites/{site.pk}/correct/", {**filled(site, step="review"), "evidence_file": large}
    )
    assert answer.status_code == 422
    assert "文件超过1 MB，请拆分后再上传。" in answer.content.decode()


def test_a_forged_file_id_is_ignored(signed_in: Pages) -> None:
    site = cast.site()
    answer = signed_in(Role.CLERK).post(
        f"/sites/{site.pk}/correct/", filled(site, step="review", kept_evidence_file="1:forged")
    )
    assert answer.status_code == 422
    assert "没有改动" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/sites/new/", "/organisations/new/", "/documents/new/", "/observations/new/"]
)
def test_a_form_of_nothing_names_every_field_that_is_needed(signed_in: Pages, path: str) -> None:
    before = AuditEvent.objects.count()
    answer = signed_in(Role.CLERK).post(path, {"step": "create"})
    assert answer.status_code == 422
    assert "请填写" in answer.content.decode()
    assert AuditEvent.objects.count() == before


def test_an_observation_says_its_grade(signed_in: Pages) -> None:
    row = rows.observation()
    page = signed_in(Role.DEPUTY).get(f"/observations/{row.pk}/").content.decode()
    assert "仅报数" in page
    assert "5G基站建设数　2023年上半年" in page
