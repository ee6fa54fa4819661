"""Pieces that several registers share: columns, filters, facts and choices of a row's place and state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from wanqi.web import display
from wanqi.web.packs import pack_of
from wanqi.web.place import Place

from .spec import Choice, Column, Shown, Sort


def terms(region: str, kind: str, field: str) -> tuple[str, ...]:
    """Return the values the region's vocabulary allows for a field of a record kind, in its order."""
    pack = pack_of(region)
    if pack is None or kind not in pack.records or field not in pack.records[kind].fields:
        return ()
    return tuple(pack.records[kind].fields[field].values or ())


def text(value: str, reason: str = display.NO_VALUE) -> Shown:
    """Return a text, or the dash for an empty one."""
    return value or display.unknown(reason)


def area_column() -> Column:
    return Column(
        key="area",
        title="片区",
        show=lambda row: row.area.name if row.area_id else display.unknown("未登记片区"),
        plain=lambda row: row.area.name if row.area_id else None,
        on_phone=True,
    )


def office_column() -> Column:
    return Column(
        key="office",
        title="责任股室",
        show=lambda row: row.office.name if row.office_id else display.unknown("未指定责任股室"),
        plain=lambda row: row.office.name if row.office_id else None,
    )


def updated_column() -> Column:
    return Column(
        key="updated",
        title="更新时间",
        show=lambda row: display.iso_day(row.updated_at),
        plain=lambda row: display.moment(row.updated_at),
        css="day",
        sort="updated_at",
    )


def day_column(key: str, title: str, field: str, *, on_phone: bool = False, reason: str = "未登记") -> Column:
    return Column(
        key=key,
        title=title,
        show=lambda row: display.iso_day(getattr(row, field), reason=reason),
        plain=lambda row: getattr(row, field),
        css="day",
        sort=field,
        on_phone=on_phone,
    )


def organisation_link(row: Any, name: str = "") -> Shown:
    """Return the organisation a row refers to as a link to its page, or the printed name alone."""
    if row.organisation_id:
        address = reverse("organisations.row", args=[row.organisation_id])
        return format_html('<a href="{}">{}</a>', address, row.organisation.name)
    printed = getattr(row, name) if name else ""
    return text(printed, "未登记单位")


def organisation_facts(row: Any, title: str, name: str) -> list[tuple[str, Shown]]:
    """Return the printed name, and the organisation of the register behind it."""
    facts = [(title, text(getattr(row, name)))]
    linked = organisation_link(row) if row.organisation_id else display.unknown("没有对应到企业库中的单位")
    return [*facts, ("企业库中的单位", linked)]


def organisation_filter() -> Choice:
    """Whether the printed name was matched with an organisation of the register."""
    return Choice(
        name="linked",
        title="企业库",
        options=lambda place: [("with", "已对应"), ("without", "未对应")],
        condition=lambda value: Q(organisation__isnull=value == "without"),
    )


def text_column(key: str, title: str, field: str, *, on_phone: bool = False, sort: str = "") -> Column:
    """A column of plain text."""
    return Column(
        key=key,
        title=title,
        show=lambda row: text(getattr(row, field)),
        plain=lambda row: getattr(row, field) or None,
        on_phone=on_phone,
        sort=sort,
    )


def term_column(key: str, title: str, field: str, *, on_phone: bool = False) -> Column:
    """A column of a closed list, in its words."""
    return Column(
        key=key,
        title=title,
        show=lambda row: text(getattr(row, f"get_{field}_display")()),
        plain=lambda row: getattr(row, f"get_{field}_display")() or None,
        on_phone=on_phone,
    )


def evidence_column() -> Column:
    """Whether a file stands under the row."""
    return Column(
        key="grade", title="等级", show=lambda row: display.grade(row.grade), plain=lambda row: row.grade
    )


def money(value: Any, reason: str = "未登记") -> Shown:
    """Return 元 as 万元, with the whole amount behind it where that says more."""
    if value is None:
        return display.unknown(reason)
    return format_html("{}万元", display.number(value / 10_000))


def newest_sort() -> Sort:
    """The order by the last change, newest first."""
    return Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True)


def day_sorts(key: str, title: str, field: str) -> tuple[Sort, Sort]:
    """The two orders by a date that may be unknown."""
    return (
        Sort(key=f"-{key}", title=f"{title} 新→旧", field=field, descending=True, nullable=True),
        Sort(key=key, title=f"{title} 旧→新", field=field, nullable=True),
    )


def area_filter() -> Choice:
    """The area filter; without one in the address it follows the switch of the top bar."""
    return Choice(
        name="area",
        title="片区",
        options=lambda place: [(str(pk), name) for pk, name in place.areas],
        condition=lambda value: Q(area_id=int(value)),
        default=lambda place: str(place.area) if place.area else "",
        blank="全部片区",
    )


def choice_filter(name: str, title: str, options: Callable[[Place], Sequence[tuple[str, str]]]) -> Choice:
    """A filter on a column that holds the option's value."""
    return Choice(name=name, title=title, options=options, condition=lambda value: Q(**{name: value}))


def evidence_filter(field: str) -> Choice:
    return Choice(
        name="evidence",
        title="佐证材料",
        options=lambda place: [("with", "已上传"), ("without", "未上传")],
        condition=lambda value: Q(**{f"{field}__isnull": value == "without"}),
    )


def place_facts(row: Any) -> list[tuple[str, Shown]]:
    """Return who answers for a row and how it came in."""
    return [
        ("责任股室", row.office.name if row.office_id else display.unknown("未指定责任股室")),
        ("报送单位", row.unit.name if row.unit_id else display.unknown("未指定报送单位")),
        (
            "登记",
            f"{row.created_by or ('演示数据' if row.is_demonstration else '命令行')}　{display.moment(row.created_at)}",
        ),
        (
            "最近更新",
            f"{display.moment(row.updated_at)}　{f'改过{row.version - 1}次' if row.version > 1 else '没有改过'}",
        ),
    ]


def file_fact(register: str, row: Any, file: Any) -> Shown:
    """Return the link to the kept file of a row, with its size, or the dash."""
    if file is None:
        return display.unknown("尚未上传佐证材料")
    kilobytes = max(1, round(file.size / 1024))
    return format_html(
        '{}<a href="{}" download>{}</a> <span class="secondary">{} KB　{}</span>',
        display.icon("paperclip"),
        reverse("attachment", args=[register, row.pk]),
        file.name,
        display.number(kilobytes),
        display.moment(file.uploaded_at),
    )
