"""The web server exactly as `wanqi serve` starts it, on a database of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from wanqi.cli import processes
from wanqi.cli.cluster import Cluster, Urls
from wanqi.cli.serve import answers, child_environment, site_services

from .ground import CACHE, free_port, processor


@dataclass(frozen=True)
class Site:
    """A running site: its port on 127.0.0.1, and the processes that serve it."""

    port: int
    web: int
    database: int

    def processor(self) -> float:
        """Return the seconds of processor time that web server and database have used so far."""
        return processor(self.web, self.database)


@contextmanager
def website(urls: Urls, cluster: Cluster) -> Iterator[Site]:
    """Run the site on `urls` of a cluster that this process started, until the block ends."""
    if cluster.server is None:
        raise RuntimeError("another benchmark holds the database; let it end first")
    port = free_port()
    web = site_services("127.0.0.1", port, child_environment(CACHE, urls))[0]
    CACHE.joinpath("log").mkdir(exist_ok=True)
    with CACHE.joinpath("log", "web.log").open("ab") as log:
        child = processes.spawn(web.argv, env=web.env, output=log)
    try:
        if not processes.wait_until(lambda: answers("127.0.0.1", port), seconds=60):
            raise RuntimeError(f"the web server did not answer; see {CACHE / 'log' / 'web.log'}")
        yield Site(port, child.pid, cluster.server.pid)
    finally:
        processes.end(child, patience=web.patience)
