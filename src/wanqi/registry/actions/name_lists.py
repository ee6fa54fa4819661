"""Writers of 名单: received and matched, decided row by row, described, given up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import attach, changes_between, record
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused

from ..errors import ListKnown
from ..models import NameList, NameListRow, Organisation
from ..name_lists.loading import programme_in, programmes_of
from ..name_lists.matching import Kind
from ..name_lists.reading import Entry, NameListRead, fingerprint, read_file, read_pasted
from ..name_lists.titles import Standing
from ..programmes import Granted
from .name_list_locks import locked_list, require_list
from .name_list_matching import is_long, match_now, start_matching

State, Target = NameList.State, NameList.Target
Decision = NameListRow.Decision
PASTED = "粘贴的名单.txt"
DETAILS = (
    "target", "programme", "act", "kind", "stage", "batch", "document_number",
    "document_title", "authority", "issued_on", "valid_until", "url",
)  # fmt: skip


# --- received -----------------------------------------------------------------------------------------------


@transaction.atomic
def receive_list(
    given: str | tuple[str, bytes], *, region: str, office: int | None, actor: Actor, again: bool = False
) -> NameList:
    """Keep pasted text or a file (name, bytes), match its rows, and return the list; the worker matches a long one.

    again: keep it although the same names were handed in before. Raises TableRefused, ListKnown with the earlier
    list, AccessRefused outside the actor's office.
    """
    made = NameList(region_id=region, office_id=office, created_by=actor.user)
    require_list(made, actor=actor)
    if isinstance(given, str):
        name, content, read = PASTED, given.encode("utf-8", "replace"), read_pasted(given)
    else:
        (name, content), read = given, read_file(*given)
    made.digest = "sha256:" + hashlib.sha256(fingerprint(read.entries).encode()).hexdigest()
    known = _known(made, actor=actor)
    if known is not None and not again:
        raise ListKnown(
            known.pk,
            f"这份名单{known.created_at.astimezone():%Y-%m-%d}已经导入过（{known}，{known.get_state_display()}）。",
            hint="请直接打开那一份；确属另一份文件的，勾选“仍作为新名单”后再交。",
        )
    made.file = attach(name, content, content_type="application/octet-stream", region=region, actor=actor)
    made.others = [{"where": one.where, "text": one.text[:500], "why": one.why} for one in read.others]
    made.notes = list(read.notes)
    _describe_by(made, read)
    made.save(force_insert=True)
    rows = [_row(made, position, entry) for position, entry in enumerate(read.entries, start=1)]
    later = is_long(len(rows), actor=actor)
    if not later:
        match_now(rows, region=region)
    NameListRow.objects.bulk_create(rows, batch_size=1000)
    if later:
        start_matching(made, len(rows), actor=actor)
    size = {"field": "rows", "label": "行数", "old": "—", "new": str(len(rows))}
    record(made, "导入名单", actor=actor, changes=[size])
    return made


def _known(made: NameList, *, actor: Actor) -> NameList | None:
    earlier: NameList | None = (
        NameList.objects.visible_to(actor)
        .filter(region=made.region_id, digest=made.digest)
        .exclude(state__in=(State.UNDONE, State.DROPPED))
        .order_by("-pk")
        .first()
    )
    return earlier


def _describe_by(made: NameList, read: NameListRead) -> None:
    """Fill in what the list's own heading says; all of it can be corrected before anything is registered."""
    notice = read.notice
    made.document_number, made.document_title = notice.number[:80], notice.title[:300]
    made.authority, made.issued_on, made.batch = notice.issuer[:200], notice.issued_on, notice.batch
    programmes = programmes_of(made.region_id)
    made.programme = programme_in(notice.title, programmes)
    _follow(made, programmes.get(made.programme))
    if notice.proposed:
        made.target, made.stage = Target.NOMINATION, "公示"
    if "复核" in notice.title:
        made.kind = "复核"


def _follow(name_list: NameList, granted: Granted | None) -> None:
    """Give a list what its 事项 fixes: holder, level and act are not for the list to say."""
    if granted is not None:
        name_list.holder_kind, name_list.level = granted.holder, granted.level
        name_list.act = granted.act or name_list.act


def _row(made: NameList, position: int, entry: Entry) -> NameListRow:
    return NameListRow(
        name_list=made,
        position=position,
        where=entry.where[:200],
        number=entry.number[:20],
        printed_name=entry.name,
        former=entry.former[:200],
        place=entry.place[:200],
        project=entry.project[:200],
        product=entry.product[:200],
        code=entry.code,
        cells={title[:100]: text[:500] for title, text in entry.cells.items()},
        note=entry.note[:300],
    )


# --- decided ------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    name_list: NameList, row: int, decision: str, *, actor: Actor, organisation: int | None = None
) -> NameListRow:
    """Keep what a person decided of a row; it can be taken back.

    organisation: the one meant, for MATCHED. Raises StepRefused, RowInvalid, RowMissing, AccessRefused.
    """
    require_list(name_list, actor=actor)
    held = locked_list(name_list, State.OPEN)
    found = held.rows.select_for_update().filter(pk=row).first()
    if found is None:
        raise RowMissing("没有找到名单的这一行。", hint="请刷新页面。")
    if found.outcome:
        raise StepRefused(f"第{found.position}行已经登记，不能改。", hint="如有差错，请撤销这份名单后重做。")
    if decision not in Decision.values:
        raise RowInvalid({"decision": ["没有这种处理方式，请重新选择。"]})
    chosen = _chosen(held, organisation, actor=actor) if decision == Decision.MATCHED else None
    _decided([found], decision, chosen, actor=actor)
    return found


def _chosen(held: NameList, pk: int | None, *, actor: Actor) -> Organisation:
    found: Organisation | None = (
        Organisation.objects.visible_to(actor).filter(region=held.region_id, pk=pk or 0).first()
    )
    if found is None:
        raise RowInvalid({"organisation": ["没有找到这个单位，请刷新后重新选择。"]})
    if found.withdrawn_at is not None:
        raise RowInvalid({"organisation": [f"{found.name}已撤销，请先在企业库恢复，或选择别的单位。"]})
    return found


def _decided(
    rows: Sequence[NameListRow], decision: str, organisation: Organisation | None, *, actor: Actor
) -> None:
    now = timezone.now()  # one instant for all, by which a bulk decision is taken back as one
    for row in rows:
        row.before = {
            "decision": row.decision,
            "organisation": row.organisation_id,
            "decided_by": row.decided_by_id,
        }
        row.decision, row.organisation, row.decided_by, row.decided_at = (
            decision,
            organisation if organisation or decision != Decision.MATCHED else row.organisation,
            actor.user,
            now,
        )
    _save(rows)


def _save(rows: Sequence[NameListRow]) -> None:
    names = ("decision", "organisation", "decided_by", "decided_at", "before")
    NameListRow.objects.bulk_update(rows, names, batch_size=500)


@transaction.atomic
def decide_many(name_list: NameList, what: str, *, actor: Actor) -> int:
    """Decide many rows at once and return how many: `certain`, `elsewhere` or `aside`.

    certain: put one's name to everything the system matched for certain; elsewhere: the undecided ones without any
    candidate and not printed as the region's own; aside: all undecided ones.
    """
    require_list(name_list, actor=actor)
    held = locked_list(name_list, State.OPEN)
    open_rows = held.rows.select_for_update().filter(outcome="").order_by("position")
    if what == "certain":
        rows = list(open_rows.filter(decision=Decision.MATCHED, decided_by=None, match=Kind.CERTAIN.value))
        decision = Decision.MATCHED
    elif what == "elsewhere":
        rows = list(
            open_rows.filter(decision=Decision.PENDING, candidates=[]).exclude(standing=Standing.OURS.value)
        )
        decision = Decision.ELSEWHERE
    elif what == "aside":
        rows, decision = list(open_rows.filter(decision=Decision.PENDING)), Decision.ASIDE
    else:
        raise RowInvalid({"": ["没有这种批量处理，请刷新页面。"]})
    _decided(rows, decision, None, actor=actor)
    return len(rows)


@transaction.atomic
def take_back(name_list: NameList, *, actor: Actor) -> list[NameListRow]:
    """Take back the actor's latest decision, or all of one bulk decision; returns the rows as they were before."""
    require_list(name_list, actor=actor)
    held = locked_list(name_list, State.OPEN)
    mine = held.rows.select_for_update().filter(decided_by=actor.user, decided_at__isnull=False, outcome="")
    latest = mine.order_by("-decided_at").first()
    if latest is None or actor.user is None:
        raise StepRefused("没有可以撤回的确认。", hint="只能撤回自己在这份名单上的确认。")
    rows = list(mine.filter(decided_at=latest.decided_at).order_by("position"))
    for row in rows:
        row.decision = row.before.get("decision", Decision.PENDING)
        row.organisation_id, row.decided_by_id = row.before.get("organisation"), row.before.get("decided_by")
        row.decided_at, row.before = None, {}
    _save(rows)
    return rows


@transaction.atomic
def describe(name_list: NameList, values: Mapping[str, Any], *, actor: Actor) -> NameList:
    """Keep what the list's document is and what its rows are to become. Raises RowInvalid, StepRefused."""
    require_list(name_list, actor=actor)
    held = locked_list(name_list, State.OPEN)
    given = {name: values[name] for name in DETAILS if name in values}
    changes = changes_between(held, given)
    for name, value in given.items():
        setattr(held, name, value)
    granted = programmes_of(held.region_id).get(held.programme)
    if held.programme and granted is None:
        raise RowInvalid({"programme": ["没有这个事项，请从列表中选择。"]})
    _follow(held, granted)
    if held.url and not held.url.startswith(("http://", "https://")):
        raise RowInvalid({"url": ["网址应以 http:// 或 https:// 开头。"]})
    try:
        held.full_clean(
            exclude={field.name for field in held._meta.concrete_fields if field.name not in DETAILS}
        )
    except ValidationError as error:
        fields = {("" if name == "__all__" else name): texts for name, texts in error.message_dict.items()}
        raise RowInvalid(fields) from None
    held.save(update_fields=[*{*given, "holder_kind", "level", "act"}])
    if changes:
        record(held, "修改名单的文件信息", actor=actor, changes=changes)
    return held


@transaction.atomic
def drop_list(name_list: NameList, *, actor: Actor) -> NameList:
    """Give a list up from which nothing was registered; it stays in the list of lists."""
    require_list(name_list, actor=actor)
    held = locked_list(name_list, State.OPEN, State.MATCHING)
    if held.rows.exclude(outcome="").exists():
        raise StepRefused("已有行登记，不能放弃。", hint="请用“撤销这份名单”。")
    held.state = State.DROPPED
    held.save(update_fields=["state"])
    record(held, "放弃名单", actor=actor)
    return held
