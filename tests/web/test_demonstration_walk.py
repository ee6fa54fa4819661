"""The walk of the half-year report with nothing but the demonstration's accounts, as a stranger would play it."""

from __future__ import annotations

import pytest

from tests.web.test_report_pages import client, move_one, text
from wanqi.reports.models import Archive, Draft, DraftParagraph

pytestmark = pytest.mark.usefixtures("demo")
OFFICES = ("clerk-general", "clerk-industry", "clerk-funds")


def written(username: str, draft: Draft, office: str, words: str) -> str:
    """Write the first paragraph of an office, say that the office is done, and return the page."""
    browser = client(username)
    row = DraftParagraph.objects.filter(draft=draft, office__code=office).order_by("position").first()
    assert row is not None
    given = {"text": words, "seen": row.version}
    assert browser.post(f"/reports/{draft.pk}/write/{row.pk}/", given).status_code == 302
    return done(username, draft, office)


def done(username: str, draft: Draft, office: str) -> str:
    part = draft.parts.get(office__code=office)
    return text(client(username).post(f"/reports/{draft.pk}/parts/{part.pk}/finish/", follow=True))


def test_two_offices_write_and_the_report_goes_up_to_the_signature() -> None:
    draft = Draft.objects.get(period="2023H1")
    page = written("clerk-science", draft, "science", "上半年，新增注册商标{ip.trademarks.registered}。")
    assert "科技创新股已完成" in page
    assert "成果转化与人才股已完成" in written(
        "clerk-talent", draft, "talent", "认定岳阳市高层次人才{talent.high_level}。"
    )
    for username in OFFICES:
        assert "已完成，等待汇总" in done(username, draft, username.removeprefix("clerk-"))
    assert "已完成，等待汇总" in done("clerk", draft, "digital")
    head, deputy = client("head"), client("deputy")
    assert "材料各股室已完成，待汇总" in text(head.get("/"))
    for step, told in (("collect", "已汇总"), ("submit", "已送审")):
        assert told in text(head.post(f"/reports/{draft.pk}/step/{step}/", follow=True)), step
    assert "材料待签发" in text(deputy.get("/"))
    assert "已签发并定稿锁定" in text(deputy.post(f"/reports/{draft.pk}/step/sign/", follow=True))
    archive = Archive.objects.get()
    auditor = client("auditor")
    assert 'href="/archives/"' in text(auditor.get("/"))
    page = text(auditor.get(f"/archives/{archive.pk}/"))
    for told in ("新增注册商标", "演示科技经办人", "演示人才经办人"):
        assert told in page, told
    move_one()
    assert "119个" in text(auditor.get(f"/archives/{archive.pk}/restatement/"))
