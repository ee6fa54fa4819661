"""The web server exactly as `wanqi serve` starts it, on a database of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wanqi.cli import processes
from wanqi.cli.cluster import Urls
from wanqi.cli.serve import answers, child_environment, site_services

from .ground import CACHE, free_port


@contextmanager
def website(urls: Urls) -> Iterator[int]:
    """Run the site on `urls` until the block ends; yield its port on 127.0.0.1."""
    port = free_port()
    web = site_services("127.0.0.1", port, child_environment(CACHE, urls))[0]
    CACHE.joinpath("log").mkdir(exist_ok=True)
    with CACHE.joinpath("log", "web.log").open("ab") as log:
        child = processes.spawn(web.argv, env=web.env, output=log)
    try:
        if not processes.wait_until(lambda: answers("127.0.0.1", port), seconds=60):
            raise RuntimeError(f"the web server did not answer; see {CACHE / 'log' / 'web.log'}")
        yield port
    finally:
        processes.end(child, patience=web.patience)
