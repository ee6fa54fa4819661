"""A region's resolved pack: everything it inherits, adds, restates or withdraws, with digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Generic, TypeVar

from wanqi.packs import converting, rule_scope
from wanqi.packs.fact_tables import FACTS, fact_kind
from wanqi.packs.files import File
from wanqi.packs.reading import Path
from wanqi.packs.specs.base import Spec
from wanqi.packs.specs.codes import CodeList
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.documents import DocumentSpec
from wanqi.packs.specs.forms import FormSpec
from wanqi.packs.specs.imports import ImportProfile
from wanqi.packs.specs.indicators import IndicatorSpec, PeerSet, TableSpec
from wanqi.packs.specs.originals import OriginalReport
from wanqi.packs.specs.programmes import ParameterSpec, ProgrammeFile, VersionSpec
from wanqi.packs.specs.region import AreaSpec, Calendar, OfficeSpec, PackSpec, StackingSpec, UnitSpec
from wanqi.packs.specs.reports import ReportSpec
from wanqi.packs.specs.vocabulary import DerivedFact, FactSpec, RecordKind, SourceSpec, TitleSpec
from wanqi.packs.statements import texts
from wanqi.rules import Expression, ExpressionRefused, Scope, Type, parse
from wanqi.rules.programmes import model

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Item(Generic[S]):
    """One item, the file it comes from and where it stands in it."""

    spec: S
    file: File
    at: Path
    id: str

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the item's content, whatever its layout or the order of its keys."""
        return content_digest(self.spec.model_dump(mode="json", by_alias=True))


@dataclass(frozen=True)
class Items:
    """The items of one region after inheritance, by section and id, in the order of first mention."""

    records: Mapping[str, Item[RecordKind]] = field(default_factory=dict)
    facts: Mapping[str, Item[FactSpec]] = field(default_factory=dict)
    derived: Mapping[str, Item[DerivedFact]] = field(default_factory=dict)
    params: Mapping[str, Item[ParameterSpec]] = field(default_factory=dict)
    titles: Mapping[str, Item[TitleSpec]] = field(default_factory=dict)
    sources: Mapping[str, Item[SourceSpec]] = field(default_factory=dict)
    codes: Mapping[str, Item[CodeList]] = field(default_factory=dict)
    programmes: Mapping[str, Item[ProgrammeFile]] = field(default_factory=dict)
    indicators: Mapping[str, Item[IndicatorSpec]] = field(default_factory=dict)
    reports: Mapping[str, Item[ReportSpec]] = field(default_factory=dict)
    documents: Mapping[str, Item[DocumentSpec]] = field(default_factory=dict)
    imports: Mapping[str, Item[ImportProfile]] = field(default_factory=dict)
    originals: Mapping[str, Item[OriginalReport]] = field(default_factory=dict)
    forms: Mapping[str, Item[FormSpec]] = field(default_factory=dict)
    peers: Mapping[str, Item[PeerSet]] = field(default_factory=dict)
    tables: Mapping[str, Item[TableSpec]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, Item[Spec]]]]:
        for section in SECTIONS:
            yield section, getattr(self, section)


SECTIONS = tuple(one.name for one in fields(Items))


@dataclass(frozen=True)
class Pack:
    """What a region has. chain: region ids from the root down to this one; files: path → digest of each used file.

    stacking: what is paid together, groups of the regions above first.
    """

    chain: tuple[str, ...]
    spec: PackSpec
    items: Items
    demo: DemoSpec | None
    files: Mapping[str, str]
    stacking: tuple[StackingSpec, ...] = ()

    @property
    def region(self) -> str:
        return self.chain[-1]

    @property
    def title(self) -> str:
        return self.spec.title

    @property
    def level(self) -> str:
        return self.spec.level

    @property
    def extends(self) -> str | None:
        return self.spec.extends

    @property
    def version(self) -> str:
        return self.spec.version

    @property
    def calendar(self) -> Calendar:
        return self.spec.calendar

    @property
    def areas(self) -> tuple[AreaSpec, ...]:
        return self.spec.areas

    @property
    def offices(self) -> tuple[OfficeSpec, ...]:
        return self.spec.offices

    @property
    def units(self) -> tuple[UnitSpec, ...]:
        return self.spec.units

    @cached_property
    def records(self) -> Mapping[str, RecordKind]:
        return _specs(self.items.records)

    @cached_property
    def facts(self) -> Mapping[str, FactSpec]:
        return _specs(self.items.facts)

    @cached_property
    def derived(self) -> Mapping[str, DerivedFact]:
        return _specs(self.items.derived)

    @cached_property
    def params(self) -> Mapping[str, ParameterSpec]:
        return _specs(self.items.params)

    @cached_property
    def titles(self) -> Mapping[str, TitleSpec]:
        """Titles without a rule of their own."""
        return _specs(self.items.titles)

    @cached_property
    def sources(self) -> Mapping[str, SourceSpec]:
        return _specs(self.items.sources)

    @cached_property
    def codes(self) -> Mapping[str, CodeList]:
        return _specs(self.items.codes)

    @cached_property
    def programme_files(self) -> Mapping[str, ProgrammeFile]:
        """Programmes as their files say them; `programmes` has them as the engine reads them."""
        return _specs(self.items.programmes)

    @cached_property
    def programmes(self) -> Mapping[str, model.Programme]:
        """What can be obtained in this region, with every version of its rule, by id."""
        return {id: converting.programme(spec, self.rule_digest) for id, spec in self.programme_files.items()}

    @cached_property
    def class_tables(self) -> tuple[model.ClassTable, ...]:
        """The tables by which derived facts are read off."""
        return tuple(
            converting.class_table(id, spec.classes)
            for id, spec in self.derived.items()
            if spec.classes is not None
        )

    @property
    def rule_scope(self) -> Scope:
        """What an expression of a programme may name: facts, records, derived facts, lists, parameters, programmes."""
        return self._built_scope[0]

    @property
    def refused_derivations(self) -> Mapping[str, ExpressionRefused]:
        """What was refused of derived facts that are not in `rule_scope`; empty for a resolved pack."""
        return self._built_scope[1]

    @cached_property
    def _built_scope(self) -> tuple[Scope, Mapping[str, ExpressionRefused]]:
        return rule_scope.build(self)

    def rule_digest(self, version: VersionSpec) -> str:
        """`sha256:<hex>` of a version with the vocabulary entries, parameters and code lists it uses."""
        own = version.model_dump(mode="json", by_alias=True)
        return content_digest({"version": own, "stands_on": rule_scope.standing_on(self, texts(version))})

    def standing_on(self, fact: str) -> Mapping[str, str]:
        """Return `<section>/<id>` → digest of everything a derived fact is computed from, itself included."""
        return rule_scope.standing_on(self, (fact,))

    @cached_property
    def indicators(self) -> Mapping[str, IndicatorSpec]:
        return _specs(self.items.indicators)

    @cached_property
    def reports(self) -> Mapping[str, ReportSpec]:
        return _specs(self.items.reports)

    @cached_property
    def documents(self) -> Mapping[str, DocumentSpec]:
        return _specs(self.items.documents)

    @cached_property
    def imports(self) -> Mapping[str, ImportProfile]:
        return _specs(self.items.imports)

    @cached_property
    def forms(self) -> Mapping[str, FormSpec]:
        """What is asked of reporting units, by id."""
        return _specs(self.items.forms)

    @cached_property
    def peers(self) -> Mapping[str, PeerSet]:
        """Named sets of areas that are compared with each other, by id."""
        return _specs(self.items.peers)

    @cached_property
    def tables(self) -> Mapping[str, TableSpec]:
        """Monthly tables, by id."""
        return _specs(self.items.tables)

    @cached_property
    def originals(self) -> Mapping[str, OriginalReport]:
        """The report that was really sent, by the id of the report it is compared with."""
        return _specs(self.items.originals)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """`<section>/<id>` → digest of that item's resolved content."""
        return {f"{section}/{id}": item.digest for section, items in self.items for id, item in items.items()}

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of everything the region resolves to."""
        demo = self.demo.model_dump(mode="json", by_alias=True) if self.demo else None
        own = self.spec.model_dump(mode="json", by_alias=True)
        whole: dict[str, object] = {"chain": self.chain, "pack": own, "demo": demo, "items": self.digests}
        if self.stacking:
            whole["stacking"] = [one.model_dump(mode="json", by_alias=True) for one in self.stacking]
        return content_digest(whole)

    def scope(self, kind: str) -> Scope:
        """Return the fields of a record kind for an expression. Raises KeyError for an unknown kind."""
        return Scope(
            {name: self.known_areas(one.value_type) for name, one in self.records[kind].fields.items()}
        )

    def where(self, indicator: str) -> Expression | None:
        """Return the parsed filter of an indicator over its record kind, None where it counts every row."""
        spec = self.indicators[indicator]
        if spec.where is None or spec.records is None:
            return None
        return parse(spec.where, self.scope(spec.records))

    def derivation(self, fact: str) -> Expression:
        """Return the parsed definition of a derived fact. Raises KeyError for any other."""
        return self.rule_scope.derived[fact]

    def importable(self, kind: str) -> RecordKind | None:
        """Return what a line of a table of that kind holds: a record, or for `facts` an enterprise with its facts."""
        return self._fact_kind if kind == FACTS else self.records.get(kind)

    @cached_property
    def _fact_kind(self) -> RecordKind:
        return fact_kind(self.facts)

    def known_areas(self, kind: Type) -> Type:
        """Return the type, with the region's own areas as its values where it is an area."""
        if kind.base == "area" and self.spec.areas:
            return Type("area", tuple(area.code for area in self.spec.areas))
        return kind


def content_digest(content: object) -> str:
    """Return `sha256:<hex>` of canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _specs(items: Mapping[str, Item[S]]) -> Mapping[str, S]:
    return {id: item.spec for id, item in items.items()}
