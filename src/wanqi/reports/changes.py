"""What moved since a draft was last taken as read: which rows came or went, who did it and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Model

from wanqi.core.access import Actor
from wanqi.core.actions import shown
from wanqi.core.history import SILENT
from wanqi.core.models import AuditEvent
from wanqi.core.row_sources import source_of
from wanqi.indicators.evaluate import Figure
from wanqi.packs import IndicatorSpec, Pack

from .models import Draft

CREATED = frozenset({"登记", "导入登记"})  # verbs that begin a row
WITHDRAWN = "已撤销"  # the state an act of withdrawal writes
SHOWN = 3  # causes told in full; more are counted


@dataclass(frozen=True, slots=True)
class Cause:
    """What was done to one row that came into a figure, left it, or became certain; `kind` and `record` name it."""

    text: str
    kind: str
    record: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that no longer reads as it did. `causes` for counted rows; `inputs` are ids of changed inputs."""

    figure: str
    title: str
    before: str
    after: str
    causes: tuple[Cause, ...] = ()
    inputs: tuple[str, ...] = ()
    definition: bool = False

    @property
    def sentence(self) -> str:
        """The change as it stands below the report: 120→119：演示站址0571开通日期由…改为…，更正人…，…"""
        return f"{self.before}→{self.after}：{self.why}"

    @property
    def why(self) -> str:
        if self.causes:
            told = "；".join(cause.text for cause in self.causes[:SHOWN])
            rest = len(self.causes) - SHOWN
            return f"{told}；等共{len(self.causes)}处" if rest > 0 else told
        if self.inputs:
            return f"随{'、'.join(self.inputs)}变化"
        return "指标定义或地区配置已更新" if self.definition else "填报值或目标已变更"


def readable(changes: Sequence[Change], actor: Actor) -> tuple[Change, ...]:
    """Return the changes as `actor` may read them: rows that may not be seen are counted, not named."""
    ids: dict[str, set[str]] = {}
    for cause in (cause for change in changes for cause in change.causes):
        ids.setdefault(cause.kind, set()).add(cause.record)
    seen = {
        (kind, str(pk))
        for kind, records in ids.items()
        for pk in _visible(kind, records, actor).values_list("pk", flat=True)
    }
    return tuple(replace(change, causes=_named(change.causes, seen)) for change in changes)


def _visible(kind: str, records: set[str], actor: Actor) -> Any:
    model: Any = source_of(kind).model
    rows = model._default_manager.filter(pk__in=records)
    return rows.visible_to(actor) if actor.can(model.resource, "view") else rows.none()


def _named(causes: Sequence[Cause], seen: set[tuple[str, str]]) -> tuple[Cause, ...]:
    named = tuple(cause for cause in causes if (cause.kind, cause.record) in seen)
    hidden = len(causes) - len(named)
    return (*named, Cause(f"{hidden}条记录有改动，您的角色不能查看明细", "", "")) if hidden else named


def baseline_of(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Return the figure table that a draft keeps: id → value, display, records, uncertain."""
    return {
        id: {
            "value": None if figure.value is None else str(figure.value),
            "display": figure.display,
            "records": list(figure.records),
            "uncertain": list(figure.uncertain),
        }
        for id, figure in figures.items()
    }


def changes_since(draft: Draft, figures: Mapping[str, Figure], pack: Pack) -> tuple[Change, ...]:
    """Return every figure that reads differently from the draft's baseline, with its causes."""
    found: dict[str, Change] = {}
    for id, figure in figures.items():
        before = draft.baseline.get(id)
        if before is None or before["display"] == figure.display:
            continue
        found[id] = Change(
            figure=id,
            title=figure.title,
            before=_number(before["display"], figure),
            after=_number(figure.display, figure),
            causes=_causes(draft, figure, before, counted_fields(pack, id)) if figure.record_kind else (),
            definition=bool(draft.baseline_digest) and draft.baseline_digest != pack.digest,
        )
    return tuple(_with_inputs(change, figures, pack.indicators, set(found)) for change in found.values())


def counted_fields(pack: Pack, id: str) -> frozenset[str]:
    """Return the fields of a row that decide whether and how it counts."""
    spec = pack.indicators[id]
    while spec.nature == "derived" and spec.of is not None:
        spec = pack.indicators[spec.of]
    condition = pack.where(spec.id)
    measured = spec.measured[1] if spec.measure else None
    names = {spec.date, spec.until, measured, *(condition.inputs if condition else ())}
    return frozenset(name for name in names if name is not None)


def _number(display: str, figure: Figure) -> str:
    """Counts are told without their unit, as people say them; rates keep their sign."""
    return display if figure.unit == "%" else display.removesuffix(figure.unit)


def _with_inputs(
    change: Change, figures: Mapping[str, Figure], definitions: Mapping[str, IndicatorSpec], moved: set[str]
) -> Change:
    if change.causes:
        return change
    names = tuple(figures[id].title for id in definitions[change.figure].inputs if id in moved)
    return replace(change, inputs=names)


def _causes(
    draft: Draft, figure: Figure, before: Mapping[str, Any], fields: frozenset[str]
) -> tuple[Cause, ...]:
    """Return one cause per row that counts differently now."""
    source = source_of(figure.record_kind)
    was = dict.fromkeys(before["records"], True) | dict.fromkeys(before["uncertain"], False)
    now = dict.fromkeys(figure.records, True) | dict.fromkeys(figure.uncertain, False)
    touched = [id for id in sorted(was.keys() | now.keys(), key=_order) if was.get(id) != now.get(id)]
    acts = acts_since(source.model, touched, draft.baseline_at)
    rows = {str(row.pk): row for row in source.model._default_manager.filter(pk__in=touched)}
    names = frozenset(source.fields.get(field, field) for field in fields)
    return tuple(Cause(told(rows.get(id), id, acts.get(id, ()), names), source.kind, id) for id in touched)


def _order(id: str) -> tuple[int, str]:
    return (int(id), "") if id.isdigit() else (0, id)


def acts_since(
    model: type[Model], ids: Sequence[str], since: datetime | None = None, *, after: int = 0
) -> dict[str, list[AuditEvent]]:
    """Return id → what was done to each row after a moment or an act, in order; only rows something was done to."""
    events = AuditEvent.objects.filter(
        target_kind=model._meta.label_lower, target_id__in=ids, id__gt=after
    ).order_by("id")
    if since is not None:
        events = events.filter(at__gt=since)
    found: dict[str, list[AuditEvent]] = {}
    for event in events:
        found.setdefault(event.target_id, []).append(event)
    return found


def told(row: Any, id: str, acts: Sequence[AuditEvent], fields: frozenset[str], *, name: str = "") -> str:
    """Return what was done to one row since, and by whom: only acts that decide whether it counts are named.

    name: what the row is called, its own name unless given.
    """
    name = name or (str(row) if row is not None else f"编号{id}的记录")
    turn = next((act for act in reversed(acts) if _says(act, frozenset({"withdrawn_at"}))), None)
    if row is not None and row.withdrawn_at is not None:
        if turn is not None and turn.changes[0]["new"] == WITHDRAWN:
            return f"{name}已撤销{_by(turn, '撤销人')}"
        return _silent(name)
    if acts and acts[0].verb in CREATED:
        imported = acts[0].verb != "登记"
        return f"{name}新登记{_by(acts[0], '导入人' if imported else '登记人')}"
    counted = [act for act in acts if _says(act, fields)]
    moved = _moved(counted, fields)
    if moved:
        behind = "，其后又有" + SILENT if _moved_on(row, counted, fields) else ""
        return f"{name}{moved}{_by(counted[-1], '更正人')}{behind}"
    return f"{name}{turn.verb}{_by(turn, '经办人')}" if turn is not None else _silent(name)


def _silent(name: str) -> str:
    return f"{name}有{SILENT}，没有操作人和原因"


def _says(act: AuditEvent, fields: frozenset[str]) -> bool:
    return any(change["field"] in fields for change in act.changes)


def _moved(acts: Sequence[AuditEvent], counted: frozenset[str]) -> str:
    """Return each corrected field that counts once, from its first old to its last new value."""
    fields: dict[str, list[str]] = {}
    for act in acts:
        for change in act.changes:
            if change["field"] not in counted:
                continue
            kept = fields.setdefault(change["label"], [change["old"], change["new"]])
            kept[1] = change["new"]
    return "、".join(f"{label}由{old}改为{new}" for label, (old, new) in fields.items() if old != new)


def _moved_on(row: Any, acts: Sequence[AuditEvent], counted: frozenset[str]) -> bool:
    """Return whether a field no longer holds what the last act on it wrote."""
    last = {change["field"]: change["new"] for act in acts for change in act.changes}
    return row is not None and any(
        shown(getattr(row, field)) != new for field, new in last.items() if field in counted
    )


def _by(act: AuditEvent, word: str) -> str:
    return f"，{word}{act.actor_name}" + (f"，{act.reason}" if act.reason else "")
