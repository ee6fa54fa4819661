"""One enterprise against every programme of its region: the whole check-up, or one programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wanqi.packs import Pack
from wanqi.packs.explaining import RECIPIENTS, paragraphs
from wanqi.packs.specs.programmes import ProgrammeFile, VersionSpec
from wanqi.rules.plan import Part
from wanqi.rules.programmes import Outcome

from . import conditions as told
from . import words
from .combination import combination
from .future import next_years, this_batch
from .ladder import ladder
from .model import Amount, Checkup, Condition, Held, Next, Passages, Programme, Sources, State
from .plans import Prepared, prepared, prepared_if_met, prepared_one
from .questions import questions
from .standing import OVER, materials, rank, titles_held, window_of

WHAT = {
    "recognition": "认定",
    "subsidy": "奖补",
    "pilot": "试点",
    "carrier": "载体",
    "talent": "人才称号",
    "status": "身份",
}
HOLDERS = {"organisation": "企业", "person": "个人", "product": "产品", "project": "项目", "park": "园区"}
REVIEW = "review"
NEW = "new"
_STATES = {"missing": State.MISSING, "unverified": State.UNVERIFIED, "judgement": State.JUDGEMENT}


def _nobody(*_: str) -> None:
    return None


@dataclass(frozen=True)
class _Asked:
    """What every programme of one check-up is asked with."""

    pack: Pack
    on: date
    organisation: Mapping[str, Any]
    sources: Sources
    passages: Passages
    held: Mapping[str, Held]


def checkup(
    pack: Pack,
    on: date,
    organisation: Mapping[str, Any],
    *,
    sources: Sources | None = None,
    passages: Passages | None = None,
    only: Collection[str] | None = None,
    kind: str | None = None,
) -> Checkup:
    """Return the check-up of an organisation as `wanqi evaluate` reads it: {"id", "facts", "records"}.

    only: these programmes; None: all of the region. kind: new, review or renewal for all; None: review for titles held,
    else new. Raises ValueRefused for a value its type does not allow, KeyError for an unknown programme.
    """
    asked = _Asked(
        pack, on, organisation, sources or _nobody, passages or _nobody, titles_held(organisation, on)
    )
    ids = [*pack.programme_files] if only is None else [*only]
    usual = prepared(pack, on, kind or NEW)
    outcomes = {one.programme: one for one in usual.evaluator.evaluate(organisation)}
    listed, new = [], []
    for id in ids:
        chosen = kind or _kind(asked, id)
        if chosen != usual.kind:
            by = prepared_one(pack, id, on, chosen)
            listed.append(_programme(asked, id, chosen, by.evaluator.evaluate(organisation)[0], by))
            continue
        listed.append(_programme(asked, id, chosen, outcomes.get(id), usual))
        new += [outcomes[id]] if id in outcomes else []
    programmes = tuple(sorted(listed, key=rank))
    titles = {one.id: one.title for one in programmes}
    return Checkup(
        organisation=str(organisation.get("id") or ""),
        region=pack.region,
        on=on,
        base_year=on.year - 1,
        pack_digest=pack.digest,
        programmes=programmes,
        questions=questions(usual, organisation, new, titles),
        ladder=ladder(pack, programmes),
        combination=combination(pack, programmes),
        counts=Counter(one.state.value for one in programmes),
    )


def why_not(
    pack: Pack,
    on: date,
    organisation: Mapping[str, Any],
    programme: str,
    *,
    kind: str = NEW,
    sources: Sources | None = None,
    passages: Passages | None = None,
) -> Programme:
    """Return one programme of the check-up. Raises KeyError for an unknown one, ValueRefused as `checkup`."""
    asked = _Asked(
        pack, on, organisation, sources or _nobody, passages or _nobody, titles_held(organisation, on)
    )
    one = prepared_one(pack, programme, on, kind)
    found = {outcome.programme: outcome for outcome in one.evaluator.evaluate(organisation)}
    return _programme(asked, programme, kind, found.get(programme), one)


def _kind(asked: _Asked, id: str) -> str:
    """Return the application that is next: a review for a title that is held and has one, else a first one."""
    versions = asked.pack.programmes[id]
    return REVIEW if id in asked.held and versions.version_for(asked.on, REVIEW) else NEW


def _programme(asked: _Asked, id: str, kind: str, outcome: Outcome | None, by: Prepared) -> Programme:
    file = asked.pack.programme_files[id]
    spec, held = file.programme, asked.held.get(id)
    compiled = by.compiled.get(id)
    version = _version(file, asked.on, kind)
    empty = Programme(
        id=id,
        title=spec.title,
        level=spec.level,
        what=WHAT[spec.kind],
        act=spec.act,
        holder=HOLDERS[spec.holder],
        authority=spec.authority,
        recommended_by="、".join(spec.recommended_by),
        system=spec.system.title if spec.system else "",
        system_url=(spec.system.url or "") if spec.system else "",
        materials=materials(spec),
        note=spec.note or "",
        document=f"{version.document}《{version.title}》" if version else "",
        version=None,
        rule_digest="",
        kind=kind,
        verdict="unmet",
        why="not_in_force",
        state=State.HELD if held else _absent(file, asked.on),
        word=held.words if held else _absent_word(file, asked.on),
        short=None,
        score=None,
        amount=None,
        window=window_of(spec.window, asked.on),
        held=held,
        missing=(),
        conditions=(),
        now=(),
        next=None,
        presupposes=tuple("或".join(_title(asked.pack, one) for one in group) for group in spec.presupposes),
        excludes=tuple(_title(asked.pack, one) for one in spec.excludes),
    )
    if outcome is None or version is None or compiled is None or compiled.conditions is None:
        return empty
    over = empty.window.state == OVER
    asking = told.Asking(
        asked.pack, by, version, asked.organisation, asked.sources, asked.passages, over=over
    )
    tree, root = outcome.conditions, compiled.conditions
    assert tree is not None
    whole = told.conditions(asking, root, tree, verdict=outcome.verdict)
    short = told.short(asking, root, whole) if outcome.verdict == "unmet" else 0
    state, word = _state(outcome, short)
    missing = tuple((_section(asked.pack, one), one) for one in outcome.missing)
    titles = {one: _datum(asked.pack, one) for one in missing}
    now = this_batch(root, whole, titles=titles, over=over)
    return replace(
        empty,
        version=outcome.version,
        rule_digest=compiled.digest,
        verdict=outcome.verdict,
        why=outcome.why,
        state=State.HELD if held else state,
        word=held.words if held else word,
        short=short,
        score=_score(outcome),
        amount=_amount(asked, id, kind, outcome, version),
        missing=missing,
        conditions=whole,
        now=() if held else now or (),
        next=None if held or now is not None else _next(asked, id, kind, root, whole),
        standard=_standard(version),
    )


def _version(file: ProgrammeFile, on: date, kind: str) -> VersionSpec | None:
    found = [one for one in file.versions if kind in one.applies_to and one.in_force(on)]
    return max(found, key=lambda one: one.valid_from, default=None)


def _absent(file: ProgrammeFile, on: date) -> State:
    return State.NOT_YET if any(one.valid_from > on for one in file.versions) else State.LAPSED


def _absent_word(file: ProgrammeFile, on: date) -> str:
    coming = [one.valid_from for one in file.versions if one.valid_from > on]
    if coming:
        return f"尚未施行·{min(coming).isoformat()}起"
    ended = [one.valid_to for one in file.versions if one.valid_to is not None]
    return f"已失效·施行至{max(ended).isoformat()}" if ended else "已失效"


def _title(pack: Pack, id: str) -> str:
    if id in pack.programme_files:
        return pack.programme_files[id].programme.title
    return pack.titles[id].title if id in pack.titles else id


def _state(outcome: Outcome, short: int | None) -> tuple[State, str]:
    if outcome.verdict == "met":
        return State.MET, "符合条件"
    if outcome.verdict == "unknown":
        why = outcome.why or "missing"
        return _STATES[why], told.WHY[why]
    return (State.UNMET, "不符合") if short is None else (State.SHORT, f"差 {short} 项")


def _section(pack: Pack, id: str) -> str:
    return "records" if id in pack.records and id not in pack.facts else "facts"


def _datum(pack: Pack, key: tuple[str, str]) -> str:
    section, id = key
    if section == "records":
        return pack.records[id].title
    spec = pack.facts.get(id) or pack.derived.get(id)
    return spec.title if spec else id


def _score(outcome: Outcome) -> tuple[Decimal | None, Decimal | None] | None:
    if outcome.score is None:
        return None
    low, high = (None if one is None else Decimal(one.numerator) / one.denominator for one in outcome.score)
    return low, high


def _amount(asked: _Asked, id: str, kind: str, outcome: Outcome, version: VersionSpec) -> Amount | None:
    if outcome.amount is None or version.amount is None:
        return None
    by = prepared_if_met(asked.pack, id, asked.on, kind)
    met = by.evaluator.evaluate(asked.organisation)[0].amount or (None, None)
    low, high = (_yuan(one) for one in outcome.amount)
    potential = _yuan(met[0]), _yuan(met[1])
    said = words.ends(*potential, "元")
    lead = "" if outcome.verdict == "met" else "符合全部条件后："
    own = version.amount.recipient == "enterprise"
    recipient = "" if own else RECIPIENTS[version.amount.recipient]
    paid = "" if own else f"（付给{recipient}）"
    return Amount(low, high, potential, f"{lead}{said}{paid}", recipient)


def _standard(version: VersionSpec) -> tuple[str, ...]:
    listed = [one for _, one in paragraphs(version.amount.sums)] if version.amount else []
    return tuple(f"{one.title}（{one.article}）" if one.article else one.title for one in listed)


def _yuan(end: Fraction | None) -> Decimal | None:
    return None if end is None else Decimal(int(end * 100)) / 100


def _next(asked: _Asked, id: str, kind: str, root: Part, whole: tuple[Condition, ...]) -> Next | None:
    return next_years(asked.pack, asked.organisation, id, root, whole, on=asked.on, kind=kind)
