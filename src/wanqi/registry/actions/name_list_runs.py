"""Writers that carry a confirmed 名单 into recognitions or nominations, chunk by chunk, and take it back as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import create_rows, record, withdraw_row
from wanqi.core.errors import RowInvalid, StepRefused, WanqiError

from ..models import NameList, NameListRow, Nomination, NominationStep, Organisation, Recognition
from ..models.recognitions import Holder, Kind
from .holding import completed
from .name_list_codes import give_code, take_code_back
from .name_list_locks import locked_list, require_list
from .nominations import NOMINATIONS
from .organisations import create_organisation
from .recognitions import RECOGNITIONS, recognised

State, Target = NameList.State, NameList.Target
Decision, Outcome, Code = NameListRow.Decision, NameListRow.Outcome, NameListRow.Code
CHUNK = 200  # rows of one transaction
TAKEN = (Decision.MATCHED, Decision.NEW)
NUMBERS = ("证书编号", "证书号", "入库登记编号", "登记编号", "编号", "备案号")


def finish_list(name_list: NameList, *, actor: Actor, today: date) -> NameList:
    """Register every matched row of a confirmed list, one transaction a chunk; returns it done.

    What stands already (same document, or same day) is not registered again; an earlier one of the same programme
    makes it a 复核. Going on after a crash needs no more than the rows' own outcomes. today: the day a nomination
    without a day of its own reached its stage. Raises RowInvalid with what is missing, StepRefused, AccessRefused.
    """
    require_list(name_list, actor=actor)
    with transaction.atomic():
        held = locked_list(name_list, State.OPEN, State.RUNNING)
        check_complete(held)
        held.state = State.RUNNING
        held.save(update_fields=["state"])
    try:
        while _chunk(held, actor=actor, today=today):
            pass
    except WanqiError:
        with transaction.atomic():
            NameList.objects.filter(pk=held.pk, state=State.RUNNING).update(state=State.OPEN)
        raise
    return _finished(held, actor=actor)


def check_complete(name_list: NameList) -> None:
    """Raise RowInvalid while a row is undecided or the document is not told."""
    missing: dict[str, list[str]] = {}
    pending = name_list.rows.filter(decision=Decision.PENDING).count()
    if pending:
        missing[""] = [f"还有{pending}行待确认。请逐行确认，或先搁置。"]
    elif not name_list.rows.filter(decision__in=TAKEN).exists():
        missing[""] = ["没有一行匹配到单位，没有可以登记的内容。"]
    if not name_list.programme:
        missing["programme"] = ["请选择事项。"]
    if name_list.target == Target.RECOGNITION:
        if not name_list.document_number and not name_list.document_title:
            missing["document_number"] = ["请填写文号；没有文号的，填写文件标题。"]
        if name_list.issued_on is None:
            missing["issued_on"] = ["请填写发文日期：它是认定日期。"]
    else:
        if not name_list.batch:
            missing["batch"] = ["申报推荐须写明批次，如“2023年第一批”。"]
        if not name_list.stage:
            missing["stage"] = ["请选择名单表示的阶段。"]
    if missing:
        raise RowInvalid(missing, hint="请补齐后再登记，已确认的行都保留。")


@transaction.atomic
def _chunk(name_list: NameList, *, actor: Actor, today: date) -> bool:
    """Register the next rows; returns whether there were any."""
    held = locked_list(name_list, State.RUNNING)
    rows = list(
        held.rows.select_for_update(of=("self",))
        .select_related("organisation__area")
        .filter(decision__in=TAKEN, outcome="")
        .order_by("position")[:CHUNK]
    )
    for row in rows:
        if row.decision == Decision.NEW:
            row.organisation, row.made_organisation = _organisation(held, row, actor=actor)
        else:
            give_code(held, row, actor=actor)
    if held.target == Target.NOMINATION:
        _nominate(held, rows, actor=actor, today=today)
    else:
        _recognise(held, rows, actor=actor)
    names = (
        "organisation", "made_organisation", "outcome", "recognition", "nomination", "note", "code_given",
    )  # fmt: skip
    NameListRow.objects.bulk_update(rows, names)
    return bool(rows)


def _organisation(held: NameList, row: NameListRow, *, actor: Actor) -> tuple[Organisation, bool]:
    """Return the organisation a row is to make, and whether it was made: an earlier row may have done so."""
    known = Organisation.objects.current().filter(region=held.region_id, name=row.printed_name).first()
    if known is not None:
        return known, False
    values: dict[str, Any] = {
        "name": row.printed_name,
        "credit_code": row.code,
        "former_names": [row.former] if row.former else [],
        "office_id": held.office_id,
        "source": f"{held.document_number or held.document_title or '名单'}"[:180] + f"（名单第{held.pk}份）",
    }
    made = create_organisation(
        values,
        actor=actor,
        region=held.region_id,
        is_demonstration=_is_demonstration(actor),
    )
    return made, True


def _is_demonstration(actor: Actor) -> bool:
    return bool(actor.user and actor.user.is_demonstration)


def _holder(held: NameList, row: NameListRow) -> str:
    """Return the printed name of what holds it: a product's or project's own, else the organisation's as printed."""
    own = {Holder.PRODUCT.value: row.product, Holder.PROJECT.value: row.project}.get(held.holder_kind, "")
    return own or row.printed_name


def _given(held: NameList, row: NameListRow) -> dict[str, Any]:
    """Return what a recognition and a nomination have in common."""
    document = held.document_number or held.document_title or "名单"
    return {
        "office_id": held.office_id,
        "holder_kind": held.holder_kind,
        "organisation": row.organisation,
        "holder_name": _holder(held, row),
        "programme": held.programme,
        "level": held.level,
        "batch": held.batch,
        "source": f"{document[:150]}（名单第{held.pk}份{row.where[:20]}）",
        "evidence_id": held.file_id,
    }


def _recognise(held: NameList, rows: Sequence[NameListRow], *, actor: Actor) -> None:
    standing = Recognition.objects.current().filter(
        region=held.region_id,
        programme=held.programme,
        organisation__in=[row.organisation for row in rows],
    )
    known: dict[int, list[Recognition]] = {}
    for one in standing:
        known.setdefault(one.organisation_id or 0, []).append(one)
    fresh: list[tuple[NameListRow, Recognition]] = []
    for row in rows:
        assert row.organisation is not None
        mine = known.setdefault(row.organisation.pk, [])
        if same := _same(held, row, mine):
            row.recognition, row.outcome = same, Outcome.EXISTING
            continue
        kind = held.kind or (Kind.REVIEW.value if _earlier(held, row, mine) else Kind.FIRST.value)
        values = {
            **_given(held, row),
            "act": held.act,
            "kind": kind,
            "authority": held.authority,
            "document_number": held.document_number,
            "document_title": held.document_title,
            "url": held.url,
            "granted_on": held.issued_on,
            "valid_until": held.valid_until,
            "certificate_number": next((row.cells[name][:80] for name in NUMBERS if row.cells.get(name)), ""),
        }
        clean = RECOGNITIONS.clean(held.region_id, recognised(held.region_id, values))
        made = Recognition(region_id=held.region_id, is_demonstration=_is_demonstration(actor), **clean)
        row.outcome = Outcome.CREATED if kind == Kind.FIRST else Outcome.RENEWED
        fresh.append((row, made))
        mine.append(made)
    create_rows([made for _, made in fresh], actor=actor, reason=f"名单第{held.pk}份", verb="按名单登记")
    for row, made in fresh:
        row.recognition = made


def _same(held: NameList, row: NameListRow, mine: Sequence[Recognition]) -> Recognition | None:
    """Return the recognition that this row would only repeat: of this document, or of the same day."""
    own = held.holder_kind in (Holder.PRODUCT, Holder.PROJECT)
    return next(
        (
            one
            for one in mine
            if (not own or one.holder_name == _holder(held, row))
            and (
                one.granted_on == held.issued_on
                or (held.document_number and one.document_number == held.document_number)
            )
        ),
        None,
    )


def _earlier(held: NameList, row: NameListRow, mine: Sequence[Recognition]) -> bool:
    """Return whether the same holder had the title before."""
    own = held.holder_kind in (Holder.PRODUCT, Holder.PROJECT)
    return any(
        (not own or one.holder_name == _holder(held, row))
        and (one.granted_on is None or held.issued_on is None or one.granted_on < held.issued_on)
        for one in mine
    )


def _nominate(held: NameList, rows: Sequence[NameListRow], *, actor: Actor, today: date) -> None:
    standing = Nomination.objects.current().filter(
        region=held.region_id,
        programme=held.programme,
        batch=held.batch,
        organisation__in=[row.organisation for row in rows],
    )
    own = held.holder_kind in (Holder.PRODUCT, Holder.PROJECT)
    known = {(one.organisation_id, one.holder_name if own else ""): one for one in standing}
    on = held.issued_on or today
    fresh: list[tuple[NameListRow, Nomination]] = []
    for row in rows:
        key = (row.organisation_id, _holder(held, row) if own else "")
        if same := known.get(key):
            row.nomination, row.outcome = same, Outcome.EXISTING
            continue
        values = {
            **_given(held, row),
            "purpose": Nomination.For.REVIEW if held.kind == Kind.REVIEW else Nomination.For.NEW,
            "stage": held.stage,
            "stage_on": on,
            "letter": held.document_number,
        }
        clean = NOMINATIONS.clean(held.region_id, completed(held.region_id, values))
        made = Nomination(region_id=held.region_id, is_demonstration=_is_demonstration(actor), **clean)
        row.outcome = Outcome.CREATED
        known[key] = made
        fresh.append((row, made))
    create_rows([made for _, made in fresh], actor=actor, reason=f"名单第{held.pk}份", verb="按名单登记")
    for row, made in fresh:
        row.nomination = made
    NominationStep.objects.bulk_create(
        NominationStep(nomination=made, stage=made.stage, on=on, file_id=held.file_id, recorded_by=actor.user)
        for _, made in fresh
    )


@transaction.atomic
def _finished(name_list: NameList, *, actor: Actor) -> NameList:
    held = locked_list(name_list, State.RUNNING)
    rows = held.rows.all()
    held.counts = {
        "created": rows.filter(outcome=Outcome.CREATED).count(),
        "renewed": rows.filter(outcome=Outcome.RENEWED).count(),
        "existing": rows.filter(outcome=Outcome.EXISTING).count(),
        "organisations": rows.filter(made_organisation=True).count(),
        "codes": rows.filter(code_given=Code.GIVEN).count(),
        "rest": rows.filter(outcome="").count(),
    }
    held.state = State.DONE
    held.save(update_fields=["counts", "state"])
    NameList.objects.filter(pk=held.pk).update(finished_at=Now())
    said = (
        ("新登记", "created"),
        ("复核", "renewed"),
        ("已在台账", "existing"),
        ("新建单位", "organisations"),
        ("补登代码", "codes"),
    )
    record(held, "完成名单登记", actor=actor, changes=_told(held.counts, said))
    held.refresh_from_db()
    return held


def _told(counts: dict[str, int], said: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"field": name, "label": label, "old": "—", "new": str(counts[name])} for label, name in said]


def undo_list(name_list: NameList, *, actor: Actor) -> NameList:
    """Take a whole list back, chunk by chunk: what it registered is withdrawn unless it was changed since.

    Organisations it made are withdrawn too where nothing else stands on them, and the codes it gave are taken back
    where they still stand. Raises StepRefused, AccessRefused.
    """
    require_list(name_list, actor=actor)
    with transaction.atomic():
        held = locked_list(name_list, State.DONE, State.RUNNING, State.OPEN)
        if not held.rows.filter(UNDOABLE).exists() and held.state != State.DONE:
            raise StepRefused("这份名单还没有登记任何一行。", hint="不需要的，可以放弃这份名单。")
        record(held, "开始撤销名单", actor=actor)
    while _undo_chunk(held, actor=actor):
        pass
    return _undone(held, actor=actor)


REGISTERED = (Outcome.CREATED, Outcome.RENEWED)
# A row that was in the register already may have given a code all the same.
UNDOABLE = Q(outcome__in=REGISTERED) | Q(code_given=Code.GIVEN)


@transaction.atomic
def _undo_chunk(name_list: NameList, *, actor: Actor) -> bool:
    held = locked_list(name_list, State.DONE, State.RUNNING, State.OPEN)
    rows = list(
        held.rows.select_for_update(of=("self",))
        .select_related("recognition", "nomination", "organisation")
        .filter(UNDOABLE)
        .order_by("-position")[:CHUNK]
    )
    reason = f"撤销名单第{held.pk}份"
    for row in rows:
        if row.outcome in REGISTERED:
            row.outcome = _withdraw_row(row, actor=actor, reason=reason)
        if row.code_given == Code.GIVEN:
            take_code_back(row, actor=actor, reason=reason)
        if row.made_organisation and row.organisation is not None:
            _withdraw_made(row.organisation, actor=actor, reason=reason)
    NameListRow.objects.bulk_update(rows, ("outcome", "code_given", "note"))
    return bool(rows)


def _withdraw_row(row: NameListRow, *, actor: Actor, reason: str) -> NameListRow.Outcome:
    """Withdraw what a row registered, unless it was changed since; returns what became of it."""
    made = row.recognition or row.nomination
    if made is None or made.version != 1 or made.withdrawn_at is not None:
        return Outcome.KEPT
    withdraw_row(made, actor=actor, reason=reason, verb="撤销名单")
    return Outcome.WITHDRAWN


def _withdraw_made(organisation: Organisation, *, actor: Actor, reason: str) -> None:
    """Withdraw an organisation the list made, unless it was changed since or something else stands on it."""
    stands = any(
        model._default_manager.filter(organisation=organisation, withdrawn_at__isnull=True).exists()
        for model in (Recognition, Nomination)
    )
    fresh = Organisation.objects.get(pk=organisation.pk)
    if not stands and fresh.version == 1 and fresh.withdrawn_at is None:
        withdraw_row(fresh, actor=actor, reason=reason, verb="撤销名单")


@transaction.atomic
def _undone(name_list: NameList, *, actor: Actor) -> NameList:
    held = locked_list(name_list, State.DONE, State.RUNNING, State.OPEN)
    rows = held.rows.all()
    held.counts = {
        **held.counts,
        "withdrawn": rows.filter(outcome=Outcome.WITHDRAWN).count(),
        "kept": rows.filter(outcome=Outcome.KEPT).count(),
        "codes_back": rows.filter(code_given=Code.TAKEN_BACK).count(),
        "codes_kept": rows.filter(code_given=Code.KEPT).count(),
    }
    held.state = State.UNDONE
    held.save(update_fields=["counts", "state"])
    NameList.objects.filter(pk=held.pk).update(undone_at=Now())
    said = (
        ("撤销", "withdrawn"),
        ("其后有改动，保留", "kept"),
        ("收回补登的代码", "codes_back"),
        ("补登的代码未收回", "codes_kept"),
    )
    record(held, "撤销名单", actor=actor, changes=_told(held.counts, said))
    held.refresh_from_db()
    return held
