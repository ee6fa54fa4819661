"""Equations of parts and wholes: 占…的…%, 完成…任务的…%, …率."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.units import COUNTED, is_measure

_GENERAL = frozenset("率综合总平均年度全市县区省级人数件的为达到了")
_MOST_CANDIDATES = 12


def of_entry(passage: Passage, entry: Entry, earlier: Sequence[Passage]) -> Iterator[Equation]:
    """The shares, completions and rates said of one entry."""
    for share, whole in (*entry.shares, *entry.completions):
        if whole is not None:
            yield from _stated(passage, entry, share, whole)
        elif entry.main is not None:
            yield from _unstated(passage, entry, share, earlier)
    for rate in entry.rates:
        if rate.siblings:
            yield from _aligned(passage, entry, rate)
            continue
        yield from _named(passage, entry, rate, earlier)
    for times, whole in entry.times:
        if whole is not None and entry.level is not None and whole.kin == entry.level.kin:
            yield Equation("ratio", "A", [Reading("law", (entry.level, whole, times), "ratio")])


def _levels(passage: Passage, before: int, kin: str | None = None, *, changes: bool = False) -> list[Figure]:
    """The amounts of a passage before a place, nearest last."""
    return [
        figure
        for figure in passage.figures
        if figure.number < before and figure.sort == "amount" and figure.quantity is not None
        and (figure.role in ("level", "base", "whole") or (changes and figure.role == "change"))
        and (kin is None or figure.kin == kin)
    ]  # fmt: skip


def _alike(one: Figure, other: Figure) -> bool:
    """True for amounts that may be part and whole: one unit class, or both counted one by one."""
    if is_measure(one.unit) or is_measure(other.unit):
        return one.unit == other.unit
    return one.kin == other.kin or (one.unit in COUNTED and other.unit in COUNTED)


def _share(part: Figure, whole: Figure, rate: Figure) -> Reading:
    return Reading("law", (part, whole, rate), "share")


def _stated(passage: Passage, entry: Entry, share: Figure, whole: Figure) -> Iterator[Equation]:
    """The whole stands in the sentence: 占岳阳市总数(40家)的37.5%, 完成任务242亿元的41.6%."""
    candidates = [one for one in _levels(passage, whole.number) if _alike(one, whole) and one.role != "whole"]
    group = words.COUNTED_GROUP.search(whole.label) or words.COUNTED_GROUP.search(share.label)
    if group and not _led_by(candidates[-1:], group.group()):
        listed = _group(candidates, group[1])
        if listed:
            yield Equation("share", "B", [_share_of_list(listed, whole, share)], remark="")
        return
    if not candidates:
        return
    parts = [entry.main] if entry.main in candidates else []
    parts += [one for one in reversed(candidates) if one not in parts]
    readings = [_share(part, whole, share) for part in parts[:_MOST_CANDIDATES] if part is not None]
    near = bool(readings) and readings[0].figures[0] is candidates[-1]
    yield Equation("share", "A" if near else "B", readings)


def _led_by(last: Sequence[Figure], group: str) -> bool:
    return bool(last) and last[0].label.startswith(group)


_NUMERALS = {c: n for n, c in enumerate("〇一二三四五六七八九十")} | {"两": 2}


def _group(candidates: Sequence[Figure], numeral: str) -> list[Figure]:
    count = _NUMERALS.get(numeral, 0)
    return list(candidates[-count:]) if 2 <= count <= len(candidates) else []


def _share_of_list(parts: Sequence[Figure], whole: Figure, share: Figure) -> Reading:
    return Reading("listed_share", (*parts, whole, share))


def _unstated(
    passage: Passage, entry: Entry, share: Figure, earlier: Sequence[Passage]
) -> Iterator[Equation]:
    """占77.60% after a part: the whole is among the amounts said before."""
    part = entry.main
    if part is None or part.number > share.number:
        return
    said = share.label
    subject = _subject(said)
    if subject and not entry.completions:
        yield from _of_subject(passage, share, subject)
        return
    plan = entry.completions and any(one is share for one, _ in entry.completions)
    said_before = _levels(passage, share.number, changes=part.role == "change")
    own = [one for one in said_before if one is not part and _alike(one, part)]
    group = words.COUNTED_GROUP.search(share.label)
    if group and share.label.startswith(group.group()):
        yield from _joint(passage, share, group[1], earlier)
        return
    siblings = [one for one in share.siblings if one is not part]
    if plan:
        yield from _completion(passage, part, share, own)
        return
    scope = _scope(said)
    if entry.open:
        siblings += [one.main for one in passage.entries if one.main and _beside(passage, one, entry)]
    else:
        siblings += [
            one.main for one in passage.entries if one is not entry and one.main and _has_own_share(one)
        ]
    nearby = [
        one for one in own if one.number < part.number and one.value >= part.value and one not in siblings
    ]
    before = [one for p in reversed(earlier) for one in reversed(_levels(p, 10**6)) if _alike(one, part)][
        :_MOST_CANDIDATES
    ]
    if not nearby and not before and len(own) == 1 and own[0].number < part.number and not siblings:
        # The only amount before it is smaller than the part.
        yield Equation("share", "B" if scope else "A", [_share(part, own[0], share)])
        return
    if not nearby:
        yield from _from_earlier(passage, part, share, before, scope, earlier)
        return
    main = nearby[0] if len(nearby) == 1 else (nearby[-1] if entry.open else nearby[0])
    rest = [one for one in own if one is not main and one not in siblings]
    readings = [_share(part, one, share) for one in (main, *rest)]
    readings += [_share(one, main, share) for one in nearby if one is not main and one.number < part.number]
    readings += _sums_as_whole(part, [one for one in own if one is not main], share)
    readings += [_share(part, one, share) for one in before]
    chain = _chained(passage, entry)
    if len(chain) > 1:
        readings += [_share_of_list(chain, one, share) for one in own if one not in chain]
    licence = "A"
    if scope and scope not in main.label and (len(main.label) < 2 or main.label not in scope):
        licence = "C"
    elif share.number - part.number > 2 or len(nearby) > 2:
        licence = "B"
    if not scope:
        passage.shared_whole, passage.shared_surely = main, True
    yield Equation("share", "A" if licence == "A" else "B" if licence == "B" else "C", readings)


_BEFORE_SHARE = re.compile(r"^([\u4e00-\u9fff]{2,12}?)(?:占|所占|的?比重|的?比例)")


def _subject(said: str) -> str:
    """What the share is said of, where its own clause names it: 网上受理 in 网上受理占."""
    match = _BEFORE_SHARE.match(said)
    if match is None or words.FILLER.match(match[1]) or words.COUNTED_GROUP.match(match[1]):
        return ""
    return re.sub(
        r"^(?:其中|分别|所|约|均|合计|共|各|总|仅|只|已)+|(?:分别|所|约|均|合计|共|各|仅|只|已)+$",
        "",
        match[1],
    )


def _of_subject(passage: Passage, share: Figure, subject: str) -> Iterator[Equation]:
    amounts = _levels(passage, share.number)
    parts = [one for one in amounts if len(one.label) > 1 and (one.label in subject or subject in one.label)]
    if len(parts) != 1:
        return
    part = parts[0]
    others = [one for one in amounts if one is not part and one.kin == part.kin]
    readings = [Reading("law", (part, one, share), "rate2") for one in others]
    readings += [_share(part, one, share) for one in others if one.value >= part.value]
    if len(others) > 1:
        readings.append(_share_of_all(part, others, share))
    yield Equation("share", "B" if len(others) == 1 and not _scope(share.label) else "C", readings)


def _share_of_all(part: Figure, others: Sequence[Figure], share: Figure) -> Reading:
    return Reading("part_of_all", (part, *others, share))


def _beside(passage: Passage, one: Entry, other: Entry) -> bool:
    """True for an item of the same 其中 list with its own share: no second 其中 stands between them."""
    if one is other or not one.open or not _has_own_share(one) or one.main is None or other.main is None:
        return False
    between = passage.text[one.main.token.end - passage.start : other.main.token.start - passage.start]
    return not words.OPEN_LIST.search(between)


def _has_own_share(entry: Entry) -> bool:
    """True for an amount whose own share of an unnamed whole is given: it is no whole of its neighbours."""
    return any(whole is None for _, whole in entry.shares)


def of_list(passage: Passage) -> Iterator[Equation]:
    """甲8463件占30.65%、乙4127件占14.95%: without their total they still imply one."""
    pairs = [
        (entry.main, entry.shares[0][0])
        for entry in passage.entries
        if entry.main is not None and len(entry.shares) == 1 and entry.shares[0][1] is None and not entry.open
    ]
    alike = [pair for pair in pairs if pair[0].kin == pairs[0][0].kin and not _scope(pair[1].label)]
    if len(alike) > 1:
        yield Equation("samewhole", "B", [Reading("one_whole", tuple(one for pair in alike for one in pair))])


def _joint(passage: Passage, share: Figure, numeral: str, earlier: Sequence[Passage]) -> Iterator[Equation]:
    """两者合计占总值的三成: the items together, of a whole said before."""
    amounts = _levels(passage, share.number)
    items = _group(amounts, numeral)
    if not items or len({one.kin for one in items}) > 1:
        return
    before = [one for p in reversed(earlier) for one in _levels(p, 10**6) if one.kin == items[0].kin]
    wholes = [one for one in amounts if one not in items and one.kin == items[0].kin]
    readings = [_share_of_list(items, one, share) for one in (*wholes, *before)][:_MOST_CANDIDATES]
    if readings:
        yield Equation("share", "B" if wholes else "C", readings)


def _from_earlier(
    passage: Passage,
    part: Figure,
    share: Figure,
    before: Sequence[Figure],
    scope: str,
    earlier: Sequence[Passage],
) -> Iterator[Equation]:
    """The whole was said in an earlier passage: the one its neighbour used, or the one of that very name."""
    bigger = [one for one in before if one.value >= part.value]
    used = earlier[-1].shared_whole if earlier and earlier[-1].sentence == passage.sentence else None
    if used is not None and not scope and used.kin == part.kin:
        surely = earlier[-1].shared_surely
        passage.shared_whole, passage.shared_surely = used, surely
        rest = [one for one in bigger if one is not used]
        yield Equation("share", "A" if surely else "B", [_share(part, one, share) for one in (used, *rest)])
        return
    named = [
        one
        for one in bigger
        if len(scope) >= 2 and (one.label == scope or one.after.startswith(scope)) and one.kin == part.kin
    ]
    if len(named) == 1:
        rest = [one for one in bigger if one is not named[0]]
        yield Equation("share", "B", [_share(part, one, share) for one in (named[0], *rest)])
        return
    yield Equation("share", "C", [_share(part, one, share) for one in bigger])


def _chained(passage: Passage, entry: Entry) -> list[Figure]:
    """The items of a list up to an entry: 博士26人、硕士163人 may be meant together."""
    chain: list[Figure] = []
    for one in reversed([row for row in passage.entries if row.main is not None]):
        if not chain and one is not entry:
            continue
        if one.main is None or (chain and one.main.kin != chain[0].kin):
            break
        chain.insert(0, one.main)
        if one.mark not in ("、", "F"):
            break
    return chain


def _scope(said: str) -> str:
    """What 占 names as its whole, without the words that only point back."""
    match = re.search(r"占(?:到|了)?([\u4e00-\u9fff]*)$", said)
    if match is None:
        return ""
    rest = re.sub(r"总数|总量|总额|总值|总计|总体|比重|比例|全部|整个|比|其|的|为|达到?|约|近", "", match[1])
    return rest.strip()


def _sums_as_whole(part: Figure, own: Sequence[Figure], share: Figure) -> list[Reading]:
    """The whole may be the part and its siblings together."""
    siblings = [one for one in own if one.kin == part.kin]
    return [Reading("law", (part, other, share), "rate2") for other in siblings]


def _completion(passage: Passage, part: Figure, share: Figure, own: Sequence[Figure]) -> Iterator[Equation]:
    """完成78个…完成任务的59.09%: the plan is an amount called so."""
    plans = [one for one in own if one.target or words.TARGET_BEFORE.search(one.label)]
    if not plans:
        if words.RATE.search(share.label) and own:
            bigger = [one for one in own if one.value >= part.value]
            yield Equation("share", "C", [_share(part, one, share) for one in bigger])
        return
    readings = [_share(part, one, share) for one in (*plans, *(o for o in own if o not in plans))]
    readings += [_share(one, plans[0], share) for one in own if one not in plans]
    yield Equation("share", "A" if len(plans) == 1 else "B", readings)


def _aligned(passage: Passage, entry: Entry, rate: Figure) -> Iterator[Equation]:
    """完工率分别为八成、七成: each of the amount it goes to, of the plan of the same unit before."""
    part = entry.level
    if part is None:
        return
    wholes = [one for one in _levels(passage, part.number, part.kin) if one.value >= part.value]
    if wholes:
        yield Equation("share", "B", [_share(part, one, rate) for one in reversed(wholes)])


def _named(passage: Passage, entry: Entry, rate: Figure, earlier: Sequence[Passage]) -> Iterator[Equation]:
    """不诉率11.59%, 综合结案率93.0%: a rate named after what one of the amounts before it counts."""
    named = words.RATE.search(rate.label)
    if named is None or entry.against is not None:
        return
    amounts = [one for one in _levels(passage, rate.number) if one.role != "whole"]
    stem = [c for c in named[1][:-1][-2:] if c not in _GENERAL]
    parts = [one for one in amounts if any(c in one.label for c in stem)]
    before = [one for p in reversed(earlier) for one in reversed(_levels(p, 10**6))][:_MOST_CANDIDATES]
    if not parts or len(amounts) + len(before) < 2 or rate.number - amounts[-1].number > 2:
        return
    part = max(parts, key=lambda one: (_likeness(one.label, named[1]), one.number))
    others = [one for one in amounts if one is not part and _alike(one, part)]
    outside = [one for one in before if _alike(one, part) and one.value >= part.value]
    if not others:
        yield Equation("share", "C", [_share(part, one, rate) for one in outside])
        return
    bigger = [one for one in others if one.value >= part.value]
    bigger.sort(key=lambda one: (one.kin != part.kin, -one.number))
    wholes = [_share(part, one, rate) for one in bigger]
    mixed = [Reading("law", (part, one, rate), "rate2") for one in others]
    swapped = [
        _share(one, other, rate)
        for one in parts
        if one is not part
        for other in amounts
        if other is not one and other.value >= one.value
    ]
    opposed = _opposed(part, others)
    if not wholes and opposed is None and len(others) == 1:
        wholes = [_share(part, others[0], rate), _share(others[0], part, rate)]
    first = mixed if opposed is not None or not wholes else wholes
    joint = [one for one in parts if one.kin == part.kin]
    together = (
        [_share_of_list(joint, one, rate) for one in others if one not in joint] if len(joint) > 1 else []
    )
    readings = [*first, *together, *(wholes if first is mixed else mixed), *swapped]
    if opposed is not None:
        main = Reading("law", (part, opposed, rate), "rate2")
        readings = [main, *readings]
    alike = [one for one in others if one.kin == part.kin]
    if len(alike) > 1:
        readings.append(Reading("of_all", (part, *alike, rate)))
        readings.append(Reading("of_all", (part, *alike[:2], rate)))
    readings += [_share(part, one, rate) for one in outside]
    readings += [
        Reading("law", (one, other, rate), "rest")
        for one in amounts
        for other in (*amounts, *before)
        if other is not one and _alike(one, other) and other.value >= one.value
    ]
    exact = all(one.exact for one in (part, *others))
    rated = any(one.role in ("rate", "completion", "share") for one in passage.figures[: rate.number])
    close = (len(others) <= 2 or opposed is not None) and rate.number - amounts[-1].number == 1 and not rated
    licence = "A" if exact and close and (opposed is not None or bool(bigger)) else "B"
    if not _likeness(part.label, named[1]) or (readings[0].law == "rate2" and opposed is None):
        licence = "C"
    if "捕率" in named[1] and readings[0].law == "rate2":
        # Its official denominator counts decisions that the text does not give.
        licence = "B"
    relation = "rate2" if readings[0].law == "rate2" else "share"
    yield Equation(
        relation, "A" if licence == "A" else "B" if licence == "B" else "C", readings, digit_only=True
    )


def _likeness(label: str, name: str) -> int:
    """How many characters of a rate's name the label of an amount shares."""
    return len({c for c in name if c not in _GENERAL} & set(label))


def _opposed(part: Figure, others: Sequence[Figure]) -> Figure | None:
    """The amount that counts what `part` does not: 起诉 beside 不起诉, 批捕 beside 不捕."""
    for other in sorted((one for one in others if one.kin == part.kin), key=lambda one: len(one.label)):
        for one, against in ((part.label, other.label), (other.label, part.label)):
            for no in ("不予", "不", "未", "非"):
                if one.startswith(no) or f"{no}" in one:
                    tail = one.partition(no)[2]
                    if tail and tail[-1:] in against and no not in against:
                        return other
    return None
