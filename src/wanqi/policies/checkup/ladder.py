"""The ladder: titles that presuppose one another, from the first to the highest, as the packs declare it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wanqi.packs import Pack

from .model import Programme, Rung, State

LEAST = 3  # rungs


def rungs(pack: Pack) -> tuple[tuple[str, ...], ...]:
    """Return the ids of the longest chain of titles that presuppose one another, lowest first; () without one.

    Support is no title and mere standings are no rung. A rung holds every title any of which leads on.
    """
    specs = {id: one.programme for id, one in pack.programme_files.items()}
    titles = {id for id, one in specs.items() if one.kind not in ("subsidy", "status")}

    def below(id: str) -> tuple[tuple[str, ...], ...]:
        asked = [group for group in specs[id].presupposes if all(one in titles for one in group)]
        if not asked:
            return ((id,),)
        group = asked[0]
        lower = max((below(one) for one in group), key=len)
        return (*lower[:-1], tuple(group), (id,))

    longest = max((below(id) for id in titles), key=len, default=())
    return longest if len(longest) >= LEAST else ()


def ladder(pack: Pack, programmes: Sequence[Programme]) -> tuple[Rung, ...]:
    """Return the rungs with where the enterprise stands; the first above the highest title held is the next one."""
    known: Mapping[str, Programme] = {one.id: one for one in programmes}
    listed = [[known[id] for id in group if id in known] for group in rungs(pack)]
    reached = [any(one.state is State.HELD for one in group) for group in listed]
    highest = max((place for place, held in enumerate(reached) if held), default=-1)
    return tuple(
        Rung(
            tuple((one.id, one.title, one.state, one.word) for one in group),
            reached=held,
            next=place == highest + 1,
        )
        for place, (group, held) in enumerate(zip(listed, reached, strict=True))
    )
