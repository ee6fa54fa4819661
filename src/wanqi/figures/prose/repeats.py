"""The same thing counted twice in one text with another number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.judging import Fault

_LONG = 6
_REMEMBERED = 20_000
_STAGE = re.compile(r"申报|推荐|创建|筹备|拟|争创|目标|计划|储备|后备|培育|有望|正在")
_LEVELLED = re.compile(r"(?:国家级?|省级?|市级|县级|区级)([\u4e00-\u9fff]{6,14})$")
_TAIL = re.compile(r"([\u4e00-\u9fff]{6,14})$")


class Repeats:
    """Remembers what was counted, by the noun counted, and asks where a later count differs.

    Only long nouns are kept, and at most a fixed number of them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Figure] = {}

    def seen(self, passage: Passage) -> Iterator[Fault]:
        """Takes in a passage; a query for each noun that an earlier passage counted otherwise."""
        for figure in passage.figures:
            if not figure.exact or figure.role != "level" or figure.sort != "amount":
                continue
            behind = _LEVELLED.search(figure.after)
            if behind and not _STAGE.search(figure.after + figure.label):
                yield from self._compared(behind[1], figure)
            ahead = _TAIL.search(figure.label)
            if ahead and not figure.after and not _STAGE.search(figure.label):
                self._keep(ahead[1], figure)

    def _keep(self, noun: str, figure: Figure) -> None:
        if len(self._known) < _REMEMBERED:
            self._known[noun[-8:], figure.unit] = figure

    def _compared(self, noun: str, figure: Figure) -> Iterator[Fault]:
        known = self._known.get((noun[-8:], figure.unit))
        if known is None or known.value == figure.value or len(noun) < _LONG:
            return
        known.checked = figure.checked = True
        yield Fault(
            "query",
            "same",
            (known, figure),
            f"前面写{known.label[-14:]}{known.token.text}，后面写{figure.token.text}{figure.after[-20:]}，是级别不同还是前后不一，请核实。",
            (),
            (),
        )
