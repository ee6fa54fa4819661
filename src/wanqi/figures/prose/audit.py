"""The audit of a text: every figure read, the relations the text states, and what cannot be true."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from wanqi.figures.check import Level
from wanqi.figures.claims import Kind
from wanqi.figures.prose import asides, growths, lists, measures, shares
from wanqi.figures.prose.clauses import passages
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.judging import Fault, judged
from wanqi.figures.prose.lexer import tokens
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.recover import Recovered, recover
from wanqi.figures.prose.registry import COUNTS, Counts, demoted
from wanqi.figures.quantities import Quantity

State = Literal["checked", "unchecked", "unreadable"]

_EARLIER = 4
_NOTE_REACH = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """One quantity of the text.

    `span` is in characters of the original text; `quantity` is None where digits may be lost.
    """

    span: tuple[int, int]
    text: str
    quantity: Quantity | None
    state: State
    subject: str
    unit: str
    area: str
    period: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One root cause found in a text.

    `figures` are as written in the original and `spans` their places there, `span` the whole passage;
    `arithmetic` the sums shown, `repair` single changes such as "120→220". `key` is the normalised equation:
    the same sum in a later draft has the same key.
    """

    level: Level
    relation: str
    figures: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    span: tuple[int, int]
    message: str
    arithmetic: tuple[str, ...]
    repair: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was read in `text`, what was found, and what a reviewer had already accepted."""

    text: str
    mentions: tuple[Mention, ...]
    findings: tuple[AuditFinding, ...]
    accepted: tuple[AuditFinding, ...] = ()

    @property
    def read(self) -> int:
        """How many figures were found, readable or not."""
        return len(self.mentions)

    @property
    def checked(self) -> int:
        """How many figures stand in at least one relation that was weighed."""
        return sum(mention.state == "checked" for mention in self.mentions)

    @property
    def unreadable(self) -> int:
        """How many figures may have lost digits."""
        return sum(mention.state == "unreadable" for mention in self.mentions)

    @property
    def summary(self) -> str:
        """The line under the text: what was weighed and what was not."""
        return f"共识别数据{self.read}处，已核{self.checked}处，未核{self.read - self.checked}处。"


def audit(text: str, *, accepted: Collection[str] = (), counts: Counts = COUNTS) -> Audit:
    """The figures of `text` and what cannot be true about them; never raises.

    Findings whose key is in `accepted` are silenced: they come back in `Audit.accepted`. Rules that `counts`
    show to be right too seldom are demoted to queries.
    """
    recovered = recover(text)
    low = demoted(counts)
    mentions: list[Mention] = []
    found: list[AuditFinding] = []
    earlier: deque[Passage] = deque(maxlen=_EARLIER)
    scopes: list[tuple[str, Figure]] = []
    months: int | None = None
    for passage in passages(tokens(recovered.text, recovered.damaged), recovered.text):
        months = growths.months_of(passage) or months
        faults = _faults(passage, earlier, recovered.text, low)
        faults += asides.faults(passage, months)
        found += (_finding(fault, recovered) for fault in faults)
        scopes += ((asides.rank_scope(one), one) for one in passage.figures if one.sort == "rank")
        mentions += (_mention(figure, recovered) for figure in passage.figures)
        if passage.figures:
            earlier.append(passage)
    mixed = asides.ranks(scopes)
    if mixed is not None:
        found.append(_finding(mixed, recovered))
    order = {"error": 0, "query": 1, "note": 2}
    found.sort(key=lambda one: order[one.level])
    silenced = set(accepted)
    return Audit(
        recovered.original,
        tuple(mentions),
        tuple(one for one in found if one.key not in silenced),
        tuple(one for one in found if one.key in silenced),
    )


def _equations(passage: Passage, earlier: Collection[Passage], text: str) -> Iterator[Equation]:
    note = text[passage.start : passage.end + _NOTE_REACH]
    for entry in passage.entries:
        yield from growths.of_entry(passage, entry)
        yield from shares.of_entry(passage, entry, tuple(earlier))
    yield from growths.same_schedule(passage, tuple(earlier))
    yield from lists.of_passage(passage, note, tuple(earlier))
    yield from measures.of_passage(passage)
    yield from asides.equations(passage)
    yield from asides.stocks(passage)


def _faults(passage: Passage, earlier: Collection[Passage], text: str, low: Collection[str]) -> list[Fault]:
    """The faults of a passage: one for figures that hang together."""
    sound: list[Reading] = []
    broken: list[Equation] = []
    uneven: list[Fault] = []
    for equation in _equations(passage, earlier, text):
        held, fault = judged(equation, (), low)
        if held is not None:
            sound.append(held)
        if held is not None and fault is not None:
            uneven.append(fault)
        elif fault is not None:
            broken.append(equation)
    faults = uneven + [fault for equation in broken if (fault := judged(equation, sound, low)[1]) is not None]
    return _merged(faults)


def _merged(faults: list[Fault]) -> list[Fault]:
    """Faults that share a figure have one cause: the weightiest speaks, and shows the sums of the others."""
    order = {"error": 0, "query": 1, "note": 2}
    kept: list[Fault] = []
    for fault in sorted(faults, key=lambda one: order[one.level]):
        same = next((one for one in kept if set(one.figures) & set(fault.figures)), None)
        if same is None:
            kept.append(fault)
            continue
        same.arithmetic += tuple(line for line in fault.arithmetic if line not in same.arithmetic)
        same.figures = tuple(dict.fromkeys((*same.figures, *fault.figures)))
    return kept


def _finding(fault: Fault, recovered: Recovered) -> AuditFinding:
    figures = sorted(fault.figures, key=lambda one: one.token.start)
    spans = tuple(recovered.span(one.token.start, one.token.end) for one in figures)
    original = recovered.original
    key = equation_key(fault.relation, figures)
    return AuditFinding(
        fault.level,
        fault.relation,
        tuple(original[start:end] for start, end in spans),
        spans,
        (spans[0][0], spans[-1][1]),
        fault.message,
        fault.arithmetic,
        fault.repair,
        key,
    )


_PASSING = re.compile(
    r"今年|全年|本年|去年|上年|同期|上半年|下半年|本期|截至|目前|累计|共计|共|新|约|近|达到?|为|是|有|了|的|其中|包括|分别|同比|"
    r"比|较|完成|实现|认定|入选|占|增长|增加|下降|减少|升|降|增|减|[^\u4e00-\u9fff]"
)


def equation_key(relation: str, figures: Sequence[Figure]) -> str:
    """The normalised equation: its relation, the noun it is about, and its numbers with unit and hedge.

    The same sum in a later draft has the same key whatever words stand around; another number or noun another.
    """
    noun = next((said[-6:] for one in figures if (said := _PASSING.sub("", one.label))), "")
    numbers = sorted(_canonical(one) for one in figures)
    return f"{relation}:{noun}:{'|'.join(numbers)}"


def _canonical(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity is None:
        return figure.token.text
    bound = "" if quantity.bound == "none" else quantity.bound
    return f"{bound}{quantity.value}±{quantity.step}{quantity.unit}"


def _mention(figure: Figure, recovered: Recovered) -> Mention:
    span = recovered.span(figure.token.start, figure.token.end)
    state: State = "unreadable" if figure.quantity is None else "checked" if figure.checked else "unchecked"
    period = figure.periods[-1] if figure.periods else ""
    return Mention(
        span,
        recovered.original[span[0] : span[1]],
        figure.quantity,
        state,
        figure.label,
        figure.unit,
        "",
        period,
        "value",
    )
