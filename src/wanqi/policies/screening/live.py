"""A programme for another day than today: worked out for every enterprise in reach, kept, and read like standings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.plan import Part
from wanqi.rules.programmes import OrganisationRefused, check_organisation

from ..checkup.plans import prepared_one
from ..models import Bucket, ScreenRun
from ..standings.working import Ruled, Working
from .asked import BUCKETS, Screen
from .rows import Place, among

AT_ONCE = 1_000  # enterprises that are worked out while somebody waits
CHUNK = 500  # enterprises whose data are read at once
MOST = 20_000  # enterprises of one run; more are asked by 片区
Moved = Callable[[int, int], None]


@dataclass(frozen=True)
class Shown:
    """One enterprise of a run, with what a standing would say."""

    organisation: Organisation
    bucket: Bucket
    short: int | None

    @property
    def organisation_id(self) -> int:
        return self.organisation.pk


@dataclass(frozen=True)
class LivePage:
    """Some rows and where the pages before and behind them are; as `rows.Page`."""

    rows: list[Shown]
    first: int
    previous: Place | None
    next: Place | None


def newest_run(region: str, screen: Screen, on: date) -> ScreenRun | None:
    """Return the last run for the screen's programme and kind on a day that covers its 片区."""
    runs = ScreenRun.objects.filter(
        region_id=region, programme=screen.programme, kind=screen.kind, on=on
    ).select_related("job", "made_by")
    wanted = int(screen.area) if screen.area else None
    return next((run for run in runs.order_by("-pk")[:20] if run.area_id in (None, wanted)), None)


def enterprises(region: str, area: int | None) -> Any:
    """Return the enterprises a run would work out."""
    rows = Organisation.objects.current().filter(region_id=region)
    return rows.filter(area_id=area) if area is not None else rows


def work_out(run: ScreenRun, *, moved: Moved) -> dict[str, list[Any]]:
    """Return the rows of a run; see `ScreenRun.rows`. moved: called with (done, all).

    Enterprises whose data the vocabulary does not allow are left out, as they are of the standings.
    """
    pack = current_pack(run.region_id)
    ready = Working(prepared_one(pack, run.programme, run.on, run.kind), only=run.programme)
    ruled = ready.ruled.get(run.programme)
    ids = list(enterprises(run.region_id, run.area_id).order_by("pk").values_list("pk", flat=True))
    found: dict[str, list[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = list(Organisation.objects.filter(pk__in=part).order_by("pk"))
        for one, given in zip(rows, organisations_json(rows, run.on), strict=True):
            if ruled is None:
                break
            try:
                check_organisation(given, pack.rule_scope)
                answers = list(ready.answers(one.pk, given, programmes=[run.programme]))
            except (OrganisationRefused, ValueRefused):
                continue
            for told in answers:
                missing = [name for at, name in enumerate(ruled.asks) if told.missing >> at & 1]
                found[str(one.pk)] = [told.bucket, told.short, _unmet(ruled, told.unmet), missing]
        moved(start + len(part), len(ids))
    return found


def _unmet(ruled: Ruled, bits: int) -> list[str]:
    """Return the ids of the outermost conditions that the bits of unmet leaves leave unmet."""
    states = {column: bool(bits >> at & 1) for at, (_, column) in enumerate(ruled.compiled.leaves)}
    root = ruled.compiled.conditions
    assert root is not None
    listed = root.children if root.op == "all" and root.children else (root,)
    return [part.id for part in listed if _is_unmet(part, states)]


def _is_unmet(part: Part, states: Mapping[str, bool]) -> bool:
    if part.column is not None:
        return states.get(part.column, False)
    unmet = sum(_is_unmet(one, states) for one in part.children)
    if part.op == "all":
        return unmet > 0
    return unmet > len(part.children) - (part.n or 1)


class Run:
    """The rows of a run that a screen asks for and the actor may see."""

    def __init__(
        self, actor: Actor, run: ScreenRun, screen: Screen, *, today: date, to: str = "view"
    ) -> None:
        self.run, self.screen = run, screen
        rows = among(actor, run.region_id, screen, on=today, to=to)
        order = ("name_pinyin", "pk") if screen.sort == "name" else ("pk",)
        allowed = rows.order_by(*order).values_list("pk", flat=True)
        self.rows = [(pk, *run.rows[str(pk)]) for pk in allowed if str(pk) in run.rows]
        if screen.lack:
            self.rows = [row for row in self.rows if screen.lack in row[3]]
        if screen.missing:
            self.rows = [row for row in self.rows if screen.missing in row[4]]

    def counts(self) -> dict[Bucket, int]:
        """Return how many are in each group, the chosen group not regarded."""
        found = Counter(row[1] for row in self.rows)
        return {bucket: found[bucket] for bucket in Bucket}

    def lacks(self, pack_titles: Mapping[str, str]) -> list[tuple[str, str, int]]:
        """Return (id, title, how many do not meet it), most first; of the chosen group."""
        found = Counter(id for row in self._chosen() for id in row[3])
        return [(id, pack_titles.get(id, id), many) for id, many in found.most_common()]

    def missing(self) -> list[tuple[str, int]]:
        """Return (datum, how many lack it), most first; of the chosen group."""
        return Counter(id for row in self._chosen() for id in row[4]).most_common()

    def _chosen(self) -> list[Any]:
        wanted = BUCKETS.get(self.screen.bucket)
        return [row for row in self.rows if wanted is None or row[1] == wanted]

    def ordered(self) -> list[Any]:
        """Return (organisation id, bucket, short, …) in the list's order."""
        chosen = self._chosen()
        return chosen if self.screen.sort == "name" else sorted(chosen, key=lambda row: row[1])

    def page(self, *, after: Place | None, before: Place | None, size: int) -> LivePage:
        """Return the page behind or before a place, the first where none is given."""
        rows = self.ordered()
        ids = [row[0] for row in rows]
        start = 0
        if after is not None:
            start = ids.index(after.organisation) + 1 if after.organisation in ids else after.number
        elif before is not None:
            end = ids.index(before.organisation) if before.organisation in ids else before.number - 1
            start = max(0, end - size)
        part = rows[start : start + size]
        known = Organisation.objects.select_related("area").in_bulk([row[0] for row in part])
        shown = [Shown(known[pk], Bucket(bucket), short) for pk, bucket, short, *_ in part]
        places = [Place(one.bucket, "", one.organisation.pk, start + at) for at, one in enumerate(shown, 1)]
        return LivePage(
            shown,
            start + 1,
            places[0] if places and start else None,
            places[-1] if places and start + len(part) < len(rows) else None,
        )


def version_on(region: str, programme: str, kind: str, on: date) -> str | None:
    """Return the rule version that is in force on a day, None where there is none."""
    file = current_pack(region).programme_files.get(programme)
    found = [one for one in (file.versions if file else ()) if kind in one.applies_to and one.in_force(on)]
    return max(found, key=lambda one: one.valid_from).version if found else None
