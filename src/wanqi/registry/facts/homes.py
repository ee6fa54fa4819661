"""Where a datum lives: one home each. Whoever brings it to another place is pointed to its register."""

from __future__ import annotations

from wanqi import packs
from wanqi.core import row_sources
from wanqi.core.errors import RowInvalid
from wanqi.packs import FactSpec, Pack, RecordKind

# Kinds of records whose rows are read from registers of their own.
KINDS = {"titles": "认定记录", "former_names": "企业库的曾用名"}
IP_KINDS = {"发明专利": "专利", "实用新型": "专利", "外观设计": "专利", "商标": "商标"}
SECRET_IP = "国防专利"


def fact_spec(pack: Pack, fact: str) -> FactSpec:
    """Return what the vocabulary says of a fact that is kept as a fact. Raises RowInvalid with where to go instead."""
    spec = pack.facts.get(fact)
    if spec is None:
        if fact in pack.derived:
            title = pack.derived[fact].title
            raise RowInvalid({"fact": [f"“{title}”由其他数据算出，不能直接填写。"]})
        raise RowInvalid({"fact": [f"数据字典中没有“{fact}”，请从列表中选择。"]})
    home, _, column = spec.home.partition(".")
    if home == "organisation":
        raise RowInvalid({"fact": [f"“{spec.title}”登记在企业库的基本情况中，请在那里更正。"]})
    if home == "records":
        title = pack.records[column].title if column in pack.records else column
        raise RowInvalid({"fact": [f"“{spec.title}”登记在“{title}”中，请在那里更正。"]})
    return spec


def facts_kept(pack: Pack) -> dict[str, FactSpec]:
    """Return the facts that are kept as facts, in the vocabulary's order."""
    return {name: spec for name, spec in pack.facts.items() if spec.home == "fact"}


def register_of(kind: str) -> str | None:
    """Return the register that keeps the records of a kind, None where they stand as rows of this kind."""
    if kind in KINDS:
        return KINDS[kind]
    return row_sources.source_of(kind).model._meta.verbose_name if kind in row_sources.registered() else None  # type: ignore[return-value]


def kinds_kept(pack: Pack) -> dict[str, RecordKind]:
    """Return the kinds of records about enterprises that have no register of their own."""
    return {name: kind for name, kind in pack.records.items() if register_of(name) is None}


def kinds_covered(pack: Pack) -> dict[str, RecordKind]:
    """Return the kinds of records about enterprises of which one may say how far the list is complete."""
    return {name: kind for name, kind in pack.records.items() if name in KINDS or register_of(name) is None}


def record_kind(pack: Pack, kind: str, *, covered: bool = False) -> packs.RecordKind:
    """Return the kind. Raises RowInvalid for one that is unknown or, unless `covered`, kept in a register of its own."""
    known = kinds_covered(pack) if covered else kinds_kept(pack)
    if kind in known:
        return known[kind]
    found = pack.records.get(kind)
    home = register_of(kind) if found else None
    if found and home:
        raise RowInvalid({"kind": [f"“{found.title}”登记在“{home}”中，请到那里登记。"]})
    raise RowInvalid({"kind": [f"数据字典中没有记录类别“{kind}”，请从列表中选择。"]})
