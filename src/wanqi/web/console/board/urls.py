"""Addresses of the board and of every figure on it."""

from __future__ import annotations

from django.urls import path

from wanqi.web.console import figures

from . import judging, outlines, page, raising

urlpatterns = [
    path("board/", page.show, name="board"),
    path("board/table.xlsx", page.table, name="board.table"),
    path("board/judged/<str:id>/", judging.show, name="board.judged"),
    path("board/shortfalls/<str:id>/", raising.show, name="board.raise"),
    path("board/outline/", outlines.show, name="board.outline"),
    path("board/outline/<int:pk>/end/", outlines.end, name="board.outline.end"),
    path("figures/<str:id>/", figures.show, name="figure"),
    path("figures/<str:id>/rows/", figures.rows_page, name="figure.rows"),
    path("figures/<str:id>/rows.xlsx", figures.rows_file, name="figure.file"),
]
