"""Addresses of the catalogue of indicators and of target breakdowns."""

from __future__ import annotations

from django.urls import path

from . import breaking, catalogue, targets

DOWN = "targets/<str:id>/<int:year>/<slug:dimension>"
urlpatterns = [
    path("indicators/", catalogue.listed, name="indicators"),
    path("indicators/catalogue.xlsx", catalogue.file, name="indicators.file"),
    path("indicators/<str:id>/", catalogue.show, name="indicator"),
    path("targets/", targets.listed, name="targets"),
    path(f"{DOWN}/", targets.show, name="targets.breakdown"),
    path(f"{DOWN}/edit/", breaking.edit, name="targets.edit"),
    path(f"{DOWN}/breakdown.xlsx", targets.file, name="targets.file"),
    path(f"{DOWN}/withdraw/", targets.withdraw, name="targets.withdraw"),
]
