"""What an address asks of a register: filters, search, order and place; answered by keyset pages.

A page starts after a row, not after a number of rows, so that page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.web.display import HERE
from wanqi.web.place import Place

from .spec import Choice, Dates, Register, Sort

PAGE = 50
COUNT_LIMIT = 10_000
SEARCH_LIMIT = 60
REACH = 5_000  # rows of a list that are looked through before all matches of a search are sorted


@dataclass(frozen=True)
class Cursor:
    """A row that a page starts after or ends before: its sort value, its id, its number in the list."""

    value: Any
    pk: int
    number: int

    def token(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, date | datetime) else self.value
        raw = json.dumps([value, self.pk, self.number], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str, *, of: Any) -> Cursor | None:
        """Return the cursor of a token, or None when somebody changed it by hand."""
        try:
            raw = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            value, pk, number = raw
            if value is not None:
                value = of.to_python(value)
            if "\x00" in str(value) or abs(int(pk)) >= 2**63:
                return None
            return cls(value, int(pk), max(0, min(int(number), 10**12)))
        except (ValueError, TypeError, ValidationError, OverflowError, binascii.Error, UnicodeDecodeError):
            return None


@dataclass(frozen=True)
class Asked:
    """An address, read: `values` are the filters as given, `ignored` those that could not be understood."""

    register: Register
    text: str
    values: Mapping[str, str]
    sort: Sort
    after: Cursor | None = None
    before: Cursor | None = None
    ignored: tuple[str, ...] = ()
    withdrawn: str = ""
    picked: tuple[int, ...] = field(default=())
    on: date = field(default_factory=timezone.localdate)

    def address(self, **changes: str) -> str:
        """Return the query string of this list with some parameters changed; "" removes one."""
        parts = {"q": self.text, **self.values, "state": self.withdrawn}
        if self.sort is not self.register.sorts[0]:
            parts["sort"] = self.sort.key
        parts.update(changes)
        # An empty area is kept: it says "all areas" against the choice of the top bar.
        kept = {
            name: value for name, value in parts.items() if value or (name == "area" and name in self.values)
        }
        return "?" + urlencode(kept)


@dataclass(frozen=True)
class Page:
    """Some rows with their place in the list; `previous`, `next` are cursors or None."""

    rows: list[Any]
    first: int
    previous: Cursor | None
    next: Cursor | None


def read(
    register: Register, given: Mapping[str, str], place: Place, *, picked: tuple[int, ...] = ()
) -> Asked:
    """Return what an address asks; whatever cannot be understood is left out and named in `ignored`."""
    values: dict[str, str] = {}
    ignored: list[str] = []
    for each in register.filters:
        names = (each.name,) if isinstance(each, Choice) else (f"{each.name}_from", f"{each.name}_to")
        for name in names:
            value = given.get(name, "").strip()
            if name not in given and isinstance(each, Choice):
                value = each.default(place)
            if name in given or value:
                if value and not _understood(each, value, place):
                    ignored.append(each.title)
                else:
                    values[name] = value
    sort = register.sort(given.get("sort", ""))
    column: Any = register.model._meta.get_field(sort.field)
    state = given.get("state", "")
    return Asked(
        register=register,
        text=" ".join(given.get("q", "").replace("\x00", "").split())[:SEARCH_LIMIT],
        values=values,
        sort=sort,
        after=Cursor.read(given["after"], of=column) if given.get("after") else None,
        before=Cursor.read(given["before"], of=column) if given.get("before") else None,
        ignored=tuple(ignored),
        withdrawn=state if state in {"withdrawn", "all"} else "",
        picked=picked,
        on=place.today,
    )


def _understood(each: Choice | Dates, value: str, place: Place) -> bool:
    if isinstance(each, Choice):
        return any(value == option for option, _ in each.options(place))
    return parse_day(value) is not None


def parse_day(text: str) -> date | None:
    """Return the day of an ISO date within living memory; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def parse_id(text: str) -> int | None:
    """Return the id that an address names, or None where it cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def found(asked: Asked, actor: Actor, *, to: str = "view") -> Any:
    """Return all rows that the address asks for and the actor may see, without order."""
    rows = unsearched(asked, actor, to=to)
    return asked.register.search(rows, asked.text) if asked.text else rows


def unsearched(asked: Asked, actor: Actor, *, to: str = "view") -> Any:
    """Return what `found` returns, without the search."""
    register = asked.register
    rows: Any = register.rows(asked.on).visible_to(actor, to=to)
    if not asked.withdrawn:
        rows = rows.filter(withdrawn_at__isnull=True)
    elif asked.withdrawn == "withdrawn":
        rows = rows.filter(withdrawn_at__isnull=False)
    for each in register.filters:
        if isinstance(each, Choice):
            value = asked.values.get(each.name)
            if value:
                rows = rows.filter(
                    each.condition_on(value, asked.on) if each.condition_on else each.condition(value)
                )
        else:
            rows = _between(rows, each, asked.values)
    if asked.picked:
        rows = rows.filter(pk__in=asked.picked)
    return rows


def _between(rows: Any, each: Dates, values: Mapping[str, str]) -> Any:
    instant = isinstance(rows.model._meta.get_field(each.field), DateTimeField)
    for name, lookup, edge in ((f"{each.name}_from", "gte", time.min), (f"{each.name}_to", "lte", time.max)):
        value = parse_day(values.get(name, ""))
        if value is not None:
            limit = datetime.combine(value, edge, tzinfo=HERE) if instant else value
            rows = rows.filter(**{f"{each.field}__{lookup}": limit})
    return rows


def bounded_count(rows: Any) -> tuple[int, bool]:
    """Return how many rows there are, counted up to COUNT_LIMIT, and whether there are more."""
    number = rows.select_related(None).order_by()[: COUNT_LIMIT + 1].count()
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


def page(rows: Any, asked: Asked, *, size: int = PAGE, among: Any = None) -> Page:
    """Return the page that the address asks for.

    among: for a search with many matches, the rows it searches; the nearest of them are looked through first.
    """
    back = asked.before is not None
    cursor = asked.before or asked.after
    taken = _take(rows, asked, cursor, size + 1, back=back, among=among)
    more = len(taken) > size
    taken = taken[:size]
    if back:
        taken.reverse()
    first = _first(asked, len(taken))
    previous = _cursor(asked.sort, taken[0], first) if taken and (more if back else cursor) else None
    last = first + len(taken) - 1
    following = _cursor(asked.sort, taken[-1], last) if taken and (back or more) else None
    return Page(taken, first, previous, following)


def _first(asked: Asked, taken: int) -> int:
    if asked.before is not None:
        return max(1, asked.before.number - taken)
    return asked.after.number + 1 if asked.after is not None else 1


def _cursor(sort: Sort, row: Any, number: int) -> Cursor:
    return Cursor(getattr(row, sort.field), row.pk, number)


def ordered(rows: Any, sort: Sort) -> Iterator[Any]:
    """Yield all rows in the list's order, unknown values last, without holding them all."""
    for part, order in _parts(sort, back=False):
        yield from rows.filter(part).order_by(*order).iterator(chunk_size=2000)


def _parts(sort: Sort, *, back: bool) -> list[tuple[Q, tuple[str, ...]]]:
    sign = "-" if sort.descending is not back else ""
    known: tuple[Q, tuple[str, ...]] = (
        Q(**{f"{sort.field}__isnull": False}) if sort.nullable else Q(),
        (sign + sort.field, sign + "pk"),
    )
    unknown: tuple[Q, tuple[str, ...]] = (Q(**{f"{sort.field}__isnull": True}), (sign + "pk",))
    parts = [known, unknown] if sort.nullable else [known]
    return parts[::-1] if back else parts


def _take(rows: Any, asked: Asked, cursor: Cursor | None, size: int, *, back: bool, among: Any) -> list[Any]:
    """Return up to `size` rows beyond the cursor; one query for known values, one for unknown ones if needed."""
    sort = asked.sort
    taken: list[Any] = []
    down = sort.descending is not back
    parts = _parts(sort, back=back)
    if cursor is not None and len(parts) == 2 and (cursor.value is None) is not back:
        parts = parts[1:]  # the cursor already stands in the second part
    for index, (condition, order) in enumerate(parts):
        if cursor is not None and index == 0:
            condition &= _beyond(sort, cursor, down=down)
        part = rows.filter(condition).order_by(*order)
        wanted = size - len(taken)
        if asked.text and len(order) == 2:
            walked = among.filter(condition).order_by(*order) if among is not None else None
            taken += _matches(part, walked, sort, wanted, down=down)
        else:
            taken += part[:wanted]
        if len(taken) >= size:
            break
    return taken


def _beyond(sort: Sort, cursor: Cursor, *, down: bool) -> Q:
    beyond, at_or_beyond = ("lt", "lte") if down else ("gt", "gte")
    by_id = Q(**{f"pk__{beyond}": cursor.pk})
    if cursor.value is None:
        return by_id
    # The first condition alone lets the index start at the right place.
    return Q(**{f"{sort.field}__{at_or_beyond}": cursor.value}) & (
        Q(**{f"{sort.field}__{beyond}": cursor.value}) | by_id
    )


def nearest(found: Any, among: Any, *, field: str, size: int) -> list[Any]:
    """Return the first rows of a search in the order of an indexed column, however large the register is.

    found: what the search finds; among: the rows it searches.
    """
    order = (field, "pk")
    sort = Sort(key="", title="", field=field)
    return _matches(found.order_by(*order), among.order_by(*order), sort, size, down=False)


def _matches(part: Any, walked: Any, sort: Sort, size: int, *, down: bool) -> list[Any]:
    """Return the first matches: among the next rows of the list where they suffice, else by sorting all of them.

    Left to itself the database walks along the list until it has enough: at once where matches stand everywhere,
    over half the register where they all stand late, like the names that begin with one town.
    """
    if walked is not None:
        edge = walked.values_list(sort.field, flat=True)[REACH : REACH + 1]
        for value in edge:
            near = list(part.filter(**{f"{sort.field}__{'gte' if down else 'lte'}": value})[:size])
            if len(near) == size:
                return near
    # The same order, but one that no index has; what else a list shows is read for the first few only.
    value = Coalesce(F(sort.field), F(sort.field))
    key, pk = (value.desc(), "-pk") if down else (value.asc(), "pk")
    first = list(part.order_by(key, pk).values_list("pk", flat=True)[:size])
    return list(part.filter(pk__in=first))
