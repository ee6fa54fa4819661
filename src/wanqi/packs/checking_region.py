"""What must hold in pack.yaml itself."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from wanqi.packs.errors import Problem
from wanqi.packs.pack import Pack
from wanqi.packs.resolving import Tree


def check_region(tree: Tree, pack: Pack) -> Iterable[Problem]:
    """Yield codes of areas, offices and units that are used twice, and programmes of `stacking` that are not there."""
    _, file = tree.packs[pack.region]
    for section in ("areas", "offices", "units"):
        seen: set[str] = set()
        for index, place in enumerate(getattr(pack.spec, section)):
            if place.code in seen:
                message = f"代码 {place.code} 写了两次。"
                yield file.problem((section, index, "code"), "pack.duplicate-code", message, "换一个代码。")
            seen.add(place.code)
    groups: set[str] = set()
    for index, group in enumerate(pack.spec.stacking):
        if group.id in groups:
            message = f"{group.id} 在本地区写了两次。"
            yield file.problem(
                ("stacking", index, "id"), "pack.duplicate-id", message, "换一个 id，或合成一组。"
            )
        groups.add(group.id)
        for place, programme in enumerate(group.programmes):
            if programme not in pack.programme_files:
                near = get_close_matches(programme, list(pack.programme_files), n=1)
                hint = f"是不是 {near[0]}？" if near else "写 programmes/ 中有的事项编号。"
                where = ("stacking", index, "programmes", place)
                yield file.problem(where, "pack.unknown-programme", f"没有事项 {programme}。", hint)
