"""The writers of the registers that organisations and imports own."""

from .facts import correct_fact, record_fact, record_facts, take_back, withdraw_fact
from .import_runs import import_now, start_import, start_undo, undo_now
from .imports import check, choose_sheet, match_columns, receive_table, run_check
from .organisations import (
    correct_organisation,
    create_organisation,
    pinyin,
    restore_organisation,
    withdraw_organisation,
)
from .records import COVERAGES, RECORDS, correct_record

__all__ = [
    "COVERAGES",
    "RECORDS",
    "check",
    "choose_sheet",
    "correct_fact",
    "correct_organisation",
    "correct_record",
    "create_organisation",
    "import_now",
    "match_columns",
    "pinyin",
    "receive_table",
    "record_fact",
    "record_facts",
    "restore_organisation",
    "run_check",
    "start_import",
    "start_undo",
    "take_back",
    "undo_now",
    "withdraw_fact",
    "withdraw_organisation",
]
