"""Sections of a report in work: named, added, moved, taken out and brought back; when, and by whom."""

from __future__ import annotations

import pytest

from tests import cast
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowStale, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.reports import actions
from wanqi.reports.compile import compose_report
from wanqi.reports.models import Draft, DraftPart
from wanqi.reports.readiness import open_parts

from .writing import begun, paragraph, part, somebody

pytestmark = pytest.mark.django_db


def headings(draft: Draft) -> list[tuple[str, list[str]]]:
    """Return each heading as printed with the paragraphs under it, by code."""
    draft = Draft.objects.get(pk=draft.pk)
    compiled = compose_report(draft.region_id, draft.period, draft=draft)
    return [(one.title, [each.id for each in one.paragraphs]) for one in compiled.sections]


def test_sections_are_added_named_moved_removed_and_brought_back() -> None:
    draft, head = begun(), somebody(Role.HEAD)
    assert headings(draft) == [("一、基站建设", ["built"]), ("二、企业培育", ["firms"])]
    draft = actions.add_section(
        draft, " 存在\n问题 ", actor=head, office=cast.offices()[1], after="stations", seen=draft.version
    )
    assert headings(draft) == [
        ("一、基站建设", ["built"]), ("二、存在 问题", ["added-1"]), ("三、企业培育", ["firms"]),
    ]  # fmt: skip
    assert paragraph(draft, "added-1").office == cast.offices()[1]
    draft = actions.name_section(draft, "added-section-1", "困难和问题", actor=head)
    draft = actions.move_section(draft, "added-section-1", up=False, actor=head)
    assert headings(draft)[1:] == [("二、企业培育", ["firms"]), ("三、困难和问题", ["added-1"])]
    assert [row.code for row in draft.paragraphs.order_by("position")] == ["built", "firms", "added-1"]
    actions.save_paragraph(paragraph(draft, "firms"), "企业培育稳步推进。", actor=somebody(Role.CLERK, 1))
    draft = actions.remove_section(draft, "industry", actor=head, reason="并入下次材料")
    assert headings(draft) == [("一、基站建设", ["built"]), ("二、困难和问题", ["added-1"])]
    with pytest.raises(StepRefused, match="所在的章节已删去"):
        actions.restore_paragraph(paragraph(draft, "firms"), actor=somebody(Role.CLERK, 1))
    with pytest.raises(RowInvalid):
        actions.add_paragraph(draft, "industry", actor=head)
    draft = actions.restore_section(draft, "industry", actor=head)
    assert headings(draft)[1:] == [("二、企业培育", ["firms"]), ("三、困难和问题", ["added-1"])]
    assert paragraph(draft, "firms").text == "企业培育稳步推进。"
    verbs = AuditEvent.objects.filter(target_kind="reports.draft", target_id=str(draft.pk)).order_by("id")
    assert list(verbs.values_list("verb", flat=True))[1:] == [
        "增加章节", "修改章节标题", "下移章节", "删去章节", "恢复章节",
    ]  # fmt: skip
    removed = verbs.get(verb="删去章节")
    assert (removed.reason, removed.changes[0]["old"], removed.changes[0]["new"]) == (
        "并入下次材料", "企业培育", "已删去，1段"
    )  # fmt: skip


def test_a_paragraph_that_was_taken_out_before_its_section_stays_out() -> None:
    draft, head = begun(), somebody(Role.HEAD)
    row = actions.add_paragraph(draft, "industry", actor=somebody(Role.CLERK, 1))
    actions.remove_paragraph(row, actor=somebody(Role.CLERK, 1), reason="重复")
    draft = actions.remove_section(draft, "industry", actor=head, reason="不写")
    assert [one.office for one in open_parts(draft)] == [
        cast.offices()[0]
    ]  # nothing is left for the other to write
    draft = actions.restore_section(draft, "industry", actor=head)
    assert headings(draft)[1] == ("二、企业培育", ["firms"])
    assert len(open_parts(draft)) == 2


def test_what_cannot_be_done_changes_nothing() -> None:
    draft, head = begun(), somebody(Role.HEAD)
    before = draft.sections
    with pytest.raises(StepRefused, match="最前"):
        actions.move_section(draft, "stations", up=True, actor=head)
    with pytest.raises(ReasonMissing):
        actions.remove_section(draft, "stations", actor=head, reason=" ")
    for title in ("", "\x00 ", "长" * 201):
        with pytest.raises(RowInvalid):
            actions.add_section(draft, title, actor=head)
    with pytest.raises(RowInvalid):
        actions.remove_section(draft, "nowhere", actor=head, reason="不写")
    with pytest.raises(StepRefused, match="没有删去"):
        actions.restore_section(draft, "stations", actor=head)
    with pytest.raises(RowStale):
        actions.add_section(draft, "问题", actor=head, seen=draft.version + 1)
    for stranger in (
        somebody(Role.CLERK),
        somebody(Role.HEAD, 1),
        somebody(Role.LEADER),
        somebody(Role.AUDITOR),
    ):
        with pytest.raises(AccessRefused):
            actions.add_section(draft, "问题", actor=stranger)
    left = actions.remove_section(draft, "stations", actor=head, reason="不写")
    with pytest.raises(StepRefused, match="最后一章"):
        actions.remove_section(left, "industry", actor=head, reason="不写")
    actions.restore_section(left, "stations", actor=head)
    assert Draft.objects.get(pk=draft.pk).sections == before


def test_sections_stand_once_the_report_is_with_the_leaders() -> None:
    draft, head = begun(), somebody(Role.HEAD)
    for office in (0, 1):
        actions.finish_part(part(draft, office), actor=somebody(Role.CLERK, office))
    draft = actions.collect_draft(draft, actor=head)
    draft = actions.move_section(draft, "industry", up=True, actor=head)
    assert headings(draft) == [("一、企业培育", ["firms"]), ("二、基站建设", ["built"])]
    draft = actions.submit_draft(draft, actor=head)
    leader = somebody(Role.DEPUTY)
    for actor, refusal in ((head, StepRefused), (leader, AccessRefused)):
        with pytest.raises(refusal):
            actions.remove_section(draft, "industry", actor=actor, reason="不写")
    draft = actions.name_section(draft, "industry", "企业梯度培育", actor=leader)
    draft = actions.sign_draft(draft, actor=leader)
    for refused in (
        lambda: actions.name_section(draft, "industry", "别的", actor=leader),
        lambda: actions.add_section(draft, "别的", actor=head),
    ):
        with pytest.raises(StepRefused):
            refused()
    assert headings(draft)[0][0] == "一、企业梯度培育"
    assert DraftPart.objects.filter(draft=draft, state="done").count() == 2
