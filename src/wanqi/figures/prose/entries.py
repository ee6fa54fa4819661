"""Entries: one subject of a passage and what is said of it."""

from __future__ import annotations

import re

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.sharing import LINK


def entries_of(passage: Passage) -> list[Entry]:
    """The entries of a passage in order."""
    entries: list[Entry] = []
    opened = False
    for figure in passage.figures:
        figure.passage = passage.start
        current = next((one for one in reversed(entries) if figure.inner or not one.inner), None)
        if figure.quantity is None or figure.sort in ("rank", "range", "duration", "heading", "damaged"):
            continue
        opened = opened or bool(words.OPEN_LIST.search(figure.label))
        if figure.sort == "amount":
            current = _take_amount(figure, current, entries)
        else:
            current = _take_rate(figure, current, entries, passage)
        if current is not None and all(one is not current for one in entries[-4:]):
            current.open = opened
            current.inner = figure.inner
            current.passage = passage.start
            entries.append(current)
    _align(entries)
    return entries


def _align(entries: list[Entry]) -> None:
    """分别增长4.1%、5.2%: a run of rates goes item by item to as many amounts before it, or to none."""
    for place, entry in enumerate(entries):
        for rates in _runs(entry.growths):
            entry.growths = [one for one in entry.growths if one not in rates]
            pairs_of = _owners(entries, place, rates)
            for owner, rate in pairs_of:
                rate.siblings = tuple(one.main for one, _ in pairs_of if one.main is not None)
                owner.growths.append(rate)
        for rates in _runs(entry.rates):
            if "分别" not in rates[0].label or not any(one.main for one in entries[: place + 1]):
                continue
            entry.rates = [one for one in entry.rates if one not in rates]
            for owner, rate in _owners(entries, place, rates):
                rate.siblings = _listed(entries, place, rates)
                owner.rates.append(rate)
        for pairs in (entry.shares, entry.completions):
            for rates in _runs([figure for figure, _ in pairs]):
                if not any(one.main for one in entries[: place + 1]):
                    continue
                pairs[:] = [pair for pair in pairs if pair[0] not in rates]
                for owner, rate in _owners(entries, place, rates):
                    rate.siblings = _listed(entries, place, rates)
                    (owner.shares if pairs is entry.shares else owner.completions).append((rate, None))


def _listed(entries: list[Entry], place: int, rates: list[Figure]) -> tuple[Figure, ...]:
    """The amounts that a run of rates is said of."""
    return tuple(owner.main for owner, _ in _owners(entries, place, rates) if owner.main is not None)


def _runs(rates: list[Figure]) -> list[list[Figure]]:
    """The stretches of at least two rates of a list, one right behind the other."""
    runs: list[list[Figure]] = []
    for rate in rates:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and rate.number == last.number + 1
            and rate.mark in "、F"
            and LINK.match(rate.label)
        ):
            runs[-1].append(rate)
        else:
            runs.append([rate])
    return [run for run in runs if len(run) > 1]


def _owners(entries: list[Entry], place: int, rates: list[Figure]) -> list[tuple[Entry, Figure]]:
    """The amounts of a list with exactly as many items as there are rates, paired with them; else nothing."""
    items = [
        one for one in entries[: place + 1] if one.main is not None and one.main.number < rates[0].number
    ]
    chain: list[Entry] = []
    for one in reversed(items):
        if chain and not (
            chain[-1].mark in ("、", "F")
            and one.main
            and chain[-1].main
            and one.main.kin == chain[-1].main.kin
        ):
            break
        chain.append(one)
    chain.reverse()
    if len(chain) == len(rates):
        return list(zip(chain, rates, strict=True))
    said = "分别" in rates[0].label and len(items) >= len(rates)
    last = items[-len(rates) :]
    apart = len({one.main.kin for one in last if one.main}) == len(last)
    return list(zip(last, rates, strict=True)) if said and (apart or len(items) == len(rates)) else []


def _take_amount(figure: Figure, current: Entry | None, entries: list[Entry]) -> Entry | None:
    role = figure.role
    if role == "whole":
        return None
    if role == "average":
        if current is None:
            return Entry(figure.label, figure.mark, averages=[figure])
        current.averages.append(figure)
        return None
    if role == "base":
        if (
            current is not None
            and current.level
            and current.base is None
            and not (_FROM.search(figure.label) and (current.growths or _subject_before(figure)))
            and current.level.kin == figure.kin
            and figure.mark != ""
        ):
            current.base = figure
            return None
        fitting = [one for one in entries if one.level and one.base is None and one.level.kin == figure.kin]
        if (
            fitting
            and current is not None
            and (current.base is not None or (current.level and current.level.kin != figure.kin))
        ):
            fitting[-1].base = figure
            # What follows is said of that subject again.
            entries.remove(fitting[-1])
            entries.append(fitting[-1])
            return None
        return Entry(_clean(figure.label), figure.mark, base=figure)
    if role == "change":
        if (
            current is not None
            and not figure.subject
            and current.change is None
            and current.main
            and current.main.kin == figure.kin
        ):
            current.change = figure
            return None
        return Entry(_clean(figure.subject), figure.mark, change=figure)
    if words.REACHED.search(figure.label) and current is not None:
        if current.level is None and current.base is not None:
            current.level = figure
            return None
        if (
            current.level is not None
            and current.base is None
            and current.level.kin == figure.kin
            and figure.mark == "F"
        ):
            current.base, current.level = current.level, figure
            current.base.role = "base"
            return None
    net = re.search(r"净增加?(?:了|约)?$", figure.label)
    if net and current is not None and current.level and current.base and current.level.kin == figure.kin:
        current.change = figure
        figure.role = "change"
        return None
    made = Entry(_clean(figure.label), figure.mark, level=figure)
    made.total = bool(words.TOTAL.match(made.label))
    if (
        current is not None
        and current.base is not None
        and current.level is None
        and current.base.kin == figure.kin
        and not current.growths
    ):
        made.base = current.base
        entries.remove(current)
    return made


_COUNTER = re.compile(r"(起|件|人|户|家|宗|个|次|批次|人次|项|条)数?$")


def _named_counter(figure: Figure, entries: list[Entry]) -> Entry | None:
    """事故起数下降11.4%: the amount counted so, when the rate names a counter."""
    match = _COUNTER.search(figure.subject)
    if match is None or not figure.subject.endswith(("数", "次")):
        return None
    fitting = [one for one in entries if one.level and one.level.unit == match[1]]
    named = [one for one in fitting if set(one.label) & set(figure.subject[:-2])]
    chosen = named or (fitting if len(fitting) == 1 else [])
    return chosen[-1] if chosen else None


def _starts(role: str, current: Entry) -> bool:
    """True for a rate that begins a subject of its own: no amount and no 由…% stands before it."""
    if role == "base":
        return True
    waiting = current.against is not None and not _percents(current)
    return role == "rate" and current.main is None and not waiting


_FROM = re.compile(r"(?:由|从|自)[^,]{0,14}$")


def _subject_before(figure: Figure) -> bool:
    """True for 标准由1540元: the clause names what moves."""
    return bool(re.match(r"[^,]{2,}?(?:由|从)", figure.label))


def _percents(entry: Entry | None) -> list[Figure]:
    """The percentages said of an entry, in the order in which they may be compared."""
    if entry is None:
        return []
    pairs = [figure for figure, _ in (*entry.shares, *entry.completions)]
    return [*entry.rates, *pairs, *entry.growths]


def _take_rate(figure: Figure, current: Entry | None, entries: list[Entry], passage: Passage) -> Entry | None:
    role = figure.role
    whole = None
    if role in ("share", "completion", "times") and figure.number:
        before = passage.figures[figure.number - 1]
        whole = before if before.role == "whole" else None
    if role == "base" and _FROM.search(figure.label) and re.search(r"[到至为]", figure.after):
        return Entry(_clean(figure.label), figure.mark, against=figure)
    if role == "base" and current is not None and current.against is None and _percents(current):
        current.against = figure
        return None
    if role == "base" and _FROM.search(figure.label):
        return Entry(_clean(figure.label), figure.mark, against=figure)
    named = _named_counter(figure, entries) if role == "growth" else None
    if named is not None and named.level is not None:
        figure.siblings = (named.level,)
        figure.subject = ""
        named.growths.append(figure)
        return None
    foreign = role in ("growth", "points", "pace") and bool(figure.subject)
    if role in ("points", "pace"):
        foreign = foreign and not _percents(current) and figure.mark != "F"
    if current is None or foreign or _starts(role, current):
        current = made = Entry(_clean(figure.subject), figure.mark)
    else:
        made = None
    if role == "growth":
        current.growths.append(figure)
    elif role == "share":
        current.shares.append((figure, whole))
    elif role == "completion":
        current.completions.append((figure, whole))
    elif role == "times":
        current.times.append((figure, whole))
    elif role in ("points", "pace"):
        current.points.append(figure)
    else:
        current.rates.append(figure)
    return made


_CLEAN = re.compile(
    r"^(?:其中|包括|以及|和|及|并|且|但|而|另有?|还有?|分别|依次|加|:|,|\s)+|(?:分别|依次|各)?(?:为|达到?|是|有|了|约|的|\s)+$"
)


def _clean(label: str) -> str:
    return _CLEAN.sub("", _CLEAN.sub("", label))
