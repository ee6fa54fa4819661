"""The best lawful combination among the programmes of a check-up, by the region's rules on what may be added up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wanqi.packs import Pack

from . import combining
from .combining import MOST, Group, Offer
from .model import Choice, Combination, Programme, State

_REASONS = {
    "highest": "就高不重复，同组中另一项更高",
    "one_of": "同组事项只能申报一项",
}


def groups_of(pack: Pack) -> tuple[Group, ...]:
    """Return the region's groups in the order of its pack."""
    return tuple(
        Group(
            one.id,
            one.title,
            one.rule,
            frozenset(one.programmes),
            None if one.most is None else Decimal(one.most),
        )
        for one in pack.spec.stacking
    )


def combination(pack: Pack, programmes: Sequence[Programme]) -> Combination | None:
    """Return the best set among what is not ruled out and pays something; None where nothing does.

    Of more than twelve, the twelve that may pay most are looked at; the rest is said to be left out.
    """
    paying = [one for one in programmes if one.amount is not None and _open(one)]
    if not paying:
        return None
    ranked = sorted(paying, key=lambda one: (-_most(one), one.title))
    considered, beyond = ranked[:MOST], ranked[MOST:]
    groups = groups_of(pack)
    offers = [_offer(pack, one) for one in considered]
    chosen = combining.best(offers, groups)
    low, high = combining.worth(chosen, groups)
    ids = {one.id for one in chosen}
    least = combining.paid([(one.id, one.low) for one in chosen], groups)
    most = combining.paid([(one.id, one.low if one.high is None else one.high) for one in chosen], groups)
    known = {one.id: one for one in considered}
    open_end = any(one.high is None for one in chosen)
    return Combination(
        chosen=tuple(
            Choice(
                one.id,
                known[one.id].title,
                (one.low, one.high),
                (least[one.id], None if one.high is None else most[one.id]),
                _note(one, most[one.id], groups),
            )
            for one in chosen
        ),
        total=(low, None if open_end else high),
        left=tuple(
            [(one.title, _why_left(one, ids, groups)) for one in considered if one.id not in ids]
            + [(one.title, f"只比较金额较大的{MOST}项") for one in beyond]
        ),
        considered=len(considered),
    )


def _open(one: Programme) -> bool:
    return one.verdict != "unmet" and one.state is not State.HELD


def _most(one: Programme) -> Decimal:
    assert one.amount is not None
    return one.amount.high if one.amount.high is not None else one.amount.low or Decimal(0)


def _offer(pack: Pack, one: Programme) -> Offer:
    assert one.amount is not None
    excluded = frozenset(pack.programme_files[one.id].programme.excludes)
    return Offer(one.id, one.amount.low or Decimal(0), one.amount.high, excluded)


def _note(one: Offer, most: Decimal, groups: Sequence[Group]) -> str:
    whole = one.low if one.high is None else one.high
    if most >= whole:
        return ""
    found = [group.title for group in groups if one.id in group.members]
    return f"受“{'”“'.join(found)}”限制" if found else ""


def _why_left(one: Programme, chosen: set[str], groups: Sequence[Group]) -> str:
    for group in groups:
        if one.id in group.members and group.members & chosen:
            if group.rule in _REASONS:
                return f"{_REASONS[group.rule]}（{group.title}）"
            return f"已到合计限额（{group.title}）"
    return "与已选事项不能同时申报，或不增加金额"
