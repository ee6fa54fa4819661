"""The writers of the house: register rows with their audit row, accounts and roles, files, packs."""

from .accounts import create_user, disable_user, enable_user, grant_role, reset_password, revoke_role
from .attachments import attach
from .packs import load_packs
from .rows import (
    changes_between,
    checked_reason,
    correct_row,
    create_row,
    create_rows,
    record,
    record_each,
    restore_row,
    shown,
    withdraw_row,
)
from .writers import Writers, stripped

__all__ = [
    "Writers",
    "attach",
    "changes_between",
    "checked_reason",
    "correct_row",
    "create_row",
    "create_rows",
    "create_user",
    "disable_user",
    "enable_user",
    "grant_role",
    "load_packs",
    "record",
    "record_each",
    "reset_password",
    "restore_row",
    "revoke_role",
    "shown",
    "stripped",
    "withdraw_row",
]
