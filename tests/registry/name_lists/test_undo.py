"""A 名单 undone: the registers are what they were before it, but for what somebody changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from tests import cast
from tests.registry.name_lists.test_actions import DOCUMENT, TODAY, given, row
from tests.web import rows
from wanqi.core.access import Actor
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions import correct_organisation, withdraw_organisation
from wanqi.registry.actions.name_list_runs import finish_list, undo_list
from wanqi.registry.actions.name_lists import decide, decide_many, describe
from wanqi.registry.models import NameList, Nomination, Organisation, Recognition

pytestmark = pytest.mark.django_db
CODES = ("91350100M000100Y43", rows.credit_code(77))
TEXT = (
    "序号\t企业名称\t统一社会信用代码\n"
    f"1\t第01化工有限公司\t{CODES[0]}\n"
    f"2\t第02化工有限公司\t{CODES[1]}\n"
    "3\t第03化工有限公司\t\n"
    f"4\t无此单位矿业有限公司\t{rows.credit_code(78)}\n"
)
MOVED = {"version", "updated_at"}  # what every writing moves on


@pytest.fixture
def clerk(db: None) -> Actor:
    rows.organisation(1, credit_code=None, former_names=["老化工厂"])
    rows.organisation(2, credit_code=None)
    rows.organisation(3)
    return cast.actor(Role.CLERK)


def standing() -> dict[str, list[dict[str, Any]]]:
    """Return every row in the registers with everything it says."""
    kinds: tuple[type[Model], ...] = (Organisation, Recognition, Nomination)
    return {
        kind.__name__: [
            {name: value for name, value in one.items() if name not in MOVED}
            for one in kind._default_manager.filter(withdrawn_at=None).order_by("pk").values()
        ]
        for kind in kinds
    }


def finished(clerk: Actor, text: str = TEXT, **document: Any) -> NameList:
    made = given(clerk, text, again=True)
    for one in made.rows.filter(decision="pending"):
        decide(made, one.pk, "new", actor=clerk)
    decide_many(made, "certain", actor=clerk)
    describe(made, {**DOCUMENT, **document}, actor=clerk)
    return finish_list(made, actor=clerk, today=TODAY)


def test_the_registers_are_what_they_were(clerk: Actor) -> None:
    before = standing()
    made = finished(clerk)
    assert (made.counts["created"], made.counts["codes"], made.counts["organisations"]) == (4, 2, 1)
    codes = Organisation.objects.current().order_by("pk").values_list("credit_code", flat=True)
    assert list(codes)[:2] == list(CODES)
    assert standing() != before
    undone = undo_list(made, actor=clerk)
    assert standing() == before
    assert {name: undone.counts[name] for name in ("withdrawn", "kept", "codes_back", "codes_kept")} == {
        "withdrawn": 4,
        "kept": 0,
        "codes_back": 2,
        "codes_kept": 0,
    }
    trail = AuditEvent.objects.filter(target_kind="registry.organisation", reason=f"撤销名单第{made.pk}份")
    assert [event.changes for event in trail.filter(verb="更正").order_by("pk")] == [
        [{"field": "credit_code", "label": "统一社会信用代码", "old": code, "new": "—"}]
        for code in reversed(CODES)
    ]


def test_a_code_given_by_a_row_that_was_registered_before_goes_back_too(clerk: Actor) -> None:
    finished(clerk, "1.第01化工有限公司\n2.第02化工有限公司")
    before = standing()
    made = finished(clerk, TEXT.rsplit("\n", 3)[0])
    assert (made.counts["created"], made.counts["existing"], made.counts["codes"]) == (0, 2, 2)
    undo_list(made, actor=clerk)
    assert standing() == before
    assert [one.outcome for one in made.rows.order_by("position")] == ["existing", "existing"]


def changed(code: str | None) -> Callable[[Organisation, Actor], Organisation]:
    return lambda one, actor: correct_organisation(one, {"credit_code": code}, actor=actor, reason="核对")


OTHER = rows.credit_code(79)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (changed(OTHER), f"补登的代码{CODES[0]}其后已改为{OTHER}，保留改动"),
        (changed(None), f"补登的代码{CODES[0]}其后已被删去，保留改动"),
        (
            lambda one, actor: withdraw_organisation(one, actor=actor, reason="注销"),
            f"补登的代码{CODES[0]}没有收回：该记录已撤销，不能更正。",
        ),
        (
            lambda one, actor: correct_organisation(
                one, {"office": cast.offices()[1]}, actor=cast.machine(), reason="移交"
            ),
            f"补登的代码{CODES[0]}没有收回：只能登记、修改本股室或本单位的记录。",
        ),
    ],
)
def test_what_was_changed_since_is_kept_and_said(
    clerk: Actor, change: Callable[[Organisation, Actor], Organisation], note: str
) -> None:
    made = finished(clerk)
    theirs = change(Organisation.objects.get(name="第01化工有限公司"), clerk)
    undone = undo_list(made, actor=clerk)
    assert (undone.counts["codes_back"], undone.counts["codes_kept"]) == (1, 1)
    assert (row(made, 1).code_given, row(made, 1).note) == ("kept", note)
    now = Organisation.objects.get(pk=theirs.pk)
    assert (now.credit_code, now.version) == (theirs.credit_code, theirs.version)


def test_a_change_of_something_else_does_not_keep_the_code(clerk: Actor) -> None:
    made = finished(clerk)
    one = Organisation.objects.get(name="第01化工有限公司")
    correct_organisation(one, {"address": "某路1号"}, actor=clerk, reason="补充")
    undo_list(made, actor=clerk)
    one.refresh_from_db()
    assert (one.credit_code, one.address) == (None, "某路1号")


def test_two_rows_of_one_firm_give_one_code(clerk: Actor) -> None:
    before = standing()
    made = finished(
        clerk, f"序号\t企业名称\t统一社会信用代码\n1\t第01化工有限公司\t{CODES[0]}\n2\t老化工厂\t{CODES[1]}"
    )
    assert made.counts["codes"] == 1
    assert Organisation.objects.get(name="第01化工有限公司").credit_code == CODES[0]
    assert row(made, 2).note == f"名单上的代码{CODES[1]}与企业库的{CODES[0]}不同，企业库没有改动"
    undo_list(made, actor=clerk)
    assert standing() == before
