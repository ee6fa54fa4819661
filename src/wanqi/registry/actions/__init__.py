"""The writers of the registers that organisations and imports own."""

from .organisations import (
    correct_organisation,
    create_organisation,
    pinyin,
    restore_organisation,
    withdraw_organisation,
)

__all__ = [
    "correct_organisation",
    "create_organisation",
    "pinyin",
    "restore_organisation",
    "withdraw_organisation",
]
