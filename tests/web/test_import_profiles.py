"""An import profile made in the browser from one example file: proposed, corrected, tried, kept, used, exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.registry.zoo.making import sheet
from wanqi import packs
from wanqi.core.models import Role
from wanqi.core.packs import current_pack
from wanqi.packs.checking import read_import
from wanqi.packs.reading import read
from wanqi.registry.importing import profiles_of
from wanqi.registry.models import ImportBatch, OwnProfile, PledgeLoan

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Role | None], Client]
REGION = "cn-430682"
HEADS = ("质押登记编号", "贷款企业", "质押品种", "放款金额", "发放日期")
LINES = (
    ("演示银行质押贷款月报",),
    HEADS,
    ("Z1", "甲公司", "专利", 500, "2023年6月"),
    ("Z2", "乙公司", "商标", 80, "2023年5月"),
    ("合计", "", "", 580, ""),
)
CORRECTED = {
    "title": "演示银行质押贷款月报",
    "kind": "pledge_loans",
    "sheet": "清单",
    "first": "2",
    "last": "2",
    "was-kind": "pledge_loans",
    "was-sheet": "清单",
    "was-first": "2",
    "was-last": "2",
    "column-contract_number": "0",
    "column-borrower_name": "1",
    "column-pledge": "2",
    "column-amount": "3",
    "column-paid_out_on": "4",
    "unit-amount": "万元",
    "form": ["%Y-%m-%d", "%Y年%m月"],
    "written-pledge": ["专利", "商标"],
    "meant-pledge": ["专利权", "商标权"],
    "seen": "1",
}


def started(client: Client) -> OwnProfile:
    given = {"file": SimpleUploadedFile("样表.xlsx", sheet(*LINES)), "office": cast.offices()[0].pk}
    answer = client.post(reverse("imports.profiles.new"), given)
    row = OwnProfile.objects.get()
    assert answer["Location"] == reverse("imports.profile", args=[row.code])
    return row


def sent(client: Client, row: OwnProfile, step: str, **changed: Any) -> HttpResponse:
    address = reverse("imports.profile", args=[row.code])
    answer: Any = client.post(address, {**CORRECTED, "step": step, **changed})
    return answer  # type: ignore[no-any-return]


def test_an_example_becomes_a_profile_that_reads_the_next_file(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    row = started(clerk)
    assert (row.kind, row.state, row.title) == ("pledge_loans", "draft", "样表")
    page = clerk.get(reverse("imports.profile", args=[row.code])).content.decode()
    assert "表里没有写单位，金额是" in page
    assert row.code not in {one.id for one in profiles_of(REGION)}

    page = sent(clerk, row, "save", **{"column-contract_number": ""}).content.decode()
    assert "还没有匹配列：" in page
    page = sent(clerk, row, "try", **{"unit-amount": "", "meant-pledge": ["专利权", ""]}).content.decode()
    assert "读到2行，读懂0行，合计行1行。" in page
    assert "“专利”是" in page
    assert "“500”没有写单位，不知道是元还是万元" in page
    assert "“商标”" in page
    page = sent(clerk, row, "try").content.decode()
    assert "读到2行，读懂2行，合计行1行。" in page
    assert "5000000.00" in page
    assert OwnProfile.objects.get().state == "draft"

    assert sent(clerk, row, "save")["Location"] == reverse("imports.profiles")
    row.refresh_from_db()
    assert (row.state, row.version, row.definition["units"]) == ("ready", 2, {"amount": "万元"})
    next_file = SimpleUploadedFile("六月.xlsx", sheet(HEADS, ("Z3", "丙公司", "专利", 12.5, "2023年6月")))
    given = {"profile": row.code, "office": cast.offices()[0].pk, "file": next_file}
    clerk.post(reverse("imports.new"), given)
    batch = ImportBatch.objects.get()
    chosen = {f"column-{name}": at for name, at in batch.mapping["columns"].items()}
    page = clerk.post(reverse("imports.match", args=[batch.pk]), chosen, follow=True).content.decode()
    assert "确认导入1行" in page
    assert "125000" in page
    assert not PledgeLoan.objects.exists()


def test_what_is_kept_is_a_file_of_the_pack_and_loads_as_the_same_profile(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    row = started(clerk)
    sent(clerk, row, "save")
    row.refresh_from_db()
    content = clerk.get(reverse("imports.profile.file", args=[row.code])).content
    tree, problems = read("own.yaml", content)
    assert (problems, tree is None) == ([], False)
    assert tree is not None
    profile = read_import(current_pack(REGION), tree.value)
    assert profile == packs.ImportProfile.model_validate({**row.definition, **_tuples(row.definition)})


def _tuples(kept: dict[str, Any]) -> dict[str, Any]:
    columns = tuple(
        packs.ColumnSpec(field=one["field"], headers=tuple(one["headers"]), required=one["required"])
        for one in kept["columns"]
    )
    lists = {name: tuple(kept[name]) for name in ("key", "date_formats", "skip_rows")}
    return {"columns": columns, **lists}


def test_a_change_needs_a_reason_and_a_stranger_sees_no_profile(signed_in: SignedIn) -> None:
    clerk = signed_in(Role.CLERK)
    row = started(clerk)
    sent(clerk, row, "save")
    page = sent(clerk, row, "save", seen="2")
    assert page.status_code == 422
    assert OwnProfile.objects.get().version == 2
    sent(clerk, row, "save", seen="2", reason="列名变了", title="另一名称")
    assert (OwnProfile.objects.get().version, OwnProfile.objects.get().title) == (3, "另一名称")
    for role in (Role.REPORTER, Role.EXPERT, None):
        other = signed_in(role)
        assert other.get(reverse("imports.profile", args=[row.code])).status_code in (302, 403, 404)
        assert other.get(reverse("imports.profiles.new")).status_code in (302, 403)
    assert OwnProfile.objects.get().state == "ready"
