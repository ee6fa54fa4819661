"""The region's pack as pages need it, many times a request."""

from __future__ import annotations

import time

from wanqi.core.errors import PackMissing
from wanqi.core.packs import current_pack
from wanqi.packs import Pack

_PACK_SECONDS = 5.0
_packs: dict[str, tuple[float, Pack | None]] = {}


def pack_of(region: str) -> Pack | None:
    """Return the region's pack, or None before one is loaded; asked of the database every few seconds at most.

    A list asks once a row, and packs change by a command a few times a year.
    """
    known = _packs.get(region)
    if known is not None and time.monotonic() - known[0] < _PACK_SECONDS:
        return known[1]
    try:
        pack: Pack | None = current_pack(region)
    except PackMissing:
        pack = None
    _packs[region] = (time.monotonic(), pack)
    return pack
