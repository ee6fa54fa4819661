"""The writers of drafts, and of what is kept of a check before sending."""

from .checks import explain, save_check, take_back, withdraw_check
from .drafts import create_draft, rebase_draft

__all__ = ["create_draft", "explain", "rebase_draft", "save_check", "take_back", "withdraw_check"]
