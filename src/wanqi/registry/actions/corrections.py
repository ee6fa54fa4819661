"""Writers of corrections that enterprises ask for: asked, taken back, accepted into the register, or refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.actions.rows import refusing_duplicates
from wanqi.core.errors import AccessRefused, RowInvalid, RowMissing, StepRefused
from wanqi.core.packs import current_pack

from ..facts import entries
from ..facts.homes import facts_kept
from ..facts.values import check_value, in_words
from ..models import FactCorrection, Organisation
from ..models.facts import SourceClass
from .facts import record_fact

State, Section = FactCorrection.State, FactCorrection.Section
SOURCE = "企业更正申请"
MOST = 500  # characters of what is told
# Checked by the database, under which an enterprise's request sees neither accounts nor other rows.
_UNCHECKED = ("created_by", "answered_by", "fact", "office", "unit")


def propose_correction(
    organisation: Organisation,
    *,
    section: str,
    subject: str,
    actor: Actor,
    reason: str,
    period: str = "",
    as_of: date | None = None,
    value: Any = None,
    told: str = "",
    before: str = "",
    file: int | None = None,
) -> FactCorrection:
    """Ask for a datum of the actor's own enterprise to be corrected or added, and return what a clerk will answer.

    value: of a fact, as `wanqi evaluate` takes it; told: the words for what is no fact. Raises AccessRefused for
    another enterprise, ReasonMissing, RowInvalid with a message per field.
    """
    _require_own(organisation, actor, "create")
    pack = current_pack(organisation.region_id)
    reason = checked_reason(reason)
    if section == Section.FACT:
        one = entries.entry(
            pack,
            organisation.pk,
            subject,
            value,
            source_class=SourceClass.SELF,
            source=SOURCE,
            period=period,
            as_of=as_of,
            today=timezone.localdate(),
        )
        period, told = one.period, in_words(pack.facts[subject], one.value)
    else:
        told = _told(subject in pack.records or subject in pack.facts, told)
        period, value = "", None
    row = FactCorrection(
        region_id=organisation.region_id,
        office_id=organisation.office_id,
        organisation=organisation,
        is_demonstration=organisation.is_demonstration,
        section=section,
        subject=subject,
        period=period,
        as_of=as_of,
        value=value,
        told=told[:MOST],
        before=before[:300],
        reason=reason,
        file_id=file,
        created_by=actor.user,
    )
    with transaction.atomic(), refusing_duplicates(row):
        _validated(row)
        row.save(force_insert=True)
        _say(row, "提出更正", actor=actor, old=before or "—", new=told, reason=reason)
    return row


def _told(known: bool, told: str) -> str:
    if not known:
        raise RowInvalid({"subject": ["数据字典中没有这一类记录，请从列表中选择。"]})
    words = told.strip()
    if not words:
        raise RowInvalid({"told": ["请写明要补充或更正的内容。"]})
    if len(words) > MOST:
        raise RowInvalid({"told": [f"有{len(words)}个字，请写在{MOST}字以内。"]})
    return words


def _validated(row: FactCorrection) -> None:
    try:
        row.full_clean(exclude=_UNCHECKED)
    except ValidationError as error:
        raise RowInvalid(
            {("" if name == "__all__" else name): texts for name, texts in error.message_dict.items()}
        ) from None


def retract_correction(row: FactCorrection, *, actor: Actor) -> FactCorrection:
    """Take back one's own request while nobody has answered it. Raises AccessRefused, StepRefused."""
    _require_own(row.organisation, actor, "withdraw")
    with transaction.atomic():
        row = _open(row)
        row.state, row.answered_at, row.updated_at = State.RETRACTED, timezone.now(), timezone.now()
        row.version += 1
        row.save(update_fields=["state", "answered_at", "updated_at", "version"])
        _say(row, "撤回更正", actor=actor, old=State.OPEN, new=State.RETRACTED)
    return row


def accept_correction(
    row: FactCorrection,
    *,
    actor: Actor,
    source_class: str = SourceClass.SELF,
    source: str = "",
    office: int | None = None,
    answer: str = "",
) -> FactCorrection:
    """Take what the enterprise says into the register, with its file as evidence, and tell it so.

    A fact is recorded under `source_class` and `source` (企业更正申请 with its number unless given); of a list of
    records the clerk says in `answer` where it was registered. Raises AccessRefused, StepRefused, RowInvalid.
    """
    _require_answer(row, actor)
    with transaction.atomic():
        row = _open(row)
        if row.section == Section.FACT:
            row.fact = record_fact(
                row.organisation,
                row.subject,
                row.value,
                source_class=source_class,
                source=source.strip() or f"{SOURCE}第{row.pk}号",
                period=row.period,
                as_of=row.as_of,
                office=office,
                evidence=row.file_id,
                reason=f"采纳企业更正申请第{row.pk}号：{row.reason}"[:500],
                is_demonstration=row.is_demonstration,
                actor=actor,
            )
        else:
            answer = checked_reason(answer)
        _answered(row, State.ACCEPTED, answer.strip(), actor)
        _say(row, "采纳更正", actor=actor, old=State.OPEN, new=State.ACCEPTED, reason=answer)
    return row


def refuse_correction(row: FactCorrection, *, actor: Actor, reason: str) -> FactCorrection:
    """Answer no and why; the register stays as it is. Raises AccessRefused, StepRefused, ReasonMissing."""
    _require_answer(row, actor)
    reason = checked_reason(reason)
    with transaction.atomic():
        row = _open(row)
        _answered(row, State.REFUSED, reason, actor)
        _say(row, "不采纳更正", actor=actor, old=State.OPEN, new=State.REFUSED, reason=reason)
    return row


def _answered(row: FactCorrection, state: str, answer: str, actor: Actor) -> None:
    now = timezone.now()
    row.state, row.answer, row.answered_at, row.answered_by = state, answer, now, actor.user
    row.updated_at, row.version = now, row.version + 1
    row.save(update_fields=["state", "answer", "answered_at", "answered_by", "fact", "updated_at", "version"])


def _open(row: FactCorrection) -> FactCorrection:
    """Return the row locked against a second answer. Raises RowMissing, StepRefused once it has one."""
    rows = FactCorrection.objects.select_for_update(of=("self",)).select_related("organisation")
    found: FactCorrection | None = rows.filter(pk=row.pk).first()
    if found is None:
        raise RowMissing("没有找到这条更正申请，或您无权查看。")
    if found.state != State.OPEN:
        raise StepRefused(f"这条更正申请{found.state}，不能再办理。", hint="请刷新后核对。")
    return found


def _require_own(organisation: Organisation, actor: Actor, verb: str) -> None:
    if not actor.may_place(
        "correction",
        verb,
        region=organisation.region_id,
        office=None,
        area=None,
        unit=None,
        organisation=organisation.pk,
    ):
        raise AccessRefused("只能为本企业提出更正。", hint="请核对登录的账号。")


def _require_answer(row: FactCorrection, actor: Actor) -> None:
    if not actor.may_place(
        "correction", "answer", region=row.region_id, office=row.office_id, area=None, unit=None
    ):
        raise AccessRefused("您的角色不能办理企业的更正申请。", hint="请由经办人或股室负责人办理。")


def subject_title(row: FactCorrection) -> str:
    """Return what a request is about, with its year."""
    pack = current_pack(row.region_id)
    spec = pack.facts.get(row.subject) or pack.records.get(row.subject)
    title = spec.title if spec else row.subject
    return f"{row.period}年度{title}" if row.period else title


def value_of(row: FactCorrection) -> str:
    """Return the proposed value in words of today's vocabulary; what was told where it is no fact."""
    spec = facts_kept(current_pack(row.region_id)).get(row.subject)
    if row.section != Section.FACT or spec is None:
        return row.told
    return in_words(spec, check_value(spec, row.value))


def _say(row: FactCorrection, verb: str, *, actor: Actor, old: str, new: str, reason: str = "") -> None:
    change = {"field": "value", "label": subject_title(row), "old": str(old), "new": str(new)}
    record(row, verb, actor=actor, changes=[change], reason=reason)
