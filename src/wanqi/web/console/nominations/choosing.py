"""Which nominations a page is about: those picked one by one, or a whole batch of a 事项."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from wanqi.registry.models import Nomination
from wanqi.web.console.registers.query import parse_id
from wanqi.web.place import place_of

MOST = 500


@dataclass(frozen=True)
class Chosen:
    """What an address names: ids, or 事项 and batch, and a stage within them."""

    picked: tuple[int, ...]
    programme: str
    batch: str
    stage: str

    @property
    def is_empty(self) -> bool:
        return not self.picked and not (self.programme and self.batch)

    def query(self, **further: str) -> str:
        """Return the query string that names the same rows again."""
        pairs = [("pick", str(pk)) for pk in self.picked]
        named = {"programme": self.programme, "batch": self.batch, "stage": self.stage, **further}
        return urlencode([*pairs, *((name, value) for name, value in named.items() if value)])


def chosen_of(given: QueryDict) -> Chosen:
    """Return what a request names; ids that cannot be one are left out."""
    ids = (parse_id(text) for text in given.getlist("pick")[: MOST + 1])
    texts = {
        name: given.get(name, "").replace("\x00", "").strip() for name in ("programme", "batch", "stage")
    }
    return Chosen(tuple(dict.fromkeys(pk for pk in ids if pk is not None)), **texts)


def rows_of(request: HttpRequest, chosen: Chosen, *, to: str) -> Any:
    """Return the standing rows named on which the visitor may do `to`, in the order they were registered."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = Nomination.objects.visible_to(actor, to=to).current()
    rows = rows.filter(region_id=place_of(request).region).select_related("organisation", "person", "area")
    if chosen.picked:
        rows = rows.filter(pk__in=chosen.picked)
    else:
        rows = rows.filter(programme=chosen.programme, batch=chosen.batch)
        if chosen.stage:
            rows = rows.filter(stage=chosen.stage)
    return rows.order_by("pk")
