"""From the texts of one rule version to core nodes, at the day asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wanqi.rules import tree
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.lowering import Moment, lower
from wanqi.rules.parsing import parse
from wanqi.rules.programmes.errors import ProgrammeRefused
from wanqi.rules.programmes.model import RuleVersion
from wanqi.rules.spans import Span, span
from wanqi.rules.types import BOOL, Parameter, Scope, Type


@dataclass(frozen=True)
class Reader:
    """Reads the texts of a version; the same text is read once however often it stands."""

    programme: str
    version: str
    scope: Scope
    moment: Moment
    _read: dict[tuple[str, Type | None], tree.Node] = field(default_factory=dict)

    @property
    def roots(self) -> tuple[tree.Node, ...]:
        """The authored trees read so far."""
        return tuple(self._read.values())

    def condition(self, text: str, *, at: str) -> tree.Node:
        """Return the authored tree of a condition. Raises ProgrammeRefused, naming the condition `at`."""
        return self._parse(text, BOOL, at)

    def number(self, text: str, *, at: str) -> tree.Node:
        """Return the authored tree of a number. Raises ProgrammeRefused, naming the condition `at`."""
        return self._parse(text, None, at)

    def lowered(self, node: tree.Node) -> tree.Node:
        """Return the core node at the day asked about."""
        return lower(node, self.moment)

    def span(self, node: tree.Node) -> Span:
        """Return the two ends of an authored number as core nodes."""
        return span(lower(node, self.moment))

    def earlier(self, years: int) -> Reader:
        """Return the reader whose base year lies so many years before, asked about the same day."""
        return replace(self, moment=replace(self.moment, base_year=self.moment.base_year - years))

    def test(self, text: str) -> tree.Node:
        """Return a condition of the award as a Boolean core node."""
        return self.lowered(self.condition(text, at="amount"))

    def value(self, text: str) -> Span:
        """Return a number of the award as its two ends."""
        return self.span(self.number(text, at="amount"))

    def _parse(self, text: str, expect: Type | None, at: str) -> tree.Node:
        key = (text, expect)
        if key not in self._read:
            try:
                self._read[key] = parse(text, self.scope, expect=expect).root
            except ExpressionRefused as refusal:
                raise ProgrammeRefused(self.programme, self.version, at, refusal) from refusal
        return self._read[key]


def reader_of(programme: str, version: RuleVersion, *, scope: Scope, moment: Moment) -> Reader:
    """Return the reader of a version: its own parameters stand before those of the pack."""
    if version.parameters:
        own: Mapping[str, Parameter] = version.parameters
        scope = replace(scope, params={**scope.params, **own})
    return Reader(programme, version.version, scope, moment)
