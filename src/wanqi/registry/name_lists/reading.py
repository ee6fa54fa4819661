"""A 名单 read: every line is a row that names an organisation, or is listed with why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .. import codes
from ..errors import TableRefused
from .lines import Line, Source, source_of, source_of_text
from .names import written
from .notices import DAY, ISSUER, Notice, notice_of
from .titles import (
    CITY,
    CODE,
    COUNTY,
    NAME,
    NUMBER,
    PRODUCT,
    PROJECT,
    cell_at,
    columns_of,
    is_organisation,
    is_place,
    title_of,
)

MOST_ROWS = 5_000
NUMBERED = re.compile(
    r"\s*(?:[（(]\s*(\d{1,4}|[一二三四五六七八九十百]{1,4})\s*[)）]|(\d{1,4}|[一二三四五六七八九十百]{1,4})\s*[.．、:：)）]"
    r"|([①-⑳㈠-㈩⑴-⒛])|第\s*(\d{1,4})\s*[号名家])\s*[、.．]?\s*"
)
BARE_NUMBER = re.compile(r"\s*(\d{1,4})\s*(?=[\u3400-\u9fffA-Za-z])")
DIGITS = re.compile(r"\d{1,4}[.、．]?")
TOTAL = re.compile(r"\s*(?:合\s*计|总\s*计|小\s*计|共\s*计|共\s*\d+\s*家).{0,20}")
PAGE = re.compile(r"[-—–\s·]*\d{1,4}[-—–\s·]*|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*/\s*\d{1,4}")
SIGNED = re.compile(rf"(?:{ISSUER.pattern})?\s*(?:{DAY.pattern})?")
COUNTED = re.compile(r"\s*[（(]?\s*(?:共\s*)?\d+\s*[家户个项]\s*[)）]?\s*[:：]?\s*$|\s*[:：]\s*$")
SEPARATED = re.compile(r"[、；;，,]\s*")
TAIL = re.compile(
    r"(?:股?份?有?限?责?任?公?司|[）)]?有限公司|限公司|公司|司|合作社|作社|社|[(（](?:盖章|有限合伙|普通合伙)[)）])$"
)
SEAL = re.compile(r"\s*[（(](?:盖|公|签|加盖公|单位公)?章[)）]|\s*[（(]公章[)）]")
FORMER = re.compile(
    r"\s*[（(](?:原名称?|曾用名称?|原企业名称|前身|原|现更名为|现名|更名为)\s*[:：为]?\s*[“\"]?(?P<name>[^”\"）)]{4,60})[”\"]?[)）]"
)
EDGES = " \u3000\t，,；;。、.:：*★☆※●•·■◆▲-—“”\"'《》"
AND_SO_ON = re.compile(r"(.*?(?:公司|集团|厂|合作社))(?:等|共).{0,30}")


@dataclass(slots=True)
class Entry:
    """One row that names an organisation. cells: further columns by their titles; code: valid, or ""."""

    where: str
    name: str
    number: str = ""
    place: str = ""
    project: str = ""
    product: str = ""
    former: str = ""
    code: str = ""
    note: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Other:
    """A line that names none, and why: 表头, 标题, 小标题, 合计, 页码, 没有认出单位名称."""

    where: str
    text: str
    why: str


UNREAD = "没有认出单位名称"


@dataclass(frozen=True, slots=True)
class NameListRead:
    """What was read. `notes` say what of the file was not; `notice` is what its heading tells of the document."""

    entries: tuple[Entry, ...]
    others: tuple[Other, ...]
    notice: Notice
    notes: tuple[str, ...] = ()


def read_file(name: str, content: bytes) -> NameListRead:
    """Return the rows of a DOCX, XLSX, text PDF, web page or text file. Raises TableRefused."""
    return read_source(source_of(name, content), name=name)


def read_pasted(text: str) -> NameListRead:
    """Return the rows of pasted text. Raises TableRefused when it names nobody."""
    return read_source(source_of_text(text), name="")


def read_source(source: Source, *, name: str = "") -> NameListRead:
    """Return the rows of lines. Raises TableRefused when none names an organisation, or too many do."""
    reader = _Reader()
    for line in source.lines:
        reader.take(line)
    entries, others = reader.finished()
    if not entries:
        raise TableRefused(
            "no-names",
            "没有找到单位名称",
            hint="请粘贴名单的正文（序号、企业名称等列），或核对是否选错了文件。",
            place=name,
        )
    if len(entries) > MOST_ROWS:
        raise TableRefused(
            "too-long",
            f"名单有{len(entries)}家，一次最多{MOST_ROWS}家",
            hint="请只保留本市州的部分，或分成几次导入。",
            place=name,
        )
    return NameListRead(tuple(entries), tuple(others), notice_of(source.lines), source.notes)


@dataclass(slots=True)
class _Open:
    """A numbered row whose name is not complete yet, and the lines it was read from."""

    number: str
    text: str
    places: list[str]
    lines: list[Line]


class _Reader:
    """Goes through the lines once; `_columns` is the head that holds, `_section` the place under a small heading."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._others: list[Other] = []
        self._columns: dict[str, int] = {}
        self._titles: tuple[str, ...] = ()
        self._heads: set[tuple[str, ...]] = set()
        self._section = ""
        self._sheet = ""
        self._counted = False  # whether rows carry numbers
        self._fragment: Line | None = None  # a name's first line, when its number stands beside its second
        self._open: _Open | None = None  # a row whose name is not complete yet
        self._streamed = False  # whether the last row came line by line, so that its place may still follow

    def take(self, line: Line) -> None:
        """Read the next line."""
        if line.sheet != self._sheet:
            self._sheet, self._columns, self._titles = line.sheet, {}, ()
            self._section = line.sheet if is_place(line.sheet) else ""
        cells = line.cells
        filled = [cell for cell in cells if cell]
        key = tuple(title_of(cell) for cell in cells)
        if key in self._heads:
            self._put(line, "表头")
        elif TOTAL.fullmatch(line.text):
            self._put(line, "合计")
        elif len(filled) == 1 and self._counts_on(filled[0]):
            self._begin(line, filled[0], "")
        elif len(cells) == 1 and PAGE.fullmatch(cells[0]):
            self._put(line, "页码")
        elif (columns := columns_of(cells)) is not None:
            self._columns, self._titles = columns, tuple(cells)
            self._heads.add(key)
            self._put(line, "表头")
        elif len(cells) == 1 and SIGNED.fullmatch(line.text):
            self._put(line, "落款")
        elif self._places_follow(line, filled) or (self._open is not None and self._completes(line, filled)):
            return
        elif len(filled) > 1:
            self._row(line, filled)
        else:
            self._single(line, filled[0])

    def finished(self) -> tuple[list[Entry], list[Other]]:
        """Return the rows and the other lines."""
        self._drop()
        return self._entries, self._others

    def _put(self, line: Line, why: str) -> None:
        self._drop()
        self._others.append(Other(line.where, line.text, why))

    def _drop(self) -> None:
        """List what was kept waiting for the rest of a name that did not come."""
        waiting = [*(self._open.lines if self._open else ()), *((self._fragment,) if self._fragment else ())]
        self._open = self._fragment = None
        why = UNREAD if self._entries or self._in_rows else "标题"
        self._others += [Other(line.where, line.text, why) for line in waiting]

    @property
    def _in_rows(self) -> bool:
        return self._counted or NUMBER in self._columns

    # --- rows that come line by line, as PDFs give cells that are broken over lines ---

    def _counts_on(self, text: str) -> bool:
        """Return whether text is the number that the next row would have."""
        if not DIGITS.fullmatch(text):
            return False
        last = next((one.number for one in reversed(self._entries) if one.number.isdecimal()), "0")
        # A row may have lost its number, so that the count of rows counts as well.
        return int(text.rstrip(".、．")) in (int(last) + 1, len(self._entries) + 1)

    def _begin(self, line: Line, number: str, text: str, places: Sequence[str] = ()) -> None:
        if self._fragment is not None and not text:
            before, self._fragment = self._fragment, None
            self._drop()
            self._open = _Open(number.rstrip(".、．"), before.text, list(places), [before, line])
            return
        self._drop()
        self._open = _Open(number.rstrip(".、．"), text, list(places), [line])

    def _completes(self, line: Line, filled: Sequence[str]) -> bool:
        """Take a line as more of the open row; returns whether it is."""
        assert self._open is not None
        one, first = self._open, filled[0]
        places = [cell for cell in filled if is_place(cell)]
        if len(places) == len(filled):
            one.places += places
            one.lines.append(line)
            if one.text:
                self._close()
            return True
        rest = filled[1:]
        if DIGITS.fullmatch(first) or NUMBERED.match(first) or len(places) != len(rest):
            return False
        whole = one.text + first
        if not (_looks_named(first) or TAIL.fullmatch(first)) or (rest and not is_organisation(whole)):
            return False
        one.text = whole
        one.places += places
        one.lines.append(line)
        if is_organisation(_clean(whole)[0]):
            self._close()
        return True

    def _close(self) -> None:
        """Make a row of the open one."""
        assert self._open is not None
        one, self._open = self._open, None
        where = "、".join(line.where for line in one.lines)
        self._counted = True
        self._add(Line(where, (one.text, *one.places)), one.text, number=one.number, at=0)
        self._streamed = True

    def _places_follow(self, line: Line, filled: Sequence[str]) -> bool:
        """Take a line of nothing but places as the last row's, when that came line by line without one."""
        if self._open is not None or not self._streamed or not all(map(is_place, filled)):
            return False
        last = self._entries[-1]
        if last.place:
            return False
        last.place = " ".join(filled)
        last.where += f"、{line.where}"
        return True

    # --- rows of several cells ---

    def _row(self, line: Line, filled: Sequence[str]) -> None:
        columns = self._columns
        name = cell_at(line.cells, columns, NAME)
        number = cell_at(line.cells, columns, NUMBER)
        if not number and DIGITS.fullmatch(filled[0]):
            number = filled[0]
        at = columns[NAME] if name else -1
        if not is_organisation(_clean(name)[0]):
            # A cell that a PDF left out moves the ones behind it; an organisation is known wherever it stands.
            best = self._best(line.cells)
            if best >= 0 or not name or is_place(name) or DIGITS.fullmatch(name):
                name, at = (line.cells[best] if best >= 0 else ""), best
                columns = {} if best >= 0 else columns
        broken = not columns or len(line.cells) < len(self._titles)
        if (number and at == -1) or (number and broken and not is_organisation(_clean(name)[0])):
            places = [cell for cell in filled if is_place(cell)]
            others = [cell for cell in filled if cell not in places and cell != number]
            if len(others) < 2:
                self._begin(line, number, others[0] if others else "", places)
                return
        if not name and self._goes_on(line, filled[0], filled[1:]):
            return
        if not name:
            self._put(line, UNREAD)
            return
        if (
            not number
            and self._counted
            and not is_organisation(name)
            and self._goes_on(line, name, filled[1:])
        ):
            return
        self._drop()
        self._counted = self._counted or bool(number)
        self._add(line, name, number=number.rstrip(".、．"), columns=columns, at=at)

    @staticmethod
    def _best(cells: Sequence[str]) -> int:
        """Return the first cell that reads as an organisation's name, -1 where none does."""
        return next(
            (at for at, cell in enumerate(cells) if is_organisation(_clean(cell)[0]) and not is_place(cell)),
            -1,
        )

    def _goes_on(self, line: Line, text: str, further: Sequence[str] = ()) -> bool:
        """Put text behind the last name when it was broken off there; returns whether it was.

        further: what stands beside it, the rest of the same row.
        """
        if not self._entries or is_organisation(text) or NUMBERED.match(text):
            return False
        last = self._entries[-1]
        whole = last.name + text.strip()
        broken = not is_organisation(last.name) and is_organisation(whole)
        if not broken and not (TAIL.fullmatch(text.strip()) and not is_organisation(last.name)):
            return False
        self._drop()
        last.name, former = _clean(whole)
        last.former = last.former or former
        last.where += f"、{line.where}"
        rest = [cell for cell in further if cell != text]
        last.place = last.place or " ".join(cell for cell in rest if is_place(cell))
        if beside := " ".join(cell for cell in rest if not is_place(cell)):
            last.cells["续行"] = beside
        return True

    def _add(
        self,
        line: Line,
        name: str,
        *,
        number: str = "",
        columns: Mapping[str, int] | None = None,
        at: int = -1,
    ) -> None:
        columns = columns or {}
        used = {at, *columns.values()}
        clean, former = _clean(name)
        printed = cell_at(line.cells, columns, CODE)
        code = codes.normalise(printed) if printed else ""
        faulty = codes.problem(code) if code else None
        place = self._place(line, columns, at)
        rest = {
            (
                self._titles[i] if columns and i < len(self._titles) and self._titles[i] else f"第{i + 1}列"
            ): cell
            for i, cell in enumerate(line.cells)
            if cell
            and i not in used
            and cell.rstrip(".、．") != number
            and not (not columns and is_place(cell))
        }
        self._streamed = False
        self._entries.append(
            Entry(
                where=line.where,
                name=clean,
                number=number,
                place=place,
                project=cell_at(line.cells, columns, PROJECT),
                product=cell_at(line.cells, columns, PRODUCT),
                former=former,
                code="" if faulty else code,
                note=f"名单上的代码{printed}：{faulty}" if faulty else "",
                cells=rest,
            )
        )

    def _place(self, line: Line, columns: Mapping[str, int], at: int) -> str:
        """Return the place printed with a row: its columns, else the small heading above."""
        said = [cell_at(line.cells, columns, role) for role in (CITY, COUNTY)]
        if not columns:
            said = [cell for i, cell in enumerate(line.cells) if i != at and is_place(cell)]
        return " ".join(dict.fromkeys(part for part in said if part)) or self._section

    # --- lines of one cell ---

    def _single(self, line: Line, text: str) -> None:
        number, bare = self._without_number(text)
        heading = COUNTED.sub("", bare).strip(EDGES)
        if is_place(heading):
            self._section = heading
            self._put(line, "小标题")
            return
        # Under a head whose only cell is the name, anything is a name.
        only = bool(self._columns) and (
            len(self._titles) == 1 or line.cells.index(text) == self._columns.get(NAME)
        )
        names, rest = _names_in(bare, one=bool(number))
        if self._fragment is not None and self._streamed and not number and len(names) == 1:
            # A row whose number the reader of the PDF took for the page's.
            before, self._fragment = self._fragment, None
            whole = before.text + bare
            self._add(Line(f"{before.where}、{line.where}", (whole, *rest)), whole, at=0)
            self._streamed = True
        elif names:
            self._drop()
            self._counted = self._counted or bool(number)
            for name in names:
                self._add(Line(line.where, (name, *rest)), name, number=number, at=0)
        elif self._goes_on(line, bare):
            return
        elif only and len(bare) <= 60 and not self._counted and len(self._titles) == 1:
            self._add(line, bare, number=number, at=0)
        elif number and _looks_named(bare):
            self._begin(line, number, bare)
        elif self._fragment is not None and is_organisation(whole := self._fragment.text + bare):
            where = f"{self._fragment.where}、{line.where}"
            self._fragment = None
            self._add(Line(where, (whole,)), whole, at=0)
            self._streamed = True
        elif _looks_named(bare) and not number:
            self._drop()
            self._fragment = line
        else:
            self._put(line, UNREAD if self._entries else "标题")

    def _without_number(self, text: str) -> tuple[str, str]:
        """Return a line's number as printed and the text behind it."""
        if found := NUMBERED.match(text):
            return next(part for part in found.groups() if part), text[found.end() :]
        found = BARE_NUMBER.match(text)
        if found and text[found.end(1) :][:1].isspace():
            return found[1], text[found.end() :]
        if found and (self._counted or not self._entries):
            # Digits that touch the name may be part of it (360云), unless they count on.
            for length in range(1, len(found[1]) + 1):
                if self._counts_on(found[1][:length]):
                    return found[1][:length], text[found.start(1) + length :].lstrip()
        return "", text


def _looks_named(text: str) -> bool:
    """Return whether text may be the beginning of a name, or a short form of one."""
    han = sum("\u3400" <= char <= "\u9fff" for char in text)
    named = 2 <= han <= 40 and han * 2 >= len(text)
    return named and not re.search(r"[。：:？！《》]|名单|通知|附件|家$", text)


def _names_in(text: str, *, one: bool) -> tuple[list[str], tuple[str, ...]]:
    """Return the names a line holds, and the further cells of a line that holds one."""
    pieces = [piece for piece in re.split(r"[\s\u3000]+", text) if piece]
    known = [piece for piece in pieces if is_organisation(_clean(piece)[0])]
    if len(pieces) > 1 and len(known) == 1:
        return known, tuple(piece for piece in pieces if piece != known[0])
    joined = "".join(pieces)
    behind = re.split(r"[:：]", joined)[-1] if not one else joined
    parts = [part for part in SEPARATED.split(behind) if part.strip(EDGES)]
    if len(parts) > 1:
        listed = [found[1] if (found := AND_SO_ON.fullmatch(part)) else part for part in parts]
        if all(is_organisation(_clean(part)[0]) for part in listed):
            return listed, ()
    if len(known) > 1 and len(known) == len(pieces):
        return known, ()
    return ([joined], ()) if is_organisation(_clean(joined)[0]) else ([], ())


def _clean(text: str) -> tuple[str, str]:
    """Return a name without seal, marks and blanks, and the former or new name printed in its brackets."""
    bare = SEAL.sub("", text)
    former = ""
    if found := FORMER.search(bare):
        former = found["name"].strip(EDGES)
        bare = bare[: found.start()] + bare[found.end() :]
    bare = bare.strip(EDGES)
    if any("\u3400" <= char <= "\u9fff" for char in bare):
        bare = "".join(bare.split())
    return bare[:200], former


def fingerprint(entries: Sequence[Entry]) -> str:
    """Return the text by which the same 名单 is known again, however it was handed in."""
    return "\n".join(
        "\t".join((written(entry.name), written(entry.project), written(entry.product))) for entry in entries
    )
