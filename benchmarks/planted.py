"""Printed names with a known answer: made-up firms, spoilt the way notices, typists and scanners spoil them.

`register()` is what a county's register might hold, `printed()` what a 名单 might say of it. All of it is invented;
the same on every run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from wanqi.registry.name_lists.matching import Registered

PLACES = ("湖南省", "岳阳市", "临湘市")
SEED = 4306
SIZE = 480  # firms of their own brand
EACH = 26  # names of every way of spoiling
BRANDS = (
    "晨岚", "昱禾", "铭岱", "翰澜", "砺川", "泽楚", "衡沃", "璟曜", "朗屿", "沁源", "柏廷", "睿垚", "骏柯", "澄怀",
    "卓霖", "宏垣", "嘉渭", "岱青", "鸿砚", "启岳", "瑞湘", "顺洲", "德溪", "安澧", "永沅", "金穗", "银峦", "玉湖",
    "石桥", "青埠", "云矶", "长滩", "桃矿", "羊楼", "聂河", "坦渡", "白羊", "詹桥", "忠防", "江右", "横塘", "桔洲",
    "松亭", "竹筏", "梅岭", "兰溪", "菊圃", "荷塘",
)  # fmt: skip
TRADES = (
    "新材料科技", "精细化工", "环保科技", "生物医药", "机械制造", "电子科技", "农业开发", "茶业", "浮标渔具", "建材",
    "食品", "包装印务", "纺织服饰", "物流", "矿业", "饲料", "油脂", "竹木制品", "冷链", "光电",
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "厂", "专业合作社")
FRONTS = ("临湘市", "临湘市", "临湘", "湖南", "湖南省", "岳阳", "岳阳市", "")
SOUNDS = (
    ("岚", "兰"), ("禾", "和"), ("铭", "明"), ("岱", "戴"), ("翰", "瀚"), ("澜", "蓝"), ("砺", "励"), ("泽", "择"),
    ("璟", "景"), ("曜", "耀"), ("朗", "郎"), ("柏", "百"), ("廷", "亭"), ("骏", "俊"), ("澄", "成"), ("卓", "桌"),
    ("宏", "红"), ("嘉", "佳"), ("鸿", "洪"), ("启", "起"), ("瑞", "锐"), ("德", "得"), ("安", "鞍"), ("永", "勇"),
    ("金", "今"), ("银", "寅"), ("湖", "胡"),
)  # fmt: skip
SHAPES = (
    ("晨", "辰"), ("昱", "显"), ("岱", "贷"), ("衡", "衍"), ("沃", "沫"), ("屿", "与"), ("源", "原"), ("睿", "容"),
    ("柯", "何"), ("霖", "霜"), ("垣", "恒"), ("渭", "谓"), ("砚", "现"), ("岳", "丘"), ("洲", "州"), ("溪", "奚"),
    ("穗", "惠"), ("峦", "恋"), ("桥", "侨"), ("埠", "阜"), ("矶", "机"), ("滩", "摊"), ("桃", "挑"), ("坦", "但"),
    ("渡", "度"), ("桔", "结"), ("筏", "伐"),
)  # fmt: skip
TRADITIONAL = {
    "岚": "嵐",
    "铭": "銘",
    "澜": "瀾",
    "砺": "礪",
    "泽": "澤",
    "骏": "駿",
    "鸿": "鴻",
    "启": "啟",
    "顺": "順",
    "银": "銀",
    "峦": "巒",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed name. truth: the organisation it means, None where the register has none; spoilt: in which way."""

    name: str
    truth: int | None
    spoilt: str


@dataclass(frozen=True, slots=True)
class _Firm:
    pk: int
    front: str
    brand: str
    trade: str
    form: str

    @property
    def name(self) -> str:
        return f"{self.front}{self.brand}{self.trade}{self.form}"


@cache
def _firms() -> tuple[_Firm, ...]:
    dice = random.Random(SEED)
    used: set[tuple[str, str]] = set()
    made: list[_Firm] = []
    while len(made) < SIZE:
        brand, trade = dice.choice(BRANDS), dice.choice(TRADES)
        if (brand, trade) not in used:
            used.add((brand, trade))
            made.append(_Firm(len(made) + 1, dice.choice(FRONTS), brand, trade, dice.choice(FORMS)))
    return tuple(made)


def register() -> list[Registered]:
    """Return the register: firms, some with a former name, siblings that differ in a word, twins, withdrawn ones."""
    dice = random.Random(SEED + 1)
    rows = [Registered(firm.pk, firm.name, (_former(firm),) if firm.pk % 8 == 0 else ()) for firm in _firms()]
    at = len(rows)
    for firm in _firms()[::12]:  # siblings: the same brand and trade, one word more
        at += 1
        rows.append(Registered(at, f"临湘{firm.brand}{dice.choice('众合联新')}望{firm.trade}有限公司"))
    for firm in _firms()[5::40]:  # twins: another organisation of the very same name
        at += 1
        rows.append(Registered(at, firm.name))
    for firm in _firms()[7::40]:  # one whose former name is the name of another today
        at += 1
        rows.append(Registered(at, f"临湘{firm.brand}盛和{firm.trade}有限公司", (firm.name,)))
    return [row._replace(withdrawn=True) if row.pk % 37 == 0 else row for row in rows]


def _former(firm: _Firm) -> str:
    return f"临湘市{firm.brand}{firm.trade[:2]}经营部"


def printed() -> list[Printed]:
    """Return the printed names, every way of spoiling EACH times."""
    return [one for spoil in WAYS for one in spoil()]


def _plain() -> list[_Firm]:
    """Return the firms that nothing else in the register is confused with, in an order of their own."""
    odd = {*_firms()[5::40], *_firms()[7::40], *(firm for firm in _firms() if firm.pk % 37 == 0)}
    rest = [firm for firm in _firms() if firm not in odd]
    random.Random(SEED + 2).shuffle(rest)
    return rest


def _each(
    way: str, spoil: Callable[[_Firm], str], *, fits: Callable[[_Firm], bool] = bool
) -> Iterator[Printed]:
    names = {row.name for row in register()} | {name for row in register() for name in row.former_names}
    count = 0
    for firm in _plain():
        if count == EACH or not fits(firm):
            continue
        said = spoil(firm)
        if way in UNCHANGED or (said not in names and said != firm.name):
            count += 1
            yield Printed(said, firm.pk, way)


def _swapped(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    return next((text.replace(right, wrong, 1) for right, wrong in pairs if right in text), text)


UNCHANGED = {"as registered", "former name"}
BLANKED = " ".join


def as_registered() -> Iterator[Printed]:
    return _each("as registered", lambda firm: firm.name)


def marked() -> Iterator[Printed]:
    """Seal, brackets, blanks, full-width and traditional characters: the same name for anybody who reads."""
    yield from _each("blanks within", lambda firm: BLANKED(firm.name))
    yield from _each(
        "place in brackets moved in",
        lambda firm: f"（{firm.front}）{firm.name[len(firm.front) :]}",
        fits=lambda firm: bool(firm.front),
    )
    yield from _each(
        "traditional characters",
        lambda firm: "".join(TRADITIONAL.get(char, char) for char in firm.name),
        fits=lambda firm: any(char in TRADITIONAL for char in firm.name),
    )


def former_name() -> Iterator[Printed]:
    return _each("former name", _former, fits=lambda firm: firm.pk % 8 == 0)


def place_words() -> Iterator[Printed]:
    """市 left out, 省 put in, the place dropped or another put before it."""
    yield from _each(
        "市 left out",
        lambda firm: firm.name.replace("市", "", 1),
        fits=lambda firm: firm.front.endswith("市"),
    )
    yield from _each(
        "place left out", lambda firm: firm.name[len(firm.front) :], fits=lambda firm: bool(firm.front)
    )
    yield from _each(
        "province put before", lambda firm: f"湖南{firm.name}", fits=lambda firm: firm.front == "临湘市"
    )


def legal_form() -> Iterator[Printed]:
    other = {"有限公司": "有限责任公司", "有限责任公司": "有限公司", "股份有限公司": "有限公司"}
    return _each(
        "other legal form",
        lambda firm: firm.name.removesuffix(firm.form) + other[firm.form],
        fits=lambda firm: firm.form in other,
    )


def typing() -> Iterator[Printed]:
    """One character wrong by sound or shape, left out, doubled, or two changed about."""
    yield from _each(
        "wrong by sound",
        lambda firm: firm.front + _swapped(firm.brand, SOUNDS) + firm.trade + firm.form,
        fits=lambda firm: _swapped(firm.brand, SOUNDS) != firm.brand,
    )
    yield from _each(
        "wrong by shape",
        lambda firm: firm.front + _swapped(firm.brand, SHAPES) + firm.trade + firm.form,
        fits=lambda firm: _swapped(firm.brand, SHAPES) != firm.brand,
    )
    yield from _each(
        "character left out", lambda firm: f"{firm.front}{firm.brand}{firm.trade[1:]}{firm.form}"
    )
    yield from _each(
        "character doubled", lambda firm: f"{firm.front}{firm.brand}{firm.brand[1]}{firm.trade}{firm.form}"
    )
    yield from _each(
        "two changed about", lambda firm: f"{firm.front}{firm.brand[::-1]}{firm.trade}{firm.form}"
    )


def short_forms() -> Iterator[Printed]:
    """What reports call a firm by: its brand with its trade, or the brand alone where one firm has it."""
    yield from _each("brand and trade", lambda firm: firm.brand + firm.trade)
    brands = [firm.brand for firm in _firms()]
    rare = sorted(set(brands), key=lambda brand: (brands.count(brand), brand))[:12]
    for firm in _firms():
        if firm.brand in rare[:6] and firm.pk % 37:
            yield Printed(firm.brand + firm.trade[:2], firm.pk, "brand and half a trade")


def absent() -> Iterator[Printed]:
    """Names the register does not have: branches, siblings of another town, firms nobody registered."""
    dice = random.Random(SEED + 3)
    used = {(firm.brand, firm.trade) for firm in _firms()}
    names = {row.name for row in register()}
    for firm in _plain()[:EACH]:
        yield Printed(f"{firm.name}长沙分公司", None, "branch of one registered")
    for firm in _plain()[EACH : 2 * EACH]:
        yield Printed(f"平江县{firm.brand}{firm.trade}有限公司", None, "same brand, other county")
    count = 0
    while count < EACH:
        brand, trade = dice.choice(BRANDS), dice.choice(TRADES)
        said = f"临湘市{brand}{trade}有限公司"
        if (brand, trade) not in used and said not in names:
            count += 1
            yield Printed(said, None, "same brand, other trade")
    for number in range(EACH):
        yield Printed(
            f"益阳{'赫山资水桃花'[number % 6]}{dice.choice('禄祺祥瑜')}{dice.choice('涛屹彤')}钟表有限公司",
            None,
            "nobody registered",
        )


def in_doubt() -> Iterator[Printed]:
    """Names that two organisations have, or that a withdrawn one had: never for a machine to decide."""
    for firm in (*_firms()[5::40], *_firms()[7::40]):
        yield Printed(firm.name, firm.pk, "two have it")
    for firm in _firms():
        if firm.pk % 37 == 0:
            yield Printed(firm.name, firm.pk, "withdrawn")


WAYS: tuple[Callable[[], Iterator[Printed]], ...] = (
    as_registered,
    marked,
    former_name,
    place_words,
    legal_form,
    typing,
    short_forms,
    absent,
    in_doubt,
)
