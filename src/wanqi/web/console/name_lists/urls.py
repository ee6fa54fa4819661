"""Addresses of 名单导入."""

from __future__ import annotations

from django.urls import path

from . import ending, steps, views

urlpatterns = [
    path("name-lists/", views.show_lists, name="name_lists"),
    path("name-lists/new/", views.receive, name="name_lists.new"),
    path("name-lists/<int:pk>/", views.show, name="name_lists.list"),
    path("name-lists/<int:pk>/rows/<int:row>/", steps.decide_one, name="name_lists.decide"),
    path("name-lists/<int:pk>/rows/<int:row>/search/", steps.search, name="name_lists.search"),
    path("name-lists/<int:pk>/bulk/", steps.decide_all, name="name_lists.bulk"),
    path("name-lists/<int:pk>/take-back/", steps.take_back_last, name="name_lists.take-back"),
    path("name-lists/<int:pk>/progress/", views.progress, name="name_lists.progress"),
    path("name-lists/<int:pk>/match/", steps.match, name="name_lists.match"),
    path("name-lists/<int:pk>/document/", ending.document, name="name_lists.document"),
    path("name-lists/<int:pk>/undo/", ending.undo, name="name_lists.undo"),
    path("name-lists/<int:pk>/drop/", ending.drop, name="name_lists.drop"),
    path("name-lists/<int:pk>/file/", ending.original, name="name_lists.file"),
    path("name-lists/<int:pk>/rows.xlsx", ending.export, name="name_lists.export"),
]
