"""What the first visitor of a server's process would wait for, made ready beside its first requests.

The region's packs and the rules of the day, prepared and asked once: some seconds of work that would otherwise be done
while somebody looks at an empty page.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from wanqi.policies import standings
from wanqi.policies.checkup import checkup

from .packs import pack_of

PAUSE = 1.0  # seconds in which the server says that it is there, before anything is made ready
NOBODY: dict[str, Any] = {"id": "nobody", "facts": {}, "records": {}}
_log = logging.getLogger(__name__)


def begin() -> threading.Thread:
    """Start making things ready in a thread of its own, and return it; the process ends without waiting for it."""
    thread = threading.Thread(target=_warm, name="warming", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    time.sleep(PAUSE)
    try:
        warm()
    except DatabaseError as error:  # whoever asks is told; what was not made ready is made then
        _log.warning("not made ready: %s", error)
    finally:
        connection.close()


def warm() -> None:
    """Prepare packs and rules in this process, of the day of the standings and of today; nothing before packs exist."""
    pack = pack_of(settings.REGION)
    if pack is None:
        return
    for day in dict.fromkeys((standings.today(settings.REGION), timezone.localdate())):
        checkup(pack, day, NOBODY)
