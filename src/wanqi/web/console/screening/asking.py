"""What a request asks of a screen: programme, day, filters, chosen enterprises; and where its rows come from."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict

from wanqi.core.access import Actor, require
from wanqi.core.errors import PackMissing, RowMissing, StepRefused
from wanqi.packs import Pack
from wanqi.policies import standings
from wanqi.policies.models import Bucket, Kind, ScreenRun, Standing, Track
from wanqi.policies.screening import live, rows
from wanqi.policies.screening.access import areas_of, organisations_of
from wanqi.policies.screening.asked import Screen, read_screen
from wanqi.policies.screening.rows import Place as Spot
from wanqi.registry.models import Organisation
from wanqi.web.console.registers.query import parse_id
from wanqi.web.packs import pack_of
from wanqi.web.place import Place, place_of

LAST = "screening_programme"
MOST = 500  # enterprises of one act


@dataclass
class Asking:
    """One request for a screen; what it needs of the database is read when it is asked for, once."""

    actor: Actor
    place: Place
    pack: Pack
    screen: Screen
    ignored: tuple[str, ...]
    kept_on: date

    @property
    def on(self) -> date:
        """The day the screen is asked of."""
        return self.screen.on or self.kept_on

    @property
    def is_live(self) -> bool:
        """Whether another day is asked than that of the standings."""
        return self.screen.on is not None

    @cached_property
    def track(self) -> Track | None:
        return rows.track_of(self.place.region, self.screen)

    @cached_property
    def run(self) -> ScreenRun | None:
        """The run for another day, None where nobody asked for it yet."""
        return live.newest_run(self.place.region, self.screen, self.on) if self.is_live else None

    def source(self, *, to: str = "view", screen: Screen | None = None) -> Stored | live.Run | None:
        """Return where the rows come from; None where there are none yet."""
        asked = screen or self.screen
        if self.is_live:
            if self.run is None or self.run.ended_at is None:
                return None
            return live.Run(self.actor, self.run, asked, today=self.place.today, to=to)
        if self.track is None or self.track.rule is None:
            return None
        found = rows.standings(self.actor, self.track, asked, on=self.place.today, to=to)
        return Stored(found, self.track, asked)


@dataclass
class Stored:
    """The kept standings a screen asks for, with the same questions as a run for another day."""

    rows: Any
    track: Track
    screen: Screen

    def counts(self) -> dict[Bucket, int]:
        return rows.counts(self.rows)

    def page(self, *, after: Spot | None, before: Spot | None, size: int) -> rows.Page:
        region = self.track.region_id
        return rows.page(self.rows, self.screen, after=after, before=before, size=size, region=region)

    def ordered(self, limit: int) -> list[Standing]:
        """Return the first rows of the list."""
        found: list[Standing] = []
        for row in rows.ordered(self.rows, self.screen):
            found.append(row)
            if len(found) >= limit:
                break
        return found


def asking_of(request: HttpRequest, given: QueryDict | None = None) -> Asking:
    """Return what a request asks. Raises AccessRefused, PackMissing, RowMissing for no programme to ask of."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "standing", "view")
    given = request.GET if given is None else given
    place = place_of(request)
    pack = pack_of(place.region)
    if pack is None:
        raise PackMissing(f"还没有载入{place.region}的地区配置。", hint="请先运行 wanqi packs load。")
    programme = _programme(request, given, pack)
    limit = areas_of(actor, place.region)
    areas = [str(pk) for pk, _ in place.areas if limit is None or pk in limit]
    area = str(place.area) if place.area and str(place.area) in areas else ""
    plain = {name: str(value) for name, value in given.items()}
    screen, ignored = read_screen(plain, programme=programme, areas=areas, area=area, pack=pack)
    kept_on = day_of(place)
    if screen.on == kept_on:
        screen = screen.but(on=None)
    return Asking(actor, place, pack, screen, ignored, kept_on)


def day_of(place: Place) -> date:
    """Return the day the region's standings are of."""
    return standings.today(place.region)


def _programme(request: HttpRequest, given: Mapping[str, str], pack: Pack) -> str:
    wanted = given.get("programme", "")
    known = programmes(pack)
    if wanted in known:
        if request.session.get(LAST) != wanted:  # a write that most requests do not need
            request.session[LAST] = wanted
        return wanted
    if wanted:
        raise RowMissing("没有这个事项，或它不由企业申报。", hint="请从列表中选择事项。")
    last = request.session.get(LAST)
    if last in known:
        return str(last)
    if not known:
        raise RowMissing("地区配置里还没有由企业申报的事项。", hint="请先载入事项。")
    usual = (id for id, title in known.items() if "专精特新中小企业" in title)
    return next(usual, next(iter(known)))


def programmes(pack: Pack) -> dict[str, str]:
    """Return id → title of what enterprises themselves can obtain."""
    return {
        id: file.programme.title
        for id, file in pack.programme_files.items()
        if file.programme.holder == "organisation"
    }


def kinds(asking: Asking) -> list[tuple[str, str]]:
    """Return the kinds of application for which a rule of the programme is in force on the day."""
    file = asking.pack.programme_files[asking.screen.programme]
    known = {kind for one in file.versions if one.in_force(asking.on) for kind in one.applies_to}
    return [(value, label) for value, label in Kind.choices if value in known]


def chosen(request: HttpRequest, asking: Asking, given: QueryDict, *, to: str = "view") -> list[Organisation]:
    """Return the enterprises picked, or with `all` the whole list, at most `MOST`; in the list's order.

    Raises StepRefused for none or too many, RowMissing where none of them may be seen.
    """
    if given.get("all") == "1":
        source = asking.source(to=to)
        if source is None:
            raise StepRefused("这一天还没有比对结果。", hint="请先按该日期比对。")
        ids = _all_of(source)
    else:
        picked = (parse_id(text) for text in given.getlist("pick")[: MOST + 1])
        ids = list(dict.fromkeys(pk for pk in picked if pk is not None))
    if not ids:
        raise StepRefused("还没有选择企业。", hint="请先在筛选结果中勾选。")
    if len(ids) > MOST:
        raise StepRefused(f"一次最多处理{MOST}家。", hint="请加上筛选条件，或分几次选择。")
    rows_seen = organisations_of(asking.actor, asking.place.region, to=to).filter(pk__in=ids)
    known = rows_seen.select_related("area", "office").in_bulk()
    found = [known[pk] for pk in ids if pk in known]
    if not found:
        raise RowMissing("没有找到所选的企业，或您无权查看。", hint="请返回筛选结果核对。")
    return found


def _all_of(source: Stored | live.Run) -> list[int]:
    if isinstance(source, Stored):
        return [row.organisation_id for row in source.ordered(MOST + 1)]
    return [row[0] for row in source.ordered()[: MOST + 1]]


def token(spot: Spot) -> str:
    """Return a place in the list as an address carries it."""
    raw = json.dumps([int(spot.bucket), spot.name, spot.organisation, spot.number], ensure_ascii=False)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def spot_of(text: str) -> Spot | None:
    """Return the place of a token, None for none or one changed by hand."""
    try:
        bucket, name, organisation, number = json.loads(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        )
        if "\x00" in str(name) or abs(int(organisation)) >= 2**63:
            return None
        return Spot(Bucket(bucket), str(name)[:600], int(organisation), max(0, min(int(number), 10**12)))
    except (ValueError, TypeError, OverflowError, binascii.Error, UnicodeDecodeError):
        return None
