"""Region packs: folders of YAML that a county edits, read with the place of every mistake.

`read_directory` or any mapping of path → bytes gives the sources; `resolve` gives one region with everything it
inherits; `check` gives every problem of all regions at once.
"""

from __future__ import annotations

from wanqi.packs.bare_digits import bare_digits
from wanqi.packs.cases import IndicatorRunner
from wanqi.packs.check import Checked, check, regions, resolve
from wanqi.packs.checking import read_import
from wanqi.packs.checking_forms import read_form
from wanqi.packs.demonstration import generate
from wanqi.packs.errors import PackError, PacksRefused, Problem, UnknownRegion
from wanqi.packs.files import file_version
from wanqi.packs.pack import Pack
from wanqi.packs.sources import Sources, read_directory
from wanqi.packs.specs.cases import IndicatorCase
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.documents import DocumentSpec
from wanqi.packs.specs.forms import DeadlineSpec, FormSpec, JumpSpec, LineSpec, RowsSpec, SumSpec, unit_scale
from wanqi.packs.specs.imports import ColumnSpec, ImportProfile
from wanqi.packs.specs.indicators import IndicatorSpec, PeerSet, TableSpec
from wanqi.packs.specs.originals import OriginalClaim, OriginalReport
from wanqi.packs.specs.reports import ClauseSpec, Condition, ReportSpec, Tag, TagRefused, parse_text
from wanqi.packs.specs.vocabulary import DerivedFact, FactSpec, FieldSpec, RecordKind

__all__ = [
    "Checked",
    "ClauseSpec",
    "ColumnSpec",
    "Condition",
    "DeadlineSpec",
    "DemoSpec",
    "DerivedFact",
    "DocumentSpec",
    "FactSpec",
    "FieldSpec",
    "FormSpec",
    "ImportProfile",
    "IndicatorCase",
    "IndicatorRunner",
    "IndicatorSpec",
    "JumpSpec",
    "LineSpec",
    "OriginalClaim",
    "OriginalReport",
    "Pack",
    "PackError",
    "PacksRefused",
    "PeerSet",
    "Problem",
    "RecordKind",
    "ReportSpec",
    "RowsSpec",
    "Sources",
    "SumSpec",
    "TableSpec",
    "Tag",
    "TagRefused",
    "UnknownRegion",
    "bare_digits",
    "check",
    "file_version",
    "generate",
    "parse_text",
    "read_directory",
    "read_form",
    "read_import",
    "regions",
    "resolve",
    "unit_scale",
]
