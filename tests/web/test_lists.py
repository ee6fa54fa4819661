"""The list of a register: filters in the address, keyset pages without a gap, the fragment as part of the page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests import cast
from tests.web import rows
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.models import Site
from wanqi.registry.models import Organisation
from wanqi.web.console.registers import export, query
from wanqi.web.console.registers.sites import SITES
from wanqi.web.place import Place

Pages = Callable[[Role | None], Client]
PLACE = Place(region=cast.REGION, title="", areas=(), area=None, period="2023H1", periods=())


def names(page: str) -> list[str]:
    """Return the names of the rows, in the order of the list."""
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)


def stations(number: int) -> None:
    for each in range(number):
        rows.station(each)


def test_the_fragment_is_a_part_of_the_page(signed_in: Pages) -> None:
    stations(3)
    clerk = signed_in(Role.CLERK)
    whole = clerk.get("/sites/?q=001").content.decode()
    part = clerk.get("/sites/?q=001", headers={"HX-Request": "true"})
    assert part.content.decode().strip() in whole
    assert "HX-Request" in part["Vary"]


def test_the_drawers_content_is_a_part_of_the_rows_page(signed_in: Pages) -> None:
    site = cast.site()
    clerk = signed_in(Role.CLERK)
    whole = clerk.get(f"/sites/{site.pk}/").content.decode()
    part = clerk.get(f"/sites/{site.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part[part.index('<div class="detail">') :].strip() in whole


def test_filters_stand_in_the_address_and_can_be_taken_off(signed_in: Pages) -> None:
    stations(5)
    rows.station(5, operator="电信")
    page = signed_in(Role.CLERK).get("/sites/?operator=电信&opened_from=2023-01-01").content.decode()
    assert names(page) == ["第005号站"]
    assert "运营商：电信" in page
    assert "开通日期不早于2023-01-01" in page


def test_a_filter_that_means_nothing_is_left_out_and_named(signed_in: Pages) -> None:
    stations(2)
    page = signed_in(Role.CLERK).get("/sites/?operator=火星电信&opened_from=昨天").content.decode()
    assert len(names(page)) == 2
    assert "“运营商”的取值无法识别，已略过" in page


def test_the_area_of_the_top_bar_is_the_lists_default_and_the_address_wins(signed_in: Pages) -> None:
    stations(1)
    rows.station(1, area=None)
    clerk = signed_in(Role.CLERK)
    clerk.post("/place/", {"area": cast.area().pk, "period": "", "next": "/sites/"})
    assert names(clerk.get("/sites/").content.decode()) == ["第000号站"]
    assert len(names(clerk.get("/sites/?area=").content.decode())) == 2


def turned(client: Client, path: str) -> list[str]:
    """Return the names of all pages, following the link to the next."""
    found: list[str] = []
    while path:
        page = client.get(path).content.decode()
        found += names(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    return found


@pytest.mark.parametrize("sort", ["-opened", "opened", "code", "-updated"])
def test_pages_hold_every_row_once_in_order(signed_in: Pages, sort: str) -> None:
    stations(110)
    for number in range(110, 117):
        rows.station(number, opened_on=None)
    found = turned(signed_in(Role.CLERK), f"/sites/?sort={sort}")
    assert len(found) == len(set(found)) == 117
    if sort == "-opened":
        assert found[:110] == [f"第{number:03d}号站" for number in reversed(range(110))]
        assert set(found[110:]) == {f"第{number:03d}号站" for number in range(110, 117)}


def test_going_back_shows_the_same_page_again(signed_in: Pages) -> None:
    stations(120)
    clerk = signed_in(Role.CLERK)
    first = clerk.get("/sites/?sort=code").content.decode()
    second = clerk.get(
        re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    ).content.decode()
    again = clerk.get(
        re.findall(r'rel="prev" href="([^"]+)"', second)[0].replace("&amp;", "&")
    ).content.decode()
    assert names(again) == names(first)
    assert "当前第 51—100 个" in second
    assert "当前第 1—50 个" in again


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2023, 1, 4))), max_size=12),
    size=st.integers(1, 5),
    key=st.sampled_from(["-opened", "opened", "code"]),
)
def test_forwards_and_backwards_agree(db: None, days: list[date | None], size: int, key: str) -> None:
    from django.db import transaction

    actor = cast.machine()
    with transaction.atomic():
        for number, day in enumerate(days):
            cast.site(f"P-{number:02d}", opened_on=day, built_on=None)
        asked = query.read(SITES, {"sort": key}, PLACE)
        whole = [row.pk for row in query.ordered(query.found(asked, actor), asked.sort)]
        pages: list[query.Page] = [query.page(query.found(asked, actor), asked, size=size)]
        while pages[-1].next is not None:
            further = query.read(SITES, {"sort": key, "after": pages[-1].next.token()}, PLACE)
            pages.append(query.page(query.found(further, actor), further, size=size))
        assert [row.pk for page in pages for row in page.rows] == whole
        for before, page in pairwise(pages):
            assert page.previous is not None
            back = query.read(SITES, {"sort": key, "before": page.previous.token()}, PLACE)
            shown = query.page(query.found(back, actor), back, size=size)
            assert [row.pk for row in shown.rows] == [row.pk for row in before.rows]
            assert shown.first == before.first
        transaction.set_rollback(True)


@pytest.mark.parametrize("token", ["x", "W10", "WyJhIiwxXQ", "////", "WyIyMDIzLTEzLTk5IiwxLDFd", "0" * 400])
def test_a_page_address_changed_by_hand_shows_the_first_page(signed_in: Pages, token: str) -> None:
    stations(1)
    assert names(signed_in(Role.CLERK).get(f"/sites/?after={token}").content.decode()) == ["第000号站"]


def test_odd_addresses_break_nothing(signed_in: Pages) -> None:
    clerk = signed_in(Role.CLERK)
    for asked in (
        {"pick": "9" * 30, "format": "csv"},
        {"pick": "²", "format": "csv"},
        {"opened_from": "0001-01-01", "opened_to": "9999-12-31", "format": "csv"},
        {"area": "9" * 30, "format": "csv"},
        {"operator": "\x00", "sort": "\x00", "state": "\x00", "format": "csv"},
    ):
        assert clerk.get("/sites/export/", asked).status_code == 200
        assert clerk.get("/sites/", asked).status_code == 200
    assert clerk.get("/sites/99999999999999999999999/").status_code == 404
    audit = signed_in(Role.AUDIT_ADMIN)
    odd = {"after": "²", "since": "0001-01-01", "until": "x", "q": "\x00"}
    assert audit.get("/administration/audit/", odd).status_code == 200
    assert (
        signed_in(Role.SYSTEM_ADMIN).get("/administration/accounts/", {"q": "\x00", "page": "x"}).status_code
        == 200
    )


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "\x00", "东祥%", "🏭", "a" * 500, "<script>"])
def test_odd_searches_find_nothing_and_break_nothing(signed_in: Pages, text: str) -> None:
    rows.organisation(1)
    for path in ("/organisations/", "/sites/", "/documents/", "/observations/", "/search/"):
        answer = signed_in(Role.CLERK).get(path, {"q": text})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


def test_an_organisation_is_found_by_name_former_name_and_code(signed_in: Pages) -> None:
    rows.organisation(1, name="东祥油脂有限公司", former_names=["临湘油厂"])
    rows.organisation(2)
    clerk = signed_in(Role.CLERK)
    for text in ("东祥", "临湘油", rows.credit_code(1), "油"):
        assert names(clerk.get("/organisations/", {"q": text}).content.decode()) == ["东祥油脂有限公司"]


def test_a_document_is_found_by_its_text(signed_in: Pages) -> None:
    rows.document()
    page = signed_in(Role.FINANCE).get("/documents/?q=按月报送").content.decode()
    assert names(page) == ["2023年信息基础设施建设实施方案"]


def test_an_empty_register_says_what_it_is_and_the_first_step(signed_in: Pages) -> None:
    page = signed_in(Role.CLERK).get("/sites/").content.decode()
    assert "还没有基站" in page
    assert "/sites/new/" in page


def test_a_list_costs_a_fixed_number_of_queries(signed_in: Pages, django_assert_max_num_queries: Any) -> None:
    stations(60)
    clerk = signed_in(Role.CLERK)
    clerk.get("/sites/")
    with django_assert_max_num_queries(13):
        clerk.get("/sites/")


def exported(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_an_export_is_exactly_what_the_list_shows(signed_in: Pages) -> None:
    stations(4)
    rows.station(4, operator="电信")
    clerk = signed_in(Role.CLERK)
    lines = exported(clerk.get("/sites/export/?operator=移动&format=csv&sort=code"))
    assert lines[0] == [
        "站址名称",
        "站址编码",
        "运营商",
        "片区",
        "制式",
        "建成日期",
        "开通日期",
        "更新时间",
        "状态",
        "数据性质",
    ]
    assert [line[1] for line in lines[1:]] == ["T-000", "T-001", "T-002", "T-003"]
    noted = AuditEvent.objects.get(verb="导出")
    assert {change["label"]: change["new"] for change in noted.changes} == {
        "清单": "5G基站",
        "条件": "运营商 移动",
        "格式": "CSV",
        "行数": "4",
    }


def test_only_picked_rows_are_exported(signed_in: Pages) -> None:
    stations(3)
    picked = Site.objects.get(site_code="T-001")
    lines = exported(signed_in(Role.CLERK).get(f"/sites/export/?pick={picked.pk}&format=csv"))
    assert [line[1] for line in lines[1:]] == ["T-001"]


def test_cells_never_become_formulas(signed_in: Pages) -> None:
    rows.organisation(1, name='=HYPERLINK("http://x")', source="@SUM(A1)")
    clerk = signed_in(Role.CLERK)
    assert exported(clerk.get("/organisations/export/?format=csv"))[1][0] == '\'=HYPERLINK("http://x")'
    answer = clerk.get("/organisations/export/?format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    cells = book.get_sheet_by_index(0).to_python()
    assert cells[1][0] == '=HYPERLINK("http://x")'  # a text, not a formula: calamine would give its result
    assert cells[1][1] == rows.credit_code(1)


@given(st.text(max_size=20))
def test_a_csv_cell_never_starts_like_a_formula(text: str) -> None:
    assert not export.harmless(text).startswith(export.DANGEROUS)


def test_demonstration_rows_are_marked_in_list_and_export(signed_in: Pages) -> None:
    Organisation.objects.filter(pk=rows.organisation(1).pk).update(is_demonstration=True)
    clerk = signed_in(Role.CLERK)
    assert "演示数据" in clerk.get("/organisations/").content.decode()
    answer = clerk.get("/organisations/export/?format=csv")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer["Content-Disposition"]
    assert exported(answer)[1][-1] == "演示数据"


def test_a_reporter_exports_the_own_units_rows_only(signed_in: Pages) -> None:
    cast.site("OWN-1")
    cast.site("OTHER-1", unit=cast.units()[1])
    lines = exported(signed_in(Role.REPORTER).get("/sites/export/?format=csv"))
    assert [line[1] for line in lines[1:]] == ["OWN-1"]


def test_an_expert_exports_nothing(signed_in: Pages) -> None:
    assert signed_in(Role.EXPERT).get("/sites/export/?format=csv").status_code == 403
    assert not AuditEvent.objects.filter(verb="导出").exists()
