"""The writers every app uses: register rows with their audit row in one transaction, attachments, accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now

from ..access import Actor
from ..errors import AccessRefused, ReasonMissing, RowInvalid, RowStale, StepRefused
from ..masking import masked
from ..models import AuditEvent, Owned

Row = TypeVar("Row", bound=Owned)
MOST_REASON = 500  # characters


def shown(value: Any) -> str:
    """Return a value as the trail shows it; unknown is an em dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple):
        return "、".join(shown(item) for item in value) or "—"
    return str(value)


def record(
    target: models.Model,
    verb: str,
    *,
    actor: Actor,
    changes: Sequence[Mapping[str, str]] = (),
    reason: str = "",
    region: str | None = None,
) -> AuditEvent:
    """Append one audit row; call it inside the transaction of the act it describes."""
    return AuditEvent.objects.create(
        actor=actor.user,
        actor_name=actor.name,
        region_id=region or getattr(target, "region_id", None),
        verb=verb,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:300],
        changes=list(changes),
        reason=reason,
        address=actor.address,
    )


def record_each(
    targets: Sequence[models.Model],
    verb: str,
    *,
    actor: Actor,
    changes: Callable[[Any], Sequence[Mapping[str, str]]] = lambda target: (),
    reason: str = "",
) -> None:
    """Append one audit row for each of many rows that have a region, in one statement; otherwise as `record`."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            actor=actor.user,
            actor_name=actor.name,
            region_id=getattr(target, "region_id", None),
            verb=verb,
            target_kind=target._meta.label_lower,
            target_id=str(target.pk),
            target_label=str(target)[:300],
            changes=list(changes(target)),
            reason=reason,
            address=actor.address,
        )
        for target in targets
    )


def changes_between(row: models.Model, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what `values` would change in `row`, as the trail shows it."""
    changes = []
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            field = row._meta.get_field(name)
            label = str(getattr(field, "verbose_name", name))
            changes.append(
                {
                    "field": name,
                    "label": label,
                    "old": shown(_display(row, name, old)),
                    "new": shown(_display(row, name, new)),
                }
            )
    return changes


def _display(row: models.Model, name: str, value: Any) -> Any:
    value = masked(name, value)
    if isinstance(value, dict):  # the row may know what its fields are called
        told = getattr(row, "told", None)
        return told(value) if told else f"{len(value)}项"
    choices = getattr(row._meta.get_field(name), "choices", None)
    return dict(choices).get(value, value) if choices else value


def _validated(row: models.Model, *, exclude: Sequence[str] = ()) -> None:
    try:
        # Savepoint: a constraint check that reads the database must not break the caller's transaction.
        row.full_clean(exclude=set(exclude))
    except ValidationError as error:
        fields = {
            ("" if name == "__all__" else name): messages for name, messages in error.message_dict.items()
        }
        raise RowInvalid(fields) from None


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises ReasonMissing without words, RowInvalid above 500 characters."""
    said = reason.replace("\x00", "").strip()  # PostgreSQL keeps no NUL
    if not said:
        raise ReasonMissing
    if len(said) > MOST_REASON:
        raise RowInvalid({"reason": [f"原因有{len(said)}字，请写在{MOST_REASON}字以内。"]})
    return said


@contextmanager
def refusing_duplicates(row: models.Model) -> Iterator[None]:
    """Turn a rule of the database that another transaction broke first into RowInvalid.

    The check before saving cannot see a row that somebody else is saving at the same moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise RowInvalid({"": [_broken_rule(row, error)]}) from None


def _broken_rule(row: models.Model, error: IntegrityError) -> str:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for rule in row._meta.constraints:
        if rule.name == name:
            return str(rule.violation_error_message)
    return "刚才有人登记了相同的内容，请刷新后核对。"


def _require_place(row: Owned, verb: str, actor: Actor) -> None:
    if not actor.may_place(
        row.resource,
        verb,
        region=row.region_id,
        office=row.office_id,
        area=getattr(row, "area_id", None),
        unit=row.unit_id,
    ):
        raise AccessRefused(
            "只能登记、修改本股室或本单位的记录。", hint="请核对责任股室、报送单位，或联系其经办人。"
        )


@transaction.atomic
def create_row(row: Row, *, actor: Actor, reason: str = "", verb: str = "登记") -> Row:
    """Save a new register row. Raises RowInvalid with a message per field, AccessRefused outside the actor's place."""
    row.created_by = actor.user
    _require_place(row, "create", actor)
    _validated(row)
    with refusing_duplicates(row):
        row.save(force_insert=True)
    record(row, verb, actor=actor, changes=_first_values(row), reason=reason)
    return row


@transaction.atomic
def create_rows(rows: Sequence[Row], *, actor: Actor, reason: str = "", verb: str = "登记") -> Sequence[Row]:
    """Save many new rows of one register, each with its audit row; all or none.

    Uniqueness is left to the database. Raises RowInvalid, AccessRefused outside the actor's place.
    """
    for row in rows:
        row.created_by = actor.user
        _require_place(row, "create", actor)
        try:
            row.clean_fields(exclude={field.name for field in row._meta.concrete_fields if field.is_relation})
            row.clean()
        except ValidationError as error:
            raise RowInvalid({f"{row}": error.messages}) from None
    if rows:
        try:
            with transaction.atomic():
                type(rows[0])._default_manager.bulk_create(rows, batch_size=1000)
        except IntegrityError as error:
            raise RowInvalid({"": [f"有记录重复或不合规则：{str(error).splitlines()[0]}"]}) from None
    record_each(rows, verb, actor=actor, changes=_first_values, reason=reason)
    return rows


def _first_values(row: models.Model) -> list[dict[str, str]]:
    """Return what a new row says, as the trail shows it."""
    fields = [
        field for field in row._meta.concrete_fields if field.editable and field.name not in _BOOKKEEPING
    ]
    return [
        {
            "field": field.name,
            "label": str(field.verbose_name),
            "old": "—",
            "new": shown(_display(row, field.name, getattr(row, field.name))),
        }
        for field in fields
        if getattr(row, field.name) not in (None, "", [])
    ]


_BOOKKEEPING = {
    "id",
    "region",
    "version",
    "created_at",
    "updated_at",
    "created_by",
    "withdrawn_at",
    "withdrawn_reason",
    "is_demonstration",
}


def _locked(row: Row) -> Row:
    rows: Any = type(row)._default_manager
    locked: Row = rows.select_for_update(of=("self",)).get(pk=row.pk)
    return locked


@transaction.atomic
def correct_row(
    row: Row,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    verb: str = "更正",
) -> Row:
    """Change fields of a row and say why; returns the row unchanged, and records nothing, when nothing differs.

    seen: the `version` the actor looked at. Raises RowStale when the row moved on since, ReasonMissing without a
    reason, RowInvalid, AccessRefused.
    """
    reason = checked_reason(reason)
    row = _locked(row)
    if seen is not None and seen != row.version:
        raise RowStale(
            f"该记录已在{row.updated_at.astimezone():%Y-%m-%d %H:%M}被他人修改。",
            hint="您填写的内容仍保留，请核对最新内容后重新提交。",
        )
    if row.withdrawn_at is not None:
        raise StepRefused("该记录已撤销，不能更正。", hint="如需恢复，请先恢复该记录。")
    _require_place(row, "correct", actor)
    changes = changes_between(row, values)
    if not changes:
        return row
    for change in changes:
        setattr(row, change["field"], values[change["field"]])
    _require_place(row, "correct", actor)  # nor may a row be pushed to somebody else's place
    row.version += 1
    _validated(row)
    row.updated_at = Now()
    with refusing_duplicates(row):
        row.save(update_fields=[*(change["field"] for change in changes), "version", "updated_at"])
    row.refresh_from_db()
    record(row, verb, actor=actor, changes=changes, reason=reason)
    return row


@transaction.atomic
def withdraw_row(row: Row, *, actor: Actor, reason: str, verb: str = "撤销") -> Row:
    """Take a row out of every figure and list; it stays readable. Raises ReasonMissing, StepRefused, AccessRefused."""
    reason = checked_reason(reason)
    row = _locked(row)
    if row.withdrawn_at is not None:
        raise StepRefused("该记录已经撤销。")
    _require_place(row, "withdraw", actor)
    row.withdrawn_at = Now()
    row.withdrawn_reason = reason
    return _changed_state(row, verb, "在册", "已撤销", actor, reason)


@transaction.atomic
def restore_row(row: Row, *, actor: Actor, reason: str, verb: str = "恢复") -> Row:
    """Bring a withdrawn row back. Raises ReasonMissing, StepRefused, AccessRefused, RowInvalid."""
    reason = checked_reason(reason)
    row = _locked(row)
    if row.withdrawn_at is None:
        raise StepRefused("该记录没有撤销，不需要恢复。")
    _require_place(row, "withdraw", actor)
    row.withdrawn_at = None
    row.withdrawn_reason = ""
    _validated(row)
    return _changed_state(row, verb, "已撤销", "在册", actor, reason)


def _changed_state(row: Row, verb: str, old: str, new: str, actor: Actor, reason: str) -> Row:
    row.version += 1
    row.updated_at = Now()
    with refusing_duplicates(row):
        row.save(update_fields=["withdrawn_at", "withdrawn_reason", "version", "updated_at"])
    row.refresh_from_db()
    record(
        row,
        verb,
        actor=actor,
        changes=[{"field": "withdrawn_at", "label": "状态", "old": old, "new": new}],
        reason=reason,
    )
    return row
