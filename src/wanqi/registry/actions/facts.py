"""Writers of facts: every value is a row of its own, and a correction is a newer row of the same source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason
from wanqi.core.actions.rows import refusing_duplicates
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale, StepRefused
from wanqi.core.models import Owned
from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack

from ..facts import entries, values
from ..facts.comparing import corrects, says_nothing_new, standing_rows
from ..facts.entries import Entry, Key, key_of
from ..models import Fact, ImportBatch, Organisation
from ..models.facts import SourceClass
from .import_rows import audit, insert, transaction_time

CHUNK = 2_000
RECORDED, CORRECTED, WITHDRAWN = "登记企业数据", "更正企业数据", "撤销企业数据"


@dataclass
class Recorded:
    """What became of some entries: new rows, newer rows with what they replaced, and how many said nothing new."""

    created: list[Fact] = field(default_factory=list)
    corrected: list[tuple[Fact, Fact]] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Setting:
    """What new rows of one act have in common."""

    region: str
    office: int | None = None
    unit: int | None = None
    batch: int | None = None
    is_demonstration: bool = False


def record_fact(
    organisation: Organisation,
    fact: str,
    value: Any,
    *,
    source_class: str,
    source: str,
    actor: Actor,
    period: str = "",
    as_of: date | None = None,
    office: int | None = None,
    unit: int | None = None,
    evidence: int | None = None,
    reason: str = "",
    is_demonstration: bool = False,
) -> Fact:
    """Record one value and return the row that stands; an equal one adds nothing.

    value: as `wanqi evaluate` takes it (元, shares of 1, ISO dates). Another value of the same source for the same
    period is a correction and needs a reason. Raises RowInvalid, ReasonMissing, AccessRefused.
    """
    one = entries.entry(
        current_pack(organisation.region_id),
        organisation.pk,
        fact,
        value,
        source_class=source_class,
        source=source,
        period=period,
        as_of=as_of,
        evidence=evidence,
        today=timezone.localdate(),
    )
    setting = Setting(organisation.region_id, office, unit, is_demonstration=is_demonstration)
    with transaction.atomic(), refusing_duplicates(Fact()):
        standing = standing_rows([one], lock=True)
        before = standing.get(one.key)
        if before is not None and not before.withdrawn and corrects(one, before):
            reason = checked_reason(reason)
        done = _write([one], standing, setting, actor=actor, reason=reason)
    for new in (*done.created, *(new for new, _ in done.corrected)):
        return Fact.objects.get(pk=new.pk)
    assert before is not None
    return before


def record_facts(
    given: Sequence[Entry],
    *,
    region: str,
    actor: Actor,
    reason: str = "",
    office: int | None = None,
    unit: int | None = None,
    batch: ImportBatch | None = None,
    is_demonstration: bool = False,
) -> Recorded:
    """Record many checked entries by COPY, with one audit row for each organisation; all or none.

    Entries: `registry.facts.entries.entry`. Rows of another office or unit are not corrected: AccessRefused. The same
    key twice with different values: RowInvalid.
    """
    setting = Setting(region, office, unit, batch.pk if batch else None, is_demonstration)
    done = Recorded()
    _once_each(given)
    # An import meets a key that somebody registered meanwhile by deciding anew; everybody else is told.
    with transaction.atomic(), nullcontext() if batch else refusing_duplicates(Fact()):
        for start in range(0, len(given), CHUNK):
            part = given[start : start + CHUNK]
            found = _write(part, standing_rows(part, lock=True), setting, actor=actor, reason=reason)
            done.created += found.created
            done.corrected += found.corrected
            done.unchanged += found.unchanged
    return done


def _once_each(given: Sequence[Entry]) -> None:
    seen: dict[tuple[Key, date | None], Entry] = {}
    for one in given:
        other = seen.setdefault((one.key, one.as_of), one)
        if not values.same(other.value, one.value):
            raise RowInvalid({"value": [f"同一来源的“{one.fact}”{one.period}给了两个不同的值。"]})


def _write(
    given: Sequence[Entry], standing: dict[Key, Fact], setting: Setting, *, actor: Actor, reason: str
) -> Recorded:
    done, older = Recorded(), _older(given, standing)
    for one in given:
        before = standing.get(one.key)
        if before is not None and _is_older(one, before):
            past = older.get((*one.key, one.as_of))
            if past is not None and says_nothing_new(one, past):
                done.unchanged += 1
            else:
                _require(actor, "create", setting.region, setting.office, setting.unit)
                done.created.append(_row(one, setting, actor=actor, reason=reason, closed=True))
        elif before is not None and says_nothing_new(one, before):
            done.unchanged += 1
        elif before is None:
            _require(actor, "create", setting.region, setting.office, setting.unit)
            standing[one.key] = new = _row(one, setting, actor=actor, reason=reason)
            done.created.append(new)
        elif before.pk is None:
            done.unchanged += 1  # said twice in one act
        else:
            _require(actor, "correct", before.region_id, before.office_id, before.unit_id)
            kept = replace_place(setting, before)
            standing[one.key] = new = _row(one, kept, actor=actor, reason=reason)
            done.corrected.append((new, before))
    _store(done, actor=actor, reason=reason, region=setting.region)
    return done


def replace_place(setting: Setting, before: Fact) -> Setting:
    """Return the setting at the place of the row that is replaced: a correction does not move it."""
    return replace(setting, office=before.office_id, unit=before.unit_id)


def _is_older(one: Entry, before: Fact) -> bool:
    return not one.period and before.as_of is not None and one.as_of is not None and one.as_of < before.as_of


def _older(given: Sequence[Entry], standing: dict[Key, Fact]) -> dict[tuple[Any, ...], Fact]:
    """Return the newest row per key and day for entries about a day before the standing row's."""
    asked = [one for one in given if (row := standing.get(one.key)) is not None and _is_older(one, row)]
    if not asked:
        return {}
    rows = Fact.objects.filter(
        organisation__in={one.organisation for one in asked}, fact__in={one.fact for one in asked}, period=""
    ).order_by("recorded_at", "pk")
    return {(*key_of(row), row.as_of): row for row in rows}


def _require(actor: Actor, verb: str, region: str, office: int | None, unit: int | None) -> None:
    if not actor.may_place("fact", verb, region=region, office=office, area=None, unit=unit):
        raise AccessRefused(
            "只能登记、更正本股室或本单位的企业数据。", hint="请核对责任股室，或联系该数据的责任股室。"
        )


def _row(one: Entry, setting: Setting, *, actor: Actor, reason: str, closed: bool = False) -> Fact:
    return Fact(
        region_id=setting.region,
        office_id=setting.office,
        unit_id=setting.unit,
        organisation_id=one.organisation,
        fact=one.fact,
        period=one.period,
        as_of=one.as_of,
        **values.columns_of(one.value),
        source_class=one.source_class,
        source=one.source,
        evidence_id=one.evidence,
        batch_id=setting.batch,
        is_demonstration=setting.is_demonstration,
        reason=reason,
        recorded_by=actor.user,
        superseded_at=transaction_time() if closed else None,
    )


def _store(done: Recorded, *, actor: Actor, reason: str, region: str) -> None:
    """Close what is replaced, append the new rows, and say so once for each organisation."""
    close(old for _, old in done.corrected)
    new = [*done.created, *(new for new, _ in done.corrected)]
    insert(cast(Sequence[Owned], new))
    pairs: list[tuple[Fact, Fact | None]] = [(one, None) for one in done.created]
    pairs += done.corrected
    say(pairs, verb=CORRECTED if done.corrected else RECORDED, actor=actor, reason=reason, region=region)


def close(rows: Iterable[Fact]) -> None:
    """Mark rows as replaced."""
    Fact.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_at=Now())


def say(
    pairs: Iterable[tuple[Fact, Fact | None]], *, verb: str, actor: Actor, reason: str, region: str
) -> None:
    """Append one audit row for each organisation with the values before and after."""
    pack = current_pack(region)
    told: dict[int, list[dict[str, str]]] = {}
    for new, old in pairs:
        told.setdefault(new.organisation_id, []).append(change(pack, new, old))
    organisations = Organisation.objects.only("pk", "name", "region_id").in_bulk(list(told))
    audit(
        ((organisations[pk], verb, changes) for pk, changes in told.items()),
        actor=actor,
        reason=reason,
    )


def change(pack: Pack, new: Fact, old: Fact | None) -> dict[str, str]:
    """Return one line of the trail: which value of which source, before and after.

    Statistical micro-data themselves are not written into the trail, which is exported: the facts keep their own past.
    """
    spec = pack.facts[new.fact]
    when = f"{new.period}年" if new.period else f"截至{new.as_of.isoformat()}" if new.as_of else ""
    return {
        "field": f"{new.fact}@{new.period}",
        "label": f"{spec.title} {when}（{new.source_class}）",
        "old": _said(spec, old, new.source_class),
        "new": _said(spec, new, new.source_class),
        "source_class": new.source_class,
    }


def _said(spec: FactSpec, row: Fact | None, source_class: str) -> str:
    value = row.value if row else None
    if source_class == SourceClass.STATISTICS and value is not None:
        return "已登记（统计数据不写入日志）"
    return values.in_words(spec, value)


def correct_fact(
    row: Fact,
    value: Any,
    *,
    actor: Actor,
    reason: str,
    as_of: date | None = None,
    evidence: int | None = None,
) -> Fact:
    """Replace what a source said and say why; returns the row that stands.

    Raises RowStale when it was replaced since, ReasonMissing, RowInvalid, AccessRefused.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        row = _held(row)
        _require(actor, "correct", row.region_id, row.office_id, row.unit_id)
        return record_fact(
            row.organisation,
            row.fact,
            value,
            source_class=row.source_class,
            source=row.source,
            actor=actor,
            period=row.period,
            as_of=as_of or row.as_of,
            office=row.office_id,
            unit=row.unit_id,
            evidence=evidence or row.evidence_id,
            reason=reason,
            is_demonstration=row.is_demonstration,
        )


def withdraw_fact(row: Fact, *, actor: Actor, reason: str) -> Fact:
    """Say that a source's value does not count any more; returns the row that says so.

    Raises RowStale when it was replaced since, ReasonMissing, AccessRefused.
    """
    reason = checked_reason(reason)
    with transaction.atomic(), refusing_duplicates(row):
        row = _held(row)
        _require(actor, "withdraw", row.region_id, row.office_id, row.unit_id)
        new = successor(row, None, actor=actor, reason=reason)
        close([row])
        insert(cast(Sequence[Owned], [new]))
        say([(new, row)], verb=WITHDRAWN, actor=actor, reason=reason, region=row.region_id)
    return Fact.objects.get(pk=new.pk)


def _held(row: Fact) -> Fact:
    """Return the row under lock, still standing with a value."""
    held = Fact.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=row.pk)
    if held.superseded_at is not None:
        raise RowStale("这个数值已被更新的记录替代。", hint="请刷新后核对最新的数值。")
    if held.withdrawn:
        raise StepRefused("这个数值已经撤销。", hint="如需恢复，请重新登记。")
    return held


def successor(row: Fact, value: Any, *, actor: Actor, reason: str) -> Fact:
    """Return a new row of the same key and place with another value, or a withdrawal for None; not yet stored."""
    return Fact(
        region_id=row.region_id,
        office_id=row.office_id,
        unit_id=row.unit_id,
        organisation_id=row.organisation_id,
        fact=row.fact,
        period=row.period,
        as_of=row.as_of,
        **values.columns_of(value),
        source_class=row.source_class,
        source=row.source,
        is_demonstration=row.is_demonstration,
        withdrawn=value is None,
        reason=reason,
        recorded_by=actor.user,
    )


@dataclass
class TakenBack:
    """What undoing made of some facts: withdrawn where nothing stood before, restored, or kept as they are now."""

    withdrawn: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)


def take_back(facts: Iterable[int], *, actor: Actor, reason: str, region: str) -> TakenBack:
    """Undo facts by newer rows: what stood before them is said again, or nothing; returns ids by what became of them.

    A fact that somebody replaced or withdrew since is kept, as is one outside the actor's place.
    """
    done, told, closing = TakenBack(), list[tuple[Fact, Fact | None]](), list[Fact]()
    with transaction.atomic():
        rows = Fact.objects.filter(pk__in=list(facts)).select_for_update(of=("self",)).order_by("pk")
        found = list(rows)
        lives = _lives(found)
        for row in found:
            if not _stands(row, lives) or not actor.may_place(
                "fact", "withdraw", region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
            ):
                done.kept.append(row.pk)
                continue
            before = _before(row, lives)
            new = successor(before or row, before.value if before else None, actor=actor, reason=reason)
            if before is not None:
                new.evidence_id, new.is_demonstration = before.evidence_id, before.is_demonstration
            if row.superseded_at is not None:  # about a day before the standing row's
                new.superseded_at = transaction_time()
            else:
                closing.append(row)
            told.append((new, row))
            (done.restored if before else done.withdrawn).append(row.pk)
        close(closing)
        insert(cast(Sequence[Owned], [new for new, _ in told]))
        say(told, verb=WITHDRAWN, actor=actor, reason=reason, region=region)
    return done


def _lives(rows: Sequence[Fact]) -> dict[Key, list[Fact]]:
    """Return every row of the same keys, oldest first."""
    found: dict[Key, list[Fact]] = {key_of(row): [] for row in rows}
    listed = Fact.objects.filter(
        organisation__in={row.organisation_id for row in rows}, fact__in={row.fact for row in rows}
    ).order_by("recorded_at", "pk")
    for one in listed:
        if key_of(one) in found:
            found[key_of(one)].append(one)
    return found


def _stands(row: Fact, lives: dict[Key, list[Fact]]) -> bool:
    """Return whether nothing was said since about the same thing (for a scalar, about the same day)."""
    life = lives[key_of(row)]
    newest = [one for one in life if row.period or one.as_of == row.as_of][-1]
    return newest.pk == row.pk and not row.withdrawn and (row.superseded_at is None or not row.period)


def _before(row: Fact, lives: dict[Key, list[Fact]]) -> Fact | None:
    """Return the row that stood before, None where there was none or a withdrawal."""
    life = lives[key_of(row)]
    if row.superseded_at is not None:
        life = [one for one in life if one.as_of == row.as_of]
    at = next(index for index, one in enumerate(life) if one.pk == row.pk)
    before = life[at - 1] if at else None
    return None if before is None or before.withdrawn else before
