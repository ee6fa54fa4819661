"""Claims: the figures of a passage and the relations it states between them, given as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from wanqi.figures.errors import ClaimsRefused, UnreadableNumber
from wanqi.figures.quantities import COUNTERS, Quantity, printed
from wanqi.figures.relations import QUERIES, RULES

Kind = Literal["flow", "stock", "growth", "share", "target", "forecast", "completion", "points", "value"]
Licence = Literal["A", "B"]

_CLAIM_KEYS = frozenset({"text", "title", "kind", "subject", "area", "period", "unit"})
_RELATION_KEYS = frozenset({"relation", "licence", "readings", "exhaustive", "done", "of"})
_MOST_READINGS = 8


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure; without `quantity` it is not printed but implied by the relations."""

    id: str
    title: str
    kind: Kind
    quantity: Quantity | None
    unit: str
    subject: str = ""
    area: str = ""
    period: str = ""

    @property
    def whole(self) -> bool:
        """True when only whole numbers make sense."""
        return self.unit in COUNTERS


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a stated relation: role → claim id; `parts` only for sums."""

    roles: Mapping[str, str]
    parts: tuple[str, ...] = ()

    @property
    def claims(self) -> tuple[str, ...]:
        """The claim ids it ties, in the order of its roles."""
        return (*self.parts, *self.roles.values())


@dataclass(frozen=True, slots=True)
class Relation:
    """A stated relation; it holds when one of its readings does. The first reading is the main one."""

    name: str
    licence: Licence
    readings: tuple[Reading, ...]
    exhaustive: bool = False
    done: int = 0
    of: int = 12


@dataclass(frozen=True, slots=True)
class Claims:
    """Figures by id, and the relations between them."""

    claims: Mapping[str, Claim]
    relations: tuple[Relation, ...]


def claims_from(data: Mapping[str, object]) -> Claims:
    """Claims from a mapping with the keys `claims` and `relations`, as read from YAML or JSON.

    Raises ClaimsRefused with the place (claims.growth, relations[1].readings[0]) and the remedy.
    """
    rows = data.get("claims")
    stated = data.get("relations")
    if not isinstance(rows, Mapping):
        raise ClaimsRefused("claims", "缺少数字列表", "请按“编号: {text: 571个, title: 累计}”逐个列出。")
    if not isinstance(stated, Sequence) or isinstance(stated, str):
        raise ClaimsRefused("relations", "缺少数字之间的关系", "请逐条列出，如 {relation: share, part: …}。")
    claims = {str(key): _claim(str(key), row) for key, row in rows.items()}
    return Claims(claims, tuple(_relation(n, row, claims) for n, row in enumerate(stated)))


def _claim(key: str, row: object) -> Claim:
    place = f"claims.{key}"
    if not isinstance(row, Mapping):
        raise ClaimsRefused(place, "不是一组键值", "请写成 {text: 571个, title: 累计}。")
    _refuse_unknown(place, row, _CLAIM_KEYS)
    kind = str(row.get("kind", "value"))
    if kind not in get_args(Kind):
        raise ClaimsRefused(
            f"{place}.kind", f"没有“{kind}”这种数字", f"可用的是 {'、'.join(get_args(Kind))}。"
        )
    quantity = None
    if row.get("text") is not None:
        try:
            quantity = printed(str(row["text"]), exact=True if kind == "target" else None)
        except UnreadableNumber as unreadable:
            raise ClaimsRefused(
                f"{place}.text", str(unreadable), "请照原文填写一个完整的数字。"
            ) from unreadable
    unit = str(row.get("unit") or (quantity.unit if quantity else ""))
    if quantity is None and not unit:
        raise ClaimsRefused(place, "文中未写的数字没有计量单位", "请加 unit，如 unit: 个。")
    return Claim(
        key, str(row.get("title", key)), cast(Kind, kind), quantity, unit,
        str(row.get("subject", "")), str(row.get("area", "")), str(row.get("period", "")),
    )  # fmt: skip


def _relation(number: int, row: object, claims: Mapping[str, Claim]) -> Relation:
    place = f"relations[{number}]"
    if not isinstance(row, Mapping):
        raise ClaimsRefused(place, "不是一组键值", "请写成 {relation: share, licence: A, part: …}。")
    name = str(row.get("relation", ""))
    if name not in RULES and name not in QUERIES and name != "sum":
        known = "、".join(sorted([*RULES, *QUERIES, "sum"]))
        raise ClaimsRefused(f"{place}.relation", f"没有“{name}”这种关系", f"可用的是 {known}。")
    licence = str(row.get("licence", "B"))
    if licence not in ("A", "B"):
        raise ClaimsRefused(
            f"{place}.licence", f"“{licence}”不是依据等级", "原文直接说明的填 A，推出来的填 B。"
        )
    stated = row.get("readings")
    rows = stated if isinstance(stated, list) else [{k: v for k, v in row.items() if k not in _RELATION_KEYS}]
    if not 1 <= len(rows) <= _MOST_READINGS:
        raise ClaimsRefused(
            f"{place}.readings", f"有 {len(rows)} 种读法", f"请保留 1 至 {_MOST_READINGS} 种。"
        )
    readings = tuple(
        _reading(f"{place}.readings[{n}]" if stated else place, name, one, claims)
        for n, one in enumerate(rows)
    )
    return Relation(
        name, cast(Licence, licence), readings, bool(row.get("exhaustive", False)),
        _months(place, row, "done", 0), _months(place, row, "of", 12),
    )  # fmt: skip


def _months(place: str, row: Mapping[str, object], key: str, otherwise: int) -> int:
    value = row.get(key, otherwise)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 12:
        raise ClaimsRefused(f"{place}.{key}", "应为 0 至 12 的月数", "请填整数。")
    if key == "done" and row.get("relation") == "run_rate" and value == 0:
        raise ClaimsRefused(f"{place}.done", "没有说明已过几个月", "请加 done，如 done: 6。")
    return value


def _reading(place: str, name: str, row: object, claims: Mapping[str, Claim]) -> Reading:
    if not isinstance(row, Mapping):
        raise ClaimsRefused(place, "不是一组键值", "请写成 {part: …, whole: …}。")
    needed = _roles(name)
    optional = RULES[name].optional if name in RULES else frozenset()
    parts: tuple[str, ...] = ()
    roles = {str(k): str(v) for k, v in row.items() if k != "parts"}
    if name == "sum":
        listed = row.get("parts")
        if not isinstance(listed, list) or not listed:
            raise ClaimsRefused(f"{place}.parts", "没有列出各部分", "请写成 parts: [甲, 乙]。")
        parts = tuple(str(part) for part in listed)
    _refuse_unknown(place, roles, needed | optional)
    missing = needed - optional - set(roles)
    if missing:
        raise ClaimsRefused(place, f"缺少 {'、'.join(sorted(missing))}", "请填上对应的数字编号。")
    for one in (*parts, *roles.values()):
        if one not in claims:
            raise ClaimsRefused(place, f"没有编号为“{one}”的数字", f"已有的是 {'、'.join(claims)}。")
    return Reading(roles, parts)


def _roles(name: str) -> frozenset[str]:
    if name == "sum":
        return frozenset({"whole"})
    return QUERIES[name] if name in QUERIES else frozenset(RULES[name].projections)


def _refuse_unknown(place: str, row: Mapping[str, object], known: frozenset[str]) -> None:
    for key in row:
        if key not in known:
            raise ClaimsRefused(f"{place}.{key}", "不认识这一项", f"可用的是 {'、'.join(sorted(known))}。")
