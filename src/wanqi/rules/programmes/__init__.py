"""Programmes: rule versions made into plans, verdicts with their reasons, and the tree that explains them."""
