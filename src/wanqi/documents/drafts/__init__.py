"""Drafts as people keep them (TXT, DOCX, PDF, HTML), read into one text with the place of every passage."""

from wanqi.documents.drafts.draft import Draft, Kind, Passage
from wanqi.documents.drafts.reading import read_draft

__all__ = ["Draft", "Kind", "Passage", "read_draft"]
