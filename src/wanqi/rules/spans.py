"""Numbers known only to lie in an interval, as pairs of core nodes."""

from __future__ import annotations

from dataclasses import dataclass

from wanqi.rules.tree import Node


@dataclass(frozen=True, slots=True)
class Span:
    """Lower and upper bound of a number, both core; an unknown low is −∞, an unknown high is +∞."""

    low: Node
    high: Node
