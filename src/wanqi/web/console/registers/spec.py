"""What a register is: columns, filters, sorts, sections, form. One object per register; the views are generic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, Q, Value
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.models import Owned
from wanqi.web.place import Place

from .forms import RowForm

Shown = str  # text or SafeString, as the page shows it


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the list and of the export.

    show: row → cell (SafeString for markup). plain: row → value of the export (None = unknown).
    on_phone: whether it is one of the facts on a phone's card; the title column always is.
    in_list: False for one that only the export has.
    """

    key: str
    title: str
    show: Callable[[Any], Shown]
    plain: Callable[[Any], Any]
    css: str = ""
    on_phone: bool = False
    sort: str = ""
    in_list: bool = True


@dataclass(frozen=True, kw_only=True)
class Sort:
    """An order of the list by one indexed column and the id; unknown values stand last in both directions."""

    key: str
    title: str
    field: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter with a closed list: options(place) → (value, words); condition(value) → Q.

    condition_on: takes the visitor's day as well, for what depends on it (有效, 将到期).
    """

    name: str
    title: str
    options: Callable[[Place], Sequence[tuple[str, str]]]
    condition: Callable[[str], Q] = lambda value: Q()
    condition_on: Callable[[str, date], Q] | None = None
    default: Callable[[Place], str] = lambda place: ""
    blank: str = "全部"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """A filter by a date from and to, both included."""

    name: str
    title: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the detail page: either facts (label, value) or a template with its context."""

    key: str
    title: str
    facts: Callable[[Any], Sequence[tuple[str, Shown]]] | None = None
    template: str = ""
    context: Callable[[Any, Actor], Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something a register can do with a row beside 更正 and 撤销: `url` is a URL name that takes the row's id.

    verb: the right it needs; when(row): whether it can be done now.
    """

    title: str
    icon: str
    url: str
    verb: str = "correct"
    when: Callable[[Any], bool] = lambda row: True


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page beside the list, or what can be done with selected rows: a URL name and the right it needs."""

    title: str
    icon: str
    url: str
    verb: str = "view"


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register as the console shows it. `name` is in addresses and URL names; `model.resource` in permissions.

    create, correct: the app's own actions; correct(row, values, *, actor, reason, seen).
    missing(row): what the row still lacks, one sentence each. label(row): what the row is called.
    file: the model field that holds the kept file, if any. dated: rows carry the visitor's day as `on_day`.
    steps: what else can be done with a row, the first one before all others. pages: pages beside the list.
    bulk: pages that take selected rows as `pick`. page: title and URL name of a larger page that each row has.
    """

    name: str
    title: str
    noun: str
    counter: str
    intro: str
    group: str
    icon: str
    model: type[Owned]
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    filters: tuple[Choice | Dates, ...]
    search: Callable[[Any, str], Any]
    search_hint: str
    form: type[RowForm]
    sections: tuple[Section, ...]
    create: Callable[..., Any]
    correct: Callable[..., Any]
    withdraw: Callable[..., Any]
    restore: Callable[..., Any]
    related: tuple[str, ...] = ("area", "office")
    deferred: tuple[str, ...] = ()
    missing: Callable[[Any], Sequence[str]] = lambda row: ()
    subtitle: Callable[[Any], Shown] = lambda row: ""
    chips: Callable[[Any], Sequence[Shown]] = lambda row: ()
    withdrawal: str = "撤销后，该记录不再计入清单和任何数字；内容和历史仍保留，可以恢复。"
    label: Callable[[Any], str] = str
    file: str = ""
    dated: bool = False
    steps: tuple[Step, ...] = ()
    page: tuple[str, str] | None = None
    pages: tuple[Link, ...] = ()
    bulk: tuple[Link, ...] = ()

    @property
    def resource(self) -> str:
        return self.model.resource

    def sort(self, key: str) -> Sort:
        """Return the sort of that key, or the first one."""
        return next((sort for sort in self.sorts if sort.key == key), self.sorts[0])

    @property
    def listed(self) -> tuple[Column, ...]:
        """The columns of the list; the export has all."""
        return tuple(column for column in self.columns if column.in_list)

    def rows(self, day: date | None = None) -> Any:
        """Return all rows with what a list shows of them on a day; None is today."""
        return self.on(self.model.objects.select_related(*self.related).defer(*self.deferred), day)

    def on(self, rows: Any, day: date | None = None) -> Any:
        """Return the rows with the day they are looked at from, where the register asks for it."""
        if not self.dated:
            return rows
        return rows.annotate(on_day=Value(day or timezone.localdate(), output_field=DateField()))
