"""Tables of facts: one line an enterprise, a column each fact; what such a line may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from wanqi.packs.specs.vocabulary import FactSpec, FieldSpec, RecordKind, Source

FACTS = "facts"  # the kind that profiles of such tables name
ENTERPRISE = ("credit_code", "name")


def fact_kind(facts: Mapping[str, FactSpec]) -> RecordKind:
    """Return the kind of record whose fields are who the enterprise is, of when and from where, and every fact.

    A fact whose home is a column of the organisation stands under the column's name.
    """
    fields = {
        "credit_code": FieldSpec(title="统一社会信用代码", type="text"),
        "name": FieldSpec(title="企业名称", type="text", required=True),
        "period": FieldSpec(title="年度", type="text"),
        "as_of": FieldSpec(title="截至日期", type="date"),
        "source_class": FieldSpec(title="来源类别", type="enum", values=get_args(Source)),
        "source": FieldSpec(title="数据来源", type="text"),
    }
    for id, spec in facts.items():
        home, _, column = spec.home.partition(".")
        name = id if spec.home == "fact" else column if home == "organisation" else ""
        if name and name not in fields:
            fields[name] = _field(spec)
    return RecordKind(title="企业数据", label="name", fields=fields)


def _field(spec: FactSpec) -> FieldSpec:
    given = {"title": spec.title, "type": spec.type, "values": spec.values, "unit": spec.unit}
    return FieldSpec.model_validate({**given, "max": spec.maximum, "positive": spec.positive})
