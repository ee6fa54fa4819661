"""Addresses of the pages beside the register of nominations."""

from __future__ import annotations

from django.urls import path

from . import moving, sending, standing

urlpatterns = [
    path("nominations/board/", standing.board, name="nominations.board"),
    path("nominations/batches/", standing.batches, name="nominations.batches"),
    path("nominations/move/", moving.move, name="nominations.move"),
    path("nominations/undo/", moving.withdraw, name="nominations.undo"),
    path("nominations/<int:pk>/move/", moving.move_row, name="nominations.move.row"),
    path("nominations/<int:pk>/return/", moving.turn_back, name="nominations.return"),
    path("nominations/<int:pk>/stage/", moving.put_right, name="nominations.stage"),
    path("nominations/summary/", sending.summary, name="nominations.summary"),
    path("nominations/letter/", sending.letter, name="nominations.letter"),
]
