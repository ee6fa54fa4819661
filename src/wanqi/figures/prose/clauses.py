"""Figures with their part in the sentence, gathered into entries: one subject and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from wanqi.figures.prose import words
from wanqi.figures.prose.lexer import Sort, Token
from wanqi.figures.prose.units import COUNTED, class_of
from wanqi.figures.quantities import Quantity

Role = Literal["level", "base", "change", "whole", "average", "growth", "share", "completion", "rate", "points", "pace", "times", "other"]  # fmt: skip


@dataclass(slots=True, eq=False)
class Figure:
    """One figure of a passage.

    `label` is what stands before it since the last boundary, `mark` that boundary ("" at the start of a
    passage, "F" right behind another figure), `after` what follows up to the next boundary. `quantity` carries
    the sign of the direction word.
    """

    token: Token
    label: str
    mark: str
    periods: tuple[str, ...]
    outer: str = ""
    after: str = ""
    next_mark: str = ""
    quantity: Quantity | None = None
    role: Role = "other"
    subject: str = ""
    compared: str = ""
    number: int = 0
    checked: bool = False
    target: bool = False
    passage: int = 0
    paragraph: int = 0

    @property
    def sort(self) -> Sort:
        """The sort the lexer gave it."""
        return self.token.sort or "amount"

    @property
    def unit(self) -> str:
        """Its unit, inherited from its list where it has none of its own."""
        return self.quantity.unit if self.quantity else ""

    @property
    def kin(self) -> str:
        """The class of its unit: figures of one class may be added."""
        return class_of(self.unit)

    @property
    def value(self) -> Fraction:
        """Its number; zero where unreadable (such a figure is in no equation)."""
        return self.quantity.value if self.quantity else Fraction(0)

    @property
    def exact(self) -> bool:
        """True when counted or set, not rounded."""
        return bool(self.quantity and self.quantity.exact)


@dataclass(slots=True, eq=False)
class Entry:
    """One subject of a passage: its level or change and the rates said of it."""

    label: str
    mark: str
    level: Figure | None = None
    base: Figure | None = None
    against: Figure | None = None
    change: Figure | None = None
    growths: list[Figure] = field(default_factory=list)
    shares: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    completions: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    rates: list[Figure] = field(default_factory=list)
    points: list[Figure] = field(default_factory=list)
    times: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    averages: list[Figure] = field(default_factory=list)
    open: bool = False
    total: bool = False
    inner: bool = False
    passage: int = 0

    @property
    def main(self) -> Figure | None:
        """The amount it is about: its level, else its change."""
        return self.level or self.change


@dataclass(slots=True)
class Passage:
    """Text between two full stops or semicolons: its figures, its entries and its plain words."""

    start: int
    end: int
    text: str
    figures: list[Figure]
    entries: list[Entry]
    periods: tuple[str, ...]
    damaged: bool
    sentence: int
    paragraph: int = 0
    flat: bool = False
    tokens: tuple[Token, ...] = ()


_ENDS = frozenset("。！!？?\n")
_UNIT_NOTE = re.compile(r"^(?:单位:)?(万亿|亿|万|千)?([\u4e00-\u9fff/]{1,4})$")
_SCALE = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1000}


def passages(stream: Iterator[Token], text: str) -> Iterator[Passage]:
    """The passages of a token stream, one at a time; nothing of an earlier passage is kept."""
    held: list[Token] = []
    sentence = paragraph = 0
    depth = 0
    for token in stream:
        held.append(token)
        if token.kind != "mark":
            continue
        if token.text in "(（":
            depth += 1
        elif token.text in ")）":
            depth = max(0, depth - 1)
        ends = token.text in _ENDS
        if ends or (token.text in ";；" and not depth):
            yield _passage(held, text, sentence, paragraph)
            held = []
            depth = 0
            sentence += ends
            paragraph += token.text == "\n"
    if held:
        yield _passage(held, text, sentence, paragraph)


def _passage(held: list[Token], text: str, sentence: int, paragraph: int) -> Passage:
    start, end = held[0].start, held[-1].end
    figures = _figures(held)
    _inherit_rates(figures)
    _inherit_units(figures, held)
    for n, figure in enumerate(figures):
        figure.number = n
    for figure in figures:
        _assign(figure, figures)
        _follow(figure, figures)
    periods = tuple(token.text for token in held if token.kind == "period")
    damaged = any(token.sort == "damaged" for token in held)
    whole = text[start:end]
    made = Passage(
        start,
        end,
        whole,
        figures,
        [],
        periods,
        damaged,
        sentence,
        paragraph,
        bool(words.FLAT.search(whole)),
        tuple(held),
    )
    made.entries = _entries(made)
    return made


def _figures(held: list[Token]) -> list[Figure]:
    """The figures of a passage with the words around them."""
    figures: list[Figure] = []
    label, mark, outer = "", "", ""
    periods: tuple[str, ...] = ()
    open_label: list[str] = []
    pending: list[Figure] = []
    for token in held:
        if token.kind == "figure":
            figure = Figure(
                token, label, mark, periods, open_label[-1] if open_label else "", quantity=token.quantity
            )
            figures.append(figure)
            for one in pending:
                one.next_mark = one.next_mark or "F"
            pending = [figure]
            label, mark, periods = "", "F", ()
        elif token.kind == "mark":
            for one in pending:
                one.next_mark = one.next_mark or token.text
            pending = []
            if token.text in "(（":
                open_label.append(label)
                label, mark = "", "("
            elif token.text in ")）":
                outer = open_label.pop() if open_label else ""
                label, mark = (outer if not outer.endswith(("总数", "总量")) else ""), ")"
            else:
                label, mark, periods = "", token.text, ()
        else:
            piece = token.text.strip()
            if token.kind == "period":
                periods += (piece,)
            else:
                label += piece
            for one in pending:
                one.after += piece if token.kind != "period" else ""
    return figures


_LINK = re.compile(r"^(?:和|与|及|以及|、|,)?$")


def _inherit_rates(figures: list[Figure]) -> None:
    """2.16和1.66个百分点: a bare number of a list that ends in a rate is such a rate itself."""
    for n in range(len(figures) - 2, -1, -1):
        figure, follow = figures[n], figures[n + 1]
        bare = figure.sort == "amount" and figure.quantity is not None and not figure.unit
        if (
            bare
            and follow.sort in ("percent", "points")
            and follow.mark in "、F"
            and _LINK.match(follow.label)
        ):
            if figure.token.scaled or follow.quantity is None or figure.quantity is None:
                continue
            base = Fraction(1, 1000 if follow.unit == "‰" else 10 if follow.unit == "成" else 100)
            old = figure.quantity
            figure.quantity = replace(
                old, value=old.value * base, step=old.step * base, unit=follow.unit, exact=False
            )
            figure.token.sort = follow.sort


def _inherit_units(figures: list[Figure], held: list[Token]) -> None:
    """A figure of a list without a unit takes that of the list: of its end, of a note (万件), of what stands before."""
    note = _unit_notes(held)
    for n in range(len(figures) - 1, -1, -1):
        figure = figures[n]
        if figure.sort != "amount" or figure.unit or figure.quantity is None:
            continue
        noted = next(((s, u) for place, s, u in note if place >= figure.token.end), None)
        if noted is not None:
            _give(figure, noted[1], noted[0])
            continue
        follow = figures[n + 1] if n + 1 < len(figures) else None
        if follow and follow.sort == "amount" and follow.unit and follow.mark in "、,，F" and _bare(figure):
            scale = 1
            if follow.token.scaled and not figure.token.scaled and follow.quantity:
                scale = _scale_of(follow.token.text)
            _give(figure, follow.unit, scale)
    for n, figure in enumerate(figures):
        if figure.sort != "amount" or figure.unit or figure.quantity is None:
            continue
        before = next((f for f in reversed(figures[:n]) if f.sort == "amount" and f.unit), None)
        after = next((f for f in figures[n + 1 :] if f.sort == "amount" and f.unit), None)
        if before and figure.token.scaled:
            _give(figure, before.unit, 1)
        elif after and figure.token.scaled and figure.mark in "、:：":
            _give(figure, after.unit, 1)
        elif before and figure.mark in "、:：" and before.mark in "、:：":
            _give(figure, before.unit, _scale_of(before.token.text) if before.token.scaled else 1)


def _bare(figure: Figure) -> bool:
    """True when nothing but a boundary follows the number: "咨询124599、"."""
    return not figure.after


def _scale_of(written: str) -> int:
    return next((size for word, size in _SCALE.items() if word in written), 1)


def _unit_notes(held: list[Token]) -> list[tuple[int, int, str]]:
    """Notes of a unit in brackets: (place, scale, unit)."""
    found = []
    for n, token in enumerate(held[:-2] if len(held) > 2 else []):
        if (
            token.kind == "mark"
            and token.text in "(（"
            and held[n + 1].kind == "words"
            and held[n + 2].text in ")）"
        ):
            match = _UNIT_NOTE.match(held[n + 1].text.strip())
            if match and (match[2] in COUNTED or class_of(match[2]) != match[2] or match[1]):
                found.append((token.start, _SCALE.get(match[1] or "", 1), match[2]))
    return found


def _give(figure: Figure, unit: str, scale: int) -> None:
    old = figure.quantity
    if old is None:
        return
    exact = unit in COUNTED and scale == 1 and old.step == 1
    figure.quantity = replace(old, value=old.value * scale, step=old.step * scale, unit=unit, exact=exact)


def _signed(figure: Figure, down: bool) -> None:
    if figure.quantity and down and figure.quantity.value > 0:
        upper = figure.quantity.upper
        figure.quantity = replace(
            figure.quantity, value=-figure.quantity.value, upper=None if upper is None else -upper
        )


def _assign(figure: Figure, figures: list[Figure]) -> None:
    """Gives a figure its role, subject and sign from the words around it."""
    label = figure.label
    figure.subject = label
    if figure.sort in ("percent", "times"):
        _assign_rate(figure, figures)
    elif figure.sort == "points":
        _assign_points(figure)
    elif figure.sort == "amount":
        _assign_amount(figure, figures)
    compared = words.COMPARED.search(label)
    figure.compared = compared.group() if compared else ""
    if figure.role in ("growth", "change", "points", "pace"):
        figure.subject = own_subject(label)


def _follow(figure: Figure, figures: list[Figure]) -> None:
    """In a list of rates the first one's words hold for all: 分别增长4.1%、5.2%和6.3%."""
    before = figures[figure.number - 1] if figure.number else None
    if before is None or figure.sort != before.sort or figure.sort not in ("percent", "points"):
        return
    if figure.mark in ("、", "F") and _LINK.match(figure.label) and before.role not in ("base",):
        figure.role = before.role
        figure.subject = ""
        _signed(figure, before.value < 0 and figure.value > 0 and not before.token.signed)


def own_subject(label: str) -> str:
    """What a change is said of when its own clause names it; "" when it is said of what stands before."""
    found = words.COMPARE_HEAD.search(label) or words.DIRECTION.search(label)
    head = label[: found.start()] if found else label
    head = re.sub(r"^(?:其中|包括|以及|和|及|并|且|但|而|另|还)+", "", head)
    return "" if words.FILLER.match(head) else head


def _direction(label: str) -> re.Match[str] | None:
    found = words.DIRECTION.search(label)
    if found is None:
        return None
    head = label[: found.start("fill")]
    if words.NOT_CHANGE.search(head):
        return None
    word = found["up"] or found["down"]
    if word in words.BARE_CHANGE and head != word and not words.COMPARE_HEAD.search(head):
        filled = words.FILLER.match(head[: -len(word)])
        return found if filled else None
    return found


def _assign_rate(figure: Figure, figures: list[Figure]) -> None:
    label = figure.label
    reached = words.REACHED.search(label)
    direction = None if reached else _direction(label)
    before = figures[figure.number - 1] if figure.number else None
    if (
        before is not None
        and figure.mark in ("F", ")")
        and figure.label.endswith("的")
        and before.sort == "amount"
    ):
        outer = before.outer if figure.mark == ")" else ""
        if figure.sort == "times":
            figure.role, before.role = "times", "whole"
        else:
            before.role = "whole"
            said = f"{outer}{before.label}{before.after}"
            figure.role = "completion" if "占" not in said and words.COMPLETION.search(said) else "share"
            if (
                words.SET_TARGET.search(said)
                and before.quantity
                and before.quantity.value == before.quantity.value.__floor__()
            ):
                _set_target(before)
        return
    if figure.token.signed and figure.sort == "percent" and not words.SHARE.search(label):
        figure.role = "growth"
        return
    if direction is not None and not words.RATE.search(label):
        figure.role = "growth"
        _signed(figure, bool(direction["down"]))
    elif re.search(r"(?:同比|环比|增速|增幅)(?:为|达|是|约)*$", label):
        figure.role = "growth"
    elif figure.sort == "times":
        figure.role = "times"
    elif words.SHARE.search(label):
        figure.role = "share"
    elif words.RATE.search(label):
        figure.role = "completion" if "完成率" in label else "rate"
    elif words.COMPLETION.search(label):
        figure.role = "completion"
    elif _is_base(figure):
        figure.role = "base"
    else:
        figure.role = "rate"


def _set_target(figure: Figure) -> None:
    figure.target = True
    if figure.quantity and figure.quantity.step >= 1:
        figure.quantity = replace(figure.quantity, exact=True)


def _assign_points(figure: Figure) -> None:
    found = None
    for found in words.DIRECTION_ANYWHERE.finditer(figure.label):
        pass
    _signed(figure, bool(found and found["down"]))
    figure.role = "pace" if words.PACE.search(figure.label) else "points"


def _assign_amount(figure: Figure, figures: list[Figure]) -> None:
    label = figure.label
    if words.AVERAGE.search(label):
        figure.role = "average"
        if figure.quantity:
            figure.quantity = replace(figure.quantity, exact=False)
        return
    if words.REACHED.search(label):
        figure.role = "level"
        figure.subject = ""
        return
    direction = _direction(label)
    if direction is not None:
        if direction["up"] == "超过" and not words.COMPARE_HEAD.search(label):
            figure.role = "level"
            return
        figure.role = "change"
        _signed(figure, bool(direction["down"]))
        return
    if _is_base(figure):
        figure.role = "base"
        return
    if figure.mark == "F" and not label and figure.number and figures[figure.number - 1].role == "base":
        # 优于目标32.9微克2.9微克: the second is the distance to the first.
        figure.role = "change"
        worse = re.search(r"低于|少于|优于|好于|不及|欠", figures[figure.number - 1].label)
        _signed(figure, bool(worse))
        return
    figure.role = "level"
    if words.TARGET_BEFORE.search(label) or words.TARGET_AFTER.match(figure.after):
        figure.target = True
        said = f"{label}{figure.after}"
        if words.SET_TARGET.search(said) and figure.quantity and figure.quantity.value.denominator == 1:
            _set_target(figure)


_AGAINST = re.compile(
    r"(?:(?<![对占别百环同配积相])比(?![重例较])|较(?![大好快为强多少高低])|优于|高于|低于|多于|少于|好于|快于|慢于|不及)([^,]{0,16})$"
)


def _is_base(figure: Figure) -> bool:
    """True for what another figure is compared with: 上年11210件, 由133972万人, 比2019年的82.0%."""
    label = figure.label
    if words.BASE_WORDS.match(label):
        return True
    found = _AGAINST.search(label)
    if found and (found[1] or figure.periods):
        return True
    if re.match(r"^(?:由|从|自)[^,]{0,16}$", label) and figure.mark in ("", ",", "，", "F", "("):
        return True
    if (
        re.search(r"(?:由|从)[^,]{0,10}$", label)
        and not re.search(r"自从|从事|由此", label)
        and figure.after.startswith(("增", "降", "减", "升", "上", "下", "提", "扩", "发展", "压", "回"))
    ):
        return True
    year = (
        bool(figure.periods)
        and not label
        and figure.mark in (",", "，", "(")
        and bool(re.search(r"\d{4}", figure.periods[-1]))
    )
    return year and figure.number > 0


def _entries(passage: Passage) -> list[Entry]:
    """The entries of a passage in order."""
    entries: list[Entry] = []
    opened = False
    for figure in passage.figures:
        figure.passage = passage.start
        current = entries[-1] if entries else None
        if figure.quantity is None or figure.sort in ("rank", "range", "duration", "damaged"):
            continue
        opened = opened or bool(words.OPEN_LIST.search(figure.label))
        if figure.sort == "amount":
            current = _take_amount(figure, current, entries)
        else:
            current = _take_rate(figure, current, entries, passage)
        if current is not None and (not entries or entries[-1] is not current):
            current.open = opened
            current.passage = passage.start
            entries.append(current)
    _align(entries)
    return entries


def _align(entries: list[Entry]) -> None:
    """分别增长4.1%、5.2%: a run of rates goes item by item to as many amounts before it, or to none."""
    for place, entry in enumerate(entries):
        for rates in _runs(entry.growths):
            entry.growths = [one for one in entry.growths if one not in rates]
            for owner, rate in _owners(entries, place, rates):
                owner.growths.append(rate)
        for pairs in (entry.shares, entry.completions):
            for rates in _runs([figure for figure, _ in pairs]):
                if not any(one.main for one in entries[: place + 1]):
                    continue
                pairs[:] = [pair for pair in pairs if pair[0] not in rates]
                for owner, rate in _owners(entries, place, rates):
                    (owner.shares if pairs is entry.shares else owner.completions).append((rate, None))


def _runs(rates: list[Figure]) -> list[list[Figure]]:
    """The stretches of at least two rates of a list, one right behind the other."""
    runs: list[list[Figure]] = []
    for rate in rates:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and rate.number == last.number + 1
            and rate.mark in "、F"
            and _LINK.match(rate.label)
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
    return list(zip(chain, rates, strict=True)) if len(chain) == len(rates) else []


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
            and current.level.kin == figure.kin
            and figure.mark != ""
        ):
            current.base = figure
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
    made = Entry(_clean(figure.label), figure.mark, level=figure)
    made.total = bool(words.TOTAL.match(made.label))
    made.inner = figure.mark in ("(", "（") or bool(figure.outer)
    if (
        current is not None
        and current.base is not None
        and current.level is None
        and current.base.kin == figure.kin
        and not current.growths
    ):
        made.base = current.base
        entries.pop()
    return made


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
    if role == "base" and current is not None and current.against is None and _percents(current):
        current.against = figure
        return None
    foreign = role in ("growth", "points", "pace") and bool(figure.subject)
    if role in ("points", "pace"):
        foreign = foreign and not _percents(current) and figure.mark != "F"
    if current is None or foreign or (role in ("rate", "base") and not (current.main and role == "rate")):
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
