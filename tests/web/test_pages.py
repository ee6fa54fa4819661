"""Every page of the console × every role: who gets in, who is told no."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from wanqi.core.models import Role

Pages = Callable[[Role | None], Client]
EVERYBODY = (*Role, None)
READERS = {Role.CLERK, Role.HEAD, Role.DEPUTY, Role.LEADER, Role.AUDITOR}
LISTS = {
    "/organisations/": READERS | {Role.FINANCE},
    "/sites/": READERS | {Role.REPORTER},
    "/documents/": READERS | {Role.FINANCE},
    "/observations/": READERS | {Role.REPORTER},
}


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_everybody_has_a_desk(signed_in: Pages, role: Role | None) -> None:
    answer = signed_in(role).get("/")
    assert answer.status_code == 200
    assert "工作台" in answer.content.decode()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_a_list_opens_for_its_readers_only(signed_in: Pages, role: Role | None, path: str) -> None:
    answer = signed_in(role).get(path)
    assert answer.status_code == (200 if role in LISTS[path] else 403)
    if role not in LISTS[path]:
        assert "您的角色没有这项操作的权限" in answer.content.decode()
