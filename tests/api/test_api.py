"""The API: one answer with the pages and the command line, the same access, and refusals that say what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import cast
from wanqi import packs
from wanqi.core.models import Role
from wanqi.policies.checkup import checkup
from wanqi.policies.checkup.plans import prepared
from wanqi.registry.models import Organisation
from wanqi.rules.programmes import evaluate

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
FACTS = {
    "employees_total": {"2025": 120},
    "revenue": {"2025": "60000000.00", "2024": "50000000.00"},
    "total_assets": {"2025": "45000000.00"},
    "gbt4754_code": "2614",
    "established_date": "2015-03-01",
    "registered_mainland": True,
}
RECORDS: dict[str, Any] = {
    "titles": [
        {"programme": "cn.high-tech", "grant_date": "2024-11-01", "valid_to": "2027-10-31", "kind": "首次"}
    ],
    "ip": [],
    "incidents": [],
}


def post(client: Client, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post("/api/check", data=text, content_type="application/json")


def test_verdicts_are_those_of_the_engine(client: Client) -> None:
    answered = post(client, {"on": "2026-06-01", "facts": FACTS, "records": RECORDS}).json()
    pack = packs.resolve(packs.read_directory(Path("regions")), "cn-430682", checked=False)
    given = {"id": "check", "facts": FACTS, "records": RECORDS}
    expected = [one.as_json("check") for one in evaluate(prepared(pack, ON, "new").plan, given)]
    assert answered["lines"] == json.loads(json.dumps(expected))
    page = checkup(pack, ON, given, kind="new")
    shown = {one.id: (one.verdict, one.why) for one in page.programmes if one.version is not None}
    assert {line["programme"]: (line["verdict"], line["why"]) for line in answered["lines"]} == shown
    assert answered["questions"][0]["id"] == page.questions[0].id


def test_nothing_of_a_check_is_stored(client: Client) -> None:
    before = Organisation.objects.count()
    response = post(client, {"facts": FACTS})
    assert response.status_code == 200
    assert Organisation.objects.count() == before
    assert not response.cookies


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "请求的内容不是JSON。"),
        ({"facts": {"employees_totl": 3}}, 422, "employees_totl"),
        ({"facts": {"employees_total": {"2025": "三"}}}, 422, "employees_total"),
        ({"facts": {"revenue": {"2025": 1.5}}}, 422, "facts.revenue"),
        ({"programmes": ["cn.nothing"]}, 404, "没有 cn.nothing 这个事项。"),
        ({"on": "1850-01-01"}, 422, "日期应在2000年至2099年之间"),
        ({"records": {"nothing": []}}, 422, "nothing"),
        ({"answers": {}}, 422, "answers"),
        ({"facts": {"gbt4754_code": "a\u0000b"}}, 422, "facts.gbt4754_code"),
    ],
)
def test_a_request_is_refused_with_what_where_and_next(
    client: Client, body: Any, status: int, said: str
) -> None:
    response = post(client, body)
    found = response.json()
    assert response.status_code == status
    assert said in found["message"]
    assert set(found) == {"code", "message", "hint"}
    assert all(found.values())


def test_the_catalogue_is_open_and_whole(client: Client) -> None:
    found = client.get("/api/programmes", {"on": "2026-06-01"}).json()
    assert [one["id"] for one in found["programmes"]] == sorted(one["id"] for one in found["programmes"])
    one = client.get("/api/programmes/cn.srdi-sme", {"on": "2026-06-01"}).json()
    assert (one["title"], one["version"], bool(one["conditions"])) == ("专精特新中小企业", "2026-2", True)
    assert client.get("/api/programmes/cn.nothing").status_code == 404


def test_an_enterprise_is_checked_for_whoever_may_see_it(
    signed_in: Callable[[Role | None], Client], client: Client
) -> None:
    row = Organisation.objects.create(region_id=cast.REGION, name="测试甲公司", created_by=None)
    address = f"/api/organisations/{row.pk}/check"
    assert client.get(address).status_code == 401
    assert signed_in(Role.EXPERT).get(address).status_code == 403
    answered = signed_in(Role.CLERK).get(address, {"on": "2026-06-01"})
    assert answered.status_code == 200
    assert {line["id"] for line in answered.json()["lines"]} == {str(row.pk)}
    assert signed_in(Role.CLERK).get("/api/organisations/999999999/check").status_code == 404
    # Its own user asks without a day too, and of nobody else.
    browser = Client()
    browser.force_login(
        cast.user(Role.ENTERPRISE, organisation=row), backend="django.contrib.auth.backends.ModelBackend"
    )
    own = browser.get(address)
    assert own.status_code == 200, own.content
    assert own.json()["on"] == timezone.localdate().isoformat()
    other = Organisation.objects.create(region_id=cast.REGION, name="测试乙公司", created_by=None)
    assert browser.get(f"/api/organisations/{other.pk}/check").status_code == 404


def test_a_screen_is_for_the_bureau(signed_in: Callable[[Role | None], Client], client: Client) -> None:
    address = "/api/screening?programme=cn.tech-sme"
    assert client.get(address).status_code == 401
    assert signed_in(Role.EXPERT).get(address).status_code == 403
    refused = signed_in(Role.CLERK).get(address)
    assert (refused.status_code, refused.json()["code"]) == (404, "core.row-missing")
