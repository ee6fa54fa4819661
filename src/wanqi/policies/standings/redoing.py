"""Whether a standing or a determination comes out the same when it is worked out again from what it cites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from wanqi import packs
from wanqi.core.errors import PackMissing
from wanqi.core.models import PackFile
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Organisation

from ..checkup import Programme, why_not
from ..checkup.plans import prepared, prepared_one
from ..models import Determination, RuleVersion, Standing, StandingDue
from .working import Answer, Working

_KEPT = 400
_ready: dict[tuple[int, date], Working] = {}


@dataclass(frozen=True)
class Redone:
    """What came out again. same: the answer; inputs_same: what it was made from; due: a change still waits."""

    same: bool
    inputs_same: bool
    due: bool
    verdict: int | None

    @property
    def sound(self) -> bool:
        """Whether the same inputs gave the same answer, or the change that explains the difference is waiting."""
        return self.same or (self.due and not self.inputs_same)


def recompute(standing: Standing) -> Redone:
    """Work a standing out again for its day by its rule from what is known now.

    Data that changed since give other inputs; the change is then due. Raises PackMissing for a rule without its files.
    """
    return recompute_all([standing])[0]


def recompute_all(standings: list[Standing]) -> list[Redone]:
    """Work standings out again, in their order; those of one organisation and day share what is read of it."""
    ids = {one.organisation_id for one in standings}
    waiting = set(StandingDue.objects.filter(organisation__in=ids).values_list("organisation", flat=True))
    known = {one.pk: one for one in Organisation.objects.current().filter(pk__in=ids)}
    lines: dict[tuple[int, date], dict[str, Any]] = {}
    for on in {one.on for one in standings}:
        rows = [
            known[one]
            for one in sorted({one.organisation_id for one in standings if one.on == on})
            if one in known
        ]
        lines |= {(row.pk, on): line for row, line in zip(rows, organisations_json(rows, on), strict=True)}
    return [
        _redone(one, lines.get((one.organisation_id, one.on)), one.organisation_id in waiting)
        for one in standings
    ]


def _redone(standing: Standing, line: dict[str, Any] | None, due: bool) -> Redone:
    if line is None:
        return Redone(False, False, due, None)
    rule = standing.rule
    working = working_of(rule, standing.on)
    found = next(iter(working.answers(standing.organisation_id, line, programmes=[rule.programme])), None)
    if found is None:
        return Redone(False, False, due, None)
    inputs_same = found.digest == bytes(standing.digest)
    return Redone(inputs_same and _same(found, standing), inputs_same, due, found.verdict)


def _same(found: Answer, standing: Standing) -> bool:
    return (
        (found.verdict, found.why, found.short, found.unmet, found.unknown)
        == (standing.verdict, standing.why, standing.short, standing.bits("unmet"), standing.bits("unknown"))
        and found.score == (standing.score_low, standing.score_high)
        and found.amount == (standing.amount_low, standing.amount_high)
    )


def redo(determination: Determination) -> Redone:
    """Work a determination out again from the inputs it keeps, by the rule's files as they were loaded then."""
    rule = determination.rule
    if rule is None:
        return Redone(True, True, False, determination.verdict)
    working = working_of(rule, determination.on)
    line = determination.inputs["organisation"]
    found = next(iter(working.answers(determination.organisation_id, line, programmes=[rule.programme])))
    inputs_same = f"blake2b-128:{found.digest.hex()}" == determination.digest
    outcome = next(
        one for one in working.evaluator.evaluate(line) if one.programme == rule.programme
    ).as_json(determination.explanation["id"])
    return Redone(outcome == determination.explanation, inputs_same, False, found.verdict)


def working_of(rule: RuleVersion, on: date) -> Working:
    """Return the rule's programme as its pack had it on a day, ready; kept for a while. Raises PackMissing."""
    pack = _pack_of(rule, on)
    key = (rule.pk, on)
    held = _ready.get(key)
    if held is None or held.prepared.pack is not pack:
        if len(_ready) >= _KEPT:
            _ready.clear()
        kept = {rule.programme: rule.asks}
        held = _ready[key] = Working(prepared(pack, on, rule.kind), kept, only=rule.programme)
    return held


def _pack_of(rule: RuleVersion, on: date) -> Pack:
    """Return a pack that has the very rule: the current one, else that of its files. Raises PackMissing."""
    pack = current_pack(rule.region_id)
    if pack.digest != rule.pack_digest and not _has(pack, rule, on):
        pack = _loaded(tuple(rule.files), rule.region_id)
    return pack


def reopened(determination: Determination) -> tuple[Programme, bool] | None:
    """Return what was determined in words, from the inputs and the rule it keeps, and whether it comes out the same.

    None where no rule was in force. Raises PackMissing for a rule without its files.
    """
    rule = determination.rule
    if rule is None:
        return None
    pack, line = _pack_of(rule, determination.on), determination.inputs["organisation"]
    kept = determination.inputs.get("sources", {})

    def source(fact: str, period: str) -> str | None:
        found = kept.get(f"facts/{fact}@{period}") or kept.get(f"facts/{fact}")
        return f"{found['class']}·{found['source']}" if found else None

    told = why_not(pack, determination.on, line, rule.programme, kind=rule.kind, sources=source)
    evaluator = prepared_one(pack, rule.programme, determination.on, rule.kind).evaluator
    again = next(one for one in evaluator.evaluate(line) if one.programme == rule.programme)
    return told, again.as_json(determination.explanation["id"]) == determination.explanation


def _has(pack: Pack, rule: RuleVersion, on: date) -> bool:
    """Return whether a pack has the very rule: the same digest on that day."""
    programme = pack.programmes.get(rule.programme)
    version = None if programme is None else programme.version_for(on, rule.kind)
    return version is not None and version.digest == rule.digest


@lru_cache(maxsize=4)
def _loaded(files: tuple[int, ...], region: str) -> Pack:
    rows = dict(PackFile.objects.filter(pk__in=files).values_list("path", "content"))
    if len(rows) < len(files):
        raise PackMissing("这条规则所依据的地区配置文件已不在系统中。", hint="请从备份恢复后再核对。")
    return packs.resolve({path: bytes(content) for path, content in rows.items()}, region, checked=False)
