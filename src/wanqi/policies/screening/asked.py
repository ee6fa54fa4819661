"""What a screen asks: programme, kind, day and filters; read from an address or a kept screen, and written back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from wanqi.packs import Pack

from ..models import Bucket, Kind

# The groups of a screen as addresses name them, the nearest first.
SLUGS: Mapping[Bucket, str] = {
    Bucket.MET: "met",
    Bucket.ONE: "short1",
    Bucket.TWO: "short2",
    Bucket.MORE: "short3",
    Bucket.MISSING: "missing",
    Bucket.UNVERIFIED: "unverified",
    Bucket.JUDGEMENT: "judgement",
    Bucket.UNMET: "unmet",
}
BUCKETS = {slug: bucket for bucket, slug in SLUGS.items()}
SIZES = ("大型", "中型", "小型", "微型")
SORTS = {"": "最接近在前", "name": "企业名称"}
SIDES = {"with": True, "without": False}
TEXT = 60  # characters of a search


@dataclass(frozen=True)
class Screen:
    """One screen. on: the day asked, None for the standings as they are kept. Texts are "" where nothing is asked.

    lack: id of a condition that is not met; missing: a fact or kind of records that is unknown. cluster: a derived fact
    `in_cluster_…`. held, nominated: with or without.
    """

    programme: str
    kind: str = Kind.NEW
    on: date | None = None
    bucket: str = ""
    area: str = ""
    cluster: str = ""
    size: str = ""
    lack: str = ""
    missing: str = ""
    held: str = ""
    nominated: str = ""
    text: str = ""
    sort: str = ""

    def query(self) -> dict[str, str]:
        """Return the parameters of an address that asks the same; an empty area is said, it overrules the top bar."""
        named = {
            "programme": self.programme,
            "kind": "" if self.kind == Kind.NEW else self.kind,
            "on": self.on.isoformat() if self.on else "",
            "q": self.text,
            **{name: getattr(self, name) for name in FILTERS},
            "sort": self.sort,
        }
        return {name: value for name, value in named.items() if value or name == "area"}

    def kept(self) -> dict[str, str]:
        """Return the filters as a kept screen stores them; programme, kind and day stand apart or are today's."""
        given = {name: getattr(self, name) for name in (*FILTERS, "text", "sort")}
        return {name: value for name, value in given.items() if value}

    def but(self, **changes: Any) -> Screen:
        """Return the same screen with some of it changed."""
        return replace(self, **changes)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but programme, kind and day is asked."""
        return bool(self.text or any(getattr(self, name) for name in FILTERS))


FILTERS = ("bucket", "area", "cluster", "size", "lack", "missing", "held", "nominated")


def kept_screen(programme: str, kind: str, asked: Mapping[str, Any]) -> Screen:
    """Return the screen of stored filters; names an earlier version kept and this one has not are left out."""
    known = {one.name for one in fields(Screen)} - {"programme", "kind", "on"}
    given: dict[str, Any] = {name: str(value) for name, value in asked.items() if name in known}
    return Screen(programme, kind, **given)


def read_screen(
    given: Mapping[str, str], *, programme: str, areas: Sequence[str], area: str, pack: Pack
) -> tuple[Screen, tuple[str, ...]]:
    """Return what an address asks of a programme, and the filters that could not be understood.

    areas: ids one may ask for; area: what counts where the address says nothing.
    """
    allowed: dict[str, Sequence[str]] = {
        "bucket": list(BUCKETS),
        "area": areas,
        "cluster": list(clusters(pack)),
        "size": SIZES,
        "held": list(SIDES),
        "nominated": list(SIDES),
        "sort": list(SORTS),
        "kind": Kind.values,
    }
    values: dict[str, str] = {}
    ignored: list[str] = []
    for name, options in allowed.items():
        value = given.get(name, area if name == "area" else "").replace("\x00", "").strip()
        if value and value not in options:
            ignored.append(TITLES[name])
        elif value:
            values[name] = value
    for name in ("lack", "missing"):
        values[name] = given.get(name, "").replace("\x00", "").strip()[:120]
    text = " ".join(given.get("q", "").replace("\x00", "").split())[:TEXT]
    on, told = _day(given.get("on", "").strip())
    return Screen(programme, on=on, text=text, **values), (*ignored, *told)


TITLES = {
    "bucket": "比对结论",
    "area": "片区",
    "cluster": "产业集群",
    "size": "企业规模",
    "held": "已获得",
    "nominated": "申报中",
    "sort": "排序",
    "kind": "申报类别",
    "lack": "尚缺条件",
    "missing": "缺少的数据",
}


def _day(text: str) -> tuple[date | None, tuple[str, ...]]:
    if not text:
        return None, ()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, ("比对日期",)
    return (day, ()) if 2000 <= day.year <= 2100 else (None, ("比对日期",))


def clusters(pack: Pack) -> dict[str, str]:
    """Return the derived facts that say to which 产业集群 an enterprise belongs → their short titles."""
    return {
        id: spec.title.removeprefix("属").split("（按", 1)[0]
        for id, spec in pack.derived.items()
        if id.startswith("in_cluster_")
    }
