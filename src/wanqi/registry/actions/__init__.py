"""The writers of the registers that organisations and imports own."""

from .import_runs import import_now, start_import, start_undo, undo_now
from .imports import check, choose_sheet, match_columns, receive_table, run_check
from .organisations import (
    correct_organisation,
    create_organisation,
    pinyin,
    restore_organisation,
    withdraw_organisation,
)

__all__ = [
    "check",
    "choose_sheet",
    "correct_organisation",
    "create_organisation",
    "import_now",
    "match_columns",
    "pinyin",
    "receive_table",
    "restore_organisation",
    "run_check",
    "start_import",
    "start_undo",
    "undo_now",
    "withdraw_organisation",
]
