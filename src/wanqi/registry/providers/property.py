"""Patents and trademarks as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Patent, Trademark

PATENT = (
    "number",
    "title",
    "kind",
    "owner_name",
    "area",
    "applied_on",
    "granted_on",
    "expires_on",
    "ended_on",
    "acquisition",
    "relates_to_main_product",
    "has_benefit",
    "used_in_prior_hnte",
)
TRADEMARK = ("number", "name", "classes", "owner_name", "area", "applied_on", "registered_on", "expires_on")


def provide() -> None:
    """Register patents and trademarks as record kinds."""
    register(of_model("patents", Patent, PATENT))
    register(of_model("trademarks", Trademark, TRADEMARK))
