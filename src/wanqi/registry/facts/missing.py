"""What programmes in force ask of an enterprise and nobody has said yet; who can say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wanqi.packs import FactSpec, Pack, rule_scope
from wanqi.packs.statements import texts

from ..models.facts import SourceClass
from . import homes

WHO: Mapping[str, str] = {
    SourceClass.AUDIT: "企业（审计报告）",
    SourceClass.TAX: "税务局",
    SourceClass.PLATFORM: "上级平台导出",
    SourceClass.REGISTRY: "市场监管局",
    SourceClass.SELF: "企业",
}
NEW = "new"


@dataclass(frozen=True)
class Lack:
    """Something that is not known. section: facts or records; period: the year asked for, "" for a scalar.

    programmes: the titles of those that ask, as many as ask; who: who can say it; home: its register, "" for a fact.
    """

    section: str
    id: str
    title: str
    period: str
    programmes: tuple[str, ...]
    who: str
    home: str = ""


def lacks(pack: Pack, *, on: date, known: Collection[tuple[str, str]], listed: Collection[str]) -> list[Lack]:
    """Return what is missing for first applications on a day, what most programmes ask for first.

    known: (fact, year or "") that have a value; listed: the kinds of records that have rows or a day up to which they
    are complete. Years are those of the applications of that day.
    """
    year = str(on.year - 1)
    found = []
    for (section, id), programmes in asked(pack, on).items():
        if section == "records":
            kind = pack.records[id]
            if id not in listed:
                home = homes.register_of(id) or ("专利、商标台账" if id == "ip" else "企业记录")
                found.append(Lack(section, id, kind.title, "", programmes, "主管部门或企业", home))
            continue
        spec = pack.facts[id]
        period = year if spec.period == "annual" else ""
        if (id, period) not in known:
            column = spec.home.startswith("organisation.")
            found.append(
                Lack(section, id, spec.title, period, programmes, who_knows(spec), "企业库" if column else "")
            )
    return sorted(found, key=lambda one: (-len(one.programmes), one.title))


def who_knows(spec: FactSpec) -> str:
    """Return who can supply a fact that programmes may use: the best source but statistics."""
    if spec.home.startswith("organisation."):
        return WHO[SourceClass.REGISTRY]
    usable = [WHO[one] for one in spec.prefer if one in WHO]
    return "、".join(usable[:2]) or WHO[SourceClass.SELF]


_asked: dict[tuple[int, date], tuple[Pack, Mapping[tuple[str, str], tuple[str, ...]]]] = {}
_KEPT = 8


def asked(pack: Pack, on: date) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return (facts or records, id) → titles of the programmes in force on a day that stand on it; kept for a while."""
    kept = _asked.get((id(pack), on))
    if kept is not None and kept[0] is pack:
        return kept[1]
    found: dict[tuple[str, str], list[str]] = {}
    for file in pack.programme_files.values():
        version: Any = next(
            (one for one in file.versions if NEW in one.applies_to and one.in_force(on)), None
        )
        if version is None or file.programme.holder != "organisation":
            continue
        for name in rule_scope.standing_on(pack, texts(version)):
            section, _, item = name.partition("/")
            if section in ("facts", "records"):
                found.setdefault((section, item), []).append(file.programme.title)
    while len(_asked) >= _KEPT:
        _asked.pop(next(iter(_asked)), None)
    done = {key: tuple(titles) for key, titles in found.items()}
    _asked[id(pack), on] = (pack, done)
    return done
