"""What a text says beside its sums: text against table, coverage, missing bases and targets, names and counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from wanqi.figures.numerals import numeral
from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.judging import Fault
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.telling import plain, told
from wanqi.figures.prose.units import COUNTED

_BODY = re.compile(r"正文|文中|前文|文字部分|报告中?")
_TABLE = re.compile(r"附表|表格|表中|下表|上表|表\d|附件表|统计表")
_WHOLE_COVER = re.compile(r"(?<!基本)(?<!推进)(?<!实现)全覆盖|全部覆盖")


def equations(passage: Passage) -> Iterator[Equation]:
    """The same figure said twice in one passage: in the text and in a table."""
    amounts = [
        one
        for one in passage.figures
        if one.quantity is not None and one.role in ("level", "rate", "share", "completion", "base")
    ]
    if len(amounts) != 2 or amounts[0].kin != amounts[1].kin:
        return
    one, other = amounts
    head = passage.text[: one.token.start - passage.start]
    between = passage.text[one.token.end - passage.start : other.token.start - passage.start]
    if (_BODY.search(head) and _TABLE.search(between)) or (_TABLE.search(head) and _BODY.search(between)):
        shared = _subject(one.label) & _subject(other.label)
        if shared or not _subject(other.label):
            yield Equation("same", "A", [Reading("equal", (one, other))], certain=True)


def _subject(label: str) -> set[str]:
    said = re.sub(
        r"正文|文中|前文|文字部分|报告|附表|表格|表中|统计表|完成|相加|合计|称|写|为|的|中|与|均", "", label
    )
    return {said[n : n + 2] for n in range(len(said) - 1)}


def stocks(passage: Passage) -> Iterator[Equation]:
    """Stock and flow: what was added in the period, what it amounts to, and the growth said of either."""
    flow, stock, forecast = _flow_and_stock(passage)
    if flow is not None and stock is not None:
        yield from _stock_growth(passage, flow, stock, forecast)
    yield from _opening(passage)


_THIS_YEAR = re.compile(r"(?:当年|今年|本年|年内|上半年|本期|其中)[^,]{0,4}(?:新建|新增|建成|完成|新开通)")


def _flow_and_stock(passage: Passage) -> tuple[Figure | None, Figure | None, Figure | None]:
    """The amount added in the period, the stock right after it, and a forecast of that stock."""
    levels = [entry.level for entry in passage.entries if entry.level is not None]
    for place, (one, other) in enumerate(itertools.pairwise(levels)):
        if (
            (
                one.kin == other.kin
                and re.search(r"累计|总数|总量", one.label)
                and _THIS_YEAR.search(other.label)
            )
            and other.number == one.number + 1
            and other.value < one.value
        ):
            return other, one, None
        if (
            one.kin != other.kin
            or not words.FLOW.search(one.label)
            or not re.search(r"累计|总数|总量", other.label)
        ):
            continue
        if words.FORECAST.search(one.label) or one.value >= other.value or other.number - one.number > 2:
            continue
        follow = levels[place + 2] if place + 2 < len(levels) else None
        ahead = follow is not None and follow.kin == one.kin and bool(words.FORECAST.search(follow.label))
        return one, other, follow if ahead else None
    return None, None, None


_LATER = re.compile(
    r"(?<![0-9—–\-~至到])(?:[2-9]|1[0-2])(?:\s*[—–\-~至到]\s*1?[0-9])?月|下半年|第?[二三四]季度"
)


def _stock_growth(
    passage: Passage, flow: Figure, stock: Figure, forecast: Figure | None
) -> Iterator[Equation]:
    last = forecast or (stock if stock.number > flow.number else flow)
    growth = next(
        (one for one in passage.figures[last.number + 1 :] if one.role == "growth" and not one.subject), None
    )
    if growth is None or growth.number != last.number + 1 or growth.compared.startswith(("同比", "环比")):
        return
    if "同期" in growth.label or not re.search(r"年初|上年|去年|年末|年底", growth.label):
        return
    if any(_LATER.search(span) for span in (*flow.periods, *passage.periods)):
        return  # what came from July on is not all that came since the end of last year
    ambiguous = not re.search(r"年初|年末|年底", growth.label)
    readings = []
    if forecast is not None:
        readings.append(Reading("law", (forecast, stock, flow, growth), "stock_growth"))
    readings.append(Reading("law", (stock, flow, growth), "growthd"))
    if ambiguous:
        readings.append(Reading("whole_base", (flow, growth)))
        readings.append(Reading("whole_base", (stock, growth)))
    yield Equation("stock_flow", "A", readings)


_OPENING = re.compile(r"(?:上年末|去年末|上年底|去年底|年初|期初|原有|上年结存|上期|结转|旧存)")
_CLOSING = re.compile(r"未结|未办结|期末|年末|年底|累计|总数|总量|现有|存量|在册|结余")
_COMING = re.compile(r"新收|新增|新登记|收案|流入|收入|购进|转入|增加|又建|再建")
_LEAVING = re.compile(r"退出|注销|拆除|报废|减少|销号|关闭|迁出|淘汰|办结|审结|执结|结案|流出|转出|支出|售出")


def _opening(passage: Passage) -> Iterator[Equation]:
    """年初有多少,新增多少,减去多少,年末有多少: what was there and what came is what left and what is there."""
    amounts = [
        one for one in passage.figures
        if one.sort == "amount" and one.quantity is not None and one.role in ("level", "base") and not one.inner
    ]  # fmt: skip
    if len(amounts) not in (3, 4) or len({one.kin for one in amounts}) != 1:
        return
    parts: dict[str, Figure] = {}
    unknown: list[Figure] = []
    for one in amounts:
        part = _stage(one, parts)
        if part in parts:
            return
        if part:
            parts[part] = one
        else:
            unknown.append(one)
    if len(unknown) == 1 and len(amounts) == 3 and unknown[0].periods and "in" not in parts:
        parts["in"] = unknown.pop()
    if unknown:
        return
    needed = ("opening", "in", "out", "closing") if len(amounts) == 4 else ("opening", "in", "closing")
    if any(part not in parts for part in needed):
        return
    signs = (1, 1, -1)[: len(amounts) - 1]
    reading = Reading("sum", tuple(parts[part] for part in needed), signs=signs)
    leaving = "out" not in parts and _LEAVING.search(passage.text)
    yield Equation("stock_flow", "B" if leaving else "A", [reading], digit_only=True)


def _stage(figure: Figure, known: dict[str, Figure]) -> str:
    """What a figure counts of a stock: what was there, what came, what left, what is there."""
    label = figure.label
    if _OPENING.search(label):
        return "opening"
    if _CLOSING.search(label):
        return "closing"
    if words.FLOW.search(label) or _COMING.search(label):
        return "in"
    if _LEAVING.search(label):
        return "out"
    return "closing" if "closing" not in known and words.STOCK.search(label) else ""


def faults(passage: Passage, months: int | None) -> Iterator[Fault]:
    """What needs another look although no sum is wrong."""
    yield from _coverage(passage)
    yield from _goal(passage)
    yield from _unsaid_base(passage)
    yield from _forecast(passage, months)
    yield from _ranges(passage)
    yield from _names(passage)
    yield from _beyond_peers(passage)
    yield from _percent_for_points(passage)


def _query(relation: str, figures: tuple[Figure, ...], message: str, lines: tuple[str, ...] = ()) -> Fault:
    for figure in figures:
        figure.checked = True
    return Fault("query", relation, figures, message, lines, ())


def _coverage(passage: Passage) -> Iterator[Fault]:
    if not _WHOLE_COVER.search(passage.text):
        return
    for figure in passage.figures:
        below = figure.quantity is not None and figure.sort == "percent" and figure.value < 1
        if below and "覆盖" in figure.label and figure.role in ("rate", "share"):
            yield _query(
                "full_coverage",
                (figure,),
                f"前面写“全覆盖”，覆盖率为{figure.token.text}，两者的范围是否不同，请核实。",
            )


_EXCEEDED = re.compile(r"超额完成(?!率)[^,;。:\d]{0,10}(?:目标|任务|计划)[^,;。:\d]{0,4}(?=[,;。]|$)")


def _goal(passage: Passage) -> Iterator[Fault]:
    match = _EXCEEDED.search(passage.text)
    if match is None or any(one.role == "completion" or one.target for one in passage.figures):
        return
    place = passage.start + match.start()
    before = [one for one in passage.figures if one.token.end <= place and one.role in ("level", "growth")]
    level = next((one for one in reversed(before) if one.role == "level"), None)
    if level is not None:
        yield _query(
            "target",
            (level,),
            f"“{match.group()}”没有写明目标数和完成率，{level.token.text}是否超过目标，请核实。",
        )


def _unsaid_base(passage: Passage) -> Iterator[Fault]:
    """Growth whose base may be the year-end or the same period, and of a flow or of a stock."""
    for entry in passage.entries:
        level = entry.level
        if level is None or entry.base is not None or entry.change is not None:
            continue
        for growth in entry.growths:
            if growth.subject or growth.number != level.number + 1:
                continue
            vague = re.search(r"(?:较|比)(?:去年|上年)(?!同期|末|底|同)", growth.label)
            stock = words.FORECAST.search(level.label) or re.search(r"累计", level.label)
            if vague and stock and not re.search(r"年末|年底", level.label):
                yield _query(
                    "base",
                    (growth,),
                    f"“{growth.label}{growth.token.text}”没有写明与上年末还是上年同期相比，也没有写明是{level.token.text}的增长还是其他数字的增长，请核实。",
                )
            elif (
                not words.COMPARE_HEAD.search(growth.label)
                and words.BUILDING.search(level.label)
                and level.unit in COUNTED
            ):
                yield _query(
                    "base", (level, growth),
                    f"{level.token.text}是本期数，“{growth.label}{growth.token.text}”没有写明是比上年同期的本期数，还是总数比上年末的增长，请核实。",
                )  # fmt: skip


_PACE_ASKED = Fraction(5, 4)


def _forecast(passage: Passage, months: int | None) -> Iterator[Fault]:
    """A forecast that needs the rest of the year to bring far more than the pace so far."""
    flow, stock, forecast = _flow_and_stock(passage)
    if flow is None or stock is None or forecast is None or months is None or not 0 < months < 12:
        return
    needed = forecast.value - stock.value
    usual = flow.value * (12 - months) / months
    if needed <= usual * _PACE_ASKED:
        return
    rest = "下半年" if months == 6 else f"后{12 - months}个月"
    straight = told(stock.value + usual, stock)
    lines = (
        f"{plain(forecast)}−{plain(stock)}={told(needed, flow)}（{rest}需新增）",
        f"{plain(stock)}+{told(usual, flow)}={straight}（按当前进度的年末数）",
    )
    yield _query(
        "run_rate", (flow, stock, forecast),
        f"{forecast.token.text}要求{rest}再新增{told(needed, flow)}，而前{months}个月为{flow.token.text}；"
        f"按当前进度年末约{straight}。预计的依据请核实。",
        lines,
    )  # fmt: skip


def _ranges(passage: Passage) -> Iterator[Fault]:
    for figure in passage.figures:
        quantity = figure.quantity
        if (
            figure.sort == "range"
            and quantity is not None
            and quantity.upper is not None
            and quantity.upper < quantity.value
        ):
            yield _query("range", (figure,), f"{figure.token.text}前大后小，是否写反，请核对。")


def _names(passage: Passage) -> Iterator[Fault]:
    """国发、比德等4家: not more names than the count says."""
    for figure in passage.figures:
        counted = (
            figure.quantity is not None
            and figure.sort == "amount"
            and figure.exact
            and figure.label.endswith("等")
        )
        if not counted:
            continue
        names = _named_before(passage, figure)
        if names:
            figure.checked = True
        if names > figure.value:
            yield _query(
                "count", (figure,), f"前面列了{names}个名称，而写“等{figure.token.text}”，请核对个数。"
            )


def _named_before(passage: Passage, figure: Figure) -> int:
    """How many names joined by 、 stand right before a figure; 0 where a figure or a bracket stands among them."""
    place = next((n for n, token in enumerate(passage.tokens) if token is figure.token), 0)
    names = 1
    for token in reversed(passage.tokens[:place]):
        if token.kind == "figure" or (token.kind == "mark" and token.text in "()（）"):
            return 0
        if token.kind == "mark":
            if token.text != "、":
                return names
            names += 1
    return names


_PEERS = re.compile(
    r"([二两三四五六七八九十]|十[一二三四五六七八九])(?:个)?(?:县市区|县市|市县|县区|区县|县|市|区|乡镇|街道)"
)


def _beyond_peers(passage: Passage) -> Iterator[Fault]:
    """在六县市中排名第七: a place that the number of peers does not hold."""
    for figure in passage.figures:
        if figure.sort != "rank":
            continue
        peers = _PEERS.search(figure.label)
        if peers is None:
            continue
        number = numeral(peers[1]) or 0
        figure.checked = True
        if figure.value > number:
            yield _query(
                "rank",
                (figure,),
                f"“{peers.group()}”只有{number}个，而写{figure.token.text}，名次是否有误，请核对。",
            )


def _percent_for_points(passage: Passage) -> Iterator[Fault]:
    """由18.3%提高到21.5%,提高3.2%: the difference of two rates is in 百分点."""
    for entry in passage.entries:
        if entry.against is None or entry.level is not None or not entry.rates:
            continue
        for growth in entry.growths:
            apart = entry.rates[-1].value - entry.against.value
            if growth.quantity is None or growth.number < entry.rates[-1].number:
                continue
            if abs(apart - growth.value) <= growth.quantity.step * 3 / 2:
                growth.checked = True
                pair = f"{entry.against.token.text}与{entry.rates[-1].token.text}"
                said = f"{pair}之差应写“个百分点”，文中写{growth.token.text}，请核对。"
                yield Fault("note", "pp", (growth,), said, (), ())


def rank_scope(figure: Figure) -> str:
    """The peers among which a rank is said, as written: 岳阳六县市."""
    label = figure.label
    found = None
    for match in re.finditer(r"排名|位居|位列|稳居|排在|排|居|列", label):
        found = match
    if found is None:
        return label[-8:]
    after = label[found.end() :]
    return after if after else label[: found.start()][-8:]


def ranks(scopes: list[tuple[str, Figure]]) -> Fault | None:
    """A query where ranks of one text are said among peers of different size: 岳阳 and 岳阳六县市."""
    names = {scope for scope, _ in scopes if scope}
    mixed = any(
        one != other and other.startswith(one) and re.search(r"[县市区]", other[len(one) :])
        for one in names
        for other in names
    )
    if not mixed:
        return None
    figures = tuple(figure for _, figure in scopes)
    listed = "、".join(dict.fromkeys(scope for scope, _ in scopes if scope))
    return Fault(
        "query", "rank", figures, f"排名的范围前后不一（{listed}），各是在哪些地区中排名，请核实。", (), ()
    )
