"""Documents: one report tree, written as a page, a Word file or a PDF; tables as XLSX and CSV."""

from wanqi.documents.errors import DocumentsError, FontMissing, NotRendered, TableRefused
from wanqi.documents.page import Link, html
from wanqi.documents.sheets import Field, Value, csv_chunks, xlsx
from wanqi.documents.tree import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Note,
    Paragraph,
    Report,
    Run,
    Table,
    Text,
    figures,
    plain,
)

# `word` and `pdf` are imported from their own modules: python-docx and the typesetter cost start time that
# pages and commands without them should not pay.
__all__ = [
    "Block",
    "Cell",
    "Column",
    "DocumentsError",
    "Field",
    "Figure",
    "FontMissing",
    "Heading",
    "Link",
    "NotRendered",
    "Note",
    "Paragraph",
    "Report",
    "Run",
    "Table",
    "TableRefused",
    "Text",
    "Value",
    "csv_chunks",
    "figures",
    "html",
    "plain",
    "xlsx",
]
