"""What the heading of a 名单 tells of its document: 文号, title, issuer, day. Read to be offered, never believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .lines import Line

HEAD = 40  # lines in which a heading stands; the date may stand behind the rows
DOCUMENT = re.compile(
    r"([\u4e00-\u9fff]{2,14})\s*[〔\[［(（【]\s*((?:19|20)\d\d)\s*[〕\]］)）】]\s*第?\s*(\d{1,4})\s*号"
)
TITLE = re.compile(r".*(?:名单|公示|通知|公告|批复|结果)[）)]?$")
ISSUER = re.compile(r"[\u4e00-\u9fff]{3,24}(?:厅|局|委员会|委|部|办公室|科学技术协会)")
DAY = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
YEAR = re.compile(r"((?:19|20)\d\d)\s*年")
BATCH = re.compile(r"第[一二三四五六七八九十\d]{1,3}批")
ANNEX = re.compile(r"^\s*附\s*件\s*[\d一二三四五六七八九十]{0,3}\s*[:：.、]?\s*")
PROPOSED = re.compile(r"公示|拟认定|拟推荐|拟入库|拟列入")


@dataclass(frozen=True, slots=True)
class Notice:
    """The document a list belongs to, as far as its text says. proposed: a 公示, so nothing is granted yet."""

    number: str = ""
    title: str = ""
    issuer: str = ""
    issued_on: date | None = None
    proposed: bool = False
    batch: str = ""


def notice_of(lines: Sequence[Line]) -> Notice:
    """Return what the lines say of their document."""
    head = [line.text.strip() for line in lines[:HEAD] if len([cell for cell in line.cells if cell]) == 1]
    tail = [
        line.text.strip() for line in lines[HEAD:][-HEAD:] if len([cell for cell in line.cells if cell]) == 1
    ]
    title = _title(head)
    return Notice(
        number=next((_number(found) for line in head if (found := DOCUMENT.search(line))), ""),
        title=title,
        issuer=next((line for line in (*head, *tail) if ISSUER.fullmatch(line)), ""),
        issued_on=_last_day([*head, *tail]),
        proposed=bool(PROPOSED.search(title)),
        batch=_batch(title),
    )


def _number(found: re.Match[str]) -> str:
    agency = re.sub(r"^.*(?:通知|名单|文件|文号)", "", found[1])
    return f"{agency}〔{found[2]}〕{int(found[3])}号"


def _title(head: Sequence[str]) -> str:
    """Return the longest line that ends as titles do; the annex's own number does not belong to it."""
    found = [bare for line in head if TITLE.fullmatch(bare := ANNEX.sub("", line)) and len(bare) <= 120]
    about = [line for line in found if "关于" in line]
    return max(about or found, key=len, default="")


def _batch(title: str) -> str:
    """Return the year and batch a title names: 2023年第一批."""
    year, batch = YEAR.search(title), BATCH.search(title)
    return (f"{year[1]}年" if year else "") + (batch[0] if batch else "")


def _last_day(lines: Sequence[str]) -> date | None:
    days = []
    for line in lines:
        for year, month, day in DAY.findall(line):
            try:
                days.append(date(int(year), int(month), int(day)))
            except ValueError:
                continue
    return days[-1] if days else None
