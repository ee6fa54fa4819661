"""The rows of this app that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from .models import FiberCoverage, Project, Site

SITE = ("site_code", "name", "technology", "operator", "area", "built_on", "opened_on")
PROJECT = (
    "title",
    "kind",
    "scheme",
    "programme",
    "level",
    "holder_name",
    "stage",
    "area",
    "declared_on",
    "approved_on",
    "started_on",
    "finished_on",
    "document_number",
    "investment",
    "funding",
)
FIBER = ("district", "as_of", "operator", "covered", "households", "users", "area")


def provide() -> None:
    """Register this app's registers as record kinds."""
    register(of_model("sites", Site, SITE))
    register(of_model("projects", Project, PROJECT))
    register(of_model("fiber_coverage", FiberCoverage, FIBER))
