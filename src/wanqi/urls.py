"""All addresses; each is public by name here or guarded by an access call (tests/test_architecture.py)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("wanqi.web.urls"))]

handler400 = "wanqi.web.errors.bad_request"
handler403 = "wanqi.web.errors.forbidden"
handler404 = "wanqi.web.errors.missing"
handler500 = "wanqi.web.errors.failed"
