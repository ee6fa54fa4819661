"""Serves the pages under test from a process of its own: `python -m tests.web.serve DATABASE_URL`.

A process of its own, because the address of the database is one per process and other tests use another.
"""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django


def run(url: str) -> None:
    """Serve on a free port of this machine until the process is ended; print the port first."""
    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.test.testcases import QuietWSGIRequestHandler

    from wanqi.cli.connection import switch_login

    switch_login(url)
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, ipv6=False)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    run(sys.argv[1])
