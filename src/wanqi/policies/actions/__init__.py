"""The writers of documents, of the tasks plans set, of standings and of what somebody relied on."""

from .determinations import determine, determine_many
from .documents import correct_document, create_document, reach_stage, restore_document, withdraw_document
from .plans import TASKS
from .standing_books import begin_standings, note_everything

__all__ = [
    "TASKS",
    "begin_standings",
    "correct_document",
    "create_document",
    "determine",
    "determine_many",
    "note_everything",
    "reach_stage",
    "restore_document",
    "withdraw_document",
]
