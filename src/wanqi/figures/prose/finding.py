"""Faults and figures in the words and places of the original text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wanqi.figures.claims import Kind
from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.judging import Fault
from wanqi.figures.prose.recover import Recovered
from wanqi.figures.prose.results import AuditFinding, Mention, State

_PASSING = re.compile(
    r"今年|全年|本年|去年|上年|同期|上半年|下半年|本期|截至|目前|累计|共计|共|新|约|近|达到?|为|是|有|了|的|其中|包括|分别|同比|"
    r"比|较|完成|实现|认定|入选|占|增长|增加|下降|减少|升|降|增|减|[^\u4e00-\u9fff]"
)
_YEARS = re.compile(r"(?:19|20)\d\d年?[-—~至到](?:19|20)\d\d")
_AREA = re.compile(r"全[国省市县区州镇乡]|[\u4e00-\u9fff]{2,4}?(?:省|市|县|区|州|镇|乡|街道)(?![级直值场])")


def finding(fault: Fault, recovered: Recovered) -> AuditFinding:
    """The fault as shown: its figures in the order of the original text, each with its place."""
    figures = sorted(fault.figures, key=lambda one: one.token.start)
    spans = tuple(recovered.span(one.token.start, one.token.end) for one in figures)
    return AuditFinding(
        fault.level,
        fault.relation,
        tuple(recovered.original[start:end] for start, end in spans),
        spans,
        (spans[0][0], spans[-1][1]),
        fault.message,
        fault.arithmetic,
        fault.repair,
        equation_key(fault.relation, figures),
    )


def notes_joined(notes: Sequence[Fault]) -> Fault:
    """Last digits are one line for the whole text: writers cut them off by habit."""
    if len(notes) == 1:
        return notes[0]
    figures = tuple(dict.fromkeys(figure for note in notes for figure in note.figures))
    lines = tuple(line for note in notes for line in note.arithmetic)
    relations = {note.relation for note in notes}
    relation = notes[0].relation if len(relations) == 1 else "last_digit"
    shown = "；".join(lines[:3]) + ("等" if len(lines) > 3 else "")
    return Fault(
        "note",
        relation,
        figures,
        f"{shown}。有{len(notes)}处仅末位不合，可能是截尾或凑整，请核对。",
        lines,
        (),
    )


def equation_key(relation: str, figures: Sequence[Figure]) -> str:
    """The normalised equation: its relation, the noun it is about, and its numbers with unit and hedge.

    The same sum in a later draft has the same key whatever words stand around; another number or noun another.
    """
    noun = next((said[-6:] for one in figures if (said := _PASSING.sub("", one.label))), "")
    return f"{relation}:{noun}:{'|'.join(sorted(_canonical(one) for one in figures))}"


def _canonical(figure: Figure) -> str:
    quantity = figure.quantity
    if quantity is None:
        return figure.token.text
    bound = "" if quantity.bound == "none" else quantity.bound
    upper = "" if quantity.upper is None else f"~{quantity.upper}"
    return f"{bound}{quantity.value}{upper}±{quantity.step}{quantity.unit}"


def mentions(passage: Passage, recovered: Recovered) -> Iterator[Mention]:
    """The figures of a passage, and its spans of years, in order."""
    area = next((match.group() for match in _AREA.finditer(passage.text)), "")
    period = passage.periods[-1] if passage.periods else ""
    for figure in passage.figures:
        span = recovered.span(figure.token.start, figure.token.end)
        state: State = (
            "unreadable" if figure.quantity is None else "checked" if figure.checked else "unchecked"
        )
        yield Mention(
            span,
            recovered.original[span[0] : span[1]],
            figure.quantity,
            state,
            _PLACING.sub("", figure.label) or figure.label,
            figure.unit,
            area,
            figure.periods[-1] if figure.periods else period,
            _kind(figure),
        )
    for token in passage.tokens:
        if token.kind == "period" and _YEARS.match(token.text):
            span = recovered.span(token.start, token.end)
            text = recovered.original[span[0] : span[1]]
            yield Mention(span, text, None, "unchecked", "", "年", area, token.text, "value")


_PLACING = re.compile(r"^(?:其中|包括|截至|目前|今年|全年|,)+|(?:达到?|为|是|有|了)+$")


def _kind(figure: Figure) -> Kind:
    """What sort of figure a mention is, from its words."""
    if figure.role == "growth":
        return "growth"
    if figure.role in ("points", "pace"):
        return "points"
    if figure.role == "completion":
        return "completion"
    if figure.sort == "percent":
        return "share"
    if figure.target:
        return "target"
    if words.FORECAST.search(figure.label):
        return "forecast"
    if words.STOCK.search(figure.label):
        return "stock"
    return "flow" if words.FLOW.search(figure.label) else "value"
