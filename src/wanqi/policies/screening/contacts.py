"""联系清单 of chosen enterprises, and the text that goes into a 微信群: plain, without ranking and without phones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.masking import phone
from wanqi.core.packs import current_pack
from wanqi.registry.models import Nomination, Organisation

from .calendar import USUAL, next_closing
from .reasons import Reasons, reasons

MOST = 500  # enterprises of one list
IN_TEXT = 50  # enterprises named in one text for a group


@dataclass(frozen=True)
class Contact:
    """One line of the list. person, number: of the register, else of the enterprise's last nomination."""

    organisation: Organisation
    person: str
    number: str
    told: Reasons
    words: str

    @property
    def lacking(self) -> str:
        """What is still lacking, one line each."""
        if self.told.refused:
            return f"登记的数据有误，请更正：{self.told.refused}"
        return "\n".join(self.told.lines) or "无"


@dataclass(frozen=True)
class Sheet:
    """The list with what all lines share: title of the programme, papers, until when."""

    title: str
    papers: tuple[str, ...]
    due: date | None
    due_words: str
    lines: tuple[Contact, ...]


def contact_sheet(
    organisations: Sequence[Organisation], programme: str, *, kind: str, on: date, actor: Actor
) -> Sheet:
    """Return the 联系清单 of enterprises of one region, in their order."""
    region = organisations[0].region_id
    pack = current_pack(region)
    file = pack.programme_files[programme]
    due, due_words = _due(actor, region, programme, kind, on)
    people = _nominees([one.pk for one in organisations], actor)
    lines = []
    for one, told in reasons(organisations, programme, kind=kind, on=on):
        person, number = one.contact, one.phone
        if not (person or number):
            person, number = people.get(one.pk, ("", ""))
        lines.append(Contact(one, person, number, told, _words(told)))
    papers = tuple(one.title for one in file.programme.evidence)
    return Sheet(file.programme.title, papers, due, due_words, tuple(lines))


def _words(told: Reasons) -> str:
    if told.refused:
        return "不能比对"
    return told.bucket.label if told.bucket is not None else "没有施行中的政策版本"


def _due(actor: Actor, region: str, programme: str, kind: str, on: date) -> tuple[date | None, str]:
    entry = next_closing(actor, region, programme, kind=kind, on=on)
    if entry is None:
        return None, "以当年申报通知为准"
    return entry.day, entry.day.isoformat() if entry.sure else f"{entry.day.isoformat()}（{USUAL}）"


def _nominees(organisations: Sequence[int], actor: Actor) -> dict[int, tuple[str, str]]:
    """Return organisation → contact and phone of its newest nomination that has one."""
    if not actor.can("nomination", "view"):
        return {}
    rows = Nomination.objects.visible_to(actor).current().filter(organisation__in=organisations)
    found: Any = rows.exclude(contact="", phone="").order_by("pk")
    return {
        one: (contact, number)
        for one, contact, number in found.values_list("organisation", "contact", "phone")
    }


def shown_phone(number: str, *, clear: bool) -> str:
    """Return a phone as it may be shown."""
    return number if clear else phone(number) if number else ""


def group_text(sheet: Sheet, *, office: str) -> str:
    """Return the text for a group: what it is about, who is asked for what, until when; in the order of names."""
    return "\n".join(_lines(sheet, office))


def _lines(sheet: Sheet, office: str) -> Iterator[str]:
    """Yield the lines: everybody is named alike; who lacks what stands in the 联系清单, not before the others."""
    yield f"各位企业负责人好！关于{sheet.title}申报，提醒如下："
    yield f"一、申报截止：{sheet.due_words}。请提前准备，以免错过。"
    if sheet.papers:
        yield f"二、需要准备的材料：{'、'.join(sheet.papers)}。"
    number = "三" if sheet.papers else "二"
    yield f"{number}、请以下企业关注并安排专人准备（按名称排列）："
    names = [line.organisation.name for line in sheet.lines]
    yield from (f"　{name}" for name in names[:IN_TEXT])
    if len(names) > IN_TEXT:
        yield f"　等{len(names)}家"
    asked = sorted({name for line in sheet.lines for name in line.told.missing})
    if asked:
        yield f"{'四' if sheet.papers else '三'}、为便于比对，请尽快把尚缺的数据报给科工局联系人，不用另填系统。"
    yield "各家还缺哪些条件、差多少，由科工局一对一告知。系统比对结果仅供参考，以主管部门最终审核结果为准；请如实填报。"
    if office:
        yield office
