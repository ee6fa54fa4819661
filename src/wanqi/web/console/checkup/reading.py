"""The check-up of an enterprise of the register: its facts with their sources, its records, the clauses cited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from wanqi.core.errors import StepRefused
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.policies.checkup import Checkup, checkup
from wanqi.policies.passages import passages
from wanqi.registry.facts.evaluating import organisation_json
from wanqi.registry.facts.reading import Cell, arranged, open_sources, standing
from wanqi.registry.models import Fact, Organisation
from wanqi.rules.errors import ValueRefused

REGISTER = "企业库登记"


def checked(organisation: Organisation, on: date) -> Checkup:
    """Return the check-up on a day. Raises StepRefused for a value an earlier vocabulary allowed."""
    pack = current_pack(organisation.region_id)
    try:
        return checkup(
            pack,
            on,
            organisation_json(organisation, on),
            sources=sources_of(organisation, pack, on),
            passages=passages(organisation.region_id, pack),
        )
    except ValueRefused as refused:
        raise _unreadable(refused) from None


def _unreadable(refused: ValueRefused) -> StepRefused:
    said = f"企业数据“{refused.field}”不能比对：{refused.message}"
    return StepRefused(said, hint="请经办人在企业数据中更正后再比对。")


def cells_of(organisation: Organisation, pack: Pack, on: date) -> dict[str, dict[str, Cell]]:
    """Return fact → year or "" → what its sources say, the one that counts first; no statistical micro-data.

    Nothing of accounts and files is read: an enterprise's request may not.
    """
    rows = Fact.objects.filter(organisation=organisation, source_class__in=open_sources("portal"))
    return arranged(standing(rows.order_by("recorded_at", "pk"), on=on), pack)


def sources_of(organisation: Organisation, pack: Pack, on: date) -> Callable[[str, str], str | None]:
    """Return what names the source of a fact in a year: the one whose value is used."""
    cells = cells_of(organisation, pack, on)

    def source(fact: str, period: str) -> str | None:
        cell = cells.get(fact, {}).get(period)
        if cell is None:
            spec = pack.facts.get(fact)
            return REGISTER if spec is not None and spec.home.startswith("organisation.") else None
        row = cell.preferred
        day = f"，截至{row.as_of.isoformat()}" if row.as_of else ""
        return f"{row.source}（{row.source_class}{day}）"

    return source
