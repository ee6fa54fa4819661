"""Addresses of every register: list, export, create, row, correct, withdraw, restore; and the search over all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from . import (
    clause_editor,
    detail,
    document_life,
    editing,
    endings,
    export,
    listing,
    milestones,
    picking,
    problem_steps,
    searching,
    shortfall_steps,
)
from .catalogue import REGISTERS
from .spec import Register

View = Callable[..., HttpResponseBase]


def _bound(view: View, register: Register) -> View:
    def of_register(request: HttpRequest, **given: Any) -> HttpResponseBase:
        return view(request, register, **given)

    return of_register


def _pages(register: Register) -> list[URLPattern]:
    name = register.name
    return [
        path(f"{name}/", _bound(listing.show, register), name=name),
        path(f"{name}/export/", _bound(export.send, register), name=f"{name}.export"),
        path(f"{name}/new/", _bound(editing.create, register), name=f"{name}.create"),
        path(f"{name}/<int:pk>/", _bound(detail.show, register), name=f"{name}.row"),
        path(f"{name}/<int:pk>/correct/", _bound(editing.correct, register), name=f"{name}.correct"),
        path(f"{name}/<int:pk>/withdraw/", _bound(editing.withdraw, register), name=f"{name}.withdraw"),
        path(f"{name}/<int:pk>/restore/", _bound(editing.restore, register), name=f"{name}.restore"),
    ]


urlpatterns = [
    *(page for register in REGISTERS for page in _pages(register)),
    path("projects/<int:pk>/milestones/", milestones.add, name="projects.milestones"),
    path("projects/<int:pk>/milestones/<int:milestone>/", milestones.reach, name="projects.milestone"),
    path("recognitions/ending/", endings.ending, name="recognitions.ending"),
    path("recognitions/<int:pk>/revoke/", endings.revoke, name="recognitions.revoke"),
    path("carriers/<int:pk>/end/", endings.end, name="carriers.end"),
    path("documents/<int:pk>/clauses/", clause_editor.edit, name="documents.clauses"),
    path("documents/<int:pk>/stage/", document_life.reach, name="documents.stage"),
    path("documents/<int:pk>/stage/<int:step>/", document_life.step_file, name="documents.step_file"),
    path("problems/<int:pk>/<slug:step>/", problem_steps.take, name="problems.step"),
    path("shortfalls/<int:pk>/<slug:step>/", shortfall_steps.take, name="shortfalls.step"),
    path("search/", searching.show, name="search"),
    path("pick/<str:kind>/", picking.hits, name="pick"),
    path("attachments/<str:register>/<int:pk>/", detail.attachment, name="attachment"),
]
