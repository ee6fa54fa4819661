"""The best lawful combination among the programmes of a check-up, by the region's rules on what may be added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from wanqi.packs import Pack

from . import combining, words
from .combining import MOST, Group, Offer
from .model import Choice, Combination, Programme, State

TOLD = 3  # programmes that wait for data, by name
_REASONS = {
    "highest": "就高不重复，同组中另一项更高",
    "one_of": "同组事项只能申报一项",
}


def groups_of(pack: Pack) -> tuple[Group, ...]:
    """Return the groups that bind in the region, those of the regions above first."""
    return tuple(
        Group(
            one.id,
            one.title,
            one.rule,
            frozenset(one.programmes),
            None if one.most is None else Decimal(one.most),
        )
        for one in pack.stacking
    )


def combination(pack: Pack, programmes: Sequence[Programme]) -> Combination | None:
    """Return the best set among what is not ruled out and pays the enterprise something; None where nothing does.

    What waits for data is left out and said: with nothing known, everything could still be paid. Of more than twelve,
    the twelve that may pay most are looked at; the rest is said to be left out.
    """
    possible = [one for one in programmes if _open(one) and _pays(one)]
    paying = [one for one in possible if one.state is not State.MISSING]
    if not paying:
        return None
    ranked = sorted(paying, key=lambda one: (-_most(one), one.title))
    considered, beyond = ranked[:MOST], ranked[MOST:]
    groups = groups_of(pack)
    offers = [_offer(pack, one) for one in considered]
    chosen = combining.best(offers, groups)
    low, high = combining.worth(chosen, groups)
    ids = {one.id for one in chosen}
    total = low, _known(high)
    return Combination(
        chosen=_choices(chosen, {one.id: one.title for one in considered}, groups),
        total=total,
        left=tuple(
            [(one.title, _why_left(one, ids, groups)) for one in considered if one.id not in ids]
            + [(one.title, f"只比较金额较大的{MOST}项") for one in beyond]
            + _waiting([one.title for one in possible if one.state is State.MISSING])
        ),
        considered=len(considered),
        words=words.ends(*total, "元"),
    )


def _waiting(titles: Sequence[str]) -> list[tuple[str, str]]:
    reason = "待补充数据，暂未计入"
    if len(titles) <= TOLD:
        return [(title, reason) for title in titles]
    return [(f"另有{len(titles)}项奖补", reason)]


def _choices(
    chosen: Sequence[Offer], titles: Mapping[str, str], groups: Sequence[Group]
) -> tuple[Choice, ...]:
    least = combining.paid([(one.id, one.low) for one in chosen], groups)
    most = combining.paid([(one.id, combining.most(one)) for one in chosen], groups)
    found = []
    for one in chosen:
        # Where another of the group pays more at its most, this one pays less then.
        low, high = sorted((least[one.id], most[one.id]))
        paid = low, _known(high)
        note = _note(one, most[one.id], groups)
        found.append(Choice(one.id, titles[one.id], (one.low, one.high), paid, note, words.ends(*paid, "元")))
    return tuple(found)


def _known(most: Decimal) -> Decimal | None:
    return None if most >= combining.OPEN else most


def _open(one: Programme) -> bool:
    return one.verdict != "unmet" and one.state is not State.HELD


def _pays(one: Programme) -> bool:
    """Return whether the enterprise itself may be paid something."""
    paid = one.amount
    return paid is not None and not paid.recipient and (paid.high is None or paid.high > 0)


def _most(one: Programme) -> Decimal:
    assert one.amount is not None
    return combining.OPEN if one.amount.high is None else one.amount.high


def _offer(pack: Pack, one: Programme) -> Offer:
    assert one.amount is not None
    excluded = frozenset(pack.programme_files[one.id].programme.excludes)
    return Offer(one.id, one.amount.low or Decimal(0), one.amount.high, excluded)


def _note(one: Offer, most: Decimal, groups: Sequence[Group]) -> str:
    if most >= combining.most(one):
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
