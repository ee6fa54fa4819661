"""Determinations: what somebody relied on stays as it was, with everything it was made from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from wanqi.core.errors import AccessRefused, RowInvalid, RowMissing
from wanqi.core.models import AuditEvent, Role
from wanqi.policies import standings
from wanqi.policies.access import get_determination, require_standings
from wanqi.policies.actions import determine, determine_many
from wanqi.policies.models import Determination, RuleVersion
from wanqi.registry.models import Fact, Organisation

pytestmark = pytest.mark.django_db
REGION, DAY, TITLE = cast.REGION, date(2026, 6, 1), "cn.high-tech"


def firm(name: str = "测试企业") -> Organisation:
    row: Organisation = Organisation.objects.create(
        region_id=REGION, name=name, established_on=date(2015, 1, 1)
    )
    Fact.objects.create(
        region_id=REGION,
        organisation=row,
        fact="revenue",
        period="2025",
        number=30_000_000,
        source_class="审计报告",
        source="2025年度审计报告",
    )
    return row


def determined(row: Organisation, **changed: Any) -> Determination:
    given = {"purpose": "县级推荐", "on": DAY, **changed}
    if "actor" not in given:
        given["actor"] = cast.actor(Role.CLERK)
    return determine(row, TITLE, **given)


def test_it_keeps_the_whole_answer_with_inputs_sources_and_digests() -> None:
    row = firm()
    kept = determined(row, relied=row)
    told = standings.explain(row, TITLE, on=DAY).as_json(str(row.pk))
    assert kept.explanation == told
    assert kept.inputs["organisation"]["facts"]["revenue"] == {"2025": "30000000.00"}
    source = kept.inputs["sources"]["facts/revenue@2025"]
    assert (source["class"], source["source"]) == ("审计报告", "2025年度审计报告")
    assert kept.rule == RuleVersion.objects.get(digest=kept.rule_digest)
    assert (kept.relied_kind, kept.relied_id, kept.purpose) == (
        "registry.organisation",
        str(row.pk),
        "县级推荐",
    )
    event = AuditEvent.objects.get(target_kind="policies.determination", target_id=str(kept.pk))
    assert (event.verb, event.reason) == ("出具条件比对结果", "县级推荐")
    Fact.objects.create(
        region_id=REGION,
        organisation=row,
        fact="revenue",
        period="2025",
        number=1,
        source_class="审计报告",
        source="更正后的审计报告",
    )
    again = standings.redo(Determination.objects.get(pk=kept.pk))
    assert (again.same, again.inputs_same) == (True, True)


def test_a_programme_not_in_force_is_told_so() -> None:
    kept = determined(firm(), on=date(2000, 1, 1))
    assert (kept.rule, kept.verdict, kept.why) == (None, 0, "not_in_force")
    assert kept.explanation["version"] is None
    assert standings.redo(kept).same


@pytest.mark.parametrize(
    "statement",
    ["UPDATE policies_determination SET verdict = 2", "DELETE FROM policies_determination"],
)
def test_nothing_changes_it_afterwards(statement: str) -> None:
    determined(firm())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_without_role_purpose_or_programme_nothing_is_written() -> None:
    row, clerk = firm(), cast.actor(Role.CLERK)
    with pytest.raises(AccessRefused, match="您的角色不能出具条件比对结果"):
        determined(row, actor=cast.actor(Role.AUDITOR))
    with pytest.raises(RowInvalid, match="请写明用途"):
        determined(row, actor=clerk, purpose="  ")
    with pytest.raises(RowMissing, match="没有事项"):
        determine(row, "cn.nothing", actor=clerk, purpose="推荐")
    Organisation.objects.filter(pk=row.pk).update(gbt4754_code="9Z99")
    odd = Organisation.objects.get(pk=row.pk)
    with pytest.raises(RowInvalid, match="不能比对"):
        determine_many([firm("另一家"), odd], TITLE, actor=clerk, purpose="推荐", on=DAY)
    assert not Determination.objects.exists()


def test_strangers_see_none_of_it() -> None:
    clerk = cast.actor(Role.CLERK)
    kept = determined(firm(), actor=clerk)
    assert get_determination(cast.actor(Role.LEADER), kept.pk) == kept
    for role in (Role.REPORTER, Role.EXPERT, Role.SYSTEM_ADMIN):
        stranger = cast.actor(role)
        with pytest.raises((RowMissing, AccessRefused)):
            get_determination(stranger, kept.pk)
        with pytest.raises((RowMissing, AccessRefused)):
            require_standings(stranger, REGION)
    require_standings(clerk, REGION)
    with pytest.raises(RowMissing):
        require_standings(clerk, "cn-43")
