"""The writers of documents and of the tasks plans set."""

from .documents import correct_document, create_document, restore_document, withdraw_document
from .plans import TASKS

__all__ = ["TASKS", "correct_document", "create_document", "restore_document", "withdraw_document"]
