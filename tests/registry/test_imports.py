"""A table from upload to register: what is counted, rejected, repeated and resumed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.registry.tables import rows, table
from wanqi.core.access import Actor
from wanqi.projects.models import Site
from wanqi.registry.actions import check, import_now, match_columns, receive_table
from wanqi.registry.models import ImportBatch

pytestmark = pytest.mark.django_db


def received(
    content: bytes, *, actor: Actor | None = None, name: str = "清单.xlsx", **place: Any
) -> ImportBatch:
    return receive_table(
        name, content, profile="tower-stations", region=cast.REGION, actor=actor or cast.machine(), **place
    )


def imported(content: bytes, *, actor: Actor | None = None, **place: Any) -> ImportBatch:
    who = actor or cast.machine()
    batch = received(content, actor=who, **place)
    batch = check(match_columns(batch, batch.mapping["columns"], actor=who), actor=who)
    return import_now(batch, actor=who)


def numbers(batch: ImportBatch) -> dict[str, int]:
    names = ("read", "created", "corrected", "unchanged", "rejected", "skipped")
    found = {name: batch.counts[name] for name in names}
    assert found["read"] == sum(found[name] for name in names[1:])
    return found


def test_good_rows_become_stations() -> None:
    batch = imported(table(*rows(3)))
    assert batch.state == ImportBatch.State.DONE
    assert numbers(batch) == {
        "read": 3,
        "created": 3,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 0,
    }
    site = Site.objects.get(site_code="S001")
    assert (site.name, site.operator, site.technology) == ("1号站", "移动", "5G")
    assert (site.built_on, site.opened_on) == (date(2023, 5, 1), date(2023, 6, 15))
    assert str(site.area) == "演示片区01"
    assert site.source == f"清单.xlsx（导入第{batch.pk}批）"
