"""Addresses of 报送前核对."""

from __future__ import annotations

from django.urls import path

from . import records, views

urlpatterns = [
    path("checking/", views.page, name="checking"),
    path("checking/explain/", views.explain_one, name="checking.explain"),
    path("checking/take-back/", views.take_back_one, name="checking.take-back"),
    path("checking/save/", views.save, name="checking.save"),
    path("checking/export/", views.export, name="checking.export"),
    path("checking/records/", records.show_list, name="checking.records"),
    path("checking/records/<int:pk>/", records.show, name="checking.record"),
    path("checking/records/<int:pk>/export/", records.export, name="checking.record.export"),
    path("checking/records/<int:pk>/withdraw/", records.withdraw, name="checking.record.withdraw"),
]
