"""Region packs as the server sees them: read from the database, never from a folder."""

from __future__ import annotations

from functools import lru_cache

from wanqi import packs

from .errors import PackMissing
from .models import PackFile


def current_pack(region: str) -> packs.Pack:
    """Return the resolved pack of a region from its active files. Raises PackMissing when none is loaded."""
    active = tuple(PackFile.objects.filter(active=True).order_by("path").values_list("pk", flat=True))
    if not active:
        raise PackMissing(f"还没有载入{region}的地区配置。", hint="请先运行 wanqi packs load。")
    return _resolved(active, region)


@lru_cache(maxsize=8)
def _resolved(files: tuple[int, ...], region: str) -> packs.Pack:
    """Return the pack for a set of active files; loaded files are immutable, so their ids are a sound key.

    They were checked when they were loaded, so a page does not wait for that again.
    """
    rows = PackFile.objects.filter(pk__in=files).values_list("path", "content")
    return packs.resolve({path: bytes(content) for path, content in rows}, region, checked=False)
