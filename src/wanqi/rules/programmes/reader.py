"""From the texts of one rule version to core nodes, at the day asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wanqi.rules import tree
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.lowering import Moment, lower
from wanqi.rules.parsing import parse
from wanqi.rules.programmes.choosing import distributed
from wanqi.rules.programmes.errors import ProgrammeRefused
from wanqi.rules.programmes.model import RuleVersion
from wanqi.rules.spans import Span, span
from wanqi.rules.types import BOOL, Parameter, Scope, Type


@dataclass
class Memory:
    """What was read and lowered before, so that a condition of several programmes is done once.

    Nodes are kept with what came of them: their identities are the keys.
    """

    read: dict[tuple[str, Type | None], tree.Node] = field(default_factory=dict)
    lowered: dict[tuple[int, Moment], tuple[tree.Node, tree.Node]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Reads the texts of one version."""

    programme: str
    version: str
    scope: Scope
    moment: Moment
    memory: Memory = field(default_factory=Memory)
    _used: dict[int, tree.Node] = field(default_factory=dict)

    @property
    def roots(self) -> tuple[tree.Node, ...]:
        """The authored trees read so far."""
        return tuple(self._used.values())

    def condition(self, text: str, *, at: str) -> tree.Node:
        """Return the authored tree of a condition. Raises ProgrammeRefused, naming the condition `at`."""
        return self._parse(text, BOOL, at)

    def number(self, text: str, *, at: str) -> tree.Node:
        """Return the authored tree of a number. Raises ProgrammeRefused, naming the condition `at`."""
        return self._parse(text, None, at)

    def lowered(self, node: tree.Node) -> tree.Node:
        """Return the core node at the day asked about."""
        key = (id(node), self.moment)
        if key not in self.memory.lowered:
            lowered = lower(node, self.moment)
            self.memory.lowered[key] = (node, distributed(lowered) if node.type == BOOL else lowered)
        return self.memory.lowered[key][1]

    def span(self, node: tree.Node) -> Span:
        """Return the two ends of an authored number as core nodes."""
        return span(self.lowered(node))

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
        if key not in self.memory.read:
            try:
                self.memory.read[key] = parse(text, self.scope, expect=expect).root
            except ExpressionRefused as refusal:
                raise ProgrammeRefused(self.programme, self.version, at, refusal) from refusal
        root = self.memory.read[key]
        self._used[id(root)] = root
        return root


def reader_of(
    programme: str, version: RuleVersion, *, scope: Scope, moment: Moment, memory: Memory
) -> Reader:
    """Return the reader of a version: its own parameters stand before those of the pack.

    memory: of versions read with the same scope; a version with parameters of its own keeps its own.
    """
    if version.parameters:
        own: Mapping[str, Parameter] = version.parameters
        return Reader(programme, version.version, replace(scope, params={**scope.params, **own}), moment)
    return Reader(programme, version.version, scope, moment, memory)
