"""The public door: what is on offer, and a check without an account; nothing typed here is kept."""
