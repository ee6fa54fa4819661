"""The writers of the registers that organisations and imports own."""

from .carriers import CARRIERS, create_carrier, end_carrier
from .corrections import accept_correction, propose_correction, refuse_correction, retract_correction
from .facts import correct_fact, record_fact, record_facts, take_back, withdraw_fact
from .import_runs import import_now, start_import, start_undo, undo_now
from .imports import check, choose_sheet, match_columns, receive_table, run_check
from .nominations import (
    MOST_MOVED,
    NOMINATIONS,
    correct_stage,
    create_nomination,
    create_nominations,
    earlier_stages,
    move_nomination,
    move_nominations,
    next_stages,
    return_nomination,
    withdraw_nominations,
)
from .organisations import (
    correct_organisation,
    create_organisation,
    pinyin,
    restore_organisation,
    withdraw_organisation,
)
from .recognitions import RECOGNITIONS, create_recognition, recognised, revoke_recognition
from .records import COVERAGES, RECORDS, correct_record

__all__ = [
    "CARRIERS",
    "COVERAGES",
    "MOST_MOVED",
    "NOMINATIONS",
    "RECOGNITIONS",
    "RECORDS",
    "accept_correction",
    "check",
    "choose_sheet",
    "correct_fact",
    "correct_organisation",
    "correct_record",
    "correct_stage",
    "create_carrier",
    "create_nomination",
    "create_nominations",
    "create_organisation",
    "create_recognition",
    "earlier_stages",
    "end_carrier",
    "import_now",
    "match_columns",
    "move_nomination",
    "move_nominations",
    "next_stages",
    "pinyin",
    "propose_correction",
    "receive_table",
    "recognised",
    "record_fact",
    "record_facts",
    "refuse_correction",
    "restore_organisation",
    "retract_correction",
    "return_nomination",
    "revoke_recognition",
    "run_check",
    "start_import",
    "start_undo",
    "take_back",
    "undo_now",
    "withdraw_fact",
    "withdraw_nominations",
    "withdraw_organisation",
]
