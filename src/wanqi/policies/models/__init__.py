"""Tables of documents with their clauses and life, and of the tasks plans set."""

from .documents import Clause, Document, DocumentStep
from .plans import PlanTask

__all__ = ["Clause", "Document", "DocumentStep", "PlanTask"]
