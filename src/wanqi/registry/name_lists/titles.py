"""What the columns of a 名单 are by their titles, and where a line says it stands: ours, open, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from .names import Speller, unbracketed, written

NUMBER, NAME, CODE, PROJECT, PRODUCT, CITY, COUNTY = (
    "number",
    "name",
    "code",
    "project",
    "product",
    "city",
    "county",
)
# In this order: the first that fits a title decides, and of two columns of one role the first counts.
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (NUMBER, re.compile(r"序号?|编号|no|号")),
    (CODE, re.compile(r".*(?:信用代码|机构代码).*")),
    (PROJECT, re.compile(r".*(?:项目|课题|平台|案例|场景|车间|工厂|品牌)名称")),
    (PRODUCT, re.compile(r".*产品(?:名称|型号)?.{0,6}|.*(?:主营|主导)产品.*")),
    (COUNTY, re.compile(r".*(?:县市区|县区|区县|县级|县名|所属县|所在县).*|县")),
    (
        CITY,
        re.compile(
            r".*(?:市州|地市|市区|所属市|所在市|设区市|所属地区|所属区域|所在地区?|属地|推荐|辖区).*|市|地区|区域"
        ),
    ),
    (
        NAME,
        re.compile(
            r".{0,8}(?:企业|单位|公司|机构|主体|园区|医院|合作社|持有人|法人)(?:全称|名称|名)"
            r"|(?:申报|获奖|承担|依托|建设|牵头|实施|入选|入库|认定|拟认定|获评|入围|培育)?(?:企业|单位|公司|机构|主体)"
            r"|名称|全称|.{0,4}人名称"
        ),
    ),
)
SURE_NAME = re.compile(
    r".{0,6}(?:企业|单位|公司|机构|主体|园区)(?:全称|名称|名)|(?:申报|承担|依托|入选|获评|入库)?(?:企业|单位)"
)
ORGANISATION = re.compile(
    r".*(?:公司|集团|厂|合作社|联合社|合伙企业|有限合伙\)?|普通合伙\)?|研究院|研究所|设计院|科学院|中心|医院|卫生院|大学|学院|学校"
    r"|农场|林场|协会|学会|商会|事务所|商行|经营部|门市部|开发区|产业园|科技园|工业园|园区|管委会|管理委员会|基地|印刷社|供销社)"
)
NO_NAME = re.compile(r"名单|通知|公示|公告|关于|附件|如下|。|：$|:$")
PLACE = re.compile(r"[\u4e00-\u9fff]{2,9}(?:市|州|县|区|盟|旗)")
LEGAL_ALONE = re.compile(r"(?:股份|有限|责任|集团|份|限|任)*公司")
LONGEST = 80  # characters of a name; the longest registered ones have about 50


class Standing(StrEnum):
    """Whether a line's place is the region's own."""

    OURS = "ours"
    OPEN = "open"
    ELSEWHERE = "elsewhere"


def title_of(cell: str) -> str:
    """Return a column's title as it is compared."""
    return unbracketed(written(cell.replace("\n", "")))


def role_of(title: str) -> str | None:
    """Return what a column is, by its title as `title_of` gave it."""
    return next((role for role, known in ROLES if known.fullmatch(title)), None)


def columns_of(cells: Sequence[str]) -> dict[str, int] | None:
    """Return role → column when the cells are a head, else None."""
    titles = [title_of(cell) for cell in cells]
    filled = [title for title in titles if title]
    if not filled or any(len(title) > 24 or title.isdecimal() for title in filled):
        return None
    found: dict[str, int] = {}
    for at, title in enumerate(titles):
        role = role_of(title) if title else None
        if role == NAME and NAME in found and SURE_NAME.fullmatch(title):
            known = titles[found[NAME]]
            if not SURE_NAME.fullmatch(known):
                found[NAME] = at
        elif role and role not in found:
            found[role] = at
    if NAME not in found:
        return None
    alone = len(filled) == 1
    if alone:
        return found if SURE_NAME.fullmatch(filled[0]) else None
    return found if len(found) > 1 or SURE_NAME.fullmatch(titles[found[NAME]]) else None


def is_organisation(text: str) -> bool:
    """Return whether text ends as the names of organisations do."""
    bare = text.strip()
    if not 3 <= len(bare) <= LONGEST or NO_NAME.search(bare) or LEGAL_ALONE.fullmatch(bare):
        return False
    return bool(ORGANISATION.fullmatch(bare))


def is_place(text: str) -> bool:
    """Return whether text is nothing but the name of a city or county."""
    return bool(PLACE.fullmatch(text)) and not is_organisation(text)


class Standpoints:
    """Says of a place whether it is the region's: `own` and `above` are titles (临湘市; 岳阳市, 湖南省).

    parts: places within the region (片区, 乡镇) that a line may name without it.
    """

    WHOLE = re.compile(r"(?:省|市|州|县|区)?(?:本级|直属?|直管|属)?(?:单位|企业)?")

    def __init__(self, own: str, above: Sequence[str], parts: Sequence[str] = ()) -> None:
        self._own = (*Speller([own]).words, *(written(part) for part in parts if part))
        self._above = Speller(above).words
        self._seen: dict[str, Standing] = {}

    def of(self, place: str) -> Standing:
        """Return where a line stands by the place printed with it; nothing printed leaves it open."""
        if place not in self._seen:
            self._seen[place] = self._read(unbracketed(written(place)))
        return self._seen[place]

    def _read(self, place: str) -> Standing:
        if any(word in place for word in self._own):
            return Standing.OURS
        rest = place
        for word in self._above:
            rest = rest.replace(word, "")
        if not rest or self.WHOLE.fullmatch(rest):
            return Standing.OPEN
        # A bureau of the city recommends for all its counties; a bureau of another city or county does not.
        named = PLACE.search(rest)
        short = 2 <= len(rest) <= 4
        return Standing.ELSEWHERE if named or short else Standing.OPEN


def cell_at(cells: Sequence[str], columns: Mapping[str, int], role: str) -> str:
    """Return the cell of a role, "" where there is none."""
    at = columns.get(role)
    return cells[at] if at is not None and at < len(cells) else ""
