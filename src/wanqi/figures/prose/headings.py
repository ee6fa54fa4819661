"""Headings and names that count what follows or precedes them: 四大攻坚, 三化(…), A、B等4家."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.judging import Fault

_ORDINALS = "一二三四五六七八九十"
_ITEM = re.compile(r"(?:^|[。,;:、！\n\s])([一二三四五六七八九十])是")
_REACH = 6000


def heading_faults(passage: Passage, text: str) -> Iterator[Fault]:
    """Queries where a heading counts otherwise than the items that follow it, or the names before it."""
    for figure in passage.figures:
        if figure.sort != "heading":
            continue
        names = _names(passage, figure)
        if names > 1:
            figure.checked = True
            if names != figure.value:
                yield _fault(figure, f"前后列了{names}个名称，而写“{figure.token.text}{figure.after[:6]}”")
            continue
        items = _items(text, figure.token.end)
        if items > 1:
            figure.checked = True
            if items != figure.value:
                last = _ORDINALS[items - 1]
                yield _fault(
                    figure, f"“{figure.token.text}{figure.after[:6]}”下面写到“{last}是”，共{items}条"
                )


def _fault(figure: Figure, said: str) -> Fault:
    return Fault("query", "count", (figure,), f"{said}，个数不一致，请核对。", (), ())


def _names(passage: Passage, figure: Figure) -> int:
    """Names joined by 、 right before the heading, or in the brackets right behind it; 0 for none."""
    place = next(n for n, token in enumerate(passage.tokens) if token is figure.token)
    following = passage.tokens[place + 1 : place + 30]
    if figure.token.text.endswith("化") and following and following[0].text in "(（":
        names = 1
        for token in following[1:]:
            if token.kind == "mark" and token.text in ")）":
                return names
            names += token.kind == "mark" and token.text == "、"
        return 0
    names, depth = 1, 0
    for token in reversed(passage.tokens[:place]):
        if token.kind == "mark" and token.text in ")）":
            depth += 1
        elif token.kind == "mark" and token.text in "(（":
            depth -= 1
        elif depth == 0 and token.kind == "figure":
            return 0
        elif depth == 0 and token.kind == "mark":
            if token.text != "、":
                break
            names += 1
        elif depth == 0 and names > 1 and token.text.strip() in _ORDINALS:
            return 0
    return 0 if figure.label.endswith(("等", "和", "及", "的")) else names


def _items(text: str, start: int) -> int:
    """How far 一是、二是… count in the rest of the paragraph; 0 when they do not begin with 一是."""
    end = text.find("\n", start)
    stop = min(len(text) if end < 0 else end, start + _REACH)
    reached = 0
    for match in _ITEM.finditer(text, start, stop):
        number = _ORDINALS.index(match[1]) + 1
        if number == reached + 1:
            reached = number
        elif number == 1:
            break
    return reached
