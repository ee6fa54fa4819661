"""Requests at a constant rate to a signed-in web server, whether or not earlier ones have been answered.

Latency counts from the moment a request was due, so that a server that stalls is charged for everybody who waited.
"""

from __future__ import annotations

import http.client
import math
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from urllib.parse import urlencode

CONNECTIONS = 12
TIMEOUT = 30.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Ask:
    """One request: an address, whether htmx asks, and what must stand in the answer."""

    address: str
    is_partial: bool = False
    expect: str = ""


@dataclass
class Load:
    """What a series of requests took, in seconds, and what went wrong.

    processor: seconds that web server and database worked meanwhile.
    """

    latencies: list[float] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    octets: int = 0
    processor: float = 0.0

    def at(self, share: float) -> float:
        """Return the latency in milliseconds that `share` of the requests did not exceed (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000 if ordered else math.inf


class Visitor:
    """A browser's side of the site: one kept connection and its cookies."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self._connection: http.client.HTTPConnection | None = None

    def get(self, ask: Ask) -> tuple[int, bytes]:
        """Return status and body."""
        headers = {"HX-Request": "true"} if ask.is_partial else {}
        return self._send("GET", ask.address, headers=headers)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the sign-in page. Raises RuntimeError when the site does not let one in."""
        _, page = self._send("GET", "/accounts/login/")
        found = TOKEN.search(page.decode())
        form = {"login": username, "password": password, "csrfmiddlewaretoken": found[1] if found else ""}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self._send("POST", "/accounts/login/", body=urlencode(form), headers=headers)
        if status != 302 or "sessionid" not in self.cookies:
            raise RuntimeError(f"sign-in of {username} was answered by {status}")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _send(
        self, method: str, address: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self._connection.request(
                method, address, body=body, headers={"Cookie": cookie, **(headers or {})}
            )
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, content


def run_load(
    asks: Callable[[int], Ask], *, port: int, cookies: Mapping[str, str], rate: float, seconds: float
) -> Load:
    """Send request number n, `asks(n)`, at n / rate seconds after the start, for `seconds`; return what it took."""
    due: SimpleQueue[tuple[int, float] | None] = SimpleQueue()
    loads = [Load() for _ in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_answer, args=(due, Visitor(port, cookies), asks, load)) for load in loads
    ]
    for thread in threads:
        thread.start()
    start = time.perf_counter() + 0.2
    for number in range(int(rate * seconds)):
        moment = start + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put((number, moment))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    return joined(loads)


def joined(loads: Sequence[Load]) -> Load:
    """Return several loads as one."""
    return Load(
        [latency for load in loads for latency in load.latencies],
        [refusal for load in loads for refusal in load.refusals],
        sum(load.octets for load in loads),
    )


def _answer(
    due: SimpleQueue[tuple[int, float] | None], visitor: Visitor, asks: Callable[[int], Ask], load: Load
) -> None:
    while (item := due.get()) is not None:
        number, moment = item
        ask = asks(number)
        try:
            status, content = visitor.get(ask)
        except (OSError, http.client.HTTPException) as error:
            load.refusals.append(f"{ask.address}: {error!r}")
        else:
            load.octets += len(content)
            if status != 200 or ask.expect.encode() not in content:
                load.refusals.append(f"{ask.address}: status {status}, {len(content)} octets")
        load.latencies.append(time.perf_counter() - moment)
    visitor.close()
