"""Writers of a draft's paragraphs: words, back to the template, added, removed, moved, given to another office."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale, StepRefused
from wanqi.core.models import Office
from wanqi.core.packs import current_pack

from ..access import may_compile, may_draft, may_write
from ..errors import TagsRefused
from ..models import Draft, DraftParagraph, DraftPart
from ..typed import read_typed
from .held import locked_draft

_SHOWN = 300  # characters of a text in the trail; every version is in the history as a whole


def require_turn(row: DraftParagraph, *, actor: Actor) -> DraftParagraph:
    """Return the paragraph under lock, the actor's to write now. Raises AccessRefused, StepRefused."""
    return _locked(row, actor=actor)


def _locked(row: DraftParagraph, *, actor: Actor, seen: int | None = None) -> DraftParagraph:
    """Return the paragraph under lock, the actor's to write now and as it was seen."""
    held: DraftParagraph = (
        DraftParagraph.objects.select_for_update(of=("self",)).select_related("office").get(pk=row.pk)
    )
    held.draft = Draft.objects.select_related("office").get(
        pk=held.draft_id
    )  # as it is once the lock is held
    _require_turn(held, actor=actor)
    if held.withdrawn_at is not None:
        raise StepRefused("这一段已删去。", hint="请刷新后核对。")
    if seen is not None and seen != held.version:
        who = held.author_name or "他人"
        raise RowStale(
            f"这一段已由{who}在{held.updated_at.astimezone():%H:%M}改过。",
            hint="您写的文字仍在，请比较两稿后再保存。",
        )
    return held


def part_of(draft: Draft, office: int | None) -> DraftPart | None:
    """Return how far an office is with a draft; that of the compiling office where a paragraph names none."""
    return DraftPart.objects.filter(draft=draft, office=office or draft.office_id).first()


def _require_turn(row: DraftParagraph, *, actor: Actor) -> None:
    draft = row.draft
    if may_write(actor, draft, row.office_id, part_of(draft, row.office_id)):
        return
    if draft.is_signed:
        raise StepRefused("这份材料已签发，文字不能再改。", hint="签发以后的改动见数据修订说明。")
    if may_draft(actor, draft, row.office_id):
        raise StepRefused(
            f"这份材料现在是“{draft.get_state_display()}”，本股室的段落已交，不能再改。",
            hint="要改的，请先撤回“本股室已完成”，或请汇总股室退回。",
        )
    raise AccessRefused(
        f"这一段由{row.office or draft.office}起草，您不能改。", hint="可以写批注，请责任股室修改。"
    )


def _keep(
    row: DraftParagraph, text: str, *, is_written: bool, verb: str, actor: Actor, reason: str = ""
) -> None:
    change = {"field": "text", "label": "文字", "old": _shown(row.text), "new": _shown(text)}
    row.text, row.is_written = text, is_written
    row.author, row.author_name = actor.user, actor.name[:60]
    row.version += 1
    row.updated_at = Now()
    row.save(update_fields=["text", "is_written", "author", "author_name", "version", "updated_at"])
    row.refresh_from_db()
    record(row, verb, actor=actor, changes=[change], reason=reason)


def _shown(text: str) -> str:
    return f"{text[:_SHOWN]}……" if len(text) > _SHOWN else text or "—"


@transaction.atomic
def save_paragraph(
    row: DraftParagraph, text: str, *, actor: Actor, seen: int | None = None
) -> DraftParagraph:
    """Keep what somebody wrote; the paragraph no longer follows the template. Equal words write nothing.

    text: one line with figure tags by id, title or alias. Raises TagsRefused, RowStale where somebody was quicker,
    AccessRefused where it is another office's, StepRefused where the draft has gone on.
    """
    held = _locked(row, actor=actor, seen=seen)
    typed = read_typed(text, current_pack(held.region_id).indicators)
    if typed.refusals:
        raise TagsRefused([one.message for one in typed.refusals])
    if held.is_written and typed.text == held.text:
        return held
    _keep(held, typed.text, is_written=True, verb="改写段落", actor=actor)
    return held


@transaction.atomic
def follow_template(row: DraftParagraph, *, actor: Actor, seen: int | None = None) -> DraftParagraph:
    """Let a paragraph follow the template's clauses again. Raises StepRefused for one that was added by hand."""
    held = _locked(row, actor=actor, seen=seen)
    if held.code.startswith(_ADDED):
        raise StepRefused("这一段是新增的，没有模板写法。", hint="不要的，可以删去。")
    if held.is_written:
        _keep(held, "", is_written=False, verb="恢复模板写法", actor=actor)
    return held


_ADDED = "added-"


@transaction.atomic
def add_paragraph(
    draft: Draft, section: str, *, actor: Actor, office: Office | None = None, after: int | None = None
) -> DraftParagraph:
    """Add an empty paragraph to a section, for an office to write; at the section's end where `after` is not in it.

    office: the actor's first office in the draft where none is given. Raises RowInvalid, AccessRefused, StepRefused.
    """
    held = locked_draft(draft)
    if section not in {one["id"] for one in held.standing_sections}:
        raise RowInvalid({"section": ["没有这个章节，请刷新后再选。"]})
    office = office or _own_part(held, actor) or held.office
    if not may_write(
        actor, held, office.pk if office else None, part_of(held, office.pk if office else None)
    ):
        raise AccessRefused("现在不能在这里加段落。", hint="只能给本股室加；送审以后由分管领导修改。")
    inside = held.paragraphs.filter(section=section, withdrawn_at__isnull=True)
    before = (inside.filter(pk=after).first() if after is not None else None) or inside.order_by(
        "-position"
    ).first()
    position = before.position + 1 if before else _first_of(held, section)
    return place_paragraph(held, section, position=position, office=office, actor=actor)


def place_paragraph(
    held: Draft, section: str, *, position: int, office: Office | None, actor: Actor
) -> DraftParagraph:
    """Put an empty paragraph into a locked draft, for an office to write; whether the actor may was asked before."""
    held.paragraphs.filter(position__gte=position).update(position=F("position") + 1)
    number = held.paragraphs.filter(code__startswith=_ADDED).count() + 1
    row = DraftParagraph.objects.create(
        region_id=held.region_id,
        draft=held,
        office=office,
        section=section,
        code=f"{_ADDED}{number}",
        position=position,
        is_written=True,
        author=actor.user,
        author_name=actor.name[:60],
        created_by=actor.user,
        is_demonstration=held.is_demonstration,
    )
    if office is not None:
        DraftPart.objects.get_or_create(
            draft=held,
            office=office,
            defaults={"region_id": held.region_id, "is_demonstration": held.is_demonstration},
        )
    record(row, "增加段落", actor=actor)
    return row


def _own_part(draft: Draft, actor: Actor) -> Office | None:
    part = draft.parts.filter(office__in=actor.offices()).select_related("office").first()
    return part.office if part else None


def _first_of(draft: Draft, section: str) -> int:
    """Return the position of the first paragraph of a section that has none: after all sections before it."""
    earlier = []
    for one in draft.sections:
        if one["id"] == section:
            break
        earlier.append(one["id"])
    last = draft.paragraphs.filter(section__in=earlier).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def remove_paragraph(row: DraftParagraph, *, actor: Actor, reason: str) -> DraftParagraph:
    """Take a paragraph out of the draft; its words stay in the history. Raises ReasonMissing, AccessRefused."""
    reason = checked_reason(reason)
    held = _locked(row, actor=actor)
    held.withdrawn_at, held.withdrawn_reason = Now(), reason
    held.version += 1
    held.updated_at = Now()
    held.save(update_fields=["withdrawn_at", "withdrawn_reason", "version", "updated_at"])
    held.refresh_from_db()
    change = {"field": "withdrawn_at", "label": "状态", "old": "在正文中", "new": "已删去"}
    record(held, "删去段落", actor=actor, changes=[change], reason=reason)
    return held


@transaction.atomic
def restore_paragraph(row: DraftParagraph, *, actor: Actor) -> DraftParagraph:
    """Bring a removed paragraph back to its place. Raises StepRefused, AccessRefused."""
    held: DraftParagraph = DraftParagraph.objects.select_for_update(of=("self",)).get(pk=row.pk)
    held.draft = Draft.objects.select_related("office").get(pk=held.draft_id)
    _require_turn(held, actor=actor)
    if held.withdrawn_at is None:
        raise StepRefused("这一段没有删去。", hint="请刷新后核对。")
    if held.section not in {one["id"] for one in held.draft.standing_sections}:
        raise StepRefused("这一段所在的章节已删去。", hint="请先恢复那一章。")
    held.withdrawn_at, held.withdrawn_reason = None, ""
    held.version += 1
    held.updated_at = Now()
    held.save(update_fields=["withdrawn_at", "withdrawn_reason", "version", "updated_at"])
    held.refresh_from_db()
    change = {"field": "withdrawn_at", "label": "状态", "old": "已删去", "new": "在正文中"}
    record(held, "恢复段落", actor=actor, changes=[change])
    return held


@transaction.atomic
def move_paragraph(row: DraftParagraph, *, up: bool, actor: Actor) -> DraftParagraph:
    """Exchange a paragraph with its neighbour of the same section. Raises StepRefused at the section's end."""
    locked_draft(row.draft)
    held = _locked(row, actor=actor)
    inside = held.draft.paragraphs.filter(section=held.section, withdrawn_at__isnull=True).exclude(pk=held.pk)
    if up:
        other = inside.filter(position__lte=held.position).order_by("-position", "-pk").first()
    else:
        other = inside.filter(position__gte=held.position).order_by("position", "pk").first()
    if other is None:
        raise StepRefused(f"这一段已在本章{'最前' if up else '最后'}。")
    held.position, other.position = other.position, held.position
    for one in (held, other):
        one.save(update_fields=["position"])
    record(held, "上移段落" if up else "下移段落", actor=actor)
    return held


@transaction.atomic
def assign_paragraph(row: DraftParagraph, office: Office, *, actor: Actor) -> DraftParagraph:
    """Give a paragraph to another office of the region to draft. Raises AccessRefused, StepRefused, RowInvalid."""
    draft = locked_draft(row.draft)
    if not may_compile(actor, draft):
        raise AccessRefused("责任股室由汇总股室负责人调整。", hint="请联系汇总股室负责人。")
    if draft.state not in (Draft.State.DRAFTING, Draft.State.COMPILING):
        raise StepRefused(f"这份材料现在是“{draft.get_state_display()}”，不能调整责任股室。")
    if office.region_id != draft.region_id:
        raise RowInvalid({"office": ["没有这个股室，请重新选择。"]})
    held: DraftParagraph = DraftParagraph.objects.select_for_update(of=("self",)).get(pk=row.pk)
    change = {"field": "office", "label": "责任股室", "old": str(held.office or "—"), "new": str(office)}
    held.office = office
    held.version += 1
    held.updated_at = Now()
    held.save(update_fields=["office", "version", "updated_at"])
    DraftPart.objects.get_or_create(
        draft=draft,
        office=office,
        defaults={"region_id": draft.region_id, "is_demonstration": draft.is_demonstration},
    )
    held.refresh_from_db()
    record(held, "调整责任股室", actor=actor, changes=[change])
    return held
