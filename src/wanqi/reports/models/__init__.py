"""Drafts of reports with their paragraphs and versions, templates of the bureau's own, and saved checks."""

from .archives import Archive, ArchivePart, EvidencePackage
from .checks import Explanation, SavedCheck
from .drafts import Draft, DraftParagraph, DraftPart, Edition
from .remarks import Remark, UnlinkedFigure
from .templates import ReportTemplate

__all__ = [
    "Archive",
    "ArchivePart",
    "Draft",
    "DraftParagraph",
    "DraftPart",
    "Edition",
    "EvidencePackage",
    "Explanation",
    "Remark",
    "ReportTemplate",
    "SavedCheck",
    "UnlinkedFigure",
]
