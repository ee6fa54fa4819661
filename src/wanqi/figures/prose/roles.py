"""The part of a figure in its sentence, from the words around it."""

from __future__ import annotations

import re
from dataclasses import replace

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.sharing import LINK


def _signed(figure: Figure, down: bool) -> None:
    if figure.quantity and down and figure.quantity.value > 0:
        upper = figure.quantity.upper
        figure.quantity = replace(
            figure.quantity, value=-figure.quantity.value, upper=None if upper is None else -upper
        )


def assign(figure: Figure, figures: list[Figure]) -> None:
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


def follow(figure: Figure, figures: list[Figure]) -> None:
    """In a list of rates the first one's words hold for all: 分别增长4.1%、5.2%和6.3%."""
    before = figures[figure.number - 1] if figure.number else None
    if before is None or figure.sort != before.sort or figure.sort not in ("percent", "points"):
        return
    if figure.mark in ("、", "F") and LINK.match(figure.label) and before.role not in ("base",):
        figure.role = before.role
        figure.subject = ""
        _signed(figure, before.value < 0 and figure.value > 0 and not before.token.signed)


def own_subject(label: str) -> str:
    """What a change is said of when its own clause names it; "" when it is said of what stands before."""
    found = words.COMPARE_HEAD.search(label) or words.DIRECTION.search(label)
    head = label[: found.start()] if found else label
    direction = words.DIRECTION.search(label)
    if found and direction and found.group() in ("同比", "环比") and found.end() < direction.start():
        between = label[found.end() : direction.start()]
        head += "" if words.FILLER.match(between) else between
    head = re.sub(r"^(?:其中|包括|以及|和|及|并|且|但|而|另|还)+", "", head)
    return "" if words.FILLER.match(head) or _ITSELF.search(head) else head


# A total that only repeats the figure before it: 获奖总数较上年增长18.8%.
_ITSELF = re.compile(r"^[\u4e00-\u9fff]{0,4}(?:总数|总量|总额|数量)$")


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
    if figure.token.text.startswith("翻"):
        figure.role = "growth"
        return
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
    if _FROM_RATE.search(label) and figure.after.startswith(_MOVING):
        figure.role = "base"
        return
    if direction is None and words.GROWTH_RATE.search(label):
        figure.role = "growth"
        _signed(figure, bool(re.search(r"下降|降低|减", label)))
    elif direction is not None and (not words.RATE.search(label) or words.GROWTH_RATE.search(label)):
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


_FROM_RATE = re.compile(r"(?:由(?!此|于)|(?<!自)从(?!事))[^,]{0,10}$")
_MOVING = ("增", "降", "减", "升", "上", "下", "提", "扩", "发展", "压", "回", "跃", "攀")


def _set_target(figure: Figure) -> None:
    figure.target = True
    if figure.quantity and figure.quantity.step >= 1:
        figure.quantity = replace(figure.quantity, exact=True)


def _assign_points(figure: Figure) -> None:
    found = None
    for match in words.DIRECTION_ANYWHERE.finditer(figure.label):
        found = match
    _signed(figure, bool(found and found["down"]))
    figure.role = "pace" if words.PACE.search(figure.label) else "points"


def _assign_amount(figure: Figure, figures: list[Figure]) -> None:
    label = figure.label
    if _FROM_RATE.search(label) and figure.after.startswith(_MOVING):
        figure.role = "base"
        return
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
    if re.search(r"净增加?(?:了|约)?$", label) and words.COMPARE_HEAD.search(label):
        figure.role = "change"
        figure.subject = ""
        return
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
        # 优于目标35微克5微克: the second is the distance to the first.
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
    """True for what another figure is compared with: 上年11210件, 由133972万人, 比上年的60%."""
    label = figure.label
    if words.BASE_WORDS.match(label):
        return True
    if re.search(r"(?:与|同|跟)[^,]{0,14}$", label) and figure.after.startswith(("相比", "比")):
        return True
    found = _AGAINST.search(label)
    if found and (found[1] or figure.periods):
        return True
    if re.match(
        r"^(?:由|从|自(?!行|主|筹|有|查|然|治|身|来|动|营|建|办))[^,]{0,16}$", label
    ) and figure.mark in ("", ",", "，", "F", "("):
        return True
    if (
        re.search(r"(?:由|从)[^,]{0,10}$", label)
        and not re.search(r"自从|从事|由此", label)
        and figure.after.startswith(_MOVING)
    ):
        return True
    year = (
        bool(figure.periods)
        and not label
        and figure.mark in (",", "，", "(")
        and bool(re.search(r"\d{4}", figure.periods[-1]))
    )
    return year and figure.number > 0
