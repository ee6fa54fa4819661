"""All addresses; each is public by name here or guarded by an access call (tests/test_architecture.py)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("wanqi.web.urls"))]
