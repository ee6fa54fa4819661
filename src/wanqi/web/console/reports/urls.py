"""Addresses of 材料编写."""

from __future__ import annotations

from django.urls import path

from . import reading

urlpatterns = [
    path("reports/", reading.show_list, name="reports"),
    path("reports/begin/", reading.begin, name="reports.begin"),
    path("reports/<int:pk>/", reading.show, name="reports.draft"),
    path("reports/<int:pk>/export/", reading.export, name="reports.export"),
    path("reports/<int:pk>/rebase/", reading.rebase, name="reports.rebase"),
]
