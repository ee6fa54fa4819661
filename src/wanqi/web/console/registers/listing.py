"""The list of a register: filters in the address, bounded count, keyset pages, selection, export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from wanqi.core.access import Actor, require
from wanqi.web import display
from wanqi.web.menu import MENU, address
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from . import addresses, query
from .query import Asked
from .spec import Choice, Link, Register

STATES = (("", "在册"), ("withdrawn", "已撤销"), ("all", "全部"))


@dataclass(frozen=True)
class Header:
    """A column's head: where a click on it leads, and how the list is ordered by it now."""

    title: str
    css: str
    href: str = ""
    aria: str = ""


def show(request: HttpRequest, register: Register) -> HttpResponse:
    """Return the list page, or its results when htmx filters, orders or turns the page."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, "view")
    place = place_of(request)
    asked = query.read(register, request.GET.dict(), place)
    rows = query.found(asked, actor)
    count, more = query.bounded_count(rows)
    page = query.page(rows, asked, among=query.unsearched(asked, actor) if more else None)
    context = {
        "title": register.title,
        "crumbs": crumbs_of(register),
        "register": register,
        "asked": asked,
        "filters": [_filter(each, asked, place) for each in register.filters],
        "states": STATES,
        "tags": list(_tags(register, asked, place)),
        "headers": [_header(register, asked, column) for column in register.listed],
        "sorts": register.sorts,
        "rows": mark_safe("".join(_row(register, row) for row in page.rows)),
        "count": f"{display.number(count)}{'+' if more else ''}",
        "shown": f"{display.number(page.first)}—{display.number(page.first + len(page.rows) - 1)}"
        if page.rows
        else "",
        "previous": page.previous and asked.address(before=page.previous.token()),
        "next": page.next and asked.address(after=page.next.token()),
        "is_filtered": bool(asked.text or asked.withdrawn or any(asked.values.values())),
        "list_address": addresses.list_of(register),
        "may_create": actor.can(register.resource, "create"),
        "create_address": addresses.step_of(register, "create"),
        "may_export": actor.can(register.resource, "export"),
        "export_address": addresses.step_of(register, "export"),
        "export_query": asked.address().removeprefix("?"),
        "pages": _links(register.pages, register, actor),
        "bulk": _links(register.bulk, register, actor),
        "import_address": actor.can(register.resource, "import")
        and actor.can("batch", "create")
        and address("imports"),
    }
    return render_page(request, "registers/list.html", context, fragment="registers/_results.html")


def _links(links: tuple[Link, ...], register: Register, actor: Actor) -> list[dict[str, str]]:
    return [
        {"title": link.title, "icon": link.icon, "href": reverse(link.url)}
        for link in links
        if actor.can(register.resource, link.verb)
    ]


def crumbs_of(register: Register, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the breadcrumb: the job of the menu, the list (linked when something follows), and what follows."""
    group = next(
        (group.title for group in MENU if any(entry.url == register.name for entry in group.entries)), ""
    )
    crumbs = [("工作台", "/")]
    if group and group != register.title:
        crumbs.append((group, ""))
    crumbs.append((register.title, addresses.list_of(register) if further else ""))
    return [*crumbs, *further]


def _filter(each: Any, asked: Asked, place: Place) -> dict[str, Any]:
    if isinstance(each, Choice):
        return {
            "kind": "choice",
            "name": each.name,
            "title": each.title,
            "blank": each.blank,
            "options": each.options(place),
            "value": asked.values.get(each.name, ""),
            "keep_empty": bool(each.default(place)),
        }
    return {
        "kind": "dates",
        "name": each.name,
        "title": each.title,
        "since": asked.values.get(f"{each.name}_from", ""),
        "until": asked.values.get(f"{each.name}_to", ""),
    }


def _tags(register: Register, asked: Asked, place: Place) -> Any:
    """Yield (words, address without it) for everything that narrows the list."""
    if asked.text:
        yield f"搜索：{asked.text}", asked.address(q="")
    for each in register.filters:
        if isinstance(each, Choice):
            value = asked.values.get(each.name)
            if value:
                words = next((words for option, words in each.options(place) if option == value), value)
                yield f"{each.title}：{words}", asked.address(**{each.name: ""})
        else:
            for name, word in ((f"{each.name}_from", "不早于"), (f"{each.name}_to", "不晚于")):
                if asked.values.get(name):
                    yield f"{each.title}{word}{asked.values[name]}", asked.address(**{name: ""})
    if asked.withdrawn:
        yield f"状态：{dict(STATES)[asked.withdrawn]}", asked.address(state="")


def _header(register: Register, asked: Asked, column: Any) -> Header:
    keys = [sort for sort in register.sorts if sort.field == column.sort]
    if not keys:
        return Header(column.title, column.css)
    current = asked.sort.field == column.sort
    other = next((sort for sort in keys if sort is not asked.sort), keys[0]) if current else keys[0]
    aria = ("descending" if asked.sort.descending else "ascending") if current else ""
    return Header(column.title, column.css, asked.address(sort=other.key), aria)


def _row(register: Register, row: Any) -> SafeString:
    """Return one table row; on a phone the style sheet turns the same row into a card."""
    href = addresses.row_of(register, row.pk)
    cells = [
        format_html(
            '<td class="pick"><label><input type="checkbox" name="pick" value="{}" form="picked">'
            '<span class="visually-hidden">选择{}</span></label></td>',
            row.pk,
            register.label(row),
        )
    ]
    for index, column in enumerate(register.listed):
        shown = column.show(row)
        if index == 0:
            cells.append(_title_cell(row, href, shown, page=page_of(register, row)))
        else:
            css = f"{column.css} is-fact" if column.on_phone else column.css
            cells.append(format_html('<td class="{}" data-label="{}">{}</td>', css, column.title, shown))
    css = " class=is-withdrawn" if row.withdrawn_at else ""
    return mark_safe(f"<tr data-row{css}>{''.join(cells)}</tr>")


def page_of(register: Register, row: Any) -> SafeString:
    """Return the link to the larger page that a row has, if the register gives it one."""
    if register.page is None:
        return mark_safe("")
    title, name = register.page
    return format_html('<a class="row-page" href="{}" aria-label="{}：{}">{}</a>', reverse(name, args=[row.pk]),
                       title, register.label(row), title)  # fmt: skip


def _title_cell(row: Any, href: str, shown: str, *, page: SafeString) -> SafeString:
    chips = [page] if page else []
    if row.withdrawn_at:
        chips.append(display.chip("已撤销", "withdrawn"))
    if row.is_demonstration:
        chips.append(display.chip("演示数据", "demo"))
    return format_html(
        '<td class="is-title"><a class="row-link" href="{}" data-drawer>{}</a> {}</td>',
        href,
        shown,
        mark_safe("".join(chips)),
    )
