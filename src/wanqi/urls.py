"""All addresses; each is public by name here or guarded by an access call (tests/test_architecture.py)."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

# An installation may open the doors apart: the public one on the internet, the bureau's inside.
DOORS = {
    "api": ("api/", "wanqi.api.urls"),
    "portal": ("portal/", "wanqi.web.portal.urls"),
    "console": ("", "wanqi.web.urls"),
}
urlpatterns = [
    path(prefix, include(module)) for door, (prefix, module) in DOORS.items() if door in settings.DOORS
]

handler400 = "wanqi.web.errors.bad_request"
handler403 = "wanqi.web.errors.forbidden"
handler404 = "wanqi.web.errors.missing"
handler500 = "wanqi.web.errors.failed"
