"""Why enterprises do not meet a programme, in words: what the drawer, the list and the 联系清单 say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes import OrganisationRefused, check_organisation

from ..checkup import Condition, Programme, why_not
from ..models import Bucket

CHUNK = 200  # enterprises whose data are read at once
_SHORT = {1: Bucket.ONE, 2: Bucket.TWO}
_OPEN = {"missing": Bucket.MISSING, "unverified": Bucket.UNVERIFIED, "judgement": Bucket.JUDGEMENT}


@dataclass(frozen=True)
class Reasons:
    """What one enterprise lacks. lacking: (condition, gap or "") that is not met; missing: data to fill in.

    bucket: None where no rule is in force. refused: what is wrong with a stored value, then nothing else is said.
    """

    programme: Programme | None
    bucket: Bucket | None
    lacking: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    refused: str = ""

    @property
    def lines(self) -> list[str]:
        """One line each: what is lacking with its gap, then what is not known."""
        told = [f"{title}（{gap}）" if gap else title for title, gap in self.lacking]
        return [*told, *(f"待补充：{name}" for name in self.missing)]


def reasons(
    organisations: Sequence[Organisation], programme: str, *, kind: str, on: date
) -> Iterator[tuple[Organisation, Reasons]]:
    """Yield each enterprise with its reasons, all of one region, in their order; worked out now, from today's data."""
    for start in range(0, len(organisations), CHUNK):
        part = organisations[start : start + CHUNK]
        pack = current_pack(part[0].region_id)
        for organisation, given in zip(part, organisations_json(part, on), strict=True):
            yield organisation, reasons_of(pack, given, programme, kind=kind, on=on)


def reasons_of(pack: Pack, given: Mapping[str, Any], programme: str, *, kind: str, on: date) -> Reasons:
    """Return the reasons of one enterprise as `wanqi evaluate` reads it."""
    try:
        check_organisation(given, pack.rule_scope)
        found = why_not(pack, on, given, programme, kind=kind)
    except (OrganisationRefused, ValueRefused) as refused:
        return Reasons(None, None, refused=refusal(refused))
    return Reasons(found, bucket_of(found), tuple(_lacking(found)), tuple(_missing(found, pack)))


def refusal(refused: OrganisationRefused | ValueRefused) -> str:
    """Return where a stored value stands that cannot be compared, what is wrong with it and what to do."""
    if isinstance(refused, OrganisationRefused):
        return f"{refused.place}：{refused.cause}。{refused.hint}"
    return f"{refused.field}：{refused.message}{refused.hint}"


def bucket_of(found: Programme) -> Bucket | None:
    """Return the group of a check-up's programme, whether or not the title is held; None where nothing is in force."""
    if found.version is None:
        return None
    if found.verdict == "met":
        return Bucket.MET
    if found.verdict == "unknown":
        return _OPEN[found.why or "missing"]
    return Bucket.UNMET if found.short is None else _SHORT.get(found.short, Bucket.MORE)


def _lacking(found: Programme) -> Iterator[tuple[str, str]]:
    for one in found.conditions:
        if one.verdict == "unmet":
            yield one.title, _gap(one)


def _gap(one: Condition) -> str:
    """Return the gap of a condition; of alternatives, that of each which has one."""
    if one.gap or not one.children or one.op not in ("any", "n_of"):
        return one.gap
    parts = [f"{child.title}：{child.gap}" for child in one.children if child.gap]
    return "；或".join(parts[:2]) + ("等" if len(parts) > 2 else "")


def _missing(found: Programme, pack: Pack) -> Iterator[str]:
    for _, id in found.missing:
        yield datum_title(pack, id)


def datum_title(pack: Pack, id: str) -> str:
    """Return what a fact or a kind of records is called; of records, that it is their list."""
    known = pack.facts.get(id) or pack.derived.get(id)
    if known is not None:
        return known.title
    return f"{pack.records[id].title}记录" if id in pack.records else id
