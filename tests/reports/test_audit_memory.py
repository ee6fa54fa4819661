"""What is kept of a check: why a sum stands, and a text with what was found; who may, and what a refusal leaves."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from django.db import connection, transaction

from tests import cast
from wanqi.core.access import Actor
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowMissing, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.reports.access import get_check, get_explanation
from wanqi.reports.actions import explain, save_check, take_back, withdraw_check
from wanqi.reports.checking import (
    MOST_CHARACTERS,
    Checked,
    as_json,
    check_text,
    from_json,
    key_of,
    readable,
)
from wanqi.reports.errors import TextTooLong
from wanqi.reports.models import Explanation, SavedCheck

pytestmark = pytest.mark.django_db
TEXT = "今年入选15家，占岳阳市总数(40家)的38.5%。\n认定科技型中小企业162家，同比增长360%。"
LATER = "二、企业培育。认定科技型中小企业162家，同比增长360%，成绩明显。"
READERS = {Role.DEPUTY, Role.LEADER, Role.AUDITOR}
WRITERS = {Role.CLERK, Role.HEAD}


def checked(text: str = TEXT) -> Checked:
    return check_text(text, region=cast.REGION)


def key_with(figure: str, text: str = TEXT) -> str:
    return next(key_of(one) for one in checked(text).findings if figure in one.figures)


def explained(actor: Actor | None = None, *, figure: str = "360%", reason: str = "上年为45家") -> Explanation:
    return explain(
        checked(), key_with(figure), actor=actor or cast.actor(Role.CLERK), region=cast.REGION, reason=reason
    )


def saved(actor: Actor | None = None, *, title: str = "上半年总结") -> SavedCheck:
    return save_check(
        checked(), actor=actor or cast.actor(Role.CLERK), region=cast.REGION, title=title, source="总结.docx"
    )


def writer() -> Actor:
    """Return a clerk of the first office, who is not the one that looks."""
    return cast.actor(Role.CLERK, username="writer")


def nothing_was_written(events: int) -> None:
    assert (Explanation.objects.count(), SavedCheck.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_two_errors_are_found_in_the_text() -> None:
    assert [one.level for one in checked().findings] == ["error", "error"]


def test_an_explained_sum_is_silent_in_a_later_draft_and_told_apart() -> None:
    row = explained()
    assert (row.office, row.level, row.reason) == (cast.offices()[0], "error", "上年为45家")
    assert [key_of(one) for one in checked().findings] == [key_with("38.5%")]
    later = checked(LATER)
    assert later.findings == ()
    (one,) = later.explained
    assert (one.reason, one.who, one.explanation) == ("上年为45家", "经办人", row.pk)
    assert one.finding.figures == ("162家", "360%")
    event = AuditEvent.objects.get(verb="经核无误")
    assert (event.actor_name, event.reason, event.target_label) == ("经办人", "上年为45家", "162家、360%")


@pytest.mark.parametrize(
    "draft",
    [
        "新认定科技型中小企业１６２家，同比增长360％。",
        "全市认定科技型中小企业162家,比上年同期增长360%,居全省前列。",
    ],
)
def test_other_words_around_the_same_sum_make_no_difference(draft: str) -> None:
    explained()
    assert checked(draft).findings == ()
    assert len(checked(draft).explained) == 1


def test_another_sum_is_asked_about_all_the_same() -> None:
    explained()
    changed = checked(LATER.replace("162", "163"))
    assert [one.figures for one in changed.findings] == [("163家", "360%")]
    assert changed.explained == ()


def test_what_was_taken_back_is_asked_about_again() -> None:
    row = explained()
    take_back(row, actor=cast.actor(Role.HEAD), reason="上年应为35家")
    assert len(checked(LATER).findings) == 1
    assert AuditEvent.objects.get(verb="撤回说明").reason == "上年应为35家"
    again = explained(cast.actor(Role.CLERK, username="second"))
    assert again.pk != row.pk


def test_a_sum_is_explained_once() -> None:
    before, key = checked(), key_with("360%")
    explained()
    with pytest.raises(RowInvalid, match="已有人说明"), transaction.atomic():
        explain(before, key, actor=cast.machine(), region=cast.REGION, reason="再说一次")
    assert Explanation.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_without_a_reason_nothing_is_kept(reason: str) -> None:
    clerk, events = cast.actor(Role.CLERK), AuditEvent.objects.count()
    with pytest.raises(ReasonMissing):
        explained(clerk, reason=reason)
    with pytest.raises(RowInvalid, match="请写在500字以内"):
        explained(clerk, reason="长" * 501)
    nothing_was_written(events)


def test_a_sum_that_is_not_in_the_text_cannot_be_explained() -> None:
    clerk, events = cast.actor(Role.CLERK), AuditEvent.objects.count()
    for key in ("", "sha256:" + "0" * 64, key_with("360%")):
        with pytest.raises(StepRefused, match="已不在文中"):
            explain(checked("没有数据。"), key, actor=clerk, region=cast.REGION, reason="核过")
    nothing_was_written(events)


@pytest.mark.parametrize("role", [role for role in Role if role not in WRITERS])
def test_nobody_else_explains_or_saves(role: Role) -> None:
    somebody, events = cast.actor(role), AuditEvent.objects.count()
    with pytest.raises(AccessRefused):
        explained(somebody)
    with pytest.raises(AccessRefused):
        saved(somebody)
    nothing_was_written(events)


def test_an_explanation_of_another_office_is_seen_and_left_alone() -> None:
    row = explained()
    other = cast.actor(Role.CLERK, username="other", office=cast.offices()[1])
    assert get_explanation(other, row.pk) == row
    with pytest.raises(AccessRefused):
        get_explanation(other, row.pk, to="withdraw")
    with pytest.raises(AccessRefused):
        take_back(row, actor=other, reason="不同意")
    row.refresh_from_db()
    assert (row.withdrawn_at, row.version) == (None, 1)


def test_a_check_is_kept_with_its_text_and_findings() -> None:
    explained()
    now = checked()
    row = SavedCheck.objects.get(pk=saved(cast.actor(Role.HEAD)).pk)
    assert (row.title, row.source, row.text) == ("上半年总结", "总结.docx", TEXT)
    assert (row.read, row.weighed, row.errors, row.queries, row.notes, row.explained) == (5, 5, 1, 0, 0, 1)
    assert from_json(row.text, row.result, period=row.period) == now
    assert as_json(now) == row.result
    take_back(Explanation.objects.get(), actor=cast.machine(), reason="撤")
    row.refresh_from_db()
    assert len(from_json(row.text, row.result).explained) == 1


def test_neither_log_nor_history_holds_the_text() -> None:
    row = saved()
    event = AuditEvent.objects.get(verb="保存核对")
    assert "162" not in str(event.changes)
    (state,) = row.events.all()
    assert not {"text", "result"} & {field.name for field in state._meta.fields}


@pytest.mark.parametrize("title", ["", " ", "\x00", "长" * 201])
def test_without_a_fitting_title_nothing_is_kept(title: str) -> None:
    clerk, events = cast.actor(Role.CLERK), AuditEvent.objects.count()
    with pytest.raises(RowInvalid) as refused:
        saved(clerk, title=title)
    assert set(refused.value.fields) == {"title"}
    nothing_was_written(events)


@pytest.mark.parametrize("role", [None, *Role])
def test_who_sees_a_kept_check(role: Role | None) -> None:
    row = saved(writer())
    somebody = cast.actor(role)
    if role in READERS | WRITERS:
        assert get_check(somebody, row.pk) == row
        assert list(SavedCheck.objects.visible_to(somebody)) == [row]
    else:
        assert not SavedCheck.objects.visible_to(somebody).exists()
        with pytest.raises(RowMissing) as hidden:
            get_check(somebody, row.pk)
        with pytest.raises(RowMissing) as absent:
            get_check(somebody, row.pk + 1_000_000)
        assert str(hidden.value) == str(absent.value)


@pytest.mark.parametrize("role", sorted(WRITERS))
def test_a_kept_check_of_another_office_is_as_if_it_were_not(role: Role) -> None:
    row = saved(writer())
    other = cast.actor(role, office=cast.offices()[1])
    assert not SavedCheck.objects.visible_to(other).exists()
    with pytest.raises(RowMissing):
        get_check(other, row.pk)
    with pytest.raises(AccessRefused):
        withdraw_check(row, actor=other, reason="撤")
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_a_kept_check_is_withdrawn_with_a_reason() -> None:
    clerk = cast.actor(Role.CLERK)
    row = saved(clerk)
    with pytest.raises(ReasonMissing):
        withdraw_check(row, actor=clerk, reason=" ")
    assert withdraw_check(row, actor=clerk, reason="存错了").withdrawn_reason == "存错了"
    assert not SavedCheck.objects.visible_to(clerk).current().exists()
    with pytest.raises(StepRefused):
        withdraw_check(row, actor=clerk, reason="再撤")


@pytest.mark.parametrize(
    "change", ["text = ''", "result = '{}'", "errors = 0", "title = 'x'", "period = '2023'"]
)
def test_the_database_keeps_a_check_as_it_was(change: str) -> None:
    saved()
    with pytest.raises(Exception) as refused, connection.cursor() as cursor:
        cursor.execute(f"UPDATE reports_savedcheck SET {change}")
    assert isinstance(refused.value.__cause__, psycopg.errors.RaiseException)


def test_line_ends_and_what_a_database_refuses_are_taken_out_before_the_check() -> None:
    assert readable("一\r\n二\r三\x00\ud800") == "一\n二\n三?"
    assert checked(TEXT.replace("\n", "\r\n")) == replace(checked(), text=TEXT)


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    assert len(readable("字" * MOST_CHARACTERS)) == MOST_CHARACTERS
    with pytest.raises(TextTooLong, match="文字有100,001字，超过100,000字的上限"):
        readable("字" * (MOST_CHARACTERS + 1))
