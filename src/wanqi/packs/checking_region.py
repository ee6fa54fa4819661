"""What must hold in pack.yaml itself."""

from __future__ import annotations

from collections.abc import Iterable

from wanqi.packs.errors import Problem
from wanqi.packs.pack import Pack
from wanqi.packs.resolving import Tree


def check_region(tree: Tree, pack: Pack) -> Iterable[Problem]:
    """Yield codes of areas, offices and units that are used twice."""
    _, file = tree.packs[pack.region]
    for section in ("areas", "offices", "units"):
        seen: set[str] = set()
        for index, place in enumerate(getattr(pack.spec, section)):
            if place.code in seen:
                message = f"代码 {place.code} 写了两次。"
                yield file.problem((section, index, "code"), "pack.duplicate-code", message, "换一个代码。")
            seen.add(place.code)
