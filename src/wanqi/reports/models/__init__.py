"""Drafts of reports with their paragraphs and versions, templates of the bureau's own, and saved checks."""

from .checks import Explanation, SavedCheck
from .drafts import Draft, DraftParagraph, DraftPart, Edition
from .remarks import Remark, UnlinkedFigure
from .templates import ReportTemplate

__all__ = [
    "Draft",
    "DraftParagraph",
    "DraftPart",
    "Edition",
    "Explanation",
    "Remark",
    "ReportTemplate",
    "SavedCheck",
    "UnlinkedFigure",
]
