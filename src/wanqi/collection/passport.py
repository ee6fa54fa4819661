"""The hidden sheet of a workbook: which return it was made for, and at which edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wanqi.indicators.evaluate import read_period
from wanqi.packs.pack import content_digest
from wanqi.registry.values import Row, plain

from .errors import WorkbookRefused
from .models import Return

SHEET = "wanqi"
FORMAT = "1"
KEYS = ("format", "form", "round", "return", "unit", "period", "edition", "definition")
_AGAIN = "请在“报数”里重新下载这一期的填报表，把数填进去再交回；也可以直接在网页上填。"


def passport_of(row: Return) -> dict[str, str]:
    """Return what a workbook carries about itself, with the digest over it."""
    said = {
        "format": FORMAT,
        "form": row.round.form,
        "round": str(row.round_id),
        "return": str(row.pk),
        "unit": row.unit.code if row.unit else "",
        "period": row.round.period,
        "edition": str(row.edition),
        "definition": row.round.digest,
    }
    return {**said, "digest": content_digest(said)}


def read_passport(rows: Iterable[Row]) -> dict[str, str]:
    """Return what a workbook says about itself. Raises WorkbookRefused where it says nothing whole."""
    found = {plain(row.cells[0]): plain(row.cells[1]) for row in rows if len(row.cells) > 1}
    said = {key: found.get(key, "") for key in KEYS}
    if found.get("digest") != content_digest(said):
        raise WorkbookRefused(
            "damaged", "表里的识别信息被改动过，无法核对是哪一期、哪个单位的表。", hint=_AGAIN
        )
    if said["format"] != FORMAT:
        raise WorkbookRefused("format", "这份表是另一个版本的系统发出的。", hint=_AGAIN)
    return said


def check_passport(said: Mapping[str, str], row: Return) -> None:
    """Raise WorkbookRefused unless the workbook was made for this return as it now stands."""
    own = passport_of(row)
    if said["unit"] != own["unit"]:
        raise WorkbookRefused(
            "other-unit", f"这份表是发给别的单位的，不是{row.unit}的。", hint=f"请选择发给{row.unit}的表。"
        )
    if (said["form"], said["period"]) != (own["form"], own["period"]):
        other = read_period(said["period"]).words
        own_words = read_period(own["period"]).words
        what = "另一张报表" if said["form"] != own["form"] else f"{other}的表"
        raise WorkbookRefused(
            "other-round", f"这份文件是{what}，现在要报的是“{row.round.title}”{own_words}。", hint=_AGAIN
        )
    if (said["round"], said["return"], said["definition"]) != (
        own["round"],
        own["return"],
        own["definition"],
    ):
        raise WorkbookRefused("reissued", "这一期后来重新下发过，这份表已作废。", hint=_AGAIN)
    if said["edition"] != own["edition"]:
        raise WorkbookRefused(
            "older",
            f"这份表是第{said['edition']}稿时下载的，系统里已经是第{own['edition']}稿，交回会覆盖后来填的数。",
            hint=_AGAIN,
        )
