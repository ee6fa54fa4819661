"""The WSGI application; a web server's worker process under the supervisor ends with the server that started
it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal

from wanqi.cli.processes import die_with


def end_with_server() -> None:
    """Have the kernel kill this process when the web server above it is killed."""
    server = multiprocessing.parent_process()
    if os.environ.get("WANQI_SUPERVISED") == "1" and server is not None and server.pid is not None:
        die_with(server.pid, signal.SIGKILL)


end_with_server()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanqi.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - a killed server must not leave a worker importing

application = get_wsgi_application()

if os.environ.get("WANQI_SUPERVISED") == "1":
    from django.urls import get_resolver

    from wanqi.web import warming

    # The first request needs the addresses anyway; read here, no two threads import the same views at once.
    get_resolver().url_patterns  # noqa: B018 - reading it is what imports them
    warming.begin()
