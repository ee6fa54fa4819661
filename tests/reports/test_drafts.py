"""Drafts: who may begin one, what its baseline holds, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowMissing, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.reports.access import draft_of, get_draft
from wanqi.reports.actions import create_draft, rebase_draft
from wanqi.reports.models import Draft

pytestmark = pytest.mark.django_db
READERS = {Role.CLERK, Role.HEAD, Role.DEPUTY, Role.LEADER, Role.FINANCE, Role.AUDITOR}


def begun(**options) -> Draft:
    given = {"region": cast.REGION, "period": "2023H1", **options}
    return create_draft("half-year", actor=given.pop("actor", None) or cast.actor(Role.CLERK), **given)


def test_a_draft_keeps_the_figures_of_its_beginning():
    site = cast.site("a", opened_on=date(2023, 6, 20))
    draft = begun()
    assert draft.title == "临湘市2023年上半年科技和工业信息化工作情况"
    assert draft.baseline["infra.5g.new"] == {
        "value": "1",
        "display": "1个",
        "records": [str(site.pk)],
        "uncertain": [],
    }
    assert draft.baseline_digest.startswith("sha256:")
    assert draft.office == cast.offices()[0]
    assert AuditEvent.objects.filter(verb="建立材料", target_id=str(draft.pk)).count() == 1


def test_there_is_one_draft_per_report_and_period():
    begun()
    with pytest.raises(RowInvalid, match="已经建立"):
        begun(actor=cast.machine())
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CLERK, Role.HEAD)])
def test_nobody_else_begins_a_draft(role: Role):
    with pytest.raises(AccessRefused):
        begun(actor=cast.actor(role))
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_it(role: Role):
    draft = begun(actor=cast.machine(), office=cast.offices()[0])
    actor = cast.actor(role)
    if role in READERS:
        assert get_draft(actor, draft.pk) == draft
        assert draft_of(actor, region=cast.REGION, report="half-year", period="2023H1") == draft
    else:
        with pytest.raises(RowMissing):
            get_draft(actor, draft.pk)
        assert draft_of(actor, region=cast.REGION, report="half-year", period="2023H1") is None


def test_taking_as_read_needs_a_reason_the_own_office_and_the_newest_state():
    draft = begun(actor=cast.machine(), office=cast.offices()[1])
    clerk = cast.actor(Role.CLERK)
    with pytest.raises(AccessRefused):
        rebase_draft(draft, actor=clerk, reason="已核对")
    own = cast.actor(Role.HEAD, office=cast.offices()[1])
    with pytest.raises(ReasonMissing):
        rebase_draft(draft, actor=own, reason="  ")
    before = Draft.objects.get()
    assert (before.version, before.baseline_at) == (draft.version, draft.baseline_at)
    rebase_draft(draft, actor=own, reason="已核对", seen=1)
    with pytest.raises(StepRefused, match="刚被他人确认"):
        rebase_draft(draft, actor=own, reason="已核对", seen=1)
    assert Draft.objects.get().version == 2
