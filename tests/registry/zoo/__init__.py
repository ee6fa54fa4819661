"""Spreadsheets in the shapes in which they really arrive, each with what has to become of it."""

from __future__ import annotations

from . import amounts, cells, exports, files, heads, holders, registers, rows
from .making import Specimen

SPECIMENS: tuple[Specimen, ...] = (
    *heads.SPECIMENS,
    *rows.SPECIMENS,
    *cells.SPECIMENS,
    *amounts.SPECIMENS,
    *registers.SPECIMENS,
    *exports.SPECIMENS,
    *holders.SPECIMENS,
    *files.SPECIMENS,
)
