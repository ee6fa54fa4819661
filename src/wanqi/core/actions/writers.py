"""The four writers of a plain register, made from its model; what is special of it is one function that cleans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..access import Actor
from ..models import Owned
from .rows import correct_row, create_row, create_rows, restore_row, withdraw_row

Row = TypeVar("Row", bound=Owned)
Clean = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def stripped(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with texts free of outer blanks."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


@dataclass(frozen=True)
class Writers(Generic[Row]):
    """Create, correct, withdraw and restore rows of `model`, each with its audit row in the same transaction.

    clean(region, values): the values as they are stored; raises RowInvalid with a message per field.
    """

    model: type[Row]
    clean: Clean = stripped

    def create(
        self, values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
    ) -> Row:
        """Register a row; `values` are model fields. Raises RowInvalid, AccessRefused."""
        clean = self.clean(region, values)
        row = self.model(region_id=region, is_demonstration=is_demonstration, **clean)
        return create_row(row, actor=actor)

    def create_many(
        self,
        rows: Sequence[Mapping[str, Any]],
        *,
        actor: Actor,
        region: str,
        is_demonstration: bool = False,
    ) -> Sequence[Row]:
        """Register many rows at once, each with its audit row; all or none. Raises RowInvalid, AccessRefused."""
        made = [
            self.model(region_id=region, is_demonstration=is_demonstration, **self.clean(region, values))
            for values in rows
        ]
        return create_rows(made, actor=actor)

    def correct(
        self, row: Row, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
    ) -> Row:
        """Correct a row and say why. Raises RowStale, ReasonMissing, RowInvalid, AccessRefused."""
        return correct_row(row, self.clean(row.region_id, values), actor=actor, reason=reason, seen=seen)

    def withdraw(self, row: Row, *, actor: Actor, reason: str) -> Row:
        """Take a row out of every list and figure; it stays readable."""
        return withdraw_row(row, actor=actor, reason=reason)

    def restore(self, row: Row, *, actor: Actor, reason: str) -> Row:
        """Bring a withdrawn row back."""
        return restore_row(row, actor=actor, reason=reason)
