"""Ids of the records under a figure, listed when somebody asks: most figures of many rows are only printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload


class Ids(Sequence[str]):
    """Ids that are listed on first use and then kept; equal to a tuple of the same ids.

    listed: returns them; what it looks into must not change. count: how many, where that is known before.
    """

    __slots__ = ("_count", "_known", "_listed")

    def __init__(self, listed: Callable[[], Iterable[str]], count: int | None = None) -> None:
        self._listed: Callable[[], Iterable[str]] | None = listed
        self._count = count
        self._known: tuple[str, ...] | None = None

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        listed = self._listed
        if self._known is None and listed is not None:
            self._known = tuple(listed())
            self._listed = None  # with all that it held on to
        assert self._known is not None
        return self._known

    def __len__(self) -> int:
        return len(self.known) if self._count is None else self._count

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __contains__(self, id: object) -> bool:
        return id in self.known

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self.known[at]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ids):
            return self is other or (len(self) == len(other) and self.known == other.known)
        return self.known == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.known)

    def __repr__(self) -> str:
        return f"Ids({self.known!r})"


def joined(parts: Iterable[Sequence[str]]) -> Sequence[str]:
    """Return the ids of several lists, each once, in the order of first mention. Every part has each id once."""
    some = [one for one in parts if not isinstance(one, tuple) or one]
    if len(some) < 2:
        return some[0] if some else ()
    return Ids(lambda: dict.fromkeys(id for one in some for id in one))
