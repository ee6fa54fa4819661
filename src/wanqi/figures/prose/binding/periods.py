"""Periods as ids (2023H1, 2023-01..06) and as reports say them (2023年上半年, 1-6月, 截至6月底)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass

_ID = re.compile(
    r"(?P<year>\d{4})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:\.\.(?P<last>\d{2})|-(?P<day>\d{2}))?)?"
)
_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)} | {"十一": 11, "十二": 12}
# A year that something is compared with (较上年, 比2022年) says nothing of the figure after it.
_YEAR = r"(?<![较比与])(?:(?P<year>(?:19|20)\d\d)年(?:度)?|(?P<other>今年|本年|去年|上年))"
_LAST_YEAR = re.compile(r"(?<![较比与])(?:上年|去年)(?:(?P<same>同期)|年?[末底])")
_Reach = Callable[["re.Match[str]"], tuple[int, int]]
_PARTS: tuple[tuple[str, _Reach], ...] = (
    (r"上半年", lambda m: (1, 6)),
    (r"下半年", lambda m: (7, 12)),
    (r"前(?P<q>[一二三1-3])个?季度", lambda m: (1, 3 * _number(m["q"]))),
    (r"(?:第)?(?P<one>[一二三四1-4])季度", lambda m: (3 * _number(m["one"]) - 2, 3 * _number(m["one"]))),
    (r"前(?P<n>十[一二]|[一二三四五六七八九十]|\d{1,2})个月", lambda m: (1, _number(m["n"]))),
    (
        r"(?P<a>\d{1,2})月?[-—~至到](?P<b>\d{1,2})月(?:份)?",
        lambda m: (int(m["a"]), int(m["b"])),
    ),
    (r"(?:截至|截止|到|至)(?P<till>\d{1,2})月(?:\d{1,2}日|底|末|份)?", lambda m: (1, int(m["till"]))),
    (r"全年", lambda m: (1, 12)),
)
_SAID = tuple((re.compile(rf"(?:{_YEAR}[,，]?)?(?:{part})"), reach) for part, reach in _PARTS)
_WHOLE_YEAR = re.compile(rf"{_YEAR}(?!\d|[^，。；,;]{{0,2}}月)")
_MONTH = re.compile(rf"(?:{_YEAR})?(?<![\d\-—~至到])(?P<m>\d{{1,2}})月(?:份)?(?!\d*日|[-—~至到])")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Months `first`..`last` of a year; as the date of a stock, the end of `last`."""

    year: int
    first: int
    last: int

    @property
    def a_year_before(self) -> Period:
        """上年同期: the same months of the year before."""
        return Period(self.year - 1, self.first, self.last)

    @property
    def year_end_before(self) -> Period:
        """上年末: the whole year before, whose end is the year-end."""
        return Period(self.year - 1, 1, 12)

    @property
    def before(self) -> Period:
        """上期: as many months right before; from January on, the year before's last ones."""
        length = self.last - self.first + 1
        if self.first > length:
            return Period(self.year, self.first - length, self.first - 1)
        return Period(self.year - 1, 13 - length, 12)

    @property
    def end(self) -> tuple[int, int]:
        """Year and month at whose end a stock of this period stands."""
        return self.year, self.last

    @property
    def title(self) -> str:
        """As screens say it: 2023年上半年, 2023年1—5月, 2023年."""
        if (self.first, self.last) == (1, 12):
            return f"{self.year}年"
        if (self.first, self.last) == (1, 6):
            return f"{self.year}年上半年"
        if self.first == self.last:
            return f"{self.year}年{self.first}月"
        return f"{self.year}年{self.first}—{self.last}月"


def period_of(id_: str) -> Period | None:
    """The period of an id such as 2025, 2025H1, 2025Q2, 2025-06, 2025-06-30, 2025-01..05; None for no id.

    An instant counts as the months of its year until it, where it is the end of a month.
    """
    match = _ID.fullmatch(id_.strip())
    if match is None:
        return None
    year = int(match["year"])
    if match["half"]:
        return Period(year, 1, 6) if match["half"] == "1" else Period(year, 7, 12)
    if match["quarter"]:
        last = 3 * int(match["quarter"])
        return Period(year, last - 2, last)
    if not match["month"]:
        return Period(year, 1, 12)
    month = int(match["month"])
    first, last = (month, int(match["last"])) if match["last"] else (month, month)
    if match["day"]:
        if not 1 <= month <= 12 or int(match["day"]) != calendar.monthrange(year, month)[1]:
            return None
        first = 1
    return Period(year, first, last) if 1 <= first <= last <= 12 else None


def period_said(text: str, *, within: Period | None = None) -> Period | None:
    """The last period that `text` says; a year it leaves out is that of `within`. None where it says none.

    全年 and a bare 2022年 are whole years; 截至6月底 is January to June.
    """
    found: list[tuple[int, int, Period]] = []
    for pattern, reach in _SAID:
        for match in pattern.finditer(text):
            months = reach(match)
            year = _year(match, within)
            if year and 1 <= months[0] <= months[1] <= 12:
                found.append((match.end(), match.end() - match.start(), Period(year, *months)))
    for match in _WHOLE_YEAR.finditer(text):
        year = _year(match, within)
        if year and not any(match.start() >= end - size and match.end() <= end for end, size, _ in found):
            found.append((match.end(), match.end() - match.start(), _of_year(year, match, within)))
    for match in _LAST_YEAR.finditer(text):
        if within is None:
            break
        last = within.a_year_before if match["same"] else within.year_end_before
        found.append((match.end(), match.end() - match.start(), last))
    for match in _MONTH.finditer(text):
        year, month = _year(match, within), int(match["m"])
        if year and 1 <= month <= 12:
            found.append((match.end(), match.end() - match.start(), Period(year, month, month)))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _of_year(year: int, match: re.Match[str], within: Period | None) -> Period:
    """今年 in a half-year report is the half year; a year by its number is the whole of it."""
    if match["other"] in {"今年", "本年"} and within is not None:
        return within
    return Period(year, 1, 12)


def _year(match: re.Match[str], within: Period | None) -> int | None:
    if match["year"]:
        return int(match["year"])
    if within is None:
        return None
    return within.year - (match["other"] in {"去年", "上年"})


def _number(written: str) -> int:
    return int(written) if written.isdigit() else _NUMBERS.get(written, 0)
