"""Writers of a draft's sections: named, added, moved, taken out and brought back, in a report that is being written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import Office

from ..access import may_compile, may_write
from ..models import Draft, DraftParagraph
from .held import locked_draft, write
from .paragraphs import place_paragraph

MOST_TITLE = 200  # characters
MOST_SECTIONS = 60
_ADDED = "added-section-"
_NO_SECTION = {"section": ["没有这个章节，请刷新后再选。"]}


@transaction.atomic
def name_section(draft: Draft, section: str, title: str, *, actor: Actor, seen: int | None = None) -> Draft:
    """Give a section another title. Raises AccessRefused, StepRefused, RowInvalid, RowStale."""
    held = locked_draft(draft, seen=seen)
    words = _checked_title(title)
    known = {one["id"]: one["title"] for one in held.standing_sections}
    if section not in known:
        raise RowInvalid(_NO_SECTION)
    if held.is_signed:
        raise StepRefused("这份材料已签发，文字不能再改。", hint="签发以后的改动见数据修订说明。")
    if not may_write(actor, held, held.office_id, None) and not may_compile(actor, held):
        raise AccessRefused("章节标题由汇总股室修改。", hint="请联系汇总股室。")
    if known[section] == words:
        return held
    held.sections = _with(held.sections, section, title=words)
    return _kept(held, "修改章节标题", actor=actor, old=known[section], new=words)


@transaction.atomic
def add_section(
    draft: Draft,
    title: str,
    *,
    actor: Actor,
    office: Office | None = None,
    after: str = "",
    seen: int | None = None,
) -> Draft:
    """Add a section with one empty paragraph for an office to write; at the end where `after` names no section.

    office: the compiling one where none is given. Raises RowInvalid, AccessRefused, StepRefused, RowStale.
    """
    held = _arranged(draft, actor=actor, seen=seen)
    words = _checked_title(title)
    if len(held.sections) >= MOST_SECTIONS:
        raise RowInvalid({"title": [f"一份材料最多{MOST_SECTIONS}章，请并入已有的章节。"]})
    if office is not None and office.region_id != held.region_id:
        raise RowInvalid({"office": ["没有这个股室，请重新选择。"]})
    number = sum(one["id"].startswith(_ADDED) for one in held.sections) + 1
    made = {"id": f"{_ADDED}{number}", "title": words}
    places = [at for at, one in enumerate(held.sections, start=1) if one["id"] == after]
    at = places[0] if places else len(held.sections)
    held.sections = [*held.sections[:at], made, *held.sections[at:]]
    kept = _kept(held, "增加章节", actor=actor, old="—", new=words)
    last = kept.paragraphs.count() + 1
    place_paragraph(kept, made["id"], position=last, office=office or kept.office, actor=actor)
    _numbered(kept)
    return kept


@transaction.atomic
def move_section(draft: Draft, section: str, *, up: bool, actor: Actor, seen: int | None = None) -> Draft:
    """Exchange a section with its neighbour. Raises StepRefused at the end, RowInvalid, AccessRefused, RowStale."""
    held = _arranged(draft, actor=actor, seen=seen)
    standing = [one["id"] for one in held.standing_sections]
    if section not in standing:
        raise RowInvalid(_NO_SECTION)
    to = standing.index(section) + (-1 if up else 1)
    if not 0 <= to < len(standing):
        raise StepRefused(f"这一章已在{'最前' if up else '最后'}。")
    rows = list(held.sections)
    one, other = (
        next(at for at, row in enumerate(rows) if row["id"] == id) for id in (section, standing[to])
    )
    before = _order(rows)
    rows[one], rows[other] = rows[other], rows[one]
    held.sections = rows
    kept = _kept(held, "上移章节" if up else "下移章节", actor=actor, old=before, new=_order(rows))
    _numbered(kept)
    return kept


@transaction.atomic
def remove_section(
    draft: Draft, section: str, *, actor: Actor, reason: str, seen: int | None = None
) -> Draft:
    """Take a section out with its paragraphs; `restore_section` brings back both, as they were.

    Raises ReasonMissing, StepRefused for the last section, RowInvalid, AccessRefused, RowStale.
    """
    held = _arranged(draft, actor=actor, seen=seen)
    reason = checked_reason(reason)
    titles = {one["id"]: one["title"] for one in held.standing_sections}
    if section not in titles:
        raise RowInvalid(_NO_SECTION)
    if len(titles) == 1:
        raise StepRefused("这是最后一章，不能删去。", hint="要换内容的，请先加一章。")
    gone = list(held.paragraphs.filter(section=section, withdrawn_at__isnull=True))
    _withdrawn(gone, reason)
    held.sections = _with(held.sections, section, removed=[row.code for row in gone])
    new = f"已删去，{len(gone)}段"
    return _kept(held, "删去章节", actor=actor, old=titles[section], new=new, reason=reason)


@transaction.atomic
def restore_section(draft: Draft, section: str, *, actor: Actor, seen: int | None = None) -> Draft:
    """Bring a removed section back to its place, with the paragraphs that went with it.

    Raises StepRefused for one that stands, AccessRefused, RowStale.
    """
    held = _arranged(draft, actor=actor, seen=seen)
    gone = next((one for one in held.removed_sections if one["id"] == section), None)
    if gone is None:
        raise StepRefused("这一章没有删去。", hint="请刷新后核对。")
    rows = list(held.paragraphs.filter(section=section, code__in=gone["removed"], withdrawn_at__isnull=False))
    _withdrawn(rows, "")
    held.sections = [
        {"id": one["id"], "title": one["title"]} if one["id"] == section else one for one in held.sections
    ]
    kept = _kept(held, "恢复章节", actor=actor, old="已删去", new=f"{gone['title']}，{len(rows)}段")
    _numbered(kept)
    return kept


def _arranged(draft: Draft, *, actor: Actor, seen: int | None) -> Draft:
    """Return the draft under lock, its sections the actor's to arrange now. Raises AccessRefused, StepRefused."""
    held = locked_draft(draft, seen=seen)
    if not may_compile(actor, held):
        who = f"{held.office or '汇总股室'}负责人"
        raise AccessRefused(f"章节由{who}调整。", hint=f"请联系{who}；本股室的段落可以自己加、改。")
    if held.state not in (Draft.State.DRAFTING, Draft.State.COMPILING):
        raise StepRefused(
            f"这份材料现在是“{held.get_state_display()}”，不能调整章节。",
            hint="章节只在草稿、汇总阶段调整；已送审的，请先撤回送审。",
        )
    return held


def _checked_title(title: str) -> str:
    words = " ".join(title.replace("\x00", "").split())
    if not words or len(words) > MOST_TITLE:
        raise RowInvalid({"title": [f"请写章节标题，{MOST_TITLE}字以内。"]})
    return words


def _with(rows: Iterable[Mapping[str, Any]], section: str, **values: Any) -> list[dict[str, Any]]:
    """Return the sections with some values of one of them changed."""
    return [{**one, **values} if one["id"] == section else dict(one) for one in rows]


def _order(rows: Iterable[Mapping[str, Any]]) -> str:
    return "、".join(one["title"] or "开头" for one in rows if "removed" not in one)


def _withdrawn(rows: Iterable[DraftParagraph], reason: str) -> None:
    """Take paragraphs out with a reason, or bring them back where it is empty; the draft's audit row tells it."""
    for row in rows:
        row.withdrawn_at, row.withdrawn_reason = Now() if reason else None, reason
        row.version += 1
        row.updated_at = Now()
        row.save(update_fields=["withdrawn_at", "withdrawn_reason", "version", "updated_at"])


def _numbered(draft: Draft) -> None:
    """Count the paragraphs anew in the order of the sections, so that 第N段 is what a reader counts."""
    order = {one["id"]: at for at, one in enumerate(draft.sections)}
    rows = sorted(draft.paragraphs.all(), key=lambda row: (order[row.section], row.position, row.pk))
    for number, row in enumerate(rows, start=1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])


def _kept(draft: Draft, verb: str, *, actor: Actor, old: str, new: str, reason: str = "") -> Draft:
    change = {"field": "sections", "label": "章节", "old": old or "—", "new": new or "—"}
    record(draft, verb, actor=actor, changes=[change], reason=reason)
    return write(draft, "sections")
