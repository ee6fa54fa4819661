"""Every address: public by name, for everybody signed in by name, or refused to whoever holds no role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import cast
from wanqi.core.models import Role

# The only pages without a sign-in.
PUBLIC = {
    *("account_login", "account_logout", "account_inactive", "account_locked"),
    *("portal", "portal.programme", "portal.check"),
}
# Pages about the reader, not about rows: what they show depends on the roles held.
EVERYBODY = {
    "home",
    "place",
    "search",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "account_mfa_index",
}
SAMPLES = {"int": "1", "str": "a", "slug": "a", "path": "a", "uuid": "00000000-0000-0000-0000-000000000000"}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Yield the pages' addresses; the API answers in its own way and has tests of its own."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            if not each.namespace:
                yield from patterns(each)
        else:
            yield each


def names() -> list[str]:
    return sorted({pattern.name or str(pattern.pattern) for pattern in patterns()})


def address(pattern: URLPattern) -> str:
    arguments = {}
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        arguments[name] = SAMPLES.get(kind, "1")
    return reverse(pattern.name, kwargs=arguments)


def test_every_address_has_a_name() -> None:
    assert [str(pattern.pattern) for pattern in patterns() if not pattern.name] == []


@pytest.mark.django_db
def test_without_a_sign_in_everything_but_the_public_pages_leads_to_it() -> None:
    client = Client()
    open_pages = []
    for pattern in patterns():
        if pattern.name in PUBLIC:
            continue
        for answer in (client.get(address(pattern)), client.post(address(pattern))):
            if not (answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))):
                open_pages.append((pattern.name, answer.status_code))
    assert open_pages == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, Role.EXPERT])
def test_who_holds_no_right_gets_nothing(role: Role | None) -> None:
    client = Client()
    client.force_login(cast.user(role))
    given = []
    for pattern in patterns():
        if pattern.name in PUBLIC | EVERYBODY:
            continue
        for answer in (client.get(address(pattern)), client.post(address(pattern))):
            if answer.status_code not in (403, 404, 405):
                given.append((pattern.name, answer.request["REQUEST_METHOD"], answer.status_code))
    assert given == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_get_only_their_own_pages(role: Role) -> None:
    own = {
        Role.SYSTEM_ADMIN: ("account", "user"),
        Role.SECURITY_ADMIN: ("grant", "role", "account", "user"),
        Role.AUDIT_ADMIN: ("audit", "log"),
    }[role]
    client = Client()
    client.force_login(cast.user(role))
    given = [
        (pattern.name, answer.status_code)
        for pattern in patterns()
        if pattern.name not in PUBLIC | EVERYBODY
        for answer in [client.get(address(pattern))]
        if answer.status_code not in (403, 404, 405)
    ]
    assert [found for found in given if not found[0].startswith(own)] == []
    assert given != []
