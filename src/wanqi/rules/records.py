"""Numbers over the records of one kind, as pairs of snapshot columns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

from wanqi.rules import tree
from wanqi.rules.bounds import positive
from wanqi.rules.sources import Aggregate
from wanqi.rules.types import COUNT, Type

# Rows of one kind that one organisation may have; the snapshot refuses more, so that sums stay within their limits.
MAX_ROWS = 100_000
_COUNTED = Type("count", maximum=Decimal(MAX_ROWS), positive=True)


def bounded(node: tree.Records, value: tree.Node | None, where: tree.Node | None) -> tree.Bounded:
    """Return the two columns of an aggregate whose value and condition are lowered.

    The same question has the same column names wherever it is asked.
    """
    asked = repr((node.kind, node.measure, value, where, node.n))
    name = f"{node.kind}.{node.measure}.{sha256(asked.encode()).hexdigest()[:12]}"
    kind = _COUNTED if value is None else replace(node.type, positive=positive(value), maximum=None)

    def column(side: tree.Side) -> tree.Field:
        source = Aggregate(node.kind, node.measure, value, where, node.n, side, node.scope)
        return tree.Field(f"{name}#{side}", kind, source)

    return tree.Bounded(column("low"), column("high"), COUNT if value is None else kind)
