"""The head of a table as clerks make it: where it stands, what its columns are called, which rows are no records."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .cells import folded
from .values import Row, plain, storable

HEAD = 40  # rows looked through for the head
UNIT_ROW = "单位行"
LINES = 3  # of one head
CUT_SHORT = 5.0  # recognised columns that a head must have more to end above titles that belong to it
Merged = tuple[int, int, int, int]
TOTALS = ("合计", "小计", "总计", "累计", "共计", "汇总", "平均")
NEWEST = re.compile(r"(?<!\d)20\d{2}(?!\d)")
TOTAL = re.compile(rf"({'|'.join(TOTALS)})([:：(（\d].*)?|\D{{1,12}}[合小总]计[:：]?")  # also 桃林镇小计
NOTES = re.compile(
    r"注[:：0-9一二三]|(备注|说明|附注|填表说明|填报人|填表人|制表|制表人|审核|审核人|复核|单位负责人|负责人|联系人|联系电话|填报单位"
    r"|填报日期|填表日期|报送单位|数据来源|截至|截止|单位|统计时间|打印时间|导出时间|页次)[:：]"
    r"|第\d+页|共\d+[页条]"  # a page copied from the browser
)
UNITS = frozenset(
    (
        "个",
        "家",
        "台",
        "座",
        "项",
        "人",
        "件",
        "户",
        "元",
        "万元",
        "亿元",
        "千元",
        "人次",
        "%",
        "公里",
        "千米",
        "米",
        "平方米",
        "日期",
        "年月日",
    )
    + ("年/月/日", "yyyy-mm-dd", "年-月-日", "文本", "数字", "必填", "选填", "-", "—", "/")
)
MONEY_UNIT = re.compile(
    r"(?:[(\[【（/／,，、:：]|单位|人民币|^)\s*(?:单位[:：]?\s*)?(?:人民币)?(亿元|万元|千元|元)(?=$|[)\]】）/／,，、;；\s])"
    r"|(亿元|万元|千元)$"
)
STATED_UNIT = re.compile(r"单位[:：]\s*(?:人民币)?(亿元|万元|千元|元)(?=$|[)\]】）/／,，、;；\s])")
FOREIGN = re.compile(r"美元|欧元|港元|港币|日元|英镑|外币|USD|EUR|HKD|JPY|GBP", re.IGNORECASE)
SECTION = re.compile(
    r"([一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)).+"
)  # 一、省级; (二)市级
BRACKETS = re.compile(r"[(\[【（][^)\]】）]*[)\]】）]")


class Column(Protocol):
    """What a profile says of a column (`wanqi.packs` ColumnSpec)."""

    @property
    def field(self) -> str: ...
    @property
    def headers(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Head:
    """first, last: lines of the head, 0 where there is none; titles: one per column."""

    first: int
    last: int
    titles: tuple[str, ...]

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the titles: the same head was matched before."""
        text = json.dumps([folded(title) for title in self.titles], ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def title_key(text: str) -> str:
    """Return a column's title for comparison: without units in brackets, marks of required columns, colons."""
    return BRACKETS.sub("", folded(text)).strip("*:：#.、·")


def money_unit(title: str) -> str:
    """Return the unit a column's title gives its amounts (元, 千元, 万元 or 亿元), "" where it gives none."""
    found = MONEY_UNIT.search(" ".join(unicodedata.normalize("NFKC", title).split()))
    return found[1] or found[2] if found else ""


def stated_unit(row: Row) -> str:
    """Return the unit a line above the head states for the whole table (单位：万元), "" where it states none."""
    for cell in row.cells:
        found = STATED_UNIT.search(unicodedata.normalize("NFKC", plain(cell)))
        if found:
            return found[1]
    return ""


def find_head(rows: Sequence[Row], merged: Sequence[Merged], columns: Sequence[Column]) -> Head:
    """Return the head with the most recognised columns among the first rows, of one to three lines.

    Without any recognised column it is the first row with the most filled cells, so that the user can match by hand.
    """
    aliases = {title_key(alias): column.field for column in columns for alias in column.headers}
    best, found = 0.0, None
    for at in range(min(HEAD, len(rows))):
        for deep in range(1, min(LINES, len(rows) - at) + 1):
            head = joined_head(rows[at : at + deep], merged)
            score = recognised(head.titles, aliases) - (deep - 1) * 0.5
            score -= CUT_SHORT * goes_on(rows, at, deep, merged)
            if score > best:
                best, found = score, head
    if found is None and rows:
        found = joined_head([max(rows[:HEAD], key=filled)], merged)
    return found or Head(0, 0, ())


def goes_on(rows: Sequence[Row], at: int, deep: int, merged: Sequence[Merged]) -> bool:
    """Return whether a head of `deep` rows from `at` on cannot end there, as years below one title would be lost.

    A title is merged into the row below, or over columns that the row below tells apart; a row of units is no title.
    """
    if at + deep >= len(rows) or deep >= LINES:
        return False
    first, last, below = rows[at].line, rows[at + deep - 1].line, rows[at + deep]
    texts = [plain(cell) for cell in below.cells]
    if all(not text or text.isdecimal() or folded(text).strip("()（）") in UNITS for text in texts):
        return False
    down = any(first <= top <= last < bottom and left == right for top, bottom, left, right in merged)
    over = any(
        top == bottom == last and len({text for text in texts[left : right + 1] if text}) > 1
        for top, bottom, left, right in merged
    )
    return down or over


def recognised(titles: Sequence[str], aliases: Mapping[str, str]) -> float:
    """Return how many fields the titles name: one each, a tenth for a title that only resembles an alias."""
    exact = {aliases[key] for title in titles for key in title_keys(title) if key in aliases}
    near = sum(
        0.1
        for title in titles
        if 2 <= len(key := title_key(title)) <= 12 and any(key in alias for alias in aliases)
    )
    return len(exact) + min(near, 0.9) if exact else near


def filled(row: Row) -> int:
    """Return how many cells of a row are text."""
    return sum(1 for cell in row.cells if isinstance(cell, str) and plain(cell))


def joined_head(rows: Sequence[Row], merged: Sequence[Merged]) -> Head:
    """Return the head of one row, or of up to three where the upper group the lower: titles are written 上/中/下."""
    width = max(len(row.cells) for row in rows)
    lines = [spread(row, merged, width) for row in rows]
    if not merged:
        # A text keeps no merges: a grouping title stands over its first column only.
        for upper, lower in itertools.pairwise(lines):
            for column in range(1, width):
                if not upper[column] and lower[column]:
                    upper[column] = upper[column - 1]
    titles = []
    for parts in zip(*lines, strict=True):
        distinct = list(dict.fromkeys(part for part in parts if part))
        titles.append("/".join(distinct))
    return Head(rows[0].line, rows[-1].line, tuple(titles))


def spread(row: Row, merged: Sequence[Merged], width: int) -> list[str]:
    """Return a row's texts with merged cells filled sideways."""
    texts = [storable(" ".join(plain(cell).split()), longest=100) for cell in row.cells] + [""] * (
        width - len(row.cells)
    )
    for top, _, left, right in merged:
        if top == row.line and left < width:
            for column in range(left, min(right, width - 1) + 1):
                texts[column] = texts[left]
    return texts


def title_keys(title: str) -> tuple[str, ...]:
    """Return the ways in which a title may be read: of 日期/建成 also 建成, 日期建成 and 建成日期."""
    *groups, last = (title_key(part) for part in title.split("/"))
    if not groups:
        return (last,)
    joined = (way for group in reversed(groups) for way in (group + last, last + group))
    return (title_key(title), last, *joined)


def proposal(head: Head, columns: Sequence[Column]) -> tuple[dict[str, int], dict[str, int]]:
    """Return field → column: (known titles, resembling titles that somebody must confirm)."""
    sure: dict[str, int] = {}
    taken: set[int] = set()
    for rank in range(2 * LINES):
        for column in columns:
            keys = [title_key(alias) for alias in column.headers]
            for at, title in enumerate(head.titles):
                ways = title_keys(title)
                if column.field not in sure and at not in taken and rank < len(ways) and ways[rank] in keys:
                    sure[column.field] = at
                    taken.add(at)
    guessed: dict[str, int] = {}
    for column in columns:
        if column.field in sure:
            continue
        keys = [title_key(alias) for alias in column.headers]
        near = [
            at
            for at, title in enumerate(head.titles)
            if at not in taken
            and len(key := title_key(title)) >= 2
            and any(key in alias or alias in key for alias in keys)
        ]
        if near:  # of several years the newest, else the first
            guessed[column.field] = max(near, key=lambda at: (newest_year(head.titles[at]), -at))
            taken.add(guessed[column.field])
    return sure, guessed


def newest_year(title: str) -> str:
    """Return the newest year a title names, "" where it names none."""
    return max(NEWEST.findall(unicodedata.normalize("NFKC", title)), default="")


def no_record(
    row: Row, columns: Sequence[int], titles: Mapping[int, str], *, marks: Sequence[str]
) -> str | None:
    """Return why a row below the head is no record (合计行, 说明行 …), or None when it has to be one.

    columns: those that were matched; titles: their titles as compared; marks: further texts that a row begins with.
    """
    width = len(row.cells)
    own = {at: text for at in columns if at < width and (text := plain(row.cells[at]))}
    repeated = sum(
        1 for at, text in own.items() if len(text) < 40 and title_key(text) in titles[at].split("/")
    )
    if repeated >= max(2, (len(own) + 1) // 2):
        return "重复表头"
    texts = {at: text for at, cell in enumerate(row.cells) if cell != "" and (text := plain(cell))}
    if not texts:
        return "空行"
    first = folded(next(iter(texts.values())))
    if first.strip(":：") in TOTALS:
        return "合计行"
    if len(own) < len(columns):
        if TOTAL.fullmatch(first):
            return "合计行"
        if NOTES.match(first) or any(first.startswith(folded(mark)) for mark in marks if mark not in TOTALS):
            return "说明行"
    if len(texts) == 1 < len(columns) and SECTION.fullmatch(first):
        return "小标题行"
    if not own:
        return "空行"
    if first.strip("()（）") in UNITS or first.startswith("单位"):
        rest = [folded(text) for text in texts.values()]
        if all(text.strip("()（）") in UNITS or text.startswith("单位") for text in rest):
            return UNIT_ROW
    if first in ("0", "1") and len(texts) > 2 and all(text.isdecimal() for text in texts.values()):
        numbers = [int(text[:4]) for text in texts.values()]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return "编号行"
    return None
