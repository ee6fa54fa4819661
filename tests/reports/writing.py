"""A report of two offices to write tests with: the first office compiles it, each drafts one section."""

from __future__ import annotations

from datetime import date

from tests import cast
from wanqi.core.access import Actor, actor_of
from wanqi.core.models import Office, Role, User
from wanqi.reports.actions import create_draft
from wanqi.reports.models import Draft, DraftParagraph, DraftPart, ReportTemplate

PERIOD = "2023H1"
TEMPLATE = {
    "version": "2026-1",
    "id": "two-offices",
    "title": "工作情况",
    "periods": ["half-year"],
    "signed": "临湘市科技和工业信息化局",
    "sections": [
        {
            "id": "stations",
            "title": "基站建设",
            "office": "general",
            "paragraphs": [
                {
                    "id": "built",
                    "clauses": [
                        {"id": "new", "text": "{period}，完成5G基站建设{infra.5g.new}"},
                        {"id": "total", "join": "，", "text": "累计达{infra.5g.total}"},
                        {
                            "id": "growth",
                            "text": "{infra.5g.total.vs_year_end:change}",
                            "needs": ["infra.5g.total.vs_year_end"],
                        },
                    ],
                }
            ],
        },
        {
            "id": "industry",
            "title": "企业培育",
            "office": "digital",
            "paragraphs": [
                {"id": "firms", "clauses": [{"id": "firms", "text": "新开通基站{infra.5g.new:number}座"}]}
            ],
        },
    ],
}


def own_template(office: Office | None = None) -> ReportTemplate:
    """Keep the template of two offices as the bureau's own."""
    return ReportTemplate.objects.create(
        region_id=cast.REGION,
        code=str(TEMPLATE["id"]),
        title=str(TEMPLATE["title"]),
        definition=TEMPLATE,
        office=office or cast.offices()[0],
    )


def begun() -> Draft:
    """Begin its draft for 2023H1 with two stations of the period: 2 new, 2 in all."""
    for code in ("a", "b"):
        cast.site(code, opened_on=date(2023, 6, 20))
    own_template()
    return create_draft(
        "two-offices", actor=cast.machine(), region=cast.REGION, period=PERIOD, office=cast.offices()[0]
    )


def somebody(role: Role, office: int = 0, name: str = "") -> Actor:
    """Return one of the first or the second office (0, 1), the same person when asked again."""
    username = name or f"{role.value}-{office}"
    known = User.objects.filter(username=username).first()
    person = known or cast.user(role, username=username, office=cast.offices()[office])
    return actor_of(person)


def paragraph(draft: Draft, code: str) -> DraftParagraph:
    return draft.paragraphs.get(code=code)


def part(draft: Draft, office: int) -> DraftPart:
    return draft.parts.get(office=cast.offices()[office])
