"""One fact on its way in: checked against the vocabulary before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from wanqi.core.errors import RowInvalid
from wanqi.packs import FactSpec, Pack
from wanqi.rules.errors import ValueRefused

from ..models import Fact
from ..models.facts import FactValue, SourceClass
from . import homes, values

YEAR = re.compile(r"(19|20|21)[0-9]{2}", re.ASCII)
FIRST_YEAR = 1949

Key = tuple[int, str, str, str, str]  # organisation, fact, period, source class, source


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked value of one organisation and source; evidence: the id of a kept file."""

    organisation: int
    fact: str
    value: FactValue
    source_class: str
    source: str
    period: str = ""
    as_of: date | None = None
    evidence: int | None = None

    @property
    def key(self) -> Key:
        """What makes it the same source's value of the same thing."""
        return self.organisation, self.fact, self.period, self.source_class, self.source


def key_of(row: Fact) -> Key:
    """Return what a kept value is of and from; see `Entry.key`."""
    return row.organisation_id, row.fact, row.period, row.source_class, row.source


def entry(
    pack: Pack,
    organisation: int,
    fact: str,
    value: Any,
    *,
    source_class: str,
    source: str,
    today: date,
    period: str = "",
    as_of: date | None = None,
    evidence: int | None = None,
) -> Entry:
    """Return the checked entry. Raises RowInvalid with a message at each of fact, value, period, as_of, source.

    value: Decimal, int, text, date, bool or list, as the JSON of `wanqi evaluate` has it; numbers in 元 and shares of 1.
    """
    spec = homes.fact_spec(pack, fact)
    problems: dict[str, list[str]] = {}
    found: FactValue = None
    try:
        found = values.check_value(spec, value)
        if found is None:
            problems["value"] = [f"请填写{spec.title}；不掌握的不登记。"]
    except ValueRefused as refused:
        problems["value"] = [f"{spec.title}：{refused.message}{refused.hint}"]
    period, told = _period(spec, period.strip(), as_of, today)
    problems.update(told)
    if as_of is not None and as_of > today:
        problems["as_of"] = [f"截至日期{as_of.isoformat()}还没有到。"]
    if isinstance(found, date) and found > (as_of or today):
        problems["value"] = [f"{spec.title}{found.isoformat()}晚于{(as_of or today).isoformat()}，请核对。"]
    if source_class not in SourceClass.values:
        problems["source_class"] = ["请选择来源类别。"]
    source = source.strip()
    if not source:
        problems["source"] = ["请填写数据来源，如“2022年度审计报告”。"]
    elif len(source) > 200:
        problems["source"] = [f"数据来源有{len(source)}个字，请写在200字以内。"]
    if problems:
        raise RowInvalid(problems)
    return Entry(organisation, fact, found, source_class, source, period, as_of, evidence)


def _period(spec: FactSpec, period: str, as_of: date | None, today: date) -> tuple[str, dict[str, list[str]]]:
    """Return the period as it is kept and what is wrong with it."""
    if spec.period == "scalar":
        if period:
            return "", {"period": [f"“{spec.title}”不按年填写，只填截至日期。"]}
        return "", {} if as_of else {"as_of": [f"请填写截至日期：“{spec.title}”是哪一天的情况。"]}
    period = period.removesuffix("年").removesuffix("年度")
    if not YEAR.fullmatch(period) or int(period) < FIRST_YEAR:
        return period, {"period": [f"“{spec.title}”按年填写，年度写成2022。"]}
    if int(period) > today.year:
        return period, {"period": [f"{period}年还没有到，请核对年度。"]}
    return period, {}
