"""Pledge loans and listing plans as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import ListingPlan, PledgeLoan

LOAN = (
    "contract_number",
    "borrower_name",
    "lender",
    "pledge",
    "amount",
    "area",
    "registered_on",
    "paid_out_on",
    "due_on",
)
LISTING = ("company_name", "board", "stage", "stage_on", "sponsor")


def provide() -> None:
    """Register pledge loans and listing plans as record kinds."""
    register(of_model("pledge_loans", PledgeLoan, LOAN))
    register(of_model("listing_plans", ListingPlan, LISTING))
