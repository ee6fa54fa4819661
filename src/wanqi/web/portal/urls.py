"""Addresses below /portal/, open to everybody."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="portal"),
    path("programmes/<str:programme>/", views.programme, name="portal.programme"),
    path("check/", views.check, name="portal.check"),
]
