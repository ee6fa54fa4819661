"""What everybody may take away of every register: the own office's, the own unit's, the region's, never another's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import cast
from tests.web.register_rows import TRIED
from tests.web.test_registers import drained, filled
from wanqi.core.models import Region, Role
from wanqi.indicators.actions import create_observation
from wanqi.policies.actions import create_document
from wanqi.registry.actions import create_organisation
from wanqi.web.console.registers.catalogue import REGISTERS, register

Pages = Callable[[Role | None], Client]
BUREAU = {Role.CLERK, Role.LEADER, Role.AUDITOR}
BY_UNIT = {"sites", "observations", "fiber", "patents", "trademarks", "loans", "shortfalls"}
OWN_OFFICE = {
    "listings": {Role.CLERK, Role.HEAD}
}  # restricted: leaders and auditors see all, an office its own
FINANCE = {"organisations", "documents"}
# One role of each reach; that the others open what they may, and nothing else, is tried with the registers.
TRIED_ROLES = (Role.CLERK, Role.LEADER, Role.REPORTER, Role.FINANCE, Role.AUDITOR)
PHONE = "13812345678"

pytestmark = pytest.mark.django_db


def row_of(name: str, clerk: Client) -> Any:
    """Return one row of the register, of the own office."""
    given: dict[str, Any] = {"office": cast.offices()[0]}
    if name == "sites":
        return cast.site()
    if name == "organisations":
        values = {**given, "name": "演示厂", "contact": "某人", "phone": PHONE}
        return create_organisation(values, actor=cast.machine(), region=cast.REGION)
    if name == "documents":
        values = {**given, "code": "demo.doc", "title": "演示文件"}
        return create_document(values, actor=cast.machine(), region=cast.REGION)
    if name == "observations":
        values = {
            **given,
            "indicator": "infra.5g.new",
            "period": "2023-05",
            "nature": "reported",
            "value": 3,
            "source": "演示",
        }
        return create_observation(values, actor=cast.machine(), region=cast.REGION)
    answer = clerk.post(f"/{name}/new/", {**filled(name), "step": "create"})
    found = register(name)
    assert found is not None
    return found.model.objects.get(pk=answer["Location"].strip("/").split("/")[-1])


def expected(name: str, role: Role, place: str) -> bool | None:
    """Return whether the row at that place is in what the role takes away; None where it takes away nothing."""
    if role in BUREAU:
        return place != "abroad" and not (place == "other" and role in OWN_OFFICE.get(name, ()))
    if role is Role.REPORTER and name in BY_UNIT:
        return place == "own"
    if role is Role.FINANCE and name in FINANCE:
        return place != "abroad"
    return None


@pytest.mark.parametrize("name", [one.name for one in REGISTERS])
def test_rows_of_another_place_are_never_taken_away(signed_in: Pages, name: str) -> None:
    row = row_of(name, signed_in(Role.CLERK))
    model, (own, other), (unit, foreign) = type(row), cast.offices(), cast.units()
    abroad = Region.objects.exclude(pk=cast.REGION).first()
    assert abroad is not None
    places = {
        "own": {"office": own, "unit": unit},
        "other": {"office": other, "unit": foreign},
        "abroad": {"region": abroad},
    }
    for place, moved in places.items():
        model.objects.filter(pk=row.pk).update(**moved)
        for role in TRIED_ROLES:
            answer = signed_in(role).get(f"/{name}/export/?format=csv")
            wanted = expected(name, role, place)
            assert (answer.status_code, role, place) == (403 if wanted is None else 200, role, place)
            text = drained(answer).decode("utf-8-sig")
            lines = list(csv.reader(io.StringIO(text))) if wanted is not None else [[]]
            assert (len(lines) - 1, role, place) == (int(bool(wanted)), role, place)
            assert PHONE not in text
            assert [one for one in (TRIED[name].forbidden if name in TRIED else ()) if one in text] == []
