"""What the database holds of a region for matching its 名单: place words, programmes, organisations. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wanqi.core.access import Actor, get_row
from wanqi.core.models import Area, Region

from ..models import NameList, NameListRow, Organisation
from ..models.recognitions import Holder
from ..programmes import Granted, granted_in
from .matching import Register, Registered
from .names import Speller, unbracketed, written
from .titles import Standpoints

PREFIXES = ("国家级", "国家", "省级", "市级")


def get_name_list(actor: Actor, pk: Any, *, to: str = "view") -> NameList:
    """Return the list, without its file's bytes; raises RowMissing or AccessRefused."""
    rows = NameList.objects.select_related("file", "office", "created_by", "job").defer("file__content")
    return get_row(rows, actor, pk, to=to)


def chain(region: str) -> list[str]:
    """Return the titles of a region and of those above it below the state, its own first."""
    titles: list[str] = []
    found = Region.objects.filter(pk=region).first()
    while found is not None and "-" in found.pk:
        titles.append(found.title)
        found = found.parent
    return titles


def standpoints_of(region: str) -> Standpoints:
    """Return what says of a printed place whether it is the region's; its own areas are."""
    own, *above = chain(region) or [""]
    areas = Area.objects.filter(region=region, active=True).values_list("name", flat=True)
    return Standpoints(own, above, parts=tuple(areas))


def register_of(region: str) -> Register:
    """Return the index of every organisation of a region, withdrawn ones included."""
    rows = (
        Organisation.objects.filter(region=region)
        .order_by()
        .values_list("pk", "name", "former_names", "credit_code", "withdrawn_at")
        .iterator(chunk_size=20_000)
    )
    listed = (
        Registered(pk, name, former, code, withdrawn is not None)
        for pk, name, former, code, withdrawn in rows
    )
    return Register(listed, Speller(chain(region)))


def programmes_of(region: str) -> Mapping[str, Granted]:
    """Return what a 名单 may grant in a region, by id: programmes and titles, but for those of persons."""
    return {id: one for id, one in granted_in(region).items() if one.is_title and one.holder != Holder.PERSON}


def programme_in(title: str, programmes: Mapping[str, Granted]) -> str:
    """Return the id of the programme a document's title speaks of, "" where none or several fit alike."""
    said = unbracketed(written(title))
    fitting: dict[str, int] = {}
    for id, programme in programmes.items():
        words = stem_of(programme.title)
        if words and words in said:
            fitting[id] = len(words)
    longest = [id for id, length in fitting.items() if length == max(fitting.values())]
    return longest[0] if len(longest) == 1 else ""


def stem_of(title: str) -> str:
    """Return the words of a programme's title that a document is sure to use."""
    words = unbracketed(written(title.split("（")[0]))
    for prefix in PREFIXES:
        words = words.removeprefix(prefix)
    return words


def organisations_of(rows: Iterable[NameListRow]) -> dict[int, Organisation]:
    """Return the organisations that rows were matched with or may mean, by id, each with its area."""
    wanted = {row.organisation_id for row in rows if row.organisation_id}
    wanted |= {candidate["pk"] for row in rows for candidate in row.candidates}
    found: Iterable[Organisation] = Organisation.objects.select_related("area").filter(pk__in=wanted)
    return {one.pk: one for one in found}
