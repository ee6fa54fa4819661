"""What the words around a figure say: what it counts, of where, since when, and whether it is there yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wanqi.figures.claims import Kind
from wanqi.figures.prose.audit import Audit, Mention
from wanqi.figures.prose.recover import recover

_SENTENCE = re.compile(r"[。；;\n!?！？]")
_CLAUSE = re.compile(r"[，,、：:]")
_SAID_REACH = 200
RATIOS = frozenset({"%", "‰", "百分点", "成", "倍"})
_FORECAST = re.compile(r"预计|预期|有望|力争|可突破|将达|可达|确保")
_TARGET = re.compile(r"目标|任务|计划(?!生育)")
_STOCK = re.compile(r"累计|总数|总量|保有|共有|现有|拥有|存量|总计|达到?$|已有")
_FLOW = re.compile(
    r"新(?![型区兴城华疆乡农材能质一三时经动基])|完成|建成|新培育|净增|新认定|新注册|新获|本期|当年|建设"
)
_COMPARED = "|".join(
    (
        "同比|环比",
        "[比较](?:上年|去年)(?:同期|年?[末底])",
        "[比较](?:年初|上月|上季度?|上期)",
        "[比较](?:上年|去年)",
    )
)
_RATE = re.compile(
    rf"(?P<base>{_COMPARED})?[^，,。；;\d]{{0,6}}?(?<![新净])"
    r"(?P<way>增长|增加|上升|提高|提升|增幅|增速|增|升|下降|减少|降低|下滑|降幅|减|降)(?:了|约|为|达到?|率)*$"
)
_INCREMENT = re.compile(
    rf"(?P<base>{_COMPARED})?[^，,。；;\d]{{0,6}}?(?<![新净])(?P<way>增长|增加|多|减少|下降|少)(?:了|约|近)*$"
)
_GROWN_FROM = re.compile(r"^(?:增长|增加|上升|提高|提升|下降|减少|降低|扩大)?(?:到|至)|^(?:增|升|降|减)至")
_NOUN = re.compile(r"(?!以上|左右|以内|以下|增加到|增至|提高到|减少到)[\u3400-\u9fff]{2}")
# What is under way and not counted yet, and what is counted higher up.
PROCESS = re.compile(r"申报|推荐|正在|筹备|有望|拟|创建|辅导|储备|意向|后备")
LEVEL = re.compile(r"国家级|国家|省级|全省|省|岳阳市级|市级|县级")
_QUOTES = str.maketrans("", "", "“”‘’\"'《》 ")
_FILLERS = re.compile(
    r"实际|名义|累计|大幅|小幅|分别|可比口径|同口径|口径|不变价|计算|进一步|上年|去年|全年|上半年|下半年|年均|平均|总体"
    r"|[又再均都也与和并且共净按略较比实现其中,，了约由到达为幅度]"
)
_FALLING = re.compile(r"[降减滑少]")
_NEUTRAL = re.compile(
    r"^(?:其中|今年以来|今年|全年|上半年|下半年|截至[^，,]{0,8}[底末日]"
    r"|(?:(?:19|20)\d\d年度?)?(?:\d{1,2}[-—~至])?\d{1,2}月(?:份|底|末)?|(?:19|20)\d\d年度?(?:上半年|下半年)?|全市|全县|全区|我市|我县|累计|共计|共有|共|已经|已|新增|新建|完成|实现|建成|现有|拥有|了)+"
)
_LEADING = re.compile(
    r"^(?:[一二三四五六七八九十]是|其中|今年以来|今年|全年|上半年|下半年|截至[^，,]{0,8}[底末日]|(?:(?:19|20)\d\d年)?(?:\d{1,2}[-—~至])?\d{1,2}月(?:份|底|末)?"
    r"|(?:19|20)\d\d年度?(?:上半年|下半年)?|全市|全县|全区|我市|我县|全省|累计|共计|共有|共|已|已经|新增|新建|完成|实现|建成|成功|申报|获批|获评|认定|评定"
    r"|评选|推荐|指导|支持|帮助|培育|净增|拥有|现有|预计|年内|可|有|的|了|各类"
    r"|(?:增长|增加|上升|提高|提升|下降|减少|降低|扩大)(?:到|至)|[增升降减]至|由|从)+"
)
_TRAILING = re.compile(
    r"(?:由|从|达到|累计达|累计|总数达|总数|总量|数量|共有|共计|共|达|为|是|有|突破|超过|超|近|约|逾|完成|实现|建设|的|了|[（(])+$"
)
_AREA = re.compile(r"全国|全省|全市|全县|全区|[\u4e00-\u9fff]{2,3}?(?:省|市|县)(?![场政委级内])")
_OWN = {"全市", "全县", "全区"}


@dataclass(frozen=True, slots=True)
class Place:
    """A figure with its words.

    `words` are those of its own clause, `core` what it counts without verbs and dates (inherited from the
    clause before where its own names nothing: then `inherited`), `strict` the same with verbs such as 申报 left
    in. `said` is the sentence up to it; `change` the comparison of a growth or an increment (同比, 较上年末, ""
    for none said), None for what is neither; `base` whether it is what another figure grew from; `own` what a
    growth names as its own subject.
    """

    mention: Mention
    sentence: int
    said: str
    words: str
    core: str
    strict: str
    inherited: bool
    kind: Kind
    area: str
    change: str | None
    rising: bool
    base: bool = False
    own: str = ""

    @property
    def written(self) -> str:
        """The figure as it was meant: half-width, in simplified characters."""
        return self.mention.quantity.text if self.mention.quantity is not None else self.mention.text


def places(audit: Audit) -> Iterator[Place]:
    """Yield the figures of an audit with their words, in the order of the text."""
    text = audit.text
    starts = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    at = 0
    last: Place | None = None
    mentions = sorted(audit.mentions, key=lambda mention: mention.span)
    for n, mention in enumerate(mentions):
        while at + 1 < len(starts) and starts[at + 1] <= mention.span[0]:
            at += 1
        begin = max(starts[at], mentions[n - 1].span[1] if n else 0)
        finish = mentions[n + 1].span[0] if n + 1 < len(mentions) else len(text)
        place = _placed(text, mention, at, starts[at], (begin, finish), last)
        if place.core and place.change is None:
            last = place
        yield place


def _placed(
    text: str, mention: Mention, sentence: int, start: int, room: tuple[int, int], last: Place | None
) -> Place:
    low, high = mention.span
    before = recover(text[room[0] : low]).text
    before = _CLAUSE.split(before)[-1]
    after = recover(text[high : min(room[1], high + _SAID_REACH)]).text
    after = _CLAUSE.split(_SENTENCE.split(after)[0])[0]
    said = recover(text[max(start, low - _SAID_REACH) : low]).text
    bare = plain(before)
    core = _TRAILING.sub("", _LEADING.sub("", bare)).strip("（）()")
    strict = _TRAILING.sub("", _NEUTRAL.sub("", bare)).strip("（）()")
    inherited = False
    change = (_RATE if mention.unit in RATIOS else _INCREMENT).search(before)
    if len(core) < 2:
        core = ""
    # What follows the figure may be its subject (52个续建项目), or it is the whole of a share: nothing inherited.
    follows = change is None and (bool(_NOUN.match(plain(after))) or "占" in before)
    if not core and not follows and last is not None and last.sentence == sentence:
        core, inherited = last.core, True
    return Place(
        mention, sentence, said, plain(f"{before}{mention.text}{after}"), core, strict, inherited,
        _kind(before, said), _area(before), None if change is None else change["base"] or "",
        change is None or not _FALLING.search(change["way"]), bool(_GROWN_FROM.match(after)),
        _own_subject(before, change),
    )  # fmt: skip


def _own_subject(before: str, change: re.Match[str] | None) -> str:
    """What the clause of a growth names besides the comparison: 同比起数升 grows in 起数."""
    if change is None:
        return ""
    start = change.end("base") if change["base"] else 0
    named = before[: change.start("base")] if change["base"] else ""
    return _FILLERS.sub("", plain(named + before[start : change.start("way")]))


def plain(words: str) -> str:
    """Words without quotation marks and spaces: names are compared so."""
    return words.translate(_QUOTES)


def _kind(before: str, said: str) -> Kind:
    if _FORECAST.search(before):
        return "forecast"
    if _TARGET.search(before):
        return "target"
    if _STOCK.search(before):
        return "stock"
    if _FLOW.search(before) or re.search(r"新增|新建", said[-40:]):
        return "flow"
    return "value"


def _area(before: str) -> str:
    found: list[str] = _AREA.findall(before)
    return found[-1] if found and found[-1] not in _OWN else ""
