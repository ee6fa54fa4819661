"""The shell and the registers in Chromium, at a desk's and a phone's width: axe, no complaints, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.conftest import PHONE, WIDE, Desk

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = {
    "home": "/",
    "organisations": "/organisations/",
    "sites": "/sites/",
    "documents": "/documents/",
    "observations": "/observations/",
    "site": "/sites/1/",
    "document": "/documents/1/",
    "observation": "/observations/1/",
    "organisation": "/organisations/1/",
    "new-site": "/sites/new/",
    "new-organisation": "/organisations/new/",
    "new-document": "/documents/new/",
    "new-observation": "/observations/new/",
    "correct-site": "/sites/1/correct/",
    "withdraw-site": "/sites/1/withdraw/",
    "search": "/search/?q=%E4%B8%9C%E7%A5%A5",
    "empty-filter": "/sites/?q=nothing-like-this",
    "missing": "/sites/999999/",
    "password": "/accounts/password/",
}


def axe(desk: Desk) -> list[str]:
    """Return the violations axe finds, with the elements they stand on."""
    found: Any = Axe().run(desk.page, options=RULES).response
    return [
        f"{one['id']}: {node['html'][:160]} {[check['message'] for check in node['any'][:1]]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean(desk: Callable[..., Desk], name: str, size: tuple[int, int]) -> None:
    here = desk("clerk", size)
    here.open(PAGES[name])
    here.shot(name)
    if name == "missing":
        here.complaints.clear()  # the browser itself notes the 404
    assert axe(here) == []
    assert here.overflow() == 0
