"""Pages under test: a client per role, and for the browser a served copy of the database with Chromium on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests import cast
from tests import conftest as house
from tests.web import rows
from wanqi.cli.cluster import Cluster
from wanqi.cli.connection import switch_login
from wanqi.core.models import Role, User

# The shell is the same browser without its own windows, which cost as much again.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = (1440, 900), (390, 844)
LONG = 120_000  # milliseconds: a limit for a busy machine, not an expectation


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    """A function that returns a client signed in as somebody with that role, made on first use."""
    made: dict[str, User] = {}

    def client(role: Role | None) -> Client:
        name = role.value if role else "stranger"
        if name not in made:
            made[name] = cast.user(role)
        browser = Client()
        browser.force_login(made[name], backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client


@pytest.fixture(scope="session")
def desk_url(cluster: Cluster, template: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a served installation with `rows.desk()` in it; one for the whole session."""
    name = house._copy(cluster, template, f"desk_{os.getpid()}")
    url = cluster.urls(name).app_url
    with django_db_blocker.unblock():
        before = house._login()
        house._disconnect()
        switch_login(url)
        rows.desk()
        house._disconnect()
        house._restore(before)
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.serve", url]
    with subprocess.Popen(command, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the server under test did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("browser tests need Debian's chromium: apt-get install chromium")
    # Playwright keeps an event loop in this thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=LONG)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


def window(chromium: Browser, **options: Any) -> BrowserContext:
    """Return a new profile of the browser that waits as long as a busy machine may need."""
    context = chromium.new_context(locale="zh-CN", reduced_motion="reduce", **options)
    context.set_default_timeout(LONG)
    return context


@dataclass
class Desk:
    """A page of the served installation; `complaints` are console errors, CSP violations and failed answers."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path and wait until everything of it is there."""
        self.page.goto(self.url + path, wait_until="load")
        return self.page

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page where WANQI_SHOTS names a folder; for eyes, not for comparison."""
        folder = os.environ.get("WANQI_SHOTS")
        if folder:
            width = (self.page.viewport_size or {"width": 0})["width"]
            self.page.screenshot(path=f"{folder}/{name}_{width}.png", full_page=name.startswith("whole"))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )


@pytest.fixture(scope="session")
def sessions(chromium: Browser, desk_url: str) -> Callable[[str], Any]:
    """A function that returns the cookies of a user who signed in through the page, once a session."""
    known: dict[str, Any] = {}

    def session_of(user: str) -> Any:
        if user not in known:
            context = window(chromium)
            page = context.new_page()
            page.goto(f"{desk_url}/accounts/login/")
            page.fill("#id_login", user)
            page.fill("#id_password", cast.PASSWORD)
            page.click("button.btn-primary")
            page.wait_for_url(f"{desk_url}/")
            known[user] = context.storage_state()
            context.close()
        return known[user]

    return session_of


@pytest.fixture
def desk(chromium: Browser, desk_url: str, sessions: Callable[[str], Any]) -> Iterator[Callable[..., Desk]]:
    """A function that returns a Desk of a user at a window size; complaints fail the test at its end."""
    contexts: list[BrowserContext] = []
    desks: list[Desk] = []

    def open_desk(user: str | None = "clerk", size: tuple[int, int] = WIDE, *, scripts: bool = True) -> Desk:
        context = window(
            chromium,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            storage_state=sessions(user) if user else None,
        )
        contexts.append(context)
        page = context.new_page()
        made = Desk(page, desk_url)
        page.on(
            "console",
            lambda said: made.complaints.append(said.text) if said.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        desks.append(made)
        return made

    yield open_desk
    for context in contexts:
        context.close()
    assert [line for made in desks for line in made.complaints] == []
