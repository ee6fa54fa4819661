"""A report written by two offices: whose turn it is at each state, what stands against a step, what stays."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from tests import cast
from wanqi.core.errors import AccessRefused, ReasonMissing, RowStale, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.reports import actions
from wanqi.reports.actions.signing import digest_of
from wanqi.reports.compile import compose_report
from wanqi.reports.errors import NotReady, TagsRefused
from wanqi.reports.models import Archive, Draft, DraftParagraph, DraftPart, Edition
from wanqi.reports.readiness import readiness_of

from .writing import begun, paragraph, part, somebody

pytestmark = pytest.mark.django_db


def text_of(draft: Draft) -> str:
    draft = Draft.objects.get(pk=draft.pk)
    return compose_report(draft.region_id, draft.period, draft=draft).text


def ready(draft: Draft):
    draft = Draft.objects.get(pk=draft.pk)
    return readiness_of(draft, compose_report(draft.region_id, draft.period, draft=draft))


def collected() -> Draft:
    draft = begun()
    for office in (0, 1):
        actions.finish_part(part(draft, office), actor=somebody(Role.CLERK, office))
    return actions.collect_draft(draft, actor=somebody(Role.HEAD))


def submitted() -> Draft:
    return actions.submit_draft(collected(), actor=somebody(Role.HEAD))


def test_a_draft_begins_from_its_template_with_its_offices() -> None:
    draft = begun()
    assert draft.state == "drafting"
    assert [(one.code, one.office) for one in draft.paragraphs.all()] == [
        ("built", cast.offices()[0]),
        ("firms", cast.offices()[1]),
    ]
    assert {one.office for one in draft.parts.all()} == set(cast.offices())
    assert text_of(draft).splitlines() == ["1—6月，完成5G基站建设2个，累计达2个。", "新开通基站2座。"]


def test_only_the_own_office_writes_its_paragraphs() -> None:
    draft = begun()
    row = paragraph(draft, "firms")
    for stranger in (
        somebody(Role.CLERK, 0),
        somebody(Role.HEAD, 0),
        somebody(Role.DEPUTY),
        somebody(Role.AUDITOR),
    ):
        with pytest.raises(AccessRefused):
            actions.save_paragraph(row, "不是我的", actor=stranger)
    kept = actions.save_paragraph(row, "新增基站{5G基站建设数}。", actor=somebody(Role.CLERK, 1), seen=1)
    assert (kept.text, kept.version, kept.author_name) == ("新增基站{infra.5g.new}。", 2, "经办人")
    assert "新增基站2个。" in text_of(draft)
    again = actions.save_paragraph(kept, "新增基站{infra.5g.new}。", actor=somebody(Role.CLERK, 1), seen=2)
    assert again.version == 2  # nothing was changed
    assert AuditEvent.objects.filter(verb="改写段落").count() == 1


def test_two_people_write_one_paragraph_and_nobody_is_overwritten() -> None:
    draft = begun()
    row = paragraph(draft, "firms")
    first, second = somebody(Role.CLERK, 1), somebody(Role.HEAD, 1)
    actions.save_paragraph(row, "先写的。", actor=first, seen=1)
    with pytest.raises(RowStale, match="经办人"):
        actions.save_paragraph(row, "后写的。", actor=second, seen=1)
    assert paragraph(draft, "firms").text == "先写的。"
    actions.save_paragraph(row, "商定的。", actor=second, seen=2)
    assert paragraph(draft, "firms").text == "商定的。"


@pytest.mark.parametrize(
    "typed", ["{没有这个}", "{infra.5g.new:nothing}", "{infra.5g.new:change}", "{infra.5g.new"]
)
def test_a_bad_tag_is_refused_and_nothing_changes(typed: str) -> None:
    draft = begun()
    row = paragraph(draft, "built")
    with pytest.raises(TagsRefused):
        actions.save_paragraph(row, typed, actor=somebody(Role.CLERK))
    row = paragraph(draft, "built")
    assert (row.text, row.is_written, row.version) == ("", False, 1)


def test_a_paragraph_goes_back_to_its_template() -> None:
    draft = begun()
    row = paragraph(draft, "built")
    before = text_of(draft)
    row = actions.save_paragraph(row, "另写。", actor=somebody(Role.CLERK))
    row = actions.follow_template(row, actor=somebody(Role.CLERK), seen=row.version)
    assert text_of(draft) == before
    added = actions.add_paragraph(draft, "stations", actor=somebody(Role.CLERK), after=row.pk)
    with pytest.raises(StepRefused):
        actions.follow_template(added, actor=somebody(Role.CLERK))


def test_paragraphs_are_added_moved_removed_and_brought_back() -> None:
    draft = begun()
    clerk = somebody(Role.CLERK)
    row = paragraph(draft, "built")
    added = actions.add_paragraph(draft, "stations", actor=clerk, after=row.pk)
    actions.save_paragraph(added, "新的一段。", actor=clerk)
    assert text_of(draft).splitlines()[1] == "新的一段。"
    actions.move_paragraph(paragraph(draft, added.code), up=True, actor=clerk)
    assert text_of(draft).splitlines()[0] == "新的一段。"
    actions.remove_paragraph(added, actor=clerk, reason="并入上段")
    assert "新的一段" not in text_of(draft)
    actions.restore_paragraph(added, actor=clerk)
    assert "新的一段" in text_of(draft)
    with pytest.raises(AccessRefused):
        actions.add_paragraph(draft, "stations", actor=somebody(Role.DEPUTY))


def test_collecting_waits_for_every_office_or_names_it() -> None:
    draft = begun()
    head = somebody(Role.HEAD)
    actions.finish_part(part(draft, 0), actor=head)
    with pytest.raises(StepRefused):  # what is done is not written on
        actions.save_paragraph(paragraph(draft, "built"), "再改。", actor=head)
    with pytest.raises(NotReady, match=str(cast.offices()[1])):
        actions.collect_draft(draft, actor=head)
    for other in (somebody(Role.CLERK), somebody(Role.HEAD, 1), somebody(Role.DEPUTY)):
        with pytest.raises(AccessRefused):
            actions.collect_draft(draft, actor=other, missing=[cast.offices()[1].pk])
    done = actions.collect_draft(draft, actor=head, missing=[cast.offices()[1].pk])
    assert done.state == "compiling"
    assert part(draft, 1).state == DraftPart.State.MISSING
    assert Edition.objects.get(draft=draft).kind == "collected"


def test_an_office_takes_its_part_back_before_it_is_collected() -> None:
    draft = begun()
    clerk = somebody(Role.CLERK)
    actions.finish_part(part(draft, 0), actor=clerk)
    actions.continue_part(part(draft, 0), actor=clerk)
    actions.save_paragraph(paragraph(draft, "built"), "再改。", actor=clerk)
    with pytest.raises(StepRefused):
        actions.continue_part(part(draft, 0), actor=clerk)


def test_at_collecting_the_heads_write_and_give_back() -> None:
    draft = collected()
    head, other = somebody(Role.HEAD), somebody(Role.CLERK, 1)
    actions.save_paragraph(paragraph(draft, "firms"), "汇总时改。", actor=head)
    with pytest.raises(StepRefused):
        actions.save_paragraph(paragraph(draft, "firms"), "又改。", actor=other)
    with pytest.raises(ReasonMissing):
        actions.send_part_back(part(draft, 1), actor=head, reason=" ")
    actions.send_part_back(part(draft, 1), actor=head, reason="请补充口径")
    actions.save_paragraph(paragraph(draft, "firms"), "补充好了。", actor=other)
    with pytest.raises(NotReady, match="还没有完成"):
        actions.submit_draft(draft, actor=head)
    actions.finish_part(part(draft, 1), actor=other)
    assert actions.submit_draft(draft, actor=head).state == "review"


def test_loose_numbers_are_listed_and_explained_one_by_one_before_they_go_up() -> None:
    draft = collected()
    head = somebody(Role.HEAD)
    row = actions.save_paragraph(
        paragraph(draft, "firms"), "培训企业15家，{infra.5g.new}；覆盖98%。", actor=head
    )
    assert [one.loose.words for one in ready(draft).unexplained] == ["15家", "98%"]
    with pytest.raises(NotReady, match="未关联数据2处（15家、98%）"):
        actions.submit_draft(draft, actor=head)
    with pytest.raises(ReasonMissing):
        actions.explain_figure(row, "15家", actor=head, reason="")
    with pytest.raises(AccessRefused):
        actions.explain_figure(row, "15家", actor=somebody(Role.DEPUTY), reason="不是我办")
    kept = actions.explain_figure(row, "15家", actor=head, reason="培训签到表")
    actions.save_paragraph(paragraph(draft, "firms"), "培训企业15家，{infra.5g.new}。", actor=head)
    assert ready(draft).obstacles == ()
    actions.take_explanation_back(kept, actor=head)
    assert len(ready(draft).unexplained) == 1
    assert Draft.objects.get(pk=draft.pk).state == "compiling"


def test_a_figure_without_a_value_in_written_words_stops_the_draft() -> None:
    draft = collected()
    actions.save_paragraph(
        paragraph(draft, "firms"), "好；{infra.5g.total.vs_year_end:change}。", actor=somebody(Role.HEAD)
    )
    assert len(ready(draft).missing) == 1
    with pytest.raises(NotReady, match="没有数据"):
        actions.submit_draft(draft, actor=somebody(Role.HEAD))


def test_leaders_change_words_remark_send_back_and_sign() -> None:
    draft = submitted()
    head, deputy, other = somebody(Role.HEAD), somebody(Role.DEPUTY), somebody(Role.CLERK, 1)
    for one in (head, other):
        with pytest.raises(StepRefused):
            actions.save_paragraph(
                paragraph(draft, "built"), "锁定以后。", actor=somebody(one.grants[0].role, 0)
            )
    actions.save_paragraph(paragraph(draft, "built"), "领导改：{infra.5g.new}。", actor=deputy)
    remark = actions.add_remark(paragraph(draft, "firms"), "请核对口径", actor=deputy, quote="基站2座")
    with pytest.raises(AccessRefused):
        actions.send_draft_back(draft, actor=head, reason="不是我办")
    with pytest.raises(ReasonMissing):
        actions.send_draft_back(draft, actor=deputy, reason="")
    back = actions.send_draft_back(draft, actor=deputy, reason="第二段口径", offices=[cast.offices()[1].pk])
    assert (back.state, back.answer, part(draft, 1).state) == ("compiling", "第二段口径", "sent_back")
    actions.save_paragraph(paragraph(draft, "firms"), "口径已核。", actor=other)
    actions.resolve_remark(remark, actor=other, answer="已改")
    actions.finish_part(part(draft, 1), actor=other)
    draft = actions.submit_draft(draft, actor=head)
    with pytest.raises(AccessRefused):
        actions.sign_draft(draft, actor=head)
    signed = actions.sign_draft(draft, actor=deputy, seen=draft.version)
    assert (signed.state, signed.signed_by) == ("signed", deputy.user)
    assert [one.kind for one in signed.editions.all()] == [
        "collected", "submitted", "sent_back", "submitted", "signed",
    ]  # fmt: skip
    last = signed.editions.last().content
    assert [one["printed"] for section in last["sections"] for one in section["paragraphs"]] == [
        "领导改：2个。",
        "口径已核。",
    ]
    assert Archive.objects.filter(draft=draft).count() == 1


def test_what_is_signed_is_what_was_seen() -> None:
    draft = submitted()
    deputy = somebody(Role.DEPUTY)
    seen = digest_of(compose_report(draft.region_id, draft.period, draft=draft))
    actions.save_paragraph(paragraph(draft, "firms"), "刚改过。", actor=somebody(Role.LEADER))
    with pytest.raises(RowStale, match="又有变动"):
        actions.sign_draft(draft, actor=deputy, text=seen)
    assert Draft.objects.get(pk=draft.pk).state == "review"
    assert Archive.objects.count() == 0


def test_nothing_of_a_signed_report_can_change() -> None:
    draft = submitted()
    deputy = somebody(Role.DEPUTY)
    actions.sign_draft(draft, actor=deputy)
    row = paragraph(draft, "built")
    before = text_of(draft)
    for refused in (
        lambda: actions.save_paragraph(row, "改", actor=deputy),
        lambda: actions.add_paragraph(draft, "stations", actor=deputy),
        lambda: actions.add_remark(row, "批注", actor=deputy),
        lambda: actions.take_draft_back(draft, actor=somebody(Role.HEAD)),
        lambda: actions.send_draft_back(draft, actor=deputy, reason="退"),
        lambda: actions.withdraw_draft(draft, actor=somebody(Role.HEAD), reason="撤"),
    ):
        with pytest.raises((StepRefused, AccessRefused)):
            refused()
    for write in (
        lambda: DraftParagraph.objects.filter(pk=row.pk).update(text="绕过"),
        lambda: Draft.objects.filter(pk=draft.pk).update(state="review"),
        lambda: Edition.objects.filter(draft=draft).update(reason="绕过"),
    ):
        with pytest.raises(DatabaseError, match=r"wanqi|Cannot"), transaction.atomic():
            write()
    assert text_of(draft) == before
